/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount.h - the container's file systems
 *
 * Two halves.  Before clone, in the runtime: option words become numbers, bind sources become
 * detached mounts (open_tree(2)), what can't work is refused with its pointer.  After clone, in
 * init: a walk over the plans that allocates nothing.
 *
 *	mounts_plan      config.mounts -> struct mount_plan[]
 *	rootfs_prepare   init: propagation, the rootfs as a mount of its own, its fd
 *	mounts_place     init: each plan, in order, by fd
 *	devices_make     init: /dev nodes, links, ptmx, console
 *	masks_apply      init: masked and readonly paths
 *	rootfs_pivot     init: pivot_root(".", "."), the old root gone
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdint.h>
#include <sys/types.h>

enum mount_kind { MOUNT_BIND, MOUNT_FS, MOUNT_CGROUP, MOUNT_REMOUNT };

/* An options list, understood. */
struct mount_options {
	uint64_t attr_set, attr_clear;         /* MOUNT_ATTR_... of this mount */
	uint64_t recursive_set, recursive_clear; /* of the whole tree: rro, rnoexec... */
	uint64_t super_set, super_clear;       /* MS_... of the superblock: sync, dirsync, lazytime, mand, silent */
	uint64_t propagation;                  /* MS_PRIVATE... or 0 */
	bool propagation_recursive, bind, recursive, remount, copy_up, idmap, idmap_recursive;
	bool source_nofollow, destination_nofollow, copy_symlink, read_only_super;
	const char *data;                      /* file system's own options, comma separated; NULL none */
};
/* Parses option words; the data string is made in the arena.  Unknown words are data for file
 * systems and an error for binds ("did you mean").  pointer: "/mounts/3/options". */
int mount_options_parse(const struct oci_strs *words, bool is_bind, struct oci_arena *arena,
			struct mount_options *ret, const char *pointer, struct error *err);
/* The option words for `features`, sorted. */
const char *const *mount_option_words(size_t *ret_n);

struct mount_plan {
	const struct oci_mount *spec;
	size_t index;              /* in config.mounts */
	enum mount_kind kind;
	struct mount_options options;
	const char *destination;   /* made absolute */
	const char *source;        /* host path of a bind, absolute; else as given */
	int source_fd;             /* detached tree, or O_PATH of the source when open_tree is missing; -1 */
	bool source_is_directory;
	int userns_fd;             /* idmapped mounts; -1 */
};

struct mounts {
	size_t n;
	struct mount_plan *v;
	bool rootfs_readonly;
	int rootfs_propagation;    /* enum oci_rootfs_propagation, or -1: private */
	const char *rootfs;        /* absolute host path */
	int rootfs_source;         /* detached clone or O_PATH of the rootfs */
};

struct mounts_request {
	const struct oci_config *config;
	const char *bundle;        /* absolute; relative sources and root.path start there */
	bool user_namespace;       /* a user namespace that is not the runtime's own */
	bool new_network, new_cgroup; /* what sysfs and cgroup mounts may show */
	bool no_pivot;
};

/* Makes the plans (in the arena) and opens all sources; O_CLOEXEC fds owned by the result. */
int mounts_plan(const struct mounts_request *request, struct oci_arena *arena, struct mounts *ret,
		struct error *err);
void mounts_done(struct mounts *m);

/* ---- in init, after unshare(CLONE_NEWNS) ---- */

/* Makes "/" rprivate (or as the config says), so that nothing we do reaches the host, attaches the
 * rootfs over itself.  Returns the rootfs fd (O_PATH directory, on the new mount). */
int rootfs_prepare(const struct mounts *m, struct error *err);
/* Places all mounts in order.  cgroup: v1 and v2 mounts are made from the current cgroup namespace. */
int mounts_place(const struct mounts *m, int rootfs, struct error *err);
/* pivot_root(".", ".") and detaches the old root; with no_pivot MS_MOVE and chroot after unmounting
 * every procfs and sysfs that stays reachable.  Then applies rootfs propagation and readonly. */
int rootfs_pivot(const struct mounts *m, int rootfs, bool no_pivot, struct error *err);

/* ---- devices ---- */
struct device_node {
	char path[256];
	uint32_t mode;             /* S_IFCHR... | permissions */
	uint64_t device;           /* dev_t */
	uint32_t uid, gid;
	int source;                /* host's node as detached bind in a user namespace; -1: mknod */
};
struct devices {
	size_t n;
	struct device_node *v;     /* the config's, then the default ones that it does not name */
	bool bind;                 /* bind the host's nodes: mknod isn't allowed in a user namespace */
};
int devices_plan(const struct oci_config *config, bool bind, struct oci_arena *arena,
		 struct devices *ret, struct error *err);
void devices_done(struct devices *d);
/* Nodes, links (/dev/fd, stdin, stdout, stderr, ptmx).  An existing file that is not the device we want is
 * an error.  Only if the config mounts something at /dev or names devices are the default ones made in
 * a /dev that is not a fresh mount: see devices.c. */
int devices_make(const struct devices *d, int rootfs, struct error *err);

/* A pty from the container's own devpts: opens /dev/pts/ptmx in the rootfs (fstat'ed: char 5:2), its
 * peer by TIOCGPTPEER, binds the peer over /dev/console (O_NOFOLLOW, made if missing).  *ret_master,
 * *ret_slave owned by the caller. CVE-2025-52565, CVE-2026-88264. */
int console_make(int rootfs, int *ret_master, int *ret_slave, struct error *err);

/* ---- masks ---- */
/* maskedPaths (files: bind of our own verified /dev/null; directories: one shared read-only tmpfs) and
 * readonlyPaths; missing paths are fine.  null_fd: O_PATH of a char 1:3 node taken before. */
int masks_apply(const struct oci_strs *masked, const struct oci_strs *readonly, int rootfs,
		int null_fd, struct error *err);
