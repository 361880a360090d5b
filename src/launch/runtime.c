/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.c - the runtime's side of a start: its steps and their undo */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "life/lifecycle.h"
#include "record/record_cgroups.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

enum { UNDO_TIMEOUT_MS = 10000 };

static int tell(struct launch *l, enum sync_type type, const int *fds, size_t n, struct error *err);

/* ---- cgroups ---- */

/* From here on the record names what we made, and nothing that we only wanted to make: a delete
 * --force would take somebody else's for ours. */
static void record_what_is_made(struct launch *l)
{
	struct error ignored;

	cgroup_want_no_more(&l->plan.container.cgroup);
	if (cgroups_to_record(&l->plan.container.cgroup, &l->record, &ignored) >= 0)
		(void)record_save(&l->record, &ignored);
}

static int make_cgroups(struct launch *l, int version, struct error *err)
{
	int r = cgroup_create(&l->plan.container.cgroup, version, err);

	if (r < 0)
		record_what_is_made(l);
	return r;
}

int launch_cgroup_v2(struct launch *l, struct error *err)
{
	return make_cgroups(l, 2, err);
}

int launch_cgroup_v1(struct launch *l, struct error *err)
{
	return make_cgroups(l, 1, err);
}

void launch_cgroup_undo(struct launch *l)
{
	struct error err;
	char words[2 * ERROR_TEXT_MAX];

	if (cgroup_remove(&l->plan.container.cgroup, UNDO_TIMEOUT_MS, &err) < 0) {
		warn("%s", error_words(&err, words, sizeof words));
		record_what_is_made(l);
		l->left = true;
	}
}

int launch_limit(struct launch *l, struct error *err)
{
	const struct oci_linux *linux_ = l->plan.config->linux;

	return cgroup_apply(&l->plan.container.cgroup, linux_ ? linux_->resources : NULL, err);
}

int launch_enter_cgroups(struct launch *l, struct error *err)
{
	int fds[CGROUP_HIERARCHIES];
	int n = want_v1(l) ? cgroup_v1_fds(&l->plan.container.cgroup, fds, err) : 0;

	if (n < 0 || tell(l, SYNC_CGROUPS, fds, (size_t)n, err) < 0)
		return error_code(err);
	cgroup_v1_sent(&l->plan.container.cgroup);
	return 0;
}

/* ---- init ---- */

static uint64_t clone_flags(const struct launch *l)
{
	uint64_t fresh = l->plan.container.namespaces.fresh;
	uint64_t flags = fresh & (CLONE_NEWUSER | CLONE_NEWPID);

	return want_respawn_early(l) ? flags & ~(uint64_t)CLONE_NEWPID : flags;
}

/* CLONE_INTO_CGROUP is younger than cgroup2: else init is moved by its parent. */
static pid_t clone_into(struct launch *l, struct error *err)
{
	struct clone_request r = { .flags = clone_flags(l),
				   .cgroup = cgroup_v2_fd(&l->plan.container.cgroup) };
	pid_t pid = process_clone(&r, &l->pidfd, err);

	if (pid >= 0 || r.cgroup < 0 || err->errno_value != EOPNOTSUPP)
		return pid;
	r.cgroup = -1;
	l->moved = true;
	pid = process_clone(&r, &l->pidfd, err);
	if (pid > 0 && cgroup_attach_v2(&l->plan.container.cgroup, pid, err) < 0) {
		l->init = pid; /* launch_kill ends it */
		return error_code(err);
	}
	return pid;
}

int launch_clone(struct launch *l, struct error *err)
{
	int pair[2];
	pid_t pid;

	if (!l->starts) {
		l->listen = socket_listen(l->record.dir, "start", err);
		if (l->listen < 0)
			return error_code(err);
	}
	if (namespaces_own(&l->plan.container.namespaces, CLONE_NEWUSER))
		attributes_make_room(&l->plan.process.attributes);
	if (socket_pair(pair, err) < 0)
		return error_code(err);
	l->sync.fd = pair[0];
	l->init_end = pair[1];
	pid = clone_into(l, err);
	if (pid == 0)
		init_main(l);
	if (pid > 0 && want_entry(l)) /* else init may be past its "leave the runtime's CPUs" */
		schedule_elsewhere(l->plan.procfs, pid);
	close_fd(&l->init_end);
	close_fd(&l->listen);
	mounts_done(&l->plan.container.mounts); /* or their sources stay busy */
	if (pid < 0)
		return error_code(err);
	l->init = pid;
	return 0;
}

/* The init is ours to end: by its pidfd, and then all that it left in the cgroups we made.  One
 * that somebody froze dies when it is thawed; one that the kernel holds is left to delete
 * --force. */
void launch_kill(struct launch *l)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	struct error ignored;
	int status;

	close_fd(&l->sync.fd);
	if (l->pidfd >= 0 && !l->reaped) {
		(void)process_signal(l->pidfd, SIGKILL, &ignored);
		if (cgroup_is_frozen(cg, &ignored) > 0)
			(void)cgroup_freeze(cg, false, &ignored);
		if (process_wait_end(l->pidfd, UNDO_TIMEOUT_MS, &ignored) > 0)
			(void)process_wait(l->pidfd, &status, &ignored);
		else
			l->left = true;
		l->reaped = true;
	}
	close_fd(&l->pidfd);
	(void)cgroup_kill(&l->plan.container.cgroup, UNDO_TIMEOUT_MS, &ignored);
}

/* ---- the oom score ---- */

int launch_oom_score(struct launch *l, struct error *err)
{
	return oom_score_take(&l->plan.process.attributes, l->plan.procfs, &l->own_score, err);
}

int launch_own_oom_score(struct launch *l, struct error *err)
{
	return oom_score_return(&l->own_score, err);
}

void launch_oom_score_undo(struct launch *l)
{
	struct error ignored;

	(void)oom_score_return(&l->own_score, &ignored);
}

int launch_map_ids(struct launch *l, struct error *err)
{
	if (namespaces_map(&l->plan.container.namespaces, l->plan.procfs, l->init, err) < 0)
		return error_code(err);
	return tell(l, SYNC_MAPPED, NULL, 0, err);
}

/* ---- what init's end means ---- */

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
static int init_died(struct launch *l, struct error *err)
{
	int status = 0;

	if (process_wait(l->pidfd, &status, err) < 0)
		return error_code(err);
	l->reaped = true;
	if (died_of_memory(l, err))
		return error_code(err);
	if (WIFSIGNALED(status))
		return fail(err, 0, "init died: %s%s", signal_name(WTERMSIG(status)),
			    WCOREDUMP(status) ? " (core dumped)" : "");
	return fail(err, 0, "init died: it ended with %d before it was ready", WEXITSTATUS(status));
}

/* Sends to an init that may be gone: then what it said last counts more than our broken pipe. */
static int tell(struct launch *l, enum sync_type type, const int *fds, size_t n, struct error *err)
{
	struct sync_message m;
	int r = sync_send(&l->sync, type, l->init, fds, n, err);

	if (r >= 0 || (err->errno_value != EPIPE && err->errno_value != ECONNRESET))
		return r;
	r = sync_receive(&l->sync, UINT32_MAX, &m, err);
	while (r > 0)
		r = sync_receive(&l->sync, UINT32_MAX, &m, err);
	return r < 0 ? r : init_died(l, err);
}

/* Another process goes on as init: it is our child as well (CLONE_PARENT). */
static int adopt(struct launch *l, struct sync_message *m, struct error *err)
{
	auto_fd int first = -1;
	struct error ignored;
	int r;

	if (m->n_fds != 1)
		return fail(err, EPROTO, "INIT_PID came without a pidfd");
	first = take_fd(&l->pidfd);
	l->pidfd = take_fd(&m->fds[0]);
	l->init = m->pid;
	r = l->respawns ? 0 : tell(l, SYNC_FOLLOW, NULL, 0, err);
	/* it ends meanwhile, and need not be waited for by who goes on */
	(void)process_wait(first, NULL, &ignored);
	return r;
}

/* The next message.  Killed between its clone and INIT_PID, the first process leaves one that holds
 * the socket open and waits for us as we do for it: then its end is the end of file, and the other
 * ends when our side is closed. */
static int receive(struct launch *l, uint32_t allowed, struct sync_message *m, struct error *err)
{
	struct pollfd wanted[] = { { .fd = l->sync.fd, .events = POLLIN },
				   { .fd = l->pidfd, .events = POLLIN } };
	bool awaited = allowed >> SYNC_INIT_PID & 1 && !(l->sync.seen >> SYNC_INIT_PID & 1);

	if (awaited && retry(poll(wanted, 2, -1)) > 0 && wanted[0].revents == 0 &&
	    process_wait_end(l->pidfd, 0, err) > 0 && retry(poll(wanted, 1, 0)) == 0)
		return 0;
	return sync_receive(&l->sync, allowed, m, err);
}

int launch_follow(struct launch *l, struct error *err)
{
	struct sync_message m;
	int r = receive(l, 1u << SYNC_INIT_PID, &m, err);

	if (r == 0)
		return init_died(l, err);
	return r < 0 ? r : adopt(l, &m, err);
}

static int record_fill(struct launch *l, const char *status, struct error *err)
{
	long long start = procfs_start_time(l->plan.procfs, l->init, NULL, err);

	if (start < 0)
		return error_code(err);
	oci_set(record, &l->record.data, pid, l->init);
	oci_set(record, &l->record.data, start_time, start);
	oci_set(record, &l->record.data, status, status);
	return 0;
}

/* Status and pid so far: hooks call `state`. */
static int record_pid(struct launch *l, const char *status, struct error *err)
{
	int r = record_fill(l, status, err);

	return r < 0 ? r : record_save(&l->record, err);
}

static int serve_hooks(struct launch *l, struct error *err)
{
	const struct oci_hooks *hooks = l->plan.container.hooks;
	const struct hook_list lists[] = { hooks_prestart(hooks), hooks_create_runtime(hooks) };
	const char *state = state_text_with_pid(&l->creating, l->init);

	if (record_pid(l, "creating", err) < 0)
		return error_code(err);
	l->hooked = true;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (hooks_run(&lists[i], state, l->creating.len, err) < 0)
			return error_code(err);
	return tell(l, SYNC_HOOKS_DONE, NULL, 0, err);
}

static int serve_console(struct launch *l, struct sync_message *m, struct error *err)
{
	if (m->n_fds != 1)
		return fail(err, EPROTO, "CONSOLE came without a descriptor");
	l->console = take_fd(&m->fds[0]);
	if (!l->request->console_socket)
		return 0;
	if (terminal_send_master(l->request->console_socket, l->console, err) < 0)
		return error_code(err);
	close_fd(&l->console);
	return 0;
}

static int serve_one(struct launch *l, struct sync_message *m, struct error *err)
{
	switch (m->type) {
	case SYNC_INIT_PID:
		return adopt(l, m, err);
	case SYNC_CONSOLE:
		return serve_console(l, m, err);
	case SYNC_HOOKS:
		return serve_hooks(l, err);
	default:
		return 0;
	}
}

/* The command line shows its warnings: never among the program's own words. */
static void before_start(const struct launch *l)
{
	if (l->request->before_start)
		l->request->before_start(l->request->context);
}

/* exec's process goes on at once, and may be ready before the first one has told of it. */
static bool is_known(const struct launch *l)
{
	return !l->respawns || (l->sync.seen & 1u << SYNC_INIT_PID);
}

/* Serves init until it says last. */
static int serve_until(struct launch *l, uint32_t allowed, enum sync_type last, struct error *err)
{
	struct sync_message m;
	bool said = false;

	for (;;) {
		int r = receive(l, allowed | 1u << last, &m, err);

		if (r == 0)
			return init_died(l, err);
		if (r > 0)
			r = serve_one(l, &m, err);
		if (r < 0)
			return r;
		said = said || m.type == last;
		if (said && is_known(l))
			return 0;
	}
}

int launch_wait_inside(struct launch *l, struct error *err)
{
	return serve_until(l, 0, SYNC_INSIDE, err);
}

int launch_serve(struct launch *l, struct error *err)
{
	uint32_t allowed = l->said_go ? 0 : 1u << SYNC_HOOKS;
	int r;

	if (l->plan.process.terminal)
		allowed |= 1u << SYNC_CONSOLE;
	if (want_join_pid(l) || l->respawns)
		allowed |= 1u << SYNC_INIT_PID;
	r = serve_until(l, allowed, SYNC_READY, err);
	if (r >= 0 && !l->said_go)
		before_start(l);
	return r;
}

/* Before the program begins: the first thing it asks may be the terminal's size. */
int launch_attach(struct launch *l, struct error *err)
{
	return foreground_attach(&l->foreground, take_fd(&l->console), err);
}

void launch_detach(struct launch *l)
{
	foreground_done(&l->foreground);
}

static const char *final_status(const struct launch *l)
{
	return l->starts ? "running" : "created";
}

/* While init is at work there is time to write; when it is ready, only a rename is left.  Not if
 * hooks want a record of their own meanwhile, or another process becomes init. */
int launch_prepare_record(struct launch *l, struct error *err)
{
	int r = record_fill(l, final_status(l), err);

	if (r >= 0)
		r = record_prepare(&l->record, err);
	l->prepared = r >= 0;
	return r;
}

int launch_record(struct launch *l, struct error *err)
{
	if (l->prepared)
		return record_publish(&l->record, err);
	return record_pid(l, final_status(l), err);
}

/* ---- the pid file: digits only, whole or not at all (containerd: Atoi of the file) ---- */

int launch_pid_file(struct launch *l, struct error *err)
{
	char text[16];
	int n = snprintf(text, sizeof text, "%d", (int)l->init);

	if (file_replace(AT_FDCWD, l->request->pid_file, text, (size_t)n, 0644, err) < 0)
		return within(err, "pid file");
	l->pid_file = true;
	return 0;
}

void launch_pid_file_undo(struct launch *l)
{
	if (l->pid_file)
		(void)retry(unlink(l->request->pid_file));
	l->pid_file = false;
}

/* Both lie in init's socket until it has said READY. */
int launch_release_and_go(struct launch *l, struct error *err)
{
	before_start(l);
	if (tell(l, SYNC_RECORDED, NULL, 0, err) < 0 || tell(l, SYNC_GO, NULL, 0, err) < 0)
		return error_code(err);
	l->said_go = true;
	return 0;
}

int launch_release_init(struct launch *l, struct error *err)
{
	return tell(l, SYNC_RECORDED, NULL, 0, err);
}
