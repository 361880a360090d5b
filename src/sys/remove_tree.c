/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remove_tree.c - removes a directory with all that is in it
 *
 * If a file system of the host is still mounted below, its content must not be removed.  So each
 * directory is first removed as if it were empty: for a mount point the kernel answers EBUSY,
 * before it looks inside.  Only after ENOTEMPTY is a directory opened.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PASSES = 4 }; /* another process may add entries while they are removed */

static int remove_content(int *fd, struct error *err);

static int remove_folder(int dirfd, const char *name, struct error *err)
{
	for (int pass = 0;; pass++) {
		auto_fd int fd = -1;

		if (retry(unlinkat(dirfd, name, AT_REMOVEDIR)) == 0 || errno == ENOENT)
			return 0;
		if ((errno != ENOTEMPTY && errno != EEXIST) || pass == PASSES)
			return fail_call(err, errno, "unlinkat", "remove \"%s\"", name);
		fd = retry(openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
		if (fd < 0 && errno == ENOENT)
			return 0;
		if (fd < 0)
			return fail_call(err, errno, "openat", "open \"%s\"", name);
		if (remove_content(&fd, err) < 0)
			return within(err, "\"%s\"", name);
	}
}

static int remove_entry(int dirfd, const struct dirent *entry, struct error *err)
{
	if (entry->d_type == DT_DIR)
		return remove_folder(dirfd, entry->d_name, err);
	if (retry(unlinkat(dirfd, entry->d_name, 0)) == 0 || errno == ENOENT)
		return 0;
	if (errno == EISDIR)
		return remove_folder(dirfd, entry->d_name, err);
	return fail_call(err, errno, "unlinkat", "remove \"%s\"", entry->d_name);
}

/* Removes what is in a directory.  Takes the fd: it is closed afterwards. */
static int remove_content(int *fd, struct error *err)
{
	auto_dir DIR *dir = file_list(fd, err);
	struct dirent *entry;

	if (!dir)
		return error_code(err);
	while ((entry = file_list_next(dir)))
		if (remove_entry(dirfd(dir), entry, err) < 0)
			return error_code(err);
	return errno ? fail_call(err, errno, "getdents64", "read the directory") : 0;
}

int file_remove_tree(int dirfd, const char *name, struct error *err)
{
	if (retry(unlinkat(dirfd, name, 0)) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return fail_call(err, errno, "unlinkat", "remove \"%s\"", name);
	return remove_folder(dirfd, name, err);
}
