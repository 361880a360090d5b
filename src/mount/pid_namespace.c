/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pid_namespace.c - mounts a procfs that shows the pid namespace which the container joins
 *
 * A procfs shows the pid namespace of the process that makes it, and init joins the namespace only
 * later, after it has changed its root.  Since Linux 6.18 fsconfig(2) can be told which namespace
 * to show ("pidns").  Before, a process in that namespace has to make the procfs.  setns(2) moves
 * only children that are made afterwards, so it takes two processes:
 *
 *	init --clone--> joiner: setns(2) --clone--> visible: fsopen("proc")
 *
 * The last one is called visible because the processes of the joined namespace see it.  One with
 * CAP_SYS_PTRACE can reach the host's files through its /proc/PID/root and /proc/PID/fd.  So before
 * it is made, the joiner changes its root to an empty directory that is mounted nowhere and closes
 * all fds but one end of a socket pair.  Through that socket the visible process sends the context
 * of the procfs to init, which does the rest.
 *
 * mount(2) makes and mounts in one call.  Without the new API the visible process therefore keeps
 * its root and the target.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/calls.h"
#include "sys/process.h"
#include "sys/socket.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

struct job {
	int ns, to; /* the pid namespace; the socket to init */
	int empty;  /* the root of the visible process; -1: the new calls are missing */
	struct mount_plan *plan;
	const struct target *target;
};

/* Sends the only message and ends: the error, or one byte and the context if there is one. */
static _Noreturn void send_result(const struct job *job, int r, const struct error *err)
{
	struct error ignored;

	if (r < 0)
		(void)socket_send(job->to, err, sizeof *err, NULL, 0, &ignored);
	else
		(void)socket_send(job->to, "", 1, &r, job->empty >= 0, &ignored);
	_exit(r < 0);
}

static _Noreturn void visible_main(const struct job *job)
{
	struct error err;
	int context;

	if (job->empty < 0)
		send_result(job, placer_for(job->plan)->fs(job->plan, job->target, &err), &err);
	context = sys_fsopen("proc", FSOPEN_CLOEXEC);
	if (context < 0)
		(void)fail_call(&err, errno, "fsopen", "make a procfs");
	send_result(job, context, &err);
}

/* The joiner itself stays in the old pid namespace, so nobody sees it.  Joins the namespace for its
 * child, and gives up everything that the child must not have. */
static int joiner_prepare(const struct job *job, struct error *err)
{
	const bool old = job->empty < 0;
	const int keep[] = { job->to, old ? job->target->fd : -1, old ? job->target->rootfs : -1 };

	if (retry(setns(job->ns, CLONE_NEWPID)) < 0)
		return fail_call(err, errno, "setns", "join the pid namespace to make its procfs");
	if (!old && (retry(fchdir(job->empty)) < 0 || retry(chroot(".")) < 0))
		return fail_call(err, errno, "chroot", "leave our root to make a procfs");
	return process_close_except(0, keep, ARRAY_SIZE(keep), err);
}

static _Noreturn void joiner_main(const struct job *job)
{
	const struct clone_request r = { .cgroup = -1 };
	struct error err;
	int pidfd;
	pid_t pid;

	if (joiner_prepare(job, &err) < 0)
		send_result(job, -1, &err);
	pid = process_clone(&r, &pidfd, &err);
	if (pid == 0)
		visible_main(job);
	if (pid < 0 || process_wait(pidfd, NULL, &err) < 0)
		send_result(job, -1, &err);
	_exit(0);
}

/* An empty directory, the root of a mount that is attached nowhere: ".." leads nowhere from it. */
static int empty_open(struct error *err)
{
	auto_fd int context = sys_fsopen("tmpfs", FSOPEN_CLOEXEC);
	int fd = -1;

	if (context >= 0 && sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		fd = sys_fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	return fd < 0 ? fail_call(err, errno, "fsmount", "make an empty directory") : fd;
}

static int receive_result(int from, int pidfd, int *ret_context, struct error *err)
{
	struct error theirs;
	size_t n_fds = 1;
	ssize_t n = socket_receive(from, &theirs, sizeof theirs, ret_context, &n_fds, err);

	if (n < 0 || process_wait(pidfd, NULL, err) < 0)
		return error_code(err);
	if (n == 1)
		return 0;
	if (n != (ssize_t)sizeof theirs)
		return fail(err, 0, "the process that makes the procfs ended early");
	*err = theirs;
	return error_code(err);
}

static int job_run(struct job *job, int *ret_context, struct error *err)
{
	const struct clone_request r = { .cgroup = -1 };
	auto_fd int from = -1, pidfd = -1;
	int pair[2];
	pid_t pid;

	if (socket_pair(pair, err) < 0)
		return error_code(err);
	from = pair[0];
	job->to = pair[1];
	pid = process_clone(&r, &pidfd, err);
	if (pid == 0)
		joiner_main(job);
	close_fd(&job->to);
	return pid < 0 ? error_code(err) : receive_result(from, pidfd, ret_context, err);
}

/* Linux 6.18: a context that is told which pid namespace to show.  -1 if the kernel can't. */
static int context_of(int ns)
{
	auto_fd int context = sys_fsopen("proc", FSOPEN_CLOEXEC);

	if (context < 0 || sys_fsconfig(context, FSCONFIG_SET_FD, "pidns", NULL, ns) < 0)
		return -1;
	return take_fd(&context);
}

/* Before: lets the two processes make the context. */
static int context_by_others(struct job *job, struct error *err)
{
	auto_fd int empty = empty_open(err);

	job->empty = empty;
	return empty < 0 ? empty : job_run(job, &job->plan->source_fd, err);
}

int pid_namespace_place(int ns, struct mount_plan *p, const struct target *t, struct error *err)
{
	struct job job = { .ns = ns, .empty = -1, .plan = p, .target = t };

	if (placer_for(p) != &place_new)
		return job_run(&job, &p->source_fd, err);
	p->source_fd = context_of(ns);
	if (p->source_fd < 0 && context_by_others(&job, err) < 0)
		return error_code(err);
	return place_new.fs(p, t, err);
}
