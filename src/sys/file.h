/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.h - reads, writes, lists and removes files of the host
 *
 * Interrupted calls are made again, short reads and writes are completed.  dirfd may be AT_FDCWD.
 * For files in a container's root use path.h, for procfs use procfs.h.
 */
#pragma once
#include "base/error.h"

#include <dirent.h>
#include <sys/types.h>

_Static_assert(sizeof(off_t) == 8, "large files: -D_FILE_OFFSET_BITS=64 on the command line");

/* Reads a whole file.  Anything but a regular file is EINVAL, more than max bytes are EFBIG.
 * *ret_text is malloc'ed and ends with a NUL. */
int file_read(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_len,
	      struct error *err);
/* The same from an open fd of any kind (a pipe, a file of procfs or sysfs), up to its end. */
int file_read_fd(int fd, size_t max, char **ret_text, size_t *ret_len, struct error *err);
/* Writes to an existing file of a kernel file system (cgroup, sysfs) with one write(2). */
int file_poke(int dirfd, const char *name, const char *text, struct error *err);
/* Writes all of the text to an open fd. */
int file_write_fd(int fd, const char *text, size_t len, struct error *err);
/* Makes a file that must not exist yet; its mode is the given one, whatever the umask.  A reader
 * who comes too early sees only a part of the text: file_replace() has no such moment. */
int file_create(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		struct error *err);
/* Makes or replaces a file: writes a temporary file in the same directory and renames it, so a
 * reader sees the old text or the new one.  The mode is the given one, whatever the umask.  Not
 * synced to disk: if the machine crashes the container is gone, too. */
int file_replace(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		 struct error *err);
/* file_replace() in two halves, so that a caller can write the temporary file early, while it waits
 * for something else, and only rename it later. */
int file_prepare(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		 struct error *err);
int file_publish(int dirfd, const char *name, struct error *err);
/* openat(2) with O_CLOEXEC.  The error's text is `open "name"`. */
int file_open(int dirfd, const char *name, int flags, mode_t mode, struct error *err);
/* Lists the directory of an open fd.  The DIR owns the fd from then on: closedir(3) closes it.
 * NULL on failure; the fd is still the caller's then. */
DIR *file_list(int *fd, struct error *err);
/* Is it "." or ".."?  Every listing of a directory has both. */
static inline bool file_is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}
/* The next entry, without "." and "..".  NULL at the end (errno is 0) and on failure (errno is
 * set). */
struct dirent *file_list_next(DIR *dir);
/* Opens "/dev/null" with these flags and O_CLOEXEC.  An image can put anything at that place, so
 * what is opened must be the null device (char 1:3).  -1 and errno on failure: ENODEV if it is
 * something else.  Allocates nothing. */
int file_null_device(int flags);
/* Is it the null device?  False, too, when that can't be found out. */
bool file_is_null_device(int fd);
/* Removes dirfd/name, and if it is a directory all that is in it.  Never follows a symbolic link
 * and never enters a mount (EBUSY).  It is no error if it is missing. */
int file_remove_tree(int dirfd, const char *name, struct error *err);
