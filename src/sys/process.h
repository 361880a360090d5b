/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h - makes, signals and waits for processes, by pidfd; closes fds; names of signals
 *
 * A pid is reused: a signal to a pid may hit a stranger.  So processes are signalled and waited for
 * by pidfd, and a pid in a record counts only together with its start time.  All our processes have
 * one thread, and a child made here shares no memory with its parent.
 */
#pragma once
#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>
#include <sys/wait.h>

struct clone_request {
	uint64_t flags; /* CLONE_NEW..., CLONE_PARENT */
	int cgroup;	/* fd of a cgroup2 directory, for CLONE_INTO_CGROUP; or -1 */
};
/* Makes a child with clone3(2), or where that is missing with clone(2); clone(2) can't put it into
 * a cgroup (EOPNOTSUPP).  Returns 0 in the child.  In the parent it returns the pid, and *ret_pidfd
 * is an fd that the caller owns.  Negative on error. */
pid_t process_clone(const struct clone_request *request, int *ret_pidfd, struct error *err);

/* Opens a pidfd of a running process; ESRCH if there is none.  Where the kernel lacks pidfd_open(2)
 * it is an fd of the process's folder in procfs; process_signal() and process_wait_end() take it as
 * well. */
int process_open(pid_t pid, struct error *err);
/* Sends a signal to the process of a pidfd; ESRCH if it is gone.  (There is no fallback:
 * pidfd_send_signal(2) is the oldest of the pidfd calls.) */
int process_signal(int pidfd, int signal, struct error *err);
/* Waits until our child has ended and reaps it. *ret_status (may be NULL) is a status as waitpid(2)
 * gives it. */
int process_wait(int pidfd, int *ret_status, struct error *err);
/* Waits until a process has ended, at most timeout_ms (-1: for ever).  It need not be our child,
 * and it is not reaped.  Returns 1 if it ended, 0 if time ran out. */
int process_wait_end(int pidfd, int timeout_ms, struct error *err);
/* The exit code for a status of waitpid(2): the process's own, or 128 and the signal's number. */
int process_exit_code(int wait_status);

/* Marks all fds from first on close-on-exec.  Returns 0. */
int process_cloexec_from(unsigned first, struct error *err);
/* Closes all fds from first on, except the n fds of keep; an entry of -1 is ignored. */
int process_close_except(unsigned first, const int *keep, size_t n, struct error *err);

/* The number of a signal: "9", "KILL", "SIGKILL", "kill", "RTMIN+3", "SIGRTMAX-1".  -1 if there is
 * no such signal. */
int signal_number(const char *word);
/* In a child: an empty mask, and every signal's default action, which execve(2) hands on; but the
 * two of writing stay as they are. */
void signals_reset(void);
/* SIGPIPE and SIGXFSZ: by default a caller that closed our stderr, or that limits the size of files
 * (RLIMIT_FSIZE), would end us in the middle of a start, and nothing would be undone.  Not deadly:
 * write(2) fails with EPIPE or EFBIG instead, which is an error like any other.  A program that is
 * executed must find them deadly. */
void signals_of_writing(bool deadly);
/* The name of a signal, "SIGKILL" or "SIGRTMIN+3": a static string.  "signal ?" if there is no such
 * signal. */
const char *signal_name(int signal);
/* All names ("SIGKILL"), *ret_n of them, for "did you mean". */
const char *const *signal_names(size_t *ret_n);
