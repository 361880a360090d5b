/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.h - paths inside a root that we do not trust
 *
 * Nothing is done by path in a container's rootfs: every target becomes an O_PATH fd, found with
 * openat2(2) RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, so that no symbolic link leads out of the
 * root and no string is resolved twice (CVE-2019-18837, CVE-2021-30465, CVE-2024-45310).  Where
 * openat2 is missing, a walk with O_NOFOLLOW, component by component, does the same.
 * All fds are O_CLOEXEC and belong to the caller.
 */
#pragma once
#include "base/error.h"

#include <sys/stat.h>
#include <sys/types.h>

/* Opens what path (absolute or relative: both start at root) names; links are followed inside the
 * root unless flags hold O_NOFOLLOW (then the last one is opened itself with O_PATH).
 * EAGAIN (a rename raced with us) is retried.  Returns an fd. */
int in_root_open(int root, const char *path, int flags, struct error *err);

/* As in_root_open, but no symbolic link anywhere on the way: for targets of proc and sysfs
 * (CVE-2019-19921, CVE-2023-27561).  ELOOP then. */
int in_root_open_nolinks(int root, const char *path, int flags, struct error *err);

/* Like mkdir -p below root: existing parts are followed (in the root), missing ones are made with
 * mode (less the umask).  Returns an O_PATH fd of the directory. */
int in_root_mkdir(int root, const char *path, mode_t mode, struct error *err);

/* The parent directory (made if missing, mode 0755) of path as an O_PATH fd, and the last component
 * copied to name[NAME_MAX + 1].  "/" and paths that end in ".." are refused (EINVAL). */
int in_root_parent(int root, const char *path, char name[256], struct error *err);

enum target_kind { TARGET_DIRECTORY, TARGET_FILE };
/* The place to mount on: what is there already, else a directory (0755) or an empty file (0644)
 * made with O_CREAT | O_EXCL | O_NOFOLLOW on the parent's fd; a link that leads nowhere yet is
 * followed, in the root.  The umask applies (init clears it).  Something of the other kind is
 * ENOTDIR or EISDIR.  *ret_made (may be NULL) tells whether it was made.  Returns an O_PATH fd. */
int in_root_target(int root, const char *path, enum target_kind kind, bool *ret_made,
		   struct error *err);

/* The runtime: reads a regular file of the image (passwd, group): found with O_PATH and refused
 * unless S_ISREG, so that nothing else is opened at all; at most max bytes (EFBIG).  malloc'ed and
 * NUL terminated.  Returns 0; a missing file is ENOENT. */
int in_root_read(int root, const char *path, size_t max, char **ret_text, size_t *ret_len,
		 struct error *err);
