/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.h - the two ways to mount, as one interface; for src/mount only
 *
 * struct placer is implemented twice: place_new.c uses the calls fsopen, open_tree, move_mount and
 * mount_setattr (Linux 5.12), place_old.c only mount(2).  mount_api_is_new() asks the kernel once
 * which of them it can.  mount.h has a table of all calls in their order.
 *
 * The target of a mount is found once, as an fd.  Only the old way needs its path again, to open
 * what it has just mounted there.
 */
#pragma once
#include "mount/mount.h"

struct target {
	int rootfs;
	const char *path; /* below rootfs */
	int fd;		  /* O_PATH: the file or directory that the mount will cover */
	bool nofollow;	  /* if the last component is a symbolic link, mount on the link itself */
	bool made;	  /* it was missing, and has been made */
};

enum { BIND_RECURSIVE = 1, BIND_READ_ONLY = 2, BIND_NOFOLLOW = 4 };

struct placer {
	const char *name;
	/* Mounts a new file system of the plan's type, with its options. */
	int (*fs)(struct mount_plan *p, const struct target *t, struct error *err);
	/* Mounts the plan's source_fd; with source_late opens its source first. */
	int (*bind)(struct mount_plan *p, const struct target *t, struct error *err);
	/* Mounts an empty tmpfs.  Returns an fd of its root. */
	int (*tmpfs)(const struct target *t, const char *mode, uint64_t attributes,
		     struct error *err);
	/* Binds what the fd source is, from this mount namespace.  flags are BIND_... */
	int (*bind_fd)(int source, const struct target *t, unsigned flags, struct error *err);
	/* Binds a path of the host with all mounts below it, with the plan's attributes. */
	int (*bind_path)(const char *source, struct mount_plan *p, const struct target *t,
			 struct error *err);
	/* Binds a path of the host on the entry `name` of a directory, which must exist.  Call
	 * tree_finish() after the last one: it sets the plan's attributes. */
	int (*bind_into)(const char *source, struct mount_plan *p, const struct target *directory,
			 const char *name, struct error *err);
	/* Gives the plan's attributes to the mount at root and to all mounts below it. */
	int (*tree_finish)(int root, const struct mount_plan *p, struct error *err);
	/* Changes the attributes of the mount that the target is on ("remount"). */
	int (*remount)(struct mount_plan *p, const struct target *t, struct error *err);
	/* Makes a mount read-only, by an fd of its root; recursive: and all mounts below it. */
	int (*read_only)(int mount, bool recursive, struct error *err);
};
extern const struct placer place_new, place_old;

/* Does the kernel have all of the new calls?  It is asked once. */
bool mount_api_is_new(void);
/* The placer for this kernel. */
const struct placer *placer_get(void);
/* The placer for this plan: some options need mount(2) even if the kernel has the new calls. */
const struct placer *placer_for(const struct mount_plan *p);

/* Gives the plan's attributes, propagation and id mapping to a detached mount, with at most two
 * calls of mount_setattr(2). */
int mount_attributes_apply(int mount, const struct mount_plan *p, struct error *err);
/* The MOUNT_ATTR_... of a new file system: the options for the mount and those for the tree. */
uint64_t attributes_of_one(const struct mount_options *o);
/* The MS_... for a mount that has `flags` now, changed as the options say. */
unsigned long attributes_old(const struct mount_options *o, unsigned long flags);
/* Reads the flags of the mount that an fd is on, as MS_...: a remount must name all of them. */
int mount_flags_now(int fd, unsigned long *ret, struct error *err);

/* Opens the source of a bind: as a detached clone of the mount, or with the old API as O_PATH. */
int source_open(const char *path, unsigned flags, struct error *err);
/* In init, for source_late: opens the source again and checks that it is still the same file. */
int source_reopen(struct mount_plan *p, struct error *err);

/* Opens the target's path again (O_PATH): what has just been mounted on it. */
int target_reopen(const struct target *t, struct error *err);
/* Is the fd the root of the rootfs?  A mount on it would have no effect: pivot_root(2) takes the
 * mount below. */
bool target_is_root(int fd, int rootfs);
/* Finds the target, or makes it if it is missing. */
int target_open(struct target *t, enum mount_kind kind, bool directory, struct error *err);

/* Attaches a detached mount to its target (new API only). */
int mount_attach(int mount, const struct target *t, struct error *err);

/* Copies what is in the directory `from` into the directory `to` (copyup.c). */
int copy_up(int from, int to, struct error *err);
/* Carries out a plan of the type "cgroup" (cgroup_mount.c). */
int cgroup_place(const struct mounts *m, struct mount_plan *p, const struct target *t,
		 struct error *err);
/* Mounts a procfs that shows the pid namespace ns (pid_namespace.c). */
int pid_namespace_place(int ns, struct mount_plan *p, const struct target *t, struct error *err);
/* Sets p->userns_fd to a user namespace with the plan's id mappings, or with the container's if the
 * plan has none of its own (idmap.c). */
int idmap_plan(struct mounts *m, struct mount_plan *p, const struct oci_config *config,
	       struct error *err);

/* True if no option of the file system has this key ("mode"). */
bool parameters_lack(const struct mount_options *o, const char *key);
bool plan_has_type(const struct mount_plan *p, const char *type);
/* A tmpfs with "ro" is made read-only in rootfs_pivot(): until then mount points and devices are
 * made in it.  Any other file system is read-only from its beginning, the superblock as well, as it
 * is with mount(2). */
bool plan_is_read_only_later(const struct mount_plan *p);
