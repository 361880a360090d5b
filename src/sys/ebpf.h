/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ebpf.h - programs that decide about devices in a v2 cgroup (bpf(2))
 *
 * A program stays as long as the cgroup that it is attached to; nothing of it has to be kept.
 */
#pragma once
#include "base/error.h"

struct bpf_insn;

/* Has the kernel check n instructions as a BPF_PROG_TYPE_CGROUP_DEVICE program.  Returns its fd. */
int ebpf_load_device(const struct bpf_insn *instructions, size_t n, struct error *err);
/* Attaches it to a cgroup directory's fd, next to those of the cgroups above (all must agree). */
int ebpf_attach_device(int cgroup, int program, struct error *err);
