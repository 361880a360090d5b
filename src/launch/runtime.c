/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.c - the runtime's side of a start: its steps and their undo
 *
 * While init works, the runtime answers its messages, runs the hooks that belong outside, and
 * writes the record.  Each step that changes something outside has an undo, since any later one may
 * fail.
 */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/retry.h"
#include "launch/want.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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
	return child_tell(l, SYNC_MAPPED, NULL, 0, err);
}

static int record_fill(struct launch *l, const char *status, struct error *err)
{
	long long start = procfs_start_time(l->plan.procfs, l->init, NULL, err);

	if (start < 0)
		return error_code(err);
	l->record.pid = l->init;
	oci_set(record, &l->record.data, pid, l->init);
	oci_set(record, &l->record.data, start_time, start - l->record.time_offset);
	oci_set(record, &l->record.data, status, status);
	return 0;
}

/* Hooks may call `state`, so the record gets status and pid before they run. */
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
	return child_tell(l, SYNC_HOOKS_DONE, NULL, 0, err);
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
		return child_adopt(l, m, err);
	case SYNC_CONSOLE:
		return serve_console(l, m, err);
	case SYNC_HOOKS:
		return serve_hooks(l, err);
	default:
		return 0;
	}
}

/* The command line shows its warnings now: later they would mix with the program's output. */
static void before_start(const struct launch *l)
{
	if (l->request->before_start)
		l->request->before_start(l->request->context);
}

/* exec's second process does not wait to be known: its READY may come before the first process has
 * sent its pidfd. */
static bool is_known(const struct launch *l)
{
	return !l->respawns || (l->sync.seen & 1u << SYNC_INIT_PID);
}

/* Answers the child's messages until it sends `last`. */
static int serve_until(struct launch *l, uint32_t allowed, enum sync_type last, struct error *err)
{
	struct sync_message m;
	bool said = false;

	for (;;) {
		int r = child_receive(l, allowed | 1u << last, &m, err);

		if (r == 0)
			return child_died(l, err);
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

	/* After GO there is nothing to answer any more. */
	if (l->said_go && sync_wait_end(&l->sync, err) < 0)
		return error_code(err);
	if (l->plan.process.terminal)
		allowed |= 1u << SYNC_CONSOLE;
	if (want_join_pid(l) || l->respawns)
		allowed |= 1u << SYNC_INIT_PID;
	r = serve_until(l, allowed, SYNC_READY, err);
	if (r >= 0 && !l->said_go)
		before_start(l);
	return r;
}

/* The program may ask for the terminal's size first of all, so the terminal is attached before. */
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
	return l->request->starts ? "running" : "created";
}

/* Writes the record to a temporary file while init still works; when init is ready only a rename is
 * left.  Not done where hooks need a record of their own meanwhile, or where another process
 * becomes init: both would change what was written. */
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

/* Init is still at work: both messages wait in its socket until it has sent READY. */
int launch_release_and_go(struct launch *l, struct error *err)
{
	before_start(l);
	if (child_tell(l, SYNC_RECORDED, NULL, 0, err) < 0 ||
	    child_tell(l, SYNC_GO, NULL, 0, err) < 0)
		return error_code(err);
	l->said_go = true;
	return 0;
}

int launch_release_init(struct launch *l, struct error *err)
{
	return child_tell(l, SYNC_RECORDED, NULL, 0, err);
}
