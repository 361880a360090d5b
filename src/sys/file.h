/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.h - files of the host, whole
 *
 * EINTR is retried, short reads and writes are completed.  dirfd may be AT_FDCWD.
 */
#pragma once
#include "base/error.h"

#include <dirent.h>
#include <sys/types.h>

/* Reads a regular file whole (anything else, or more than max bytes, is refused: EINVAL, EFBIG).
 * malloc'ed, NUL terminated. */
int file_read(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_len,
	      struct error *err);
/* The same from an open fd of any kind (a pipe, procfs, sysfs), to its end. */
int file_read_fd(int fd, size_t max, char **ret_text, size_t *ret_len, struct error *err);
/* One write(2) into an existing file of a kernel file system (cgroup, sysfs). */
int file_poke(int dirfd, const char *name, const char *text, struct error *err);
/* All of it, to an open fd. */
int file_write_fd(int fd, const char *text, size_t len, struct error *err);
/* Writes a file that must not be there yet (mode exactly as given, whatever the umask); who reads
 * it too early finds a part. */
int file_create(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		struct error *err);
/* Writes name anew: a temporary file in the same directory (mode exactly as given, whatever the
 * umask), then rename(2).  No fsync: a crash of the machine ends the container, too. */
int file_replace(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		 struct error *err);
/* The two halves of it, for one who has time now and none later: the temporary file; the rename. */
int file_prepare(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		 struct error *err);
int file_publish(int dirfd, const char *name, struct error *err);
/* open(2) with O_CLOEXEC and EINTR retried; the error says `open "name"`. */
int file_open(int dirfd, const char *name, int flags, mode_t mode, struct error *err);
/* mkdir -p on the host, every new directory with mode (whatever the umask).  Returns an fd of the
 * last one (O_DIRECTORY | O_RDONLY). */
int file_mkdir(const char *path, mode_t mode, struct error *err);
/* Opens a directory's fd for listing; takes the fd, closed by closedir(3) then.  NULL and err on
 * failure: the fd is still the caller's. */
DIR *file_list(int *fd, struct error *err);
/* The next entry but "." and ".."; NULL with errno 0 at the end, NULL with errno set on failure. */
struct dirent *file_list_next(DIR *dir);
/* Removes a directory's whole content below dirfd/name and itself; never follows a link and never
 * crosses a mount (unlinkat fails with EBUSY there).  A missing one is no error. */
int file_remove_tree(int dirfd, const char *name, struct error *err);
