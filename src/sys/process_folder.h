/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_folder.h - a process's folder in procfs in place of a pidfd; for process.c only
 *
 * pidfd_open(2) is missing in Linux 5.2 and in old system call filters.  An fd of the folder
 * /proc/PID is half as good: it never means another process, and pidfd_send_signal(2) takes it.
 * But poll(2) does not tell when the process ends, so its state is read every few milliseconds.
 */
#pragma once
#include "base/error.h"

#include <sys/types.h>

/* ESRCH if there is no such process. */
int process_folder_open(pid_t pid, struct error *err);
/* Is the fd such a folder, and not a pidfd? */
bool process_folder_is(int fd);
/* The same as process_wait_end(). */
int process_folder_wait_end(int fd, int timeout_ms, struct error *err);
