/* SPDX-License-Identifier: Apache-2.0 */
/* own_path.c - a directory of ours on the host, at a path that no other user can bend */
#include "sys/own_path.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/path_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The walk begins at the root, because it does not go above what it began with. */
static int make_absolute(const char *path, char ret[PATH_MAX], struct error *err)
{
	char cwd[PATH_MAX] = "";
	int n;

	if (*path != '/' && !retry_null(getcwd(cwd, sizeof cwd)))
		return fail_call(err, errno, "getcwd", "find the working directory");
	n = snprintf(ret, PATH_MAX, "%s%s%s", cwd, *cwd ? "/" : "", path);
	if (n < 0 || n >= PATH_MAX)
		return fail_named(err, ENAMETOOLONG, NULL, "open", path);
	return 0;
}

static int walk_own(const char *path, bool make, struct error *err)
{
	auto_fd int root = retry(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	char absolute[PATH_MAX];
	struct walk walk = {
		.root = root,
		.path = absolute,
		.flags = O_RDONLY | O_DIRECTORY,
		.max_links = WALK_LINKS,
		.own_links = true,
		.make = make,
		.mode = 0700,
	};

	if (root < 0)
		return fail_call(err, errno, "open", "open \"/\"");
	return make_absolute(path, absolute, err) < 0 ? error_code(err) : walk_path(&walk, err);
}

int own_directory_open(const char *path, bool make, struct error *err)
{
	int fd = (int)sys_openat2(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0,
				  RESOLVE_NO_SYMLINKS);
	mode_t before;

	if (fd >= 0)
		return fd;
	before = umask(0); /* whatever the caller's is, we must be able to enter */
	fd = walk_own(path, make, err);
	(void)umask(before);
	return fd;
}
