/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pid_namespace.c - a procfs of the pid namespace that the container joins
 *
 * A procfs shows the pid namespace of whoever makes it, and setns(2) moves only children there.  So
 * a grandchild makes the mount, in our mount namespace; init itself joins after the root has
 * changed.  It is not dumpable, as init is by then: those who live there can't get at it.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/place.h"
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <unistd.h>

/* A pipe takes it whole or not at all. */
_Static_assert(sizeof(struct error) <= PIPE_BUF, "an error fits into one write");

/* Reaps the child; its error comes through the pipe, of which nobody else holds the other end. */
static int child_result(int pidfd, int from, struct error *err)
{
	struct error theirs;
	ssize_t n = retry(read(from, &theirs, sizeof theirs));
	int status;

	if (process_wait(pidfd, &status, err) < 0)
		return error_code(err);
	if (n == (ssize_t)sizeof theirs) {
		*err = theirs;
		return error_code(err);
	}
	if (status)
		return fail(err, 0, "the process that makes the procfs ended early (status %d)",
			    process_exit_code(status));
	return 0;
}

static _Noreturn void child_end(int r, int to, const struct error *err)
{
	if (r < 0)
		(void)!retry(write(to, err, sizeof *err));
	_exit(r < 0);
}

/* A child that shares nothing with us; 0 in the child. */
static pid_t child_make(int *ret_pidfd, int pipe_ends[2], struct error *err)
{
	const struct clone_request r = { .cgroup = -1 };
	pid_t pid;

	if (retry(pipe2(pipe_ends, O_CLOEXEC)) < 0)
		return fail_call(err, errno, "pipe2", "make a procfs");
	pid = process_clone(&r, ret_pidfd, err);
	close_fd(&pipe_ends[pid != 0]);
	if (pid < 0)
		close_fd(&pipe_ends[0]);
	return pid;
}

static int inner_place(const struct placer *placer, struct mount_plan *p, const struct target *t,
		       struct error *err)
{
	int ends[2], pidfd, r;
	pid_t pid = child_make(&pidfd, ends, err);

	if (pid < 0)
		return error_code(err);
	if (pid == 0)
		child_end(placer->fs(p, t, err), ends[1], err);
	r = child_result(pidfd, ends[0], err);
	close_fd(&ends[0]);
	close_fd(&pidfd);
	return r;
}

static int outer_place(int ns, const struct placer *placer, struct mount_plan *p,
		       const struct target *t, struct error *err)
{
	if (retry(setns(ns, CLONE_NEWPID)) < 0)
		return fail_call(err, errno, "setns", "join the pid namespace to make its procfs");
	return inner_place(placer, p, t, err);
}

int pid_namespace_place(int ns, struct mount_plan *p, const struct target *t, struct error *err)
{
	int ends[2], pidfd, r;
	pid_t pid = child_make(&pidfd, ends, err);

	if (pid < 0)
		return error_code(err);
	if (pid == 0)
		child_end(outer_place(ns, placer_for(p), p, t, err), ends[1], err);
	r = child_result(pidfd, ends[0], err);
	close_fd(&ends[0]);
	close_fd(&pidfd);
	return r;
}
