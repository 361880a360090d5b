/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h - processes by pidfd
 *
 * Every process of ours has one thread; a child made here shares nothing with its parent.  pids are
 * reused, so signals and waits go by pidfd, and a recorded pid counts only with its start time.
 */
#pragma once
#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>
#include <sys/wait.h>

struct clone_request {
	uint64_t flags; /* CLONE_NEW..., CLONE_PARENT */
	int cgroup;	/* cgroup2 directory fd for CLONE_INTO_CGROUP, or -1 */
};
/* clone3(2) with a pidfd, exit signal SIGCHLD; without clone3 (ENOSYS) clone(2) with CLONE_PIDFD
 * (and EOPNOTSUPP if a cgroup was asked for).  Returns 0 in the child, the pid in the parent
 * (*ret_pidfd owned by the caller, O_CLOEXEC), negative on error. */
pid_t process_clone(const struct clone_request *request, int *ret_pidfd, struct error *err);

/* A pidfd for a running process; ESRCH if there is none.  Without pidfd_open(2) it is an fd of the
 * process' folder in procfs, with which process_signal and process_wait_end work as well. */
int process_open(pid_t pid, struct error *err);
/* Sends a signal through a pidfd (fallback without pidfd_send_signal: none, it is older than
 * pidfd_open); ESRCH if it is gone. */
int process_signal(int pidfd, int signal, struct error *err);
/* Waits until the child behind the pidfd has ended and reaps it.  *ret_status (may be
 * NULL) is what waitpid(2) gives. */
int process_wait(int pidfd, int *ret_status, struct error *err);
/* Waits at most timeout_ms (-1: for ever) for the process to end (poll on the pidfd; no reaping; it
 * need not be our child).  Returns 1 if it ended, 0 if time ran out. */
int process_wait_end(int pidfd, int timeout_ms, struct error *err);
/* 128 + signal, or the exit code. */
int process_exit_code(int wait_status);

/* All fds from first on become close-on-exec (close_range(2), else a walk over the fd directory).
 * Returns 0. */
int process_cloexec_from(unsigned first, struct error *err);
/* All fds from first on are closed now, but for the n fds of keep (-1 entries count for nothing).
 */
int process_close_except(unsigned first, const int *keep, size_t n, struct error *err);

/* A signal's number from "9", "KILL", "SIGKILL", "kill", "RTMIN+3", "SIGRTMAX-1"; -1 if there is no
 * such signal. */
int signal_number(const char *word);
/* "SIGKILL"; "SIGRTMIN+3"; static string, "signal ?" for others. */
const char *signal_name(int signal);
/* All signal names ("SIGKILL"), *ret_n of them: for the search of the nearest. */
const char *const *signal_names(size_t *ret_n);
