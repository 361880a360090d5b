/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console.c - opens the container's terminal, and binds it on /dev/console
 *
 * The image may have put anything at /dev/pts, /dev/ptmx or /dev/console.  Its "ptmx" may be
 * another device, and opening that has effects; its "/dev/pts/0" may be any file, which we would
 * bind (CVE-2025-52565); its /dev/console may be a link that leads elsewhere (CVE-2026-88264).  In
 * order:
 *
 *	1. /dev/pts must be the root of a devpts; "ptmx" in it is opened without following a link or
 *	   entering another mount, and must be the device 5:2.
 *	2. The other end of the terminal is asked of that fd (TIOCGPTPEER), without a path.
 *	3. /dev/console is opened without following a link, made if it is missing, and mounted on by
 *	   its fd.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/place.h"
#include "sys/calls.h"
#include "sys/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static int ptmx_check(int fd, struct error *err)
{
	struct stat st;

	if (retry(fstat(fd, &st)) < 0)
		return fail_call(err, errno, "fstat", "\"/dev/pts/ptmx\"");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return fail(err, 0, "\"/dev/pts/ptmx\" is not the ptmx of a devpts (char 5:2)");
	return 0;
}

/* Opens /dev/pts, which must be a devpts: in its root "ptmx" is the kernel's own file. */
static int devpts_open(int rootfs, struct error *err)
{
	auto_fd int fd = in_root_open(rootfs, "/dev/pts", O_PATH | O_DIRECTORY | O_CLOEXEC, err);
	struct statfs fs;

	if (fd < 0)
		return hint(err, HINT_DEVPTS, NULL, NULL);
	if (retry(fstatfs(fd, &fs)) < 0)
		return fail_call(err, errno, "fstatfs", "\"/dev/pts\"");
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return fail(err, 0,
			    "\"/dev/pts\" is no devpts, so there is no ptmx of the container");
	return take_fd(&fd);
}

/* "ptmx" is opened below the fd of /dev/pts, not through /proc/self/fd: exec does this inside the
 * container, whose /proc can't be trusted. */
static int ptmx_open(int rootfs, struct error *err)
{
	const uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS;
	const int flags = O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC;
	auto_fd int devpts = devpts_open(rootfs, err);
	auto_fd int fd = -1;

	if (devpts < 0)
		return devpts;
	fd = (int)retry(sys_openat2(devpts, "ptmx", (uint64_t)flags, 0, resolve));
	if (fd < 0 && errno == ENOSYS)
		fd = retry(openat(devpts, "ptmx", flags));
	if (fd < 0)
		return fail_call(err, errno, "openat2", "\"/dev/pts/ptmx\"");
	return ptmx_check(fd, err) < 0 ? error_code(err) : take_fd(&fd);
}

static int peer_open(int master, struct error *err)
{
	int unlocked = 0, fd;

	if (retry(ioctl(master, TIOCSPTLCK, &unlocked)) < 0)
		return fail_call(err, errno, "ioctl", "unlock the terminal");
	fd = retry(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (fd < 0)
		return fail_call(err, errno, "ioctl", "open the terminal's other side");
	return fd;
}

/* Opens /dev/console to be mounted on; makes an empty file if it is missing. */
static int console_target(int rootfs, struct error *err)
{
	char name[256];
	auto_fd int parent = -1;
	auto_fd int fd = -1;
	struct stat st;

	parent = in_root_parent(rootfs, "/dev/console", name, err);
	if (parent < 0)
		return parent;
	if (retry(mknodat(parent, name, S_IFREG | 0600, 0)) < 0 && errno != EEXIST)
		return fail_call(err, errno, "mknodat", "make \"/dev/console\"");
	fd = retry(openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	if (fd < 0 || retry(fstat(fd, &st)) < 0)
		return fail_call(err, errno, "openat", "\"/dev/console\"");
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		return fail(err, 0, "\"/dev/console\" is neither a file nor a device");
	return take_fd(&fd);
}

static int console_bind(int slave, int rootfs, struct error *err)
{
	struct target t = { .rootfs = rootfs, .path = "/dev/console", .nofollow = true };
	auto_fd int fd = -1;

	t.fd = fd = console_target(rootfs, err);
	if (fd < 0)
		return fd;
	return placer_get()->bind_fd(slave, &t, 0, err);
}

int console_open(int rootfs, int *ret_master, int *ret_slave, struct error *err)
{
	auto_fd int master = ptmx_open(rootfs, err);
	int slave;

	if (master < 0)
		return master;
	slave = peer_open(master, err);
	if (slave < 0)
		return slave;
	*ret_master = take_fd(&master);
	*ret_slave = slave;
	return 0;
}

int console_make(int rootfs, int *ret_master, int *ret_slave, struct error *err)
{
	auto_fd int master = -1;
	auto_fd int slave = -1;

	if (console_open(rootfs, &master, &slave, err) < 0 || console_bind(slave, rootfs, err) < 0)
		return error_code(err);
	*ret_master = take_fd(&master);
	*ret_slave = take_fd(&slave);
	return 0;
}
