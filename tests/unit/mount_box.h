/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount_box.h - a place to try mounts: a child in a mount namespace of its own, on a tmpfs with a
 * bundle
 *
 * Inside the child cmocka's assertions can't be used: box_check() prints and ends the child, and
 * the parent asserts its exit status.
 */
#pragma once
#include "mount/mount.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BOX_NO_NEW_API "fsopen,open_tree,move_mount,mount_setattr"

struct box {
	const char *no; /* calls that shall be missing (OCIRT_NO), or NULL */
	bool user_namespace;
	struct oci_arena *arena;
	struct oci_config *config;
	struct mounts mounts;
	struct devices devices;
	int rootfs;
	struct error err;
};

#define box_check(what)                                                                            \
	((what) ? (void)0                                                                          \
		: ((void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what), _exit(1)))
#define box_equal(a, b)                                                                            \
	(strcmp(a, b) == 0 ? (void)0                                                               \
			   : ((void)fprintf(stderr, "%s:%d:\n got: %s\nwant: %s\n", __FILE__,      \
					    __LINE__, a, b),                                       \
			      _exit(1)))
/* Prints the box's error and ends the child if r is negative. */
#define box_ok(box, r) box_ok_((box), (r), __FILE__, __LINE__)
void box_ok_(struct box *box, long r, const char *file, int line);

/* Runs body(box, arg) in a child whose working directory is a fresh tmpfs with rootfs/ in it, in a
 * mount namespace where nothing reaches the host.  True if it came to its end. */
bool box_run(struct box *box, void (*body)(struct box *, void *), void *arg);

/* The runtime's half, of the config {"mounts": mounts, "linux": linux_part}; NULL: none.  In texts
 * @ stands for the working directory. */
int box_plan(struct box *box, const char *mounts, const char *linux_part);
/* A new mount (and user) namespace, then rootfs_prepare. */
int box_enter(struct box *box);
/* All: plan, enter, place. */
int box_place(struct box *box, const char *mounts);

/* The mounts below the rootfs, a line each: "/dev rw,nosuid tmpfs tmpfs rw,mode=755", with
 * "shared" or "master" as second word where it is so; static buffer. */
const char *box_mounts(void);
/* The machine's message of the box's error: "/pointer: text"; static buffer. */
const char *box_message(const struct box *box);
/* Writes a file below the working directory. */
void box_file(const char *name, const char *text);
/* Does opening it for writing fail with this errno? */
bool box_open_fails(int rootfs, const char *name, int errno_value);
