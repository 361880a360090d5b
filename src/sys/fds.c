/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fds.c - closes fds, or marks them to be closed by execve(2), from a number on
 *
 * An engine may start ocirt with fds that it forgot to mark close-on-exec: its own sockets, files
 * of the host, another container's log.  A container's program that inherits one has a way out of
 * its root (CVE-2024-21626).  close_range(2) does it in one call; without it the fds are listed
 * from procfs.
 */
#include "base/auto.h"
#include "base/decimal.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/file.h"
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
	auto_fd int procfs = procfs_open_private(err);
	auto_fd int fd = -1;

	if (procfs < 0)
		return NULL;
	fd = procfs_file(procfs, "self/fd", O_RDONLY | O_DIRECTORY, err);
	return fd < 0 ? NULL : file_list(&fd, err);
}

/* The fds that are not to be closed. */
struct kept {
	const int *v;
	size_t n;
};

static bool is_kept(const struct kept *kept, int fd)
{
	for (size_t i = 0; kept && i < kept->n; i++)
		if (kept->v[i] == fd)
			return true;
	return false;
}

/* Calls change() for every open fd from first on, except those that are kept and the fd of the
 * listing itself. */
static int fds_each(unsigned first, const struct kept *kept, int (*change)(int fd),
		    struct error *err)
{
	auto_dir DIR *dir = fds_open(err);
	struct dirent *entry;

	if (!dir)
		return error_code(err);
	while ((entry = file_list_next(dir))) {
		uint32_t fd;

		if (!parse_u32(entry->d_name, &fd) || fd < first || (int)fd == dirfd(dir))
			continue;
		if (is_kept(kept, (int)fd))
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
	return fds_each(first, NULL, set_cloexec, err);
}

/* The lowest of the kept fds that are not below `from`, or -1. */
static int next_kept(const struct kept *kept, unsigned from)
{
	int lowest = -1;

	for (size_t i = 0; i < kept->n; i++)
		if (kept->v[i] >= (int)from && (lowest < 0 || kept->v[i] < lowest))
			lowest = kept->v[i];
	return lowest;
}

int process_close_except(unsigned first, const int *keep, size_t n, struct error *err)
{
	const struct kept kept = { keep, n };
	int fd;

	/* one call for each gap between the kept fds */
	while ((fd = next_kept(&kept, first)) >= 0) {
		if ((unsigned)fd > first && sys_close_range(first, (unsigned)fd - 1, 0) < 0)
			return fds_each(first, &kept, close_now, err);
		first = (unsigned)fd + 1;
	}
	if (sys_close_range(first, UINT_MAX, 0) < 0)
		return fds_each(first, NULL, close_now, err);
	return 0;
}
