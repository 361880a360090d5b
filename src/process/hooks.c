/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.c - the six lists of hooks: run in order, and told apart when one fails
 *
 * Who reads our error has most often not written the hook, and sees nothing of it.  So the error
 * names the kind, the index and the path of the hook, how it ended, and the last line that it wrote
 * to stderr.
 */
#include "process/hooks.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "process/hook_process.h"
#include "sys/process.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static struct hook_list list_of(const char *kind, size_t n, const struct oci_hook *v)
{
	return (struct hook_list){ .kind = kind, .n = n, .v = v };
}

#define HOOKS(function, member, kind)                                                              \
	struct hook_list function(const struct oci_hooks *hooks)                                   \
	{                                                                                          \
		return list_of(kind, hooks ? hooks->member.n : 0, hooks ? hooks->member.v : NULL); \
	}
HOOKS(hooks_prestart, prestart, "prestart")
HOOKS(hooks_create_runtime, create_runtime, "createRuntime")
HOOKS(hooks_create_container, create_container, "createContainer")
HOOKS(hooks_start_container, start_container, "startContainer")
HOOKS(hooks_poststart, poststart, "poststart")
HOOKS(hooks_poststop, poststop, "poststop")
#undef HOOKS

/* ---- what is said about it ---- */

/* The last line of its stderr as `: "words"`, or nothing. */
static const char *last_line(const struct hook_process *process, char buf[FOREIGN_BUF + 8])
{
	char quoted[FOREIGN_BUF];
	size_t end = process->n_tail, start;

	while (end > 0 && strchr("\r\n \t", process->tail[end - 1]))
		end--;
	for (start = end; start > 0 && process->tail[start - 1] != '\n'; start--)
		;
	if (start == end)
		return "";
	if (end - start > ERROR_FOREIGN_MAX)
		start = end - ERROR_FOREIGN_MAX;
	(void)foreign_n(process->tail + start, end - start, quoted);
	(void)snprintf(buf, FOREIGN_BUF + 8, ": \"%s\"", quoted);
	return buf;
}

/* 0 if it ended well; else says how it ended. */
static int hook_verdict(const struct hook_process *process, int status, struct error *err)
{
	char buf[FOREIGN_BUF + 8];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return fail(err, 0, "killed by %s%s", signal_name(WTERMSIG(status)),
			    last_line(process, buf));
	return fail(err, 0, "exited with %d%s", WEXITSTATUS(status), last_line(process, buf));
}

static int hook_timed_out(struct hook_process *process, int64_t timeout, struct error *err)
{
	char buf[FOREIGN_BUF + 8];
	int status, r = hook_process_kill(process, &status, err);

	hook_process_drain(process);
	if (r < 0)
		return within(err, "timed out after %" PRId64 " s", timeout);
	return fail(err, 0, "timed out after %" PRId64 " s and was killed%s", timeout,
		    last_line(process, buf));
}

/* 0: it ended well, or it never began and exec_errno says why. */
static int hook_finish(struct hook_process *process, int64_t timeout, struct error *err)
{
	int ended = hook_process_serve(process, timeout, err), status = 0;
	struct error ignored;

	if (ended < 0) {
		(void)hook_process_kill(process, &status, &ignored);
		return ended;
	}
	if (ended == 0)
		return hook_timed_out(process, timeout, err);
	hook_process_drain(process);
	if (process_wait(process->pidfd, &status, err) < 0)
		return error_code(err);
	return process->exec_errno ? 0 : hook_verdict(process, status, err);
}

/* ENOENT, although the file is there: what is missing is its interpreter. */
static int exec_failed(const struct hook_process *process, const struct hook_list *list, size_t i,
		       struct error *err)
{
	const char *path = list->v[i].path;
	bool there = process->exec_errno == ENOENT && retry(access(path, F_OK)) == 0;
	char quoted[FOREIGN_BUF];

	(void)fail_call(err, process->exec_errno, "execve", "hook %s[%zu] \"%s\"%s", list->kind, i,
			foreign(path, quoted), there ? ": the interpreter it names" : "");
	return fail_at(err, "/hooks/%s/%zu/path", list->kind, i);
}

static int hook_run(const struct hook_list *list, size_t i, const char *state, size_t state_len,
		    struct error *err)
{
	struct hook_process process = HOOK_PROCESS_EMPTY;
	const struct oci_hook *hook = &list->v[i];
	char quoted[FOREIGN_BUF];
	int r;

	process.left = state;
	process.n_left = state_len;
	r = hook_process_begin(hook, &process, err);
	if (r >= 0)
		r = hook_finish(&process, hook->timeout, err);
	hook_process_done(&process);
	if (process.exec_errno)
		return exec_failed(&process, list, i, err);
	if (r >= 0)
		return 0;
	(void)within(err, "hook %s[%zu] \"%s\"", list->kind, i, foreign(hook->path, quoted));
	return fail_at(err, "/hooks/%s/%zu", list->kind, i);
}

int hooks_run(const struct hook_list *list, const char *state, size_t state_len, struct error *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (hook_run(list, i, state, state_len, err) < 0)
			return error_code(err);
	return 0;
}

void hooks_run_all(const struct hook_list *list, const char *state, size_t state_len)
{
	char words[ERROR_TEXT_MAX];
	struct error err;

	for (size_t i = 0; i < list->n; i++)
		if (hook_run(list, i, state, state_len, &err) < 0)
			warn("%s", error_words(&err, words, sizeof words));
}
