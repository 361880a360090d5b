/* SPDX-License-Identifier: Apache-2.0 */
/* process_folder.c - a process's folder in procfs in place of a pidfd */
#include "sys/process_folder.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { LOOK_EVERY_MS = 5 };

int process_folder_open(pid_t pid, struct error *err)
{
	auto_fd int procfs = procfs_open_host(err);
	char name[16];
	int fd;

	if (procfs < 0)
		return procfs;
	(void)snprintf(name, sizeof name, "%d", (int)pid);
	fd = procfs_file(procfs, name, O_RDONLY | O_DIRECTORY, err);
	if (fd < 0 && err->errno_value == ENOENT)
		return fail_call(err, ESRCH, "openat2", "process %d", (int)pid);
	return fd;
}

bool process_folder_is(int fd)
{
	struct stat st;

	return retry(fstat(fd, &st)) == 0 && S_ISDIR(st.st_mode);
}

/* 1 if the process is gone or a zombie, 0 if it lives. */
static int has_ended(int fd, struct error *err)
{
	char line[1024];
	const char *state;

	if (procfs_read(fd, "stat", line, sizeof line, err) < 0)
		return err->errno_value == ESRCH || err->errno_value == ENOENT ? 1
									       : error_code(err);
	state = strrchr(line, ')');
	return state && (state[2] == 'Z' || state[2] == 'X');
}

int process_folder_wait_end(int fd, int timeout_ms, struct error *err)
{
	struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };

	for (int waited = 0;; waited += LOOK_EVERY_MS) {
		int r = has_ended(fd, err);

		if (r != 0)
			return r;
		if (timeout_ms >= 0 && waited >= timeout_ms)
			return 0;
		(void)nanosleep(&pause, NULL);
	}
}
