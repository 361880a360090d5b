/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount.h - the container's file systems: mounts, devices, masked paths, the change of the root
 *
 * There are two halves.  In the runtime, before the clone: option words become numbers, the sources
 * of bind mounts are opened, and what can't work is refused with its JSON pointer.  In init, after
 * the clone: these functions carry out the plans.
 *
 *	mounts_plan      runtime: config.mounts becomes struct mount_plan[]
 *	devices_plan     runtime: linux.devices and the default ones become struct device_node[]
 *	rootfs_prepare   init: keeps our mounts from the host, makes the rootfs a mount, opens it
 *	null_open        init: opens the host's /dev/null, before anything of the container is there
 *	mounts_place     init: carries out each plan, in order
 *	devices_make     init: device nodes and links in /dev
 *	console_make     init: the terminal, /dev/console
 *	masks_apply      init: masked and readonly paths
 *	rootfs_pivot     init: what must be read-only becomes so, then the rootfs becomes the root
 *
 * init does all this by fds below the fd of the rootfs, before rootfs_pivot(): until then the
 * host's /proc can be reached, which mount(2) needs for the paths of its fds.
 *
 * The calls for each kind of mount, in order.  "new" is with the new API (place_new.c), "old" with
 * mount(2) alone (place_old.c), "both" is for both.  What stands before the "|" is done by the
 * runtime before the clone, the rest by init.  T is an fd of the target, found by in_root_target().
 * "find T" opens T's path again, which now leads to what has just been mounted on it.  A call in
 * brackets is made only if it is needed.
 *
 * file system (proc, tmpfs, devpts, mqueue, cgroup2, ...)
 *	new	fsopen, fsconfig (source, "ro" and the like, each option), fsconfig (CREATE),
 *		fsmount (attributes), [mount_setattr (propagation, id mapping)], move_mount to T
 *	old	mount (source, T, type, flags, data), [find T, mount (propagation)]
 * tmpfs with "ro", which init must be able to make mount points in
 *	new	as above without "ro"; in rootfs_pivot(): mount_setattr (ro)
 *	old	as above without MS_RDONLY, find T; in rootfs_pivot(): mount (REMOUNT, BIND, ro)
 * tmpfs with "tmpcopyup"
 *	new	copies the directory that T is before move_mount
 *	old	copies it after "find T"
 * sysfs
 *	both	as a file system; if that is refused (EPERM), as rbind of /sys
 * proc, if the container joins a pid namespace
 *	new	fsopen, fsconfig ("pidns", its fd), then as a file system; if the kernel does not
 *		know "pidns": a child calls setns, a child of that fsopen; init does the rest
 *	old	a child calls setns, a child of that calls mount
 * bind
 *	new	open_tree (a clone of the source), mount_setattr (attributes; propagation, private
 *		if none is named) | move_mount to T
 *	old	open (O_PATH) | open again and compare, mount (BIND) on T, find T,
 *		mount (propagation), fstatfs (the flags it has), [mount (REMOUNT, BIND, attributes)]
 * rbind, with the differences to bind
 *	new	open_tree and a first mount_setattr with AT_RECURSIVE (propagation, "rro" and the
 *		like), [mount_setattr ("ro" and the like, for the top mount)]
 *	old	MS_REC to bind and for the propagation; mounts_plan() refuses "rro" and the like
 * bind or rbind, if the runtime may not clone the source (EPERM)
 *	new	open (O_PATH) | open_tree and compare, mount_setattr, move_mount to T
 * bind or file system with "idmap" or uidMappings
 *	new	clone3 (NEWUSER), write uid_map and gid_map, open the namespace; then as above, with
 *		MOUNT_ATTR_IDMAP for mount_setattr
 *	old	mounts_plan() refuses it
 * cgroup, if the host has one v2 hierarchy and no other
 *	both	as rbind of the container's cgroup, by init
 * cgroup, if the host has v1 hierarchies
 *	new	a tmpfs as above; for each hierarchy mkdirat, open_tree, move_mount, [symlinkat];
 *		mount_setattr (attributes, AT_RECURSIVE)
 *	old	a tmpfs as above; for each hierarchy mkdirat, mount (BIND), find T, mount
 *		(propagation), mount (REMOUNT, BIND, attributes), [symlinkat]; mount (REMOUNT, BIND,
 *		attributes) for the tmpfs
 * remount with "bind"
 *	new	mount_setattr on T
 *	old	fstatfs, mount (REMOUNT, BIND, attributes), [mount (propagation)]
 * remount without "bind"
 *	both	fstatfs, mount (REMOUNT, flags, data), [mount (propagation)]
 * "copy-symlink"
 *	both	readlink | symlinkat
 * masked file
 *	new	open_tree (/dev/null), move_mount to T
 *	old	mount (BIND) of /dev/null on T
 * masked directory
 *	both	the first gets an empty read-only tmpfs, each other one a bind of that tmpfs
 * readonly path
 *	new	open_tree of T, mount_setattr (ro), both with AT_RECURSIVE, move_mount to T
 *	old	mount (BIND, REC) of T on T, find T, fstatfs, mount (REMOUNT, BIND, ro)
 * device in a user namespace, where the kernel refuses mknod(2)
 *	new	open_tree of the host's node, mount_setattr (private) | mknodat (an empty file),
 *		move_mount to it
 *	old	mknodat (an empty file), open (O_PATH) the host's node, mount (BIND)
 * the rootfs
 *	new	open_tree, mount_setattr (private or slave), both with AT_RECURSIVE |
 *		mount ("/", REC, SLAVE), move_mount over the rootfs itself
 *	old	open (O_PATH) | mount ("/", REC, SLAVE), mount (BIND, REC) over itself, open again
 *		and compare, mount (propagation)
 * the change of the root
 *	both	[read-only as above], fchdir, pivot_root, umount2, chdir, [mount (shared or
 *		unbindable)]; with --no-pivot: [umount2 the host's procfs and sysfs],
 *		mount (MOVE), chroot, chdir
 *
 * A file system with the option "iversion", or with a string of 256 bytes or more, is mounted by
 * mount(2) in any case: fsconfig(2) can't express it.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdint.h>
#include <sys/types.h>

enum mount_kind { MOUNT_BIND, MOUNT_FS, MOUNT_CGROUP, MOUNT_REMOUNT, MOUNT_LINK };

/* One option of the file system itself ("size=1m"); value is NULL for an option without "=". */
struct mount_parameter {
	const char *key, *value;
	size_t word; /* index in the options list, for messages */
};

/* A list of option words, as numbers. */
struct mount_options {
	uint64_t attr_set, attr_clear;		 /* MOUNT_ATTR_... for this mount: ro, noexec */
	uint64_t recursive_set, recursive_clear; /* for all mounts of the tree: rro, rnoexec */
	uint64_t super_set, super_clear;	 /* MS_... for the file system: sync, lazytime */
	uint64_t propagation;			 /* MS_PRIVATE... or 0 */
	bool propagation_recursive, bind, recursive, remount, copy_up, idmap, idmap_recursive;
	bool source_nofollow, destination_nofollow, copy_symlink;
	size_t n_parameters;
	const struct mount_parameter *parameters;
	const char *data; /* the parameters again, joined by commas for mount(2); NULL if none */
};
/* Parses the option words of /mounts/INDEX.  Lists and strings are made in the arena.  A word that
 * is not in mount_options.def is an option of the file system itself; a bind has none, so there it
 * is an error ("did you mean").  sink is where all errors go (error_more()), or NULL. */
int mount_options_parse(const struct oci_mount *spec, size_t index, struct oci_arena *arena,
			struct error_sink *sink, struct mount_options *ret, struct error *err);
/* Is it a bind mount: does it have the option "bind" or "rbind", or one of these as its type? */
bool mount_is_bind(const struct oci_mount *spec);
/* The option words for `features`, sorted. */
const char *const *mount_option_words(size_t *ret_n);

struct mount_plan {
	const struct oci_mount *spec;
	size_t index; /* in config.mounts */
	enum mount_kind kind;
	struct mount_options options;
	const char *destination; /* absolute, without "." and ".." */
	/* A bind: absolute path of the host.  A copied link: its text.  Else as in the config. */
	const char *source;
	/* A bind: the detached clone of the source, ready for move_mount(2); with source_late an
	 * O_PATH fd of the source.  A procfs: the context that pid_namespace.c has opened.  Or
	 * -1. */
	int source_fd;
	bool source_late; /* init opens source again and checks that it is still source_fd */
	bool source_is_directory; /* then a missing target becomes a directory, else a file */
	bool source_is_link;	  /* the symbolic link itself is bound, not what it leads to */
	int userns_fd;		  /* of an id-mapped mount; struct mounts owns it; or -1 */
	int read_only_later;	  /* a tmpfs with "ro": its mount, until rootfs_pivot(); or -1 */
};

/* The container's cgroup in one hierarchy. */
struct mount_cgroup {
	int version;		/* 1 or 2 */
	const char *name;	/* v1: "memory", "cpu,cpuacct", "name=systemd"; v2: "" */
	const char *mountpoint; /* where the hierarchy is mounted on the host */
	const char *directory;	/* host path of the container's own cgroup in it */
	/* Where it may be that no cgroup could be made (an ordinary user's): the caller's own,
	 * which stands in for one that is missing when init mounts; else NULL. */
	const char *instead;
};

enum { MOUNT_USERNS_MAX = 16 };

struct mounts {
	size_t n;
	struct mount_plan *v;
	bool rootfs_readonly;
	int rootfs_propagation; /* enum oci_rootfs_propagation, or -1: private */
	const char *rootfs;	/* absolute path of the host */
	int rootfs_source;	/* detached clone of the rootfs; with rootfs_late an O_PATH fd */
	bool rootfs_late;	/* init makes the rootfs a mount: the runtime could not clone it */
	size_t n_cgroups;
	const struct mount_cgroup *cgroups;
	int pid_namespace;    /* the one that is joined; the caller owns it; -1: none is joined */
	int container_userns; /* the one of userns[] with the container's own mappings, or -1 */
	size_t n_userns;
	int userns[MOUNT_USERNS_MAX]; /* the user namespaces of id-mapped mounts */
};
#define MOUNTS_EMPTY                                                                               \
	{                                                                                          \
		.rootfs_propagation = -1, .rootfs_source = -1, .pid_namespace = -1,                \
		.container_userns = -1                                                             \
	}

struct mounts_request {
	const struct oci_config *config;
	const char *bundle; /* absolute; relative sources and root.path begin there */
	/* For mounts of type "cgroup": the container's cgroup in every hierarchy, or the caller's
	 * own where none is made.  The directories need not exist until init mounts. */
	size_t n_cgroups;
	const struct mount_cgroup *cgroups;
	/* The pid namespace that the container joins, for its procfs; -1 if it makes a new one or
	 * stays in the caller's. */
	int pid_namespace;
	struct error_sink *sink; /* where all errors go (error_more()), or NULL */
};

/* Makes the plans (in the arena) and opens all sources; ret owns the fds.  The strings of request
 * must live as long as ret. */
int mounts_plan(const struct mounts_request *request, struct oci_arena *arena, struct mounts *ret,
		struct error *err);
/* Closes all fds.  The runtime calls it as soon as init is cloned: as long as it holds the clones,
 * the host can't unmount the sources. */
void mounts_done(struct mounts *m);

/* ---- in init, after unshare(CLONE_NEWNS) ---- */

/* Makes "/" and all below it a slave of the host's mounts, so that nothing we mount appears on the
 * host.  Then makes the rootfs a mount of its own, over itself.  Returns an O_PATH fd of its
 * root. */
int rootfs_prepare(struct mounts *m, struct error *err);
/* Carries out all plans, in order. */
int mounts_place(struct mounts *m, int rootfs, struct error *err);
/* Makes read-only what has waited for it (each tmpfs with "ro", and the rootfs if the config says
 * so).  Then makes the rootfs the root: with pivot_root(2), after which the old root is detached;
 * or with no_pivot by moving the mount and chroot(2), after every procfs and sysfs outside of it
 * has been unmounted.  At last sets a shared or unbindable rootfsPropagation.  The working
 * directory is "/" afterwards.  Nothing can be made in a read-only rootfs any more, so process.cwd
 * must exist. */
int rootfs_pivot(struct mounts *m, int rootfs, bool no_pivot, struct error *err);

/* ---- devices ---- */
struct device_node {
	const char *path;      /* absolute */
	const char *directory; /* "/dev" */
	const char *name;      /* "null" */
	uint32_t mode;	       /* S_IFCHR and the like, with the permissions */
	uint64_t device;       /* major and minor, as dev_t */
	uint32_t uid, gid;
	int source;   /* in a user namespace: a detached mount of the host's node, or -1 */
	size_t index; /* in /linux/devices; SIZE_MAX: one of the default nodes */
};
struct devices {
	size_t n;
	struct device_node *v; /* the config's, then the default ones that it does not name */
	bool bind;	       /* bind the host's nodes: in a user namespace mknod(2) is refused */
	bool links;	       /* make the links /dev/fd, stdin, stdout, stderr and ptmx */
	struct error_sink *sink; /* set by the caller: where all errors go, or NULL */
};
/* Makes the plan of the device nodes; bind says whether the container has a user namespace.  The
 * default nodes and links are left out if config.mounts binds a directory of the host at /dev: they
 * would appear on the host.  Of *ret only the member sink is read. */
int devices_plan(const struct oci_config *config, bool bind, struct oci_arena *arena,
		 struct devices *ret, struct error *err);
void devices_done(struct devices *d);
/* Makes the nodes and links.  A file that is there already stays if it is the wanted device; if it
 * is not, that is an error (config-linux.md: "If a file already exists at path that does not match
 * the requested device, the runtime MUST generate an error"). */
int devices_make(struct devices *d, int rootfs, struct error *err);

/* After both plans: where the root is the host's own, refuses what a start would make in it (mount
 * points, device nodes, the working directory), and leaves the links of /dev out.  What a mount of
 * the container covers is the container's. */
int host_root_plan(const struct oci_config *config, const struct mounts *m, struct devices *d,
		   struct error *err);

/* Opens a new terminal (pty) of the container's own devpts, for exec.  The caller owns both fds. */
int console_open(int rootfs, int *ret_master, int *ret_slave, struct error *err);
/* The same, and binds the terminal on /dev/console, which is made if it is missing.  console.c says
 * what an image can do here (CVE-2025-52565, CVE-2026-88264). */
int console_make(int rootfs, int *ret_master, int *ret_slave, struct error *err);

/* ---- masks ---- */
/* Opens the host's /dev/null (O_PATH) and checks that it is the device 1:3.  init calls it after
 * unshare(CLONE_NEWNS), before anything of the container is mounted.  The fd must be closed before
 * rootfs_pivot(): it keeps the host's /dev alive. */
int null_open(struct error *err);
/* Checks the paths before the clone: the root itself ("/", "/x/..") can't be covered.  sink is
 * where all errors go (error_more()), or NULL. */
int masks_check(const struct oci_strs *masked, const struct oci_strs *readonly,
		struct error_sink *sink, struct error *err);
/* Makes the readonly paths read-only, then covers the masked ones: a file by null_fd, which the
 * caller still owns, a directory by an empty read-only tmpfs.  A path that is missing is no error.
 * Must be called before rootfs_pivot(). */
int masks_apply(const struct oci_strs *masked, const struct oci_strs *readonly, int rootfs,
		int null_fd, struct error *err);
