/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init_child.c - init, or the process of exec, as the runtime's child
 *
 * One clone(2) makes both.  The runtime holds the child by its pidfd alone: a pid could be somebody
 * else's by the time that it is killed.  A message that does not come because the child has died is
 * told by what it died of.
 */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/retry.h"
#include "launch/exec.h"
#include "launch/want.h"
#include "manager/manager.h"
#include "sys/interrupt.h"
#include "sys/process.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

/* How long an undo waits for the child's end; people wait for a failed exec. */
enum { UNDO_TIMEOUT_MS = 10000, EXEC_TIMEOUT_MS = 5000 };

static uint64_t clone_flags(const struct launch *l)
{
	uint64_t fresh = l->plan.container.namespaces.fresh;
	uint64_t flags = fresh & (CLONE_NEWUSER | CLONE_NEWPID);

	return want_respawn_early(l) ? flags & ~(uint64_t)CLONE_NEWPID : flags;
}

/* On v2 a cgroup that has handed controllers down takes no processes itself (EBUSY), as that of a
 * container that runs systemd: exec's process goes where the container's init lives. */
static pid_t clone_into_part(struct launch *l, struct clone_request *r, struct error *err)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	pid_t pid = process_clone(r, &l->pidfd, err);

	if (pid >= 0 || r->cgroup < 0 || !l->exec || err->errno_value != EBUSY)
		return pid;
	if (cgroup_narrow_to_process(cg, l->plan.procfs, l->record.pid, err) < 0)
		return error_code(err);
	r->cgroup = cgroup_v2_fd(cg);
	return process_clone(r, &l->pidfd, err);
}

/* CLONE_INTO_CGROUP is younger than cgroup2: where it is missing the child is moved by us, and
 * waits for that. */
static pid_t clone_and_place(struct launch *l, struct error *err)
{
	struct clone_request r = { .flags = clone_flags(l),
				   .cgroup = cgroup_v2_fd(&l->plan.container.cgroup) };
	pid_t pid = clone_into_part(l, &r, err);

	if (pid >= 0 || r.cgroup < 0 || err->errno_value != EOPNOTSUPP)
		return pid;
	r.cgroup = -1;
	l->moved = true;
	pid = process_clone(&r, &l->pidfd, err);
	if (pid > 0 && cgroup_attach_v2(&l->plan.container.cgroup, pid, err) < 0) {
		l->init = pid; /* the undo of this step ends it */
		return error_code(err);
	}
	return pid;
}

int launch_clone(struct launch *l, struct error *err)
{
	int pair[2];
	pid_t pid;

	if (!l->request->starts) {
		l->listen = socket_listen(l->record.dir, "start", err);
		if (l->listen < 0)
			return error_code(err);
	}
	if (want_user(l))
		attributes_make_room(&l->plan.process.attributes);
	if (socket_pair(pair, err) < 0)
		return error_code(err);
	l->sync.fd = pair[0];
	l->sync.signals = l->foreground.signals;
	l->init_end = pair[1];
	pid = clone_and_place(l, err);
	if (pid == 0)
		init_main(l);
	/* Only while init waits to be let into its cgroups: later it has been given all CPUs, and
	 * the mask that is written here would take them away again. */
	if (pid > 0 && !l->exec && want_entry(l))
		schedule_elsewhere(l->plan.procfs, pid);
	close_fd(&l->init_end);
	close_fd(&l->listen);
	mounts_done(&l->plan.container.mounts); /* open, they would keep their sources busy */
	if (pid < 0)
		return error_code(err);
	l->init = pid;
	return 0;
}

/* A container's init may have been frozen by somebody meanwhile, and dies when it is thawed; exec's
 * process is frozen with its container, which stays as it is. */
static bool child_end(struct launch *l, int timeout_ms)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	struct error ignored;
	int status;

	(void)process_signal(l->pidfd, SIGKILL, &ignored);
	if (!l->exec)
		(void)cgroup_thaw(cg, &ignored);
	if (process_wait_end(l->pidfd, timeout_ms, &ignored) <= 0)
		return false;
	(void)process_wait(l->pidfd, &status, &ignored);
	return true;
}

/* By its pidfd; of a start then all that it left in the cgroups we made.  What the kernel holds is
 * left to delete --force. */
void launch_kill(struct launch *l)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	struct error ignored;

	close_fd(&l->sync.fd);
	if (l->pidfd >= 0 && !l->reaped) {
		if (!child_end(l, l->exec ? EXEC_TIMEOUT_MS : UNDO_TIMEOUT_MS))
			l->left = true;
		l->reaped = true;
	}
	close_fd(&l->pidfd);
	if (!l->exec)
		(void)cg->manager->kill(cg, UNDO_TIMEOUT_MS, &ignored);
}

static int died_of_memory(struct launch *l, struct error *err)
{
	uint64_t limit = 0;
	struct error ignored;
	long kills = cgroup_oom_kills(&l->plan.container.cgroup, &limit, &ignored);

	if (kills <= 0)
		return 0;
	(void)fail(err, 0,
		   "the container's init was killed by the kernel's OOM killer while starting: "
		   "%llu bytes are not enough",
		   (unsigned long long)limit);
	(void)fail_at(err, "/linux/resources/memory/limit");
	return 1;
}

/* End of file where a message was due: init has died, or is about to. */
int child_died(struct launch *l, struct error *err)
{
	struct pollfd wanted[] = { { .fd = l->foreground.signals, .events = POLLIN },
				   { .fd = l->pidfd, .events = POLLIN } };
	int status = 0, r = 0;

	while (r == 0)
		r = interrupt_poll(wanted, ARRAY_SIZE(wanted), -1, err);
	if (r < 0 || process_wait(l->pidfd, &status, err) < 0)
		return error_code(err);
	l->reaped = true;
	l->killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (died_of_memory(l, err))
		return error_code(err);
	if (WIFSIGNALED(status))
		return fail(err, 0, "init died: %s%s", signal_name(WTERMSIG(status)),
			    WCOREDUMP(status) ? " (core dumped)" : "");
	return fail(err, 0, "init died: it ended with %d before it was ready", WEXITSTATUS(status));
}

int child_tell(struct launch *l, enum sync_type type, const int *fds, size_t n, struct error *err)
{
	struct sync_message m;
	int r = sync_send(&l->sync, type, l->init, fds, n, err);

	if (r >= 0 || (err->errno_value != EPIPE && err->errno_value != ECONNRESET))
		return r;
	r = sync_receive(&l->sync, UINT32_MAX, &m, err);
	while (r > 0)
		r = sync_receive(&l->sync, UINT32_MAX, &m, err);
	return r < 0 ? r : child_died(l, err);
}

/* The other process is our child as well: it was cloned with CLONE_PARENT. */
int child_adopt(struct launch *l, struct sync_message *m, struct error *err)
{
	auto_fd int first = -1;
	struct error ignored;
	int r;

	if (m->n_fds != 1)
		return fail(err, EPROTO, "INIT_PID came without a pidfd");
	first = take_fd(&l->pidfd);
	l->pidfd = take_fd(&m->fds[0]);
	l->init = m->pid;
	r = l->respawns ? 0 : child_tell(l, SYNC_FOLLOW, NULL, 0, err);
	/* it ends meanwhile, and need not be waited for by who goes on */
	(void)process_wait(first, NULL, &ignored);
	return r;
}

/* A child that clones a second one (INIT_PID) may be killed between that clone and the message.
 * The second one then holds the socket open and waits for us, so recvmsg(2) would never see end of
 * file: the pidfd of the first is watched as well, and its end counts as end of file. */
int child_receive(struct launch *l, uint32_t allowed, struct sync_message *m, struct error *err)
{
	struct pollfd wanted[] = { { .fd = l->foreground.signals, .events = POLLIN },
				   { .fd = l->sync.fd, .events = POLLIN },
				   { .fd = l->pidfd, .events = POLLIN } };
	bool awaited = allowed >> SYNC_INIT_PID & 1 && !(l->sync.seen >> SYNC_INIT_PID & 1);
	int r = 0;

	while (awaited && r == 0)
		r = interrupt_poll(wanted, ARRAY_SIZE(wanted), -1, err);
	if (r < 0)
		return r;
	if (awaited && wanted[1].revents == 0 && process_wait_end(l->pidfd, 0, err) > 0 &&
	    retry(poll(&wanted[1], 1, 0)) == 0)
		return 0;
	return sync_receive(&l->sync, allowed, m, err);
}

int launch_follow(struct launch *l, struct error *err)
{
	struct sync_message m;
	int r = child_receive(l, 1u << SYNC_INIT_PID, &m, err);

	if (r == 0)
		return child_died(l, err);
	return r < 0 ? r : child_adopt(l, &m, err);
}
