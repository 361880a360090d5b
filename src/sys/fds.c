/* SPDX-License-Identifier: Apache-2.0 */
/* fds.c - all fds from one on: closed, or closed by the next execve */
#include "base/auto.h"
#include "base/retry.h"
#include "base/str.h"
#include "sys/calls.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2) /* Linux 5.11 */
#endif

static DIR *fds_open(struct error *err)
{
	auto_fd int procfs = procfs_open_host(err);
	auto_fd int fd = -1;
	DIR *dir;

	if (procfs < 0)
		return NULL;
	fd = procfs_file(procfs, "self/fd", O_RDONLY | O_DIRECTORY, err);
	if (fd < 0)
		return NULL;
	do
		dir = fdopendir(fd);
	while (!dir && errno == EINTR);
	if (!dir)
		(void)fail_call(err, errno, "fdopendir", "list the open files");
	else
		(void)take_fd(&fd);
	return dir;
}

/* Calls change() for every open fd from first on, but not for the one that lists them. */
static int fds_each(unsigned first, int (*change)(int fd), struct error *err)
{
	auto_dir DIR *dir = fds_open(err);
	struct dirent *entry;

	if (!dir)
		return error_code(err);
	for (;;) {
		uint32_t fd;

		errno = 0;
		entry = readdir(dir);
		if (!entry && errno == EINTR)
			continue;
		if (!entry)
			break;
		if (!parse_u32(entry->d_name, &fd) || fd < first || (int)fd == dirfd(dir))
			continue;
		if (change((int)fd) < 0)
			return fail_call(err, errno, "fcntl", "file descriptor %u", fd);
	}
	return errno ? fail_call(err, errno, "getdents64", "list the open files") : 0;
}

static int set_cloexec(int fd)
{
	return retry(fcntl(fd, F_SETFD, FD_CLOEXEC));
}

static int close_now(int fd)
{
	(void)close(fd);
	return 0;
}

int process_cloexec_from(unsigned first, struct error *err)
{
	if (sys_close_range(first, UINT_MAX, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	return fds_each(first, set_cloexec, err);
}

int process_close_from(unsigned first, struct error *err)
{
	if (sys_close_range(first, UINT_MAX, 0) == 0)
		return 0;
	return fds_each(first, close_now, err);
}
