/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.c - makes, signals and waits for processes by pidfd
 *
 * fork(2) can neither make namespaces nor return a pidfd, and a pidfd that is opened later may be
 * that of another process.  So children are made with clone3(2), which the C library has no
 * function for.  Called without a stack it returns in the child, as fork(2) does.  The C library
 * does not notice; that is safe, since our processes have one thread and glibc has not cached the
 * pid since 2.25.
 */
#include "sys/process.h"

#include "base/auto.h"
#include "base/clock.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/process_folder.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
/* CLONE_INTO_CGROUP; the sched.h of some C libraries has no flags above 32 bits. */
#define INTO_CGROUP 0x200000000ULL

/* Before Linux 5.2 the kernel ignored CLONE_PIDFD.  Without a pidfd the child can't be signalled
 * safely, so it is killed at once. */
static pid_t without_pidfd(pid_t pid, struct error *err)
{
	(void)kill(pid, SIGKILL);
	(void)retry(waitpid(pid, NULL, __WALL));
	return fail_call(err, ENOSYS, "clone", "clone a process with a pidfd");
}

static pid_t clone_old(const struct clone_request *request, int *ret_pidfd, struct error *err)
{
	unsigned long exit_signal = request->flags & CLONE_PARENT ? 0 : SIGCHLD;
	int pidfd = -1;
	pid_t pid;

	if (request->cgroup >= 0)
		return fail_call(err, EOPNOTSUPP, "clone3", "clone a process into a cgroup");
	pid = (pid_t)sys_clone((unsigned long)request->flags | CLONE_PIDFD | exit_signal, &pidfd);
	if (pid < 0)
		return fail_call(err, errno, "clone", "clone a process");
	if (pid > 0 && pidfd < 0)
		return without_pidfd(pid, err);
	if (pid > 0)
		*ret_pidfd = pidfd;
	return pid;
}

pid_t process_clone(const struct clone_request *request, int *ret_pidfd, struct error *err)
{
	int pidfd = -1;
	struct sys_clone_args args = {
		.flags = request->flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = request->flags & CLONE_PARENT ? 0 : SIGCHLD,
	};
	pid_t pid;

	if (request->cgroup >= 0) {
		args.flags |= INTO_CGROUP;
		args.cgroup = (uint64_t)request->cgroup;
	}
	pid = (pid_t)sys_clone3(&args, sizeof args);
	if (pid < 0 && errno == ENOSYS)
		return clone_old(request, ret_pidfd, err);
	if (pid < 0)
		return fail_call(err, errno, "clone3", "clone a process");
	if (pid > 0)
		*ret_pidfd = pidfd;
	return pid;
}

int process_open(pid_t pid, struct error *err)
{
	int fd = sys_pidfd_open(pid, 0);

	if (fd < 0 && errno == ENOSYS)
		return process_folder_open(pid, err);
	/* Before Linux 6.15 this is EINVAL if the process is gone, but its number is still in use
	 * as that of a session or process group. */
	if (fd < 0 && errno == EINVAL && pid > 0)
		errno = ESRCH;
	if (fd < 0)
		return fail_call(err, errno, "pidfd_open", "process %d", (int)pid);
	return fd;
}

int process_signal(int pidfd, int signal, struct error *err)
{
	if (sys_pidfd_send_signal(pidfd, signal, NULL, 0) < 0)
		return fail_call(err, errno, "pidfd_send_signal", "send %s", signal_name(signal));
	return 0;
}

/* Turns what waitid(2) tells into a status as waitpid(2) gives it. */
static int wait_status(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return (info->si_status & 0xff) << 8;
	return info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

int process_wait(int pidfd, int *ret_status, struct error *err)
{
	siginfo_t info = { .si_pid = 0 };
	idtype_t by_pidfd = (idtype_t)3; /* P_PIDFD, which old C libraries lack */

	if (retry(waitid(by_pidfd, (id_t)pidfd, &info, WEXITED | __WALL)) < 0)
		return fail_call(err, errno, "waitid", "wait for a process");
	if (ret_status)
		*ret_status = wait_status(&info);
	return 0;
}

int process_wait_end(int pidfd, int timeout_ms, struct error *err)
{
	struct pollfd wanted = { .fd = pidfd, .events = POLLIN };
	int64_t end = timeout_ms < 0 ? 0 : monotonic_ms() + timeout_ms;

	for (;;) {
		int r = poll(&wanted, 1, timeout_ms);

		if (r > 0 && process_folder_is(pidfd))
			return process_folder_wait_end(pidfd, timeout_ms, err);
		if (r >= 0)
			return r;
		if (errno != EINTR)
			return fail_call(err, errno, "poll", "wait for a process");
		if (timeout_ms >= 0)
			timeout_ms = end > monotonic_ms() ? (int)(end - monotonic_ms()) : 0;
	}
}

int process_exit_code(int status)
{
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
