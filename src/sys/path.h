/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.h - finds files in a container's root, which may be hostile
 *
 * An image may hold a symbolic link "etc -> /etc of the host", and a process of another container
 * that shares the root may exchange a folder for such a link while we work.  So a path in a root is
 * resolved once, to an O_PATH fd, and all work is done on that fd (CVE-2019-18837, CVE-2021-30465,
 * CVE-2024-45310).  openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS follows links only
 * inside the root.  Where the kernel lacks it, path_walk.c does the same component by component.
 *
 * In all functions root is an fd of the root, path may begin with a slash or not, and the fd that
 * is returned is O_CLOEXEC and belongs to the caller.
 */
#pragma once
#include "base/error.h"

#include <sys/stat.h>
#include <sys/types.h>

/* Opens a path.  Links are followed, inside the root.  With O_PATH | O_NOFOLLOW in flags a link
 * that is the last component is opened itself.  Returns an fd. */
int in_root_open(int root, const char *path, int flags, struct error *err);

/* The same, but any symbolic link on the way is refused (ELOOP).  For the places where proc and
 * sysfs are mounted: a link there would put them where masked paths do not cover them
 * (CVE-2019-19921, CVE-2023-27561). */
int in_root_open_nolinks(int root, const char *path, int flags, struct error *err);

/* Makes a directory and all that are missing above it, like mkdir -p, with mode less the umask.
 * Links on the way are followed, inside the root.  Returns an O_PATH fd of the directory. */
int in_root_mkdir(int root, const char *path, mode_t mode, struct error *err);

/* Opens the directory that holds the last component of path (made if missing, mode 0755), and
 * copies that component to name, which has NAME_MAX + 1 bytes.  "/" and paths that end in "." or
 * ".." are refused (EINVAL).  Returns an O_PATH fd of the directory. */
int in_root_parent(int root, const char *path, char name[256], struct error *err);

enum target_kind { TARGET_DIRECTORY, TARGET_FILE };
/* Opens what a mount will be put on.  If nothing is there, makes a directory (mode 0755) or an
 * empty file (0644), less the umask, which init clears; a link that leads to nothing is followed
 * and the target made where it points, inside the root.  A file instead of a directory is ENOTDIR,
 * the reverse EISDIR. *ret_made (may be NULL) says whether it was made.  Returns an O_PATH fd. */
int in_root_target(int root, const char *path, enum target_kind kind, bool *ret_made,
		   struct error *err);

/* Reads a regular file of the image (passwd, group).  Anything else is refused before it is opened,
 * so that no device and no pipe of the image is touched.  More than max bytes are EFBIG, a missing
 * file is ENOENT.  *ret_text is malloc'ed and ends with a NUL.  Returns 0. */
int in_root_read(int root, const char *path, size_t max, char **ret_text, size_t *ret_len,
		 struct error *err);
