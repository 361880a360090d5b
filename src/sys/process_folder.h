/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_folder.h - a process by its folder in procfs; for process.c only
 *
 * Where pidfd_open(2) is missing (Linux 5.2, a filter that does not know it), an fd of the folder
 * does half of a pidfd's work: it stays bound to that one process, and pidfd_send_signal(2) takes
 * it.  It can't be polled, so waiting looks at the state every few milliseconds.
 */
#pragma once
#include "base/error.h"

#include <sys/types.h>

/* ESRCH if there is no such process. */
int process_folder_open(pid_t pid, struct error *err);
/* Is the fd such a folder, and not a pidfd? */
bool process_folder_is(int fd);
/* As process_wait_end. */
int process_folder_wait_end(int fd, int timeout_ms, struct error *err);
