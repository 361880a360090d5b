/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path_walk.h - a path in an untrusted root, component by component; for path.c only
 *
 * What openat2(2) RESOLVE_IN_ROOT does, for kernels without it, and what no kernel does: to stop
 * where a path goes on to nothing yet, links that lead nowhere followed.  Every component is opened
 * O_PATH | O_NOFOLLOW from the fd before it; links are read and put before the rest; ".." starts
 * over from the root with what was passed so far less its last component, so no ".." is ever given
 * to the kernel and a folder that is moved while we stand in it leads nowhere.
 * No allocation: init walks, too.
 */
#pragma once
#include "base/error.h"

#include <limits.h>
#include <sys/types.h>

enum walk_end {
	WALK_OPEN,    /* the fd of what path names, opened with flags */
	WALK_PARENT,  /* the fd of the last component's folder, whatever is there */
	WALK_MISSING, /* as WALK_OPEN if there is such a thing, else as WALK_PARENT */
};

struct walk {
	int root;
	const char *path;
	enum walk_end end;
	int flags;     /* of open(2), for the last component */
	int max_links; /* more on the way: ELOOP */
	bool make;     /* missing folders on the way are made with mode */
	mode_t mode;
	/* result: the last component where the fd is its folder, else "" */
	char name[NAME_MAX + 1];
	bool slash; /* name has a slash after it: it must be a folder */
};

/* MAXSYMLINKS of the kernel. */
enum { WALK_LINKS = 40 };

/* Returns the fd, O_CLOEXEC. */
int walk_path(struct walk *walk, struct error *err);
