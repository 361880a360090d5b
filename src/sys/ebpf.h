/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ebpf.h - loads the program that decides about devices in a v2 cgroup (bpf(2))
 *
 * Once attached, the program lives as long as its cgroup: its fd can be closed.
 */
#pragma once
#include "base/error.h"

struct bpf_insn;

/* Loads n instructions as a program of type BPF_PROG_TYPE_CGROUP_DEVICE; the kernel checks them
 * first.  Returns its fd.  Where the kernel counts it against RLIMIT_MEMLOCK and that is used up,
 * the limit is raised for the call; the error says so if it can't be. */
int ebpf_load_device(const struct bpf_insn *instructions, size_t n, struct error *err);
/* Attaches the program to the cgroup whose directory is the fd cgroup.  Programs of the cgroups
 * above stay in force: a device can be used only if all of them allow it. */
int ebpf_attach_device(int cgroup, int program, struct error *err);
