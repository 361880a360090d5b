/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path_walk.h - resolves a path in a container's root part by part; for path.c and own_path.c
 *
 * It does what openat2(2) with RESOLVE_IN_ROOT does, for kernels that lack it.  It also does what
 * no kernel can: stop at the last directory that exists, so that the rest can be made there.
 *
 * Each component is opened with O_PATH | O_NOFOLLOW from the fd before it.  If it is a link, its
 * text is put before the rest of the path. ".." is never given to the kernel: an attacker could
 * move the folder that the walk stands in, and its ".." would then lead out of the root.  Instead
 * the walk begins again at the root, with the components it has passed less the last one.
 *
 * Nothing is allocated: init walks, too.
 */
#pragma once
#include "base/error.h"

#include <limits.h>
#include <sys/types.h>

enum walk_end {
	WALK_OPEN,    /* open what path names, with flags */
	WALK_PARENT,  /* open the folder of the last component, whether that exists or not */
	WALK_MISSING, /* as WALK_OPEN if path exists, else as WALK_PARENT */
};

struct walk {
	int root;
	const char *path;
	enum walk_end end;
	int flags;	/* of open(2), for the last component */
	int max_links;	/* more links on the way are ELOOP */
	bool own_links; /* links of others than us and the owner of root are EACCES */
	bool make;	/* make missing folders on the way, with mode */
	mode_t mode;
	/* Set by walk_path(): the last component if the fd is its folder, else "". */
	char name[NAME_MAX + 1];
	bool slash; /* also set: a slash follows name in path, so it must be a folder */
};

/* The kernel's own maximum (MAXSYMLINKS). */
enum { WALK_LINKS = 40 };

/* Returns the fd, O_CLOEXEC. */
int walk_path(struct walk *walk, struct error *err);
