/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.h - two ways to mount: the interface that place_new.c and place_old.c implement
 *
 * Which one is used is decided once a process by asking the kernel (mount_api_is_new());
 * place_new.c needs fsopen, open_tree, move_mount and mount_setattr (Linux 5.12).  A target is
 * found once, as an fd; only the old calls need its path again, to reach what they have just
 * mounted on it.
 */
#pragma once
#include "mount/mount.h"

struct target {
	int rootfs;
	const char *path; /* below rootfs */
	int fd;		  /* O_PATH: what is mounted upon */
	bool nofollow;	  /* the last component is a symbolic link and stays one */
	bool made;	  /* it was missing */
};

enum { BIND_RECURSIVE = 1, BIND_READ_ONLY = 2, BIND_NOFOLLOW = 4 };

struct placer {
	const char *name;
	/* A file system made from the plan's type and parameters. */
	int (*fs)(struct mount_plan *p, const struct target *t, struct error *err);
	/* The plan's source_fd, or its source opened now (source_late). */
	int (*bind)(struct mount_plan *p, const struct target *t, struct error *err);
	/* Our own tmpfs on the target; returns an fd of its root. */
	int (*tmpfs)(const struct target *t, const char *mode, uint64_t attributes,
		     struct error *err);
	/* Another place of this mount namespace: source is any fd of it. BIND_... flags. */
	int (*bind_fd)(int source, const struct target *t, unsigned flags, struct error *err);
	/* A host path of this mount namespace with the plan's attributes. */
	int (*bind_path)(const char *source, struct mount_plan *p, const struct target *t,
			 struct error *err);
	/* A host path on the entry `name` of a directory, which is there; its attributes come with
	 * tree_finish(), which gives the plan's to all that lies on the target by then. */
	int (*bind_into)(const char *source, struct mount_plan *p, const struct target *directory,
			 const char *name, struct error *err);
	int (*tree_finish)(int root, const struct mount_plan *p, struct error *err);
	/* Attributes of the mount that a path in the rootfs lies on. */
	int (*remount)(struct mount_plan *p, const struct target *t, struct error *err);
	/* "ro" for the mount whose root mount is; recursive: and all mounts below it. */
	int (*read_only)(int mount, bool recursive, struct error *err);
};
extern const struct placer place_new, place_old;

bool mount_api_is_new(void);
/* The one to use here. */
const struct placer *placer_get(void);
/* The one for this plan: mount(2) says some things that fsconfig(2) can't. */
const struct placer *placer_for(const struct mount_plan *p);

/* What a clone of a mount shall be: the plan's attributes, propagation and id mapping, in at most
 * two mount_setattr(2) calls. */
int mount_attributes_apply(int mount, const struct mount_plan *p, struct error *err);
/* MOUNT_ATTR_... of a single new mount, words for the whole tree included. */
uint64_t attributes_of_one(const struct mount_options *o);
/* MS_... for a mount that has `flags`, changed as the options say. */
unsigned long attributes_old(const struct mount_options *o, unsigned long flags);
/* MS_... flags of the mount an fd lies on, as a remount needs them. */
int mount_flags_now(int fd, unsigned long *ret, struct error *err);

/* Opens a bind's source in the calling namespace: a detached clone (new API) or O_PATH. */
int source_open(const char *path, unsigned flags, struct error *err);
/* In init: opens the source of a source_late plan and compares it with what the plan has seen. */
int source_reopen(struct mount_plan *p, struct error *err);

/* The mount that now lies on a target, O_PATH. */
int target_reopen(const struct target *t, struct error *err);
/* Is the fd the root of the rootfs itself?  What is mounted there is covered by nobody's path: the
 * root that is changed to lies below it. */
bool target_is_root(int fd, int rootfs);
/* Finds or makes a target. */
int target_open(struct target *t, enum mount_kind kind, bool directory, struct error *err);

/* Attaches a detached mount (new API only). */
int mount_attach(int mount, const struct target *t, struct error *err);

/* copyup.c: copies what is in the directory from into the directory to. */
int copy_up(int from, int to, struct error *err);
/* cgroup_mount.c */
int cgroup_place(const struct mounts *m, struct mount_plan *p, const struct target *t,
		 struct error *err);
/* pid_namespace.c: a file system (proc) made in another pid namespace, ns. */
int pid_namespace_place(int ns, struct mount_plan *p, const struct target *t, struct error *err);
/* idmap.c: the user namespace with the mappings of a plan (or the container's) into p->userns_fd.
 */
int idmap_plan(struct mounts *m, struct mount_plan *p, const struct oci_config *config,
	       struct error *err);

/* Is the option list's file system data free of a key ("mode")? */
bool parameters_lack(const struct mount_options *o, const char *key);
bool plan_has_type(const struct mount_plan *p, const char *type);
