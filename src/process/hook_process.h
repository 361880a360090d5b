/* SPDX-License-Identifier: Apache-2.0 */
/* hook_process.h - one hook that runs, seen from us (for hooks.c) */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <sys/types.h>

enum { HOOK_TAIL_MAX = 512 };

struct hook_process {
	pid_t pid;
	int pidfd;
	int state;   /* write end of its stdin; -1 once all is written or nobody reads */
	int words;   /* read end of its stderr */
	int failure; /* read end: the errno of a failed execve(2), or end of file */
	int signals; /* signalfd of those that end the wait; -1: they end this process */
	const char *left;
	size_t n_left;
	char tail[HOOK_TAIL_MAX]; /* the last bytes of its stderr */
	size_t n_tail;
	int exec_errno; /* 0: it was executed */
};

#define HOOK_PROCESS_EMPTY                                                                         \
	{                                                                                          \
		.pidfd = -1, .state = -1, .words = -1, .failure = -1, .signals = -1                \
	}

/* Starts it.  On failure, too, hook_process_done() closes what is open. */
int hook_process_begin(const struct oci_hook *hook, struct hook_process *process,
		       struct error *err);
/* Feeds and listens.  1: the hook has ended; 0: its time is over (timeout_s 0: no limit).  A signal
 * that this process has blocked and that asks it to end is an error (sys/interrupt.h). */
int hook_process_serve(struct hook_process *process, int64_t timeout_s, struct error *err);
/* Reads what is left in the pipe of its stderr.  It does not wait for more: children of the hook
 * may hold the pipe open for ever. */
void hook_process_drain(struct hook_process *process);
/* Kills its whole process group and reaps it. */
int hook_process_kill(struct hook_process *process, int *ret_status, struct error *err);
void hook_process_done(struct hook_process *process);
