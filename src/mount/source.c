/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.c - opens the sources of bind mounts, and asks the kernel whether it has the new calls
 *
 * The runtime opens a source before the clone, with its own rights on the host: inside a user
 * namespace init may not be allowed to reach it.  If the runtime can't clone the mount, init opens
 * the source again and compares it, since its path may lead elsewhere by then.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/calls.h"

#include <errno.h>
#include <sys/stat.h>

bool mount_api_is_new(void)
{
	static int is_new = -1;

	if (is_new >= 0)
		return is_new;
	/* Each call is made with arguments that can't work.  A kernel that has it answers EBADF,
	 * EINVAL or EFAULT, one that lacks it ENOSYS; EPERM for a call that needs no privilege
	 * comes from a system call filter. */
	is_new = sys_mount_setattr(-1, NULL, 0, NULL) < 0 && errno != ENOSYS && errno != EPERM &&
		 sys_open_tree(-1, "", AT_EMPTY_PATH) < 0 && errno != ENOSYS && errno != EPERM &&
		 sys_move_mount(-1, "", -1, "", ~0U) < 0 && errno != ENOSYS &&
		 sys_fsopen(NULL, 0) < 0 && errno != ENOSYS;
	return is_new;
}

int source_open(const char *path, unsigned flags, struct error *err)
{
	unsigned tree = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	int nofollow = flags & BIND_NOFOLLOW ? O_NOFOLLOW : 0, fd;

	if (flags & BIND_RECURSIVE)
		tree |= AT_RECURSIVE;
	if (flags & BIND_NOFOLLOW)
		tree |= AT_SYMLINK_NOFOLLOW;
	if (mount_api_is_new())
		fd = sys_open_tree(AT_FDCWD, path, tree);
	else
		fd = retry(open(path, O_PATH | O_CLOEXEC | nofollow));
	if (fd >= 0)
		return fd;
	(void)fail_named(err, errno, mount_api_is_new() ? "open_tree" : "open", "", path);
	if (err->errno_value == EINVAL && !(flags & BIND_RECURSIVE))
		(void)hint(err, HINT_LOCKED_MOUNTS, NULL, NULL);
	return error_code(err);
}

int source_reopen(struct mount_plan *p, struct error *err)
{
	unsigned flags = (p->options.recursive ? BIND_RECURSIVE : 0) |
			 (p->source_is_link ? BIND_NOFOLLOW : 0);
	char shown[FOREIGN_BUF];
	struct stat seen, now;
	auto_fd int fd = -1;

	fd = source_open(p->source, flags, err);
	if (fd < 0)
		return fd;
	if (retry(fstat(p->source_fd, &seen)) < 0 || retry(fstat(fd, &now)) < 0)
		return fail_named(err, errno, "fstat", "", p->source);
	if (seen.st_dev != now.st_dev || seen.st_ino != now.st_ino)
		return fail(err, ESTALE, "\"%s\" was exchanged while the container started",
			    foreign(p->source, shown));
	close_fd(&p->source_fd);
	return take_fd(&fd);
}
