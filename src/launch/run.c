/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.c - create and run: a launch from its request to its end
 *
 * create ends when init is ready and recorded; run goes on, says GO, and in the foreground stays as
 * the program's parent: it hands on signals, returns its exit code and removes the container.
 */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "launch/container.h"
#include "launch/start.h"
#include "life/lifecycle.h"
#include "sys/interrupt.h"
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int launch_init(struct launch *l, const struct request *request, struct error *err)
{
	*l = (struct launch){
		.request = request,
		.plan = PLAN_EMPTY(request),
		.record = RECORD_EMPTY,
		.sync = { .fd = -1, .signals = -1 },
		.start = { .fd = -1, .signals = -1 },
		.foreground = FOREGROUND_EMPTY,
		.own_score = { .fd = -1 },
		.init_end = -1,
		.pidfd = -1,
		.console = -1,
		.listen = -1,
		.rootfs = -1,
		.null = -1,
		.procfs = -1,
		.slave = -1,
		.inner = init_steps,
	};
	if (container_id_check(request->id, err) < 0)
		return error_code(err);
	return process_cloexec_from(3 + (unsigned)(request->listen_fds + request->preserve_fds),
				    err);
}

static int launch_begin(const struct request *request, struct launch *l, struct error *err)
{
	if (launch_init(l, request, err) < 0 ||
	    record_unclaimed(request->root, request->id, err) < 0)
		return error_code(err);
	return plan_make(request, &l->plan, err);
}

/* From here on the signals that ask us to end have to wait until they can be answered by an undo.
 * In the foreground all signals come to us, and what init leaves behind when it ends becomes a
 * child of ours. */
static int watch_begin(struct launch *l, struct error *err)
{
	if (l->request->detaches) {
		l->foreground.signals = interrupts_open(false, err);
		return l->foreground.signals < 0 ? l->foreground.signals : 0;
	}
	l->foreground.subreaper = !l->request->no_subreaper;
	if (l->foreground.subreaper && retry(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)) < 0)
		return fail_call(err, errno, "prctl", "become a subreaper");
	return foreground_open(&l->foreground, err);
}

void launch_done(struct launch *l)
{
	foreground_done(&l->foreground);
	close_fd(&l->sync.fd);
	close_fd(&l->pidfd);
	close_fd(&l->console);
	free(l->creating.text);
	free(l->created.text);
	record_done(&l->record);
	plan_done(&l->plan);
}

/* What an error says after the undo. */
static int launch_failed(const struct launch *l, struct error *err)
{
	if (err->has_pointer && !*err->file)
		(void)snprintf(err->file, sizeof err->file, "%s", l->plan.config_name);
	if (!err->signal)
		return error_code(err);
	return l->left ? hint(err, HINT_DELETE_FORCE, l->request->id, NULL)
		       : hint(err, HINT_UNDONE, NULL, NULL);
}

static int launch_steps(struct launch *l, struct error *err)
{
	int r = steps_run(runtime_steps, l, err);

	return r < 0 ? launch_failed(l, err) : r;
}

int container_create(const struct request *request, struct error *err)
{
	auto_launch struct launch l;

	if (launch_begin(request, &l, err) < 0 || watch_begin(&l, err) < 0)
		return error_code(err);
	return launch_steps(&l, err);
}

/* After RECORDED: the program starts, or the container goes. */
static int run_start(struct launch *l, struct error *err)
{
	int r = l->said_go ? start_wait(&l->sync, err) : start_go(&l->sync, err);

	close_fd(&l->sync.fd);
	if (r >= 0)
		r = start_finish(&l->record, l->plan.container.hooks, err);
	if (r < 0) {
		l->hooked = true;
		steps_undo(runtime_steps, l);
		if (err->signal && !err->has_pointer)
			(void)within(err, "wait for the program to begin");
		return launch_failed(l, err);
	}
	if (l->request->started)
		l->request->started(l->request->context);
	return 0;
}

int launch_foreground(struct launch *l, int *ret_exit, struct error *err)
{
	int status = 0, r;

	l->foreground.pidfd = l->pidfd;
	r = foreground_run(&l->foreground, l->init, &status, err);
	l->foreground.pidfd = -1;
	foreground_done(&l->foreground);
	if (r >= 0)
		*ret_exit = process_exit_code(status);
	return r;
}

/* ended: init was waited for.  Where waiting has failed, init may still run, so the container is
 * destroyed by its record, as delete --force does it. */
static int run_end(struct launch *l, bool ended, struct error *err)
{
	int r;

	interrupts_forget(); /* the program has had them, they are not for poststop hooks */
	if (!ended)
		r = container_destroy(&l->record, err);
	else
		r = container_destroy_ended(&l->record, &l->plan.container.cgroup,
					    l->plan.container.hooks, err);
	/* a `delete --force` by somebody else may have been faster */
	return r < 0 && err->phrase == ERROR_PHRASE_NO_CONTAINER ? 0 : r;
}

static int run_all(struct launch *l, int *ret_exit, struct error *err)
{
	struct error gone;
	int r;

	if (launch_steps(l, err) < 0 || run_start(l, err) < 0)
		return error_code(err);
	*ret_exit = 0;
	if (l->request->detaches)
		return 0;
	r = launch_foreground(l, ret_exit, err);
	if (l->request->keep)
		return r;
	if (run_end(l, r >= 0, r < 0 ? &gone : err) < 0 && r >= 0)
		r = error_code(err);
	return r;
}

int container_run(const struct request *request, int *ret_exit, struct error *err)
{
	auto_launch struct launch l;

	if (launch_begin(request, &l, err) < 0 || watch_begin(&l, err) < 0)
		return error_code(err);
	return run_all(&l, ret_exit, err);
}
