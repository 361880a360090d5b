/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self.c - runs ocirt from a file that a container can't write to
 *
 * There are three ways, the cheapest first.  Mapping the running program from a read-only clone of
 * its mount costs least (self_map.c).  Starting again from the clone costs a second execve(2) and
 * dynamic loader.  Starting again from a sealed copy in memory costs about 60 microseconds more,
 * and the memory of the copy.  self.h says what the attack is.
 */
#include "sys/self.h"

#include "base/auto.h"
#include "base/door.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/procfs.h"
#include "sys/self_map.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

extern char **environ;

/* A sealed memfd, or a file on a read-only mount.  F_GET_SEALS alone does not tell them apart: it
 * works on every file of a tmpfs, where most files have no seal. */
static bool is_protected(int exe)
{
	struct statfs fs;
	int seals = retry(fcntl(exe, F_GET_SEALS));

	if (seals >= 0 && (seals & SEALS) == SEALS)
		return true;
	return retry(fstatfs(exe, &fs)) == 0 && fs.f_flags & ST_RDONLY;
}

/* Clones the mount that the executable is on, read-only; the executable is the clone's root.  -1 if
 * the kernel refuses that. */
static int clone_open(int exe)
{
	auto_fd int fd =
		sys_open_tree(exe, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct sys_mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (fd < 0 || sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) < 0)
		return -1;
	return take_fd(&fd);
}

static int memory_open(void)
{
	int fd = sys_memfd_create("ocirt", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = sys_memfd_create("ocirt", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

static int copy_binary(int from, int to, struct error *err)
{
	off_t at = 0;
	ssize_t n;

	do
		n = retry(sendfile(to, from, &at, 1 << 30));
	while (n > 0);
	return n < 0 ? fail_call(err, errno, "sendfile", "copy our own binary") : 0;
}

static int sealed_open(int exe, struct error *err)
{
	auto_fd int fd = memory_open();

	if (fd < 0)
		return fail_call(err, errno, "memfd_create", "make a copy of our own binary");
	if (copy_binary(exe, fd, err) < 0)
		return error_code(err);
	if (retry(fcntl(fd, F_ADD_SEALS, SEALS)) < 0)
		return fail_call(err, errno, "fcntl", "seal the copy of our own binary");
	return take_fd(&fd);
}

/* execveat(2) has named the process after the number of the fd.  Gives it its name back. */
static int restore_name(void)
{
	(void)prctl(PR_SET_NAME, "ocirt");
	return 0;
}

/* Maps the running program from the clone.  The clone is an O_PATH fd, and prctl(PR_SET_MM_MAP)
 * wants a file that is open for reading, so the file is opened through it.  That fd is the one that
 * is checked, and the one that becomes the executable. */
static bool map_from_clone(int clone, char **argv)
{
	char path[PROCFS_FD_PATH];
	auto_fd int file = -1;

	file = retry(open(procfs_fd_path(path, clone), O_RDONLY | O_CLOEXEC));
	return file >= 0 && is_protected(file) && self_map_from(file, argv);
}

int self_protect(char **argv, struct error *err)
{
	auto_fd int exe = procfs_exe_open(err);
	auto_fd int safe = -1;

	if (exe < 0)
		return exe;
	/* a debugger's breakpoints go where the program is mapped anew (docs/debugging.md) */
	if (door("OCIRT_UNPROTECTED"))
		return 0;
	if (is_protected(exe))
		return restore_name();
	safe = clone_open(exe);
	if (safe >= 0 && map_from_clone(safe, argv))
		return 0;
	if (safe >= 0)
		(void)sys_execveat(safe, "", argv, environ, AT_EMPTY_PATH);
	close_fd(&safe);
	safe = sealed_open(exe, err);
	if (safe < 0)
		return safe;
	(void)sys_execveat(safe, "", argv, environ, AT_EMPTY_PATH);
	return fail_call(err, errno, "execveat",
			 "start again from a protected copy of our own binary");
}
