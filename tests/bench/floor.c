/* SPDX-License-Identifier: Apache-2.0 */
/* floor.c - floor ROOTFS ID PROGRAM [ARGUMENT...]: the container's life as bare system calls */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn void floor_die(const char *step)
{
	(void)fprintf(stderr, "floor: %s: errno %d\n", step, errno);
	_exit(125);
}

int floor_check(long r, const char *step)
{
	if (r < 0)
		floor_die(step);
	return (int)r;
}

static void loopback_up(void)
{
	int sock = floor_check(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	struct ifreq request = { .ifr_name = "lo" };

	request.ifr_flags = IFF_UP;
	(void)floor_check(ioctl(sock, SIOCSIFFLAGS, &request), "lo");
	(void)close(sock);
}

static void caps_limit(void)
{
	static const uint32_t keep =
		1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE;
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = keep, .permitted = keep } };

	for (unsigned c = 0; c <= CAP_LAST_CAP; c++)
		if (c >= 32 || !(keep & 1u << c))
			(void)floor_check(prctl(PR_CAPBSET_DROP, c, 0, 0, 0), "bounding set");
	(void)floor_check(syscall(SYS_capset, &header, data), "capset");
}

/* All that a process of the default config is given but its capabilities. */
static void process_prepare(void)
{
	struct rlimit limit = { 1024, 1024 };

	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "floor");
	(void)floor_check(setrlimit(RLIMIT_NOFILE, &limit), "rlimit");
	(void)floor_check(setsid(), "setsid");
	(void)umask(022);
	(void)floor_check(syscall(SYS_setgroups, 0, NULL), "setgroups");
	(void)floor_check(syscall(SYS_setresgid, 0, 0, 0), "setresgid");
	(void)floor_check(syscall(SYS_setresuid, 0, 0, 0), "setresuid");
}

_Noreturn static void child(struct floor *f)
{
	static char *const environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
		NULL
	};
	int rootfs;

	(void)floor_check(unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET),
			  "unshare");
	loopback_up();
	(void)floor_check(sethostname("ocirt", 5), "sethostname");
	rootfs = floor_mount_early(f);
	process_prepare();
	floor_cgroup_join(f);
	(void)floor_check(unshare(CLONE_NEWCGROUP), "cgroup namespace");
	floor_mount_late(f, rootfs);
	caps_limit();
	(void)floor_check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	(void)floor_check(syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */), "close");
	(void)execve(f->argv[0], f->argv, environment);
	floor_die(f->argv[0]);
}

/* As fork(2), but in a new pid namespace, in the v2 cgroup, and with one table of descriptors. */
static pid_t clone_init(const struct floor *f)
{
	struct clone_args args = { .flags = CLONE_NEWPID | CLONE_FILES, .exit_signal = SIGCHLD };

	if (f->unified >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)f->unified;
	}
	return floor_check(syscall(SYS_clone3, &args, sizeof args), "clone3");
}

int main(int argc, char **argv)
{
	struct floor f = { 0 };
	int status = 0;
	pid_t pid;

	if (argc < 4) {
		(void)fprintf(stderr, "usage: floor ROOTFS ID PROGRAM [ARGUMENT...]\n");
		return 125;
	}
	f.rootfs = argv[1];
	f.id = argv[2];
	f.argv = argv + 3;
	f.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f.page == MAP_FAILED)
		floor_die("mmap");
	floor_cgroup_make_v2(&f);
	pid = clone_init(&f);
	if (pid == 0)
		child(&f);
	floor_cgroup_make_v1(&f);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			floor_die("wait");
	floor_cgroup_remove(&f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
