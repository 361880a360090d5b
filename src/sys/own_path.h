/* SPDX-License-Identifier: Apache-2.0 */
/* own_path.h - a directory of ours on the host, at a path that no other user can bend */
#pragma once
#include "base/error.h"

#include <stdbool.h>

/* Opens a directory.  A symbolic link on the way is followed only if it is ours or root's: another
 * user could lead it to any directory that we may use (EACCES).  make: makes what is missing, 0700.
 * Returns an fd for reading. */
int own_directory_open(const char *path, bool make, struct error *err);
