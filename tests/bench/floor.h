/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor.h - the least a container can cost: only the kernel's work for the default bundle
 *
 * What `ocirt run` is measured against.  No config is read and no record is written; what the
 * default config says is written down here as system calls, in the order that is fastest on two
 * cores.  Two processes share one table of file descriptors and one page:
 *
 *	floor.c		the clone, the conversation, the program's attributes, the end
 *	floor_cgroup.c	the parent: a cgroup in every hierarchy; the child: goes into them
 *	floor_mount.c	the child: namespaces' file systems, devices, masks, the root
 */
#pragma once
#include <stdatomic.h>
#include <stdint.h>

enum { FLOOR_HIERARCHIES = 16, FLOOR_PATH = 512 };

/* One page that both processes see. */
struct floor_page {
	_Atomic uint32_t cgroups_ready; /* a futex: tasks[] are open */
	int n_tasks;
	int tasks[FLOOR_HIERARCHIES];
};

struct floor {
	const char *rootfs, *id;
	char *const *argv;
	struct floor_page *page;
	int unified; /* the v2 cgroup, or -1 */
};

/* Ends the process, with a line that names the step and the number of errno. */
_Noreturn void floor_die(const char *step);
/* floor_die if what a system call returned is negative; else that. */
int floor_check(long r, const char *step);

/* The v2 cgroup, where there is a v2 hierarchy: init is cloned into it. */
void floor_cgroup_make_v2(struct floor *f);
/* The others, with their rules; then wakes the child. */
void floor_cgroup_make_v1(struct floor *f);
/* In the child: waits for them and enters. */
void floor_cgroup_join(struct floor *f);
void floor_cgroup_remove(const struct floor *f);

/* In the child, in its new namespaces: all but the cgroups. */
int floor_mount_early(struct floor *f);
/* The rest, and the change of the root. */
void floor_mount_late(struct floor *f, int rootfs);
/* The name of hierarchy i below /sys/fs/cgroup, NULL behind the last. */
const char *floor_hierarchy(int i);
