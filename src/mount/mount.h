/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount.h - the container's file systems
 *
 * Two halves.  Before clone, in the runtime: option words become numbers, bind sources become
 * detached mounts (open_tree(2)) with their attributes set, what can't work is refused with its
 * pointer.  After clone, in init: a walk over the plans that allocates nothing.
 *
 *	mounts_plan      config.mounts -> struct mount_plan[]
 *	devices_plan     config.linux.devices and the default ones -> struct device_node[]
 *	rootfs_prepare   init: propagation, the rootfs as a mount of its own, its fd
 *	null_open        init: our own /dev/null, before anything of the container is there
 *	mounts_place     init: each plan, in order, by fd
 *	devices_make     init: /dev nodes, links, ptmx
 *	console_make     init: the pty, /dev/console
 *	masks_apply      init: masked and readonly paths
 *	rootfs_pivot     init: deferred "ro", pivot_root(".", "."), the old root gone
 *
 * All of init's half but the last works by fds below the rootfs fd and comes before rootfs_pivot,
 * while the host's procfs is still there for what has no new call.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdint.h>
#include <sys/types.h>

enum mount_kind { MOUNT_BIND, MOUNT_FS, MOUNT_CGROUP, MOUNT_REMOUNT, MOUNT_LINK };

/* One option of the file system itself; value NULL: a flag. */
struct mount_parameter {
	const char *key, *value;
	size_t word; /* index in the options list, for messages */
};

/* An options list, understood. */
struct mount_options {
	uint64_t attr_set, attr_clear;		 /* MOUNT_ATTR_... of this mount */
	uint64_t recursive_set, recursive_clear; /* of the whole tree: rro, rnoexec... */
	uint64_t super_set, super_clear;	 /* MS_... of the superblock: sync, lazytime... */
	uint64_t propagation;			 /* MS_PRIVATE... or 0 */
	bool propagation_recursive, bind, recursive, remount, copy_up, idmap, idmap_recursive;
	bool source_nofollow, destination_nofollow, copy_symlink;
	size_t n_parameters;
	const struct mount_parameter *parameters;
	const char *data; /* the same, comma separated, for mount(2); NULL none */
};
/* Parses the option words of /mounts/INDEX; lists and strings are made in the arena.  Unknown words
 * are the file system's own and an error for binds ("did you mean").  more: who wants every error,
 * or NULL. */
int mount_options_parse(const struct oci_mount *spec, size_t index, struct oci_arena *arena,
			struct error_sink *more, struct mount_options *ret, struct error *err);
/* Is it a bind: by an option "bind" or "rbind", or by such a type? */
bool mount_is_bind(const struct oci_mount *spec);
/* The option words for `features`, sorted. */
const char *const *mount_option_words(size_t *ret_n);

struct mount_plan {
	const struct oci_mount *spec;
	size_t index; /* in config.mounts */
	enum mount_kind kind;
	struct mount_options options;
	const char *destination; /* absolute, "." and ".." resolved by their text */
	const char *source; /* of a bind: absolute host path; of a link: its text; else as given */
	int source_fd;	    /* detached tree, ready to be moved; O_PATH if source_late; context
			     * of a file system that pid_namespace.c has begun; or -1 */
	bool source_late;   /* init opens source itself and compares it with source_fd */
	bool source_is_directory; /* decides what a missing target becomes */
	bool source_is_link;	  /* the symbolic link itself is bound */
	int userns_fd;		  /* idmapped mounts; owned by struct mounts; -1: none */
	int read_only_later;	  /* a tmpfs with "ro": its mount fd till rootfs_pivot; -1 */
};

/* The container's cgroup in one hierarchy. */
struct mount_cgroup {
	int version;		/* 1 or 2 */
	const char *name;	/* v1: "memory", "cpu,cpuacct", "name=systemd"; v2: "" */
	const char *mountpoint; /* where the hierarchy is mounted on the host */
	const char *directory;	/* host path of the container's own cgroup in it */
};

enum { MOUNT_USERNS_MAX = 16 };

struct mounts {
	size_t n;
	struct mount_plan *v;
	bool rootfs_readonly;
	int rootfs_propagation; /* enum oci_rootfs_propagation, or -1: private */
	const char *rootfs;	/* absolute host path */
	int rootfs_source;	/* detached clone, or O_PATH if rootfs_late */
	bool rootfs_late;
	size_t n_cgroups;
	const struct mount_cgroup *cgroups;
	int pid_namespace;    /* the one that is joined, not owned; -1: none */
	int container_userns; /* one of userns[], or -1 */
	size_t n_userns;
	int userns[MOUNT_USERNS_MAX]; /* user namespaces of idmapped mounts */
};
#define MOUNTS_EMPTY                                                                               \
	{                                                                                          \
		.rootfs_propagation = -1, .rootfs_source = -1, .pid_namespace = -1,                \
		.container_userns = -1                                                             \
	}

struct mounts_request {
	const struct oci_config *config;
	const char *bundle; /* absolute; relative sources and root.path start there */
	/* The container's cgroup in every hierarchy (also where nothing is made: then the caller's
	 * own), for mounts of type "cgroup".  The directories need not exist before init mounts. */
	size_t n_cgroups;
	const struct mount_cgroup *cgroups;
	/* The pid namespace that the container joins and its procfs shows; -1: init is in it. */
	int pid_namespace;
	struct error_sink *more; /* who wants every error; NULL: nobody */
};

/* Makes the plans (in the arena) and opens all sources; O_CLOEXEC fds owned by the result.  The
 * strings of request live as long as ret. */
int mounts_plan(const struct mounts_request *request, struct oci_arena *arena, struct mounts *ret,
		struct error *err);
/* Closes all fds; the runtime does it as soon as init is cloned, or its sources stay busy. */
void mounts_done(struct mounts *m);

/* ---- in init, after unshare(CLONE_NEWNS) ---- */

/* Makes "/" and all below a slave of the host's, so that nothing we do reaches the host, and
 * attaches the rootfs over itself.  Returns the rootfs fd (O_PATH directory, on the new mount). */
int rootfs_prepare(struct mounts *m, struct error *err);
/* Places all mounts in order. */
int mounts_place(struct mounts *m, int rootfs, struct error *err);
/* Read-only what waits for it (tmpfs with "ro"), the rootfs too if the config says so; then
 * pivot_root(".", ".") and the old root is detached; with no_pivot MS_MOVE and chroot after
 * unmounting every procfs and sysfs that stays reachable.  Last a shared or unbindable
 * rootfsPropagation.  The working directory is "/" afterwards.  What must still be made in the
 * rootfs (process.cwd) is made before. */
int rootfs_pivot(struct mounts *m, int rootfs, bool no_pivot, struct error *err);

/* ---- devices ---- */
struct device_node {
	const char *path;      /* absolute */
	const char *directory; /* "/dev" */
	const char *name;      /* "null" */
	uint32_t mode;	       /* S_IFCHR... | permissions */
	uint64_t device;       /* dev_t */
	uint32_t uid, gid;
	int source;   /* host's node as detached mount in a user namespace, or -1 */
	size_t index; /* in /linux/devices; SIZE_MAX: a default one */
};
struct devices {
	size_t n;
	struct device_node *v; /* the config's, then the default ones that it does not name */
	bool bind;	       /* bind the host's nodes: mknod isn't allowed in a user namespace */
	bool links;	       /* /dev/fd, stdin, stdout, stderr, ptmx are made */
	struct error_sink *more; /* set by the caller: who wants every error; NULL: nobody */
};
/* The default nodes and links are left out when config.mounts binds something at /dev: that is
 * somebody else's directory.  Of *ret, `more` is read. */
int devices_plan(const struct oci_config *config, bool bind, struct oci_arena *arena,
		 struct devices *ret, struct error *err);
void devices_done(struct devices *d);
/* Nodes and links.  An existing file that is not the device we want is an error (config-linux.md:
 * "If a file already exists at path that does not match the requested device, the runtime MUST
 * generate an error"); one that matches is left as it is. */
int devices_make(struct devices *d, int rootfs, struct error *err);

/* A pty from the container's own devpts, without /dev/console: for exec. */
int console_open(int rootfs, int *ret_master, int *ret_slave, struct error *err);
/* A pty from the container's own devpts: opens /dev/pts/ptmx in the rootfs (fstat'ed: char 5:2),
 * its peer by TIOCGPTPEER, binds the peer over /dev/console (O_NOFOLLOW, made if missing).
 * *ret_master, *ret_slave owned by the caller. CVE-2025-52565, CVE-2026-88264. */
int console_make(int rootfs, int *ret_master, int *ret_slave, struct error *err);

/* ---- masks ---- */
/* Our own /dev/null, checked to be char 1:3, O_PATH: in init, after unshare(CLONE_NEWNS) and before
 * anything of the container is mounted.  To be closed before rootfs_pivot: it holds the host's
 * /dev. */
int null_open(struct error *err);
/* Refuses the root itself ("/", "/x/.."): a mount over it would cover nothing.  more: who wants every
 * error, or NULL. */
int masks_check(const struct oci_strs *masked, const struct oci_strs *readonly,
		struct error_sink *more, struct error *err);
/* maskedPaths (files: bind of null_fd, which stays the caller's; directories: one shared read-only
 * tmpfs) and readonlyPaths; missing paths are fine.  Before rootfs_pivot. */
int masks_apply(const struct oci_strs *masked, const struct oci_strs *readonly, int rootfs,
		int null_fd, struct error *err);
