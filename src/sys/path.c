/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.c - finds files in a container's root by openat2(2), or where that is missing by a walk
 *
 * openat2(2) answers EAGAIN when a rename anywhere on the machine might have led it out of the
 * root; then it is called again.  What it can't do is to make what is missing: path_walk.c finds
 * the last directory that exists, and the rest is made from that directory's fd, with names that
 * hold no slash.
 */
#include "sys/path.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/file.h"
#include "sys/path_walk.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* How often to try again after a race with a rename.  Bounded, or a container that renames all the
 * time could keep the runtime busy for ever. */
enum { RACES_MAX = 10000, MAKE_RACES_MAX = 100 };

static int fail_open(const char *path, int errno_value, struct error *err)
{
	return fail_named(err, errno_value, "openat2", "open", path);
}

/* Returns an fd or -errno; the callers fill in the error.  After ENOSYS they use the walk, and
 * after EPERM as well: old system call filters answer that to a call they do not know. */
static int open_new(int root, const char *path, int flags, uint64_t resolve)
{
	uint64_t how = (uint64_t)(unsigned)flags | O_CLOEXEC;
	int fd = -1;

	for (int race = 0; race < RACES_MAX; race++) {
		fd = (int)sys_openat2(root, path, how, 0,
				      RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd >= 0 ? fd : -errno;
}

static int open_limited(int root, const char *path, int flags, bool links, struct error *err)
{
	int fd = open_new(root, path, flags, links ? 0 : RESOLVE_NO_SYMLINKS);
	struct walk walk = {
		.root = root,
		.path = path,
		.flags = flags,
		.max_links = links ? WALK_LINKS : 0,
	};

	if (fd == -ENOSYS || fd == -EPERM)
		return walk_path(&walk, err);
	return fd < 0 ? fail_open(path, -fd, err) : fd;
}

int in_root_open(int root, const char *path, int flags, struct error *err)
{
	return open_limited(root, path, flags, true, err);
}

int in_root_open_nolinks(int root, const char *path, int flags, struct error *err)
{
	return open_limited(root, path, flags, false, err);
}

int in_root_mkdir(int root, const char *path, mode_t mode, struct error *err)
{
	int fd = open_new(root, path, O_PATH | O_DIRECTORY, 0);
	struct walk walk = {
		.root = root,
		.path = path,
		.flags = O_PATH | O_DIRECTORY,
		.max_links = WALK_LINKS,
		.make = true,
		.mode = mode,
	};

	return fd >= 0 ? fd : walk_path(&walk, err);
}

int in_root_parent(int root, const char *path, char name[256], struct error *err)
{
	struct walk walk = {
		.root = root,
		.path = path,
		.end = WALK_PARENT,
		.max_links = WALK_LINKS,
		.make = true,
		.mode = 0755,
	};
	int fd = walk_path(&walk, err);

	if (fd >= 0)
		memcpy(name, walk.name, sizeof walk.name);
	return fd;
}

/* Makes the target.  Returns 0 or -errno; -EEXIST if another process was faster. */
static int make_target(int folder, const char *name, enum target_kind kind)
{
	auto_fd int fd = -1;

	if (kind == TARGET_DIRECTORY)
		return retry(mkdirat(folder, name, 0755)) < 0 ? -errno : 0;
	fd = retry(
		openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
	return fd < 0 ? -errno : 0;
}

static int check_kind(int fd, const char *path, enum target_kind kind, struct error *err)
{
	struct stat st;

	if (retry(fstat(fd, &st)) < 0)
		return fail_named(err, errno, "fstat", "look at", path);
	if (S_ISLNK(st.st_mode))
		return fail_named(err, ELOOP, NULL, "", path);
	if (kind == TARGET_DIRECTORY && !S_ISDIR(st.st_mode))
		return fail_named(err, ENOTDIR, NULL, "", path);
	if (kind == TARGET_FILE && S_ISDIR(st.st_mode))
		return fail_named(err, EISDIR, NULL, "", path);
	return 0;
}

/* Makes the entry `name` in a folder and opens it. */
static int make_in(int folder, const char *name, const char *path, enum target_kind kind,
		   bool *ret_made, struct error *err)
{
	int r = make_target(folder, name, kind), fd;

	if (r < 0)
		return fail_named(err, -r, "openat", "make", path);
	*ret_made = true;
	fd = retry(openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	return fd < 0 ? fail_named(err, errno, "openat", "open", path) : fd;
}

/* The usual case, without a walk: only the last component is missing.  Opens its folder and makes
 * it.  Returns -1 if that does not work (the folder is missing too, the entry is a link to nothing,
 * the path is long); the caller then uses the walk. */
static int try_last(int root, const char *path, enum target_kind kind, bool *ret_made)
{
	char parent[256];
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t len = slash ? (size_t)(slash - path) : 0;
	auto_fd int folder = -1;
	struct error ignored;

	if (len >= sizeof parent || !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -1;
	memcpy(parent, path, len);
	memcpy(parent + len, "/", 2);
	folder = open_new(root, parent, O_PATH | O_DIRECTORY, 0);
	return folder < 0 ? -1 : make_in(folder, name, path, kind, ret_made, &ignored);
}

/* The general case: walks to the target and makes it if it is missing.  EEXIST if another process
 * made it in between. */
static int try_target(int root, const char *path, enum target_kind kind, bool *ret_made,
		      struct error *err)
{
	struct walk walk = {
		.root = root,
		.path = path,
		.end = WALK_MISSING,
		.flags = O_PATH,
		.max_links = WALK_LINKS,
		.make = true,
		.mode = 0755,
	};
	auto_fd int folder = walk_path(&walk, err);

	if (folder < 0 || walk.name[0] == '\0')
		return take_fd(&folder);
	if (walk.slash && kind == TARGET_FILE)
		return fail_named(err, ENOTDIR, NULL, "", path);
	return make_in(folder, walk.name, path, kind, ret_made, err);
}

int in_root_target(int root, const char *path, enum target_kind kind, bool *ret_made,
		   struct error *err)
{
	auto_fd int fd = open_new(root, path, O_PATH, 0);
	bool made = false;

	if (fd == -ENOENT)
		fd = try_last(root, path, kind, &made);
	for (int race = 0; fd < 0 && race < MAKE_RACES_MAX; race++) {
		fd = try_target(root, path, kind, &made, err);
		if (fd < 0 && err->errno_value != EEXIST)
			return fd;
	}
	if (fd < 0 || check_kind(fd, path, kind, err) < 0)
		return error_code(err);
	if (ret_made)
		*ret_made = made;
	return take_fd(&fd);
}

static int check_regular(int fd, const char *path, struct error *err)
{
	char shown[FOREIGN_BUF];
	struct stat st;

	if (retry(fstat(fd, &st)) < 0)
		return fail_named(err, errno, "fstat", "look at", path);
	if (S_ISREG(st.st_mode))
		return 0;
	(void)fail(err, EINVAL, "\"%s\" must be a regular file", foreign(path, shown));
	err->spelt = true;
	return error_code(err);
}

int in_root_read(int root, const char *path, size_t max, char **ret_text, size_t *ret_len,
		 struct error *err)
{
	/* Opening a device can change it (a tape rewinds), and no device rule holds for the
	 * runtime: look first. */
	auto_fd int found = in_root_open(root, path, O_PATH, err);
	auto_fd int fd = -1;
	char link[PROCFS_FD_PATH], shown[FOREIGN_BUF];

	if (found < 0 || check_regular(found, path, err) < 0)
		return error_code(err);
	fd = retry(open(procfs_fd_path(link, found), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	if (fd < 0)
		return fail_named(err, errno, "open", "open", path);
	if (file_read_fd(fd, max, ret_text, ret_len, err) < 0)
		return within(err, "\"%s\"", foreign(path, shown));
	return 0;
}
