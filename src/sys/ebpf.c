/* SPDX-License-Identifier: Apache-2.0 */
/* ebpf.c - loads the program that decides about devices in a v2 cgroup */
#include "sys/ebpf.h"

#include "base/retry.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The caller clears all of attr first: the kernel refuses it if an unused byte is not 0. */
static int call_bpf(int command, union bpf_attr *attr)
{
	return (int)retry(syscall(SYS_bpf, command, attr, sizeof *attr));
}

int ebpf_load_device(const struct bpf_insn *instructions, size_t n, struct error *err)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof attr);
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)instructions;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uintptr_t) "Apache-2.0";
	memcpy(attr.prog_name, "devices", sizeof "devices");
	fd = call_bpf(BPF_PROG_LOAD, &attr); /* the fds of bpf(2) are always close-on-exec */
	if (fd < 0)
		return fail_call(err, errno, "bpf", "load the device program");
	return fd;
}

int ebpf_attach_device(int cgroup, int program, struct error *err)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof attr);
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (call_bpf(BPF_PROG_ATTACH, &attr) < 0)
		return fail_call(err, errno, "bpf", "attach the device program");
	return 0;
}
