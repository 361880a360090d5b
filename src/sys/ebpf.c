/* SPDX-License-Identifier: Apache-2.0 */
/* ebpf.c - loads the program that decides about devices in a v2 cgroup */
#include "sys/ebpf.h"

#include "base/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The caller clears all of attr first: the kernel refuses it if an unused byte is not 0. */
static int call_bpf(int command, union bpf_attr *attr)
{
	return (int)retry(syscall(SYS_bpf, command, attr, sizeof *attr));
}

static int load(union bpf_attr *attr)
{
	return call_bpf(BPF_PROG_LOAD, attr); /* the fds of bpf(2) are always close-on-exec */
}

/* Up to Linux 5.10 all programs of a user together count against RLIMIT_MEMLOCK, which is 64 KiB
 * on many machines, and EPERM is the answer.  So the limit is out of the way for this one call:
 * what we start must not inherit that.  Without CAP_SYS_RESOURCE it can be raised up to the hard
 * one. */
static int load_without_limit(union bpf_attr *attr, const struct rlimit *limit)
{
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	int fd, e;

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) {
		none = (struct rlimit){ limit->rlim_max, limit->rlim_max };
		if (limit->rlim_cur == limit->rlim_max || setrlimit(RLIMIT_MEMLOCK, &none) != 0) {
			errno = EPERM;
			return -1;
		}
	}
	fd = load(attr);
	e = errno;
	(void)setrlimit(RLIMIT_MEMLOCK, limit);
	errno = e;
	return fd;
}

int ebpf_load_device(const struct bpf_insn *instructions, size_t n, struct error *err)
{
	struct rlimit limit;
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof attr);
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)instructions;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uintptr_t) "Apache-2.0";
	memcpy(attr.prog_name, "devices", sizeof "devices");
	fd = load(&attr);
	if (fd < 0 && errno == EPERM && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY) {
		fd = load_without_limit(&attr, &limit);
		if (fd < 0 && errno == EPERM)
			return fail_call(err, EPERM, "bpf",
					 "load the device program, which up to Linux 5.10 counts "
					 "against RLIMIT_MEMLOCK (%llu bytes)",
					 (unsigned long long)limit.rlim_max);
	}
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
