/* SPDX-License-Identifier: Apache-2.0 */
/* floor_mount.c - the default config's mounts, devices, masks, and the change of the root */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* glibc's <sys/mount.h> and <linux/mount.h> exclude each other. */
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
extern int umount2(const char *, int);
enum { FLAG_REC = 16384, FLAG_SLAVE = 1 << 19, FLAG_DETACH = 2 };

enum {
	NOSUID = MOUNT_ATTR_NOSUID,
	NODEV = MOUNT_ATTR_NODEV,
	NOEXEC = MOUNT_ATTR_NOEXEC,
	RDONLY = MOUNT_ATTR_RDONLY,
	EMPTY_PATH = 0x1000,
	RECURSIVE = 0x8000,
	MOVE = MOVE_MOUNT_F_EMPTY_PATH
};

static void parameter(int context, const char *key, const char *value)
{
	unsigned how = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;

	(void)floor_check(syscall(SYS_fsconfig, context, how, key, value, 0), key);
}

/* A detached mount of a new file system; parameters are pairs, NULL behind the last. */
static int filesystem(const char *type, const char *const *parameters, unsigned attributes)
{
	int context = floor_check(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), type);
	int fd;

	for (; *parameters; parameters += 2)
		parameter(context, parameters[0], parameters[1]);
	(void)floor_check(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), type);
	fd = floor_check(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes), type);
	(void)close(context);
	return fd;
}

static void move(int from, int dir, const char *to)
{
	(void)floor_check(syscall(SYS_move_mount, from, "", dir, to, MOVE), to);
}

/* Mounts a new file system at a path that may have to be made. */
static int place(int dir, const char *to, const char *type, const char *const *parameters,
		 unsigned attributes)
{
	int fd = filesystem(type, parameters, attributes);

	if (mkdirat(dir, to, 0755) < 0 && errno != EEXIST && errno != EROFS)
		floor_die(to);
	move(fd, dir, to);
	return fd;
}

static int tree(int dir, const char *path, unsigned flags)
{
	flags |= OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | EMPTY_PATH;
	return floor_check(syscall(SYS_open_tree, dir, path, flags), path);
}

static void attributes_set(int fd, unsigned flags, struct mount_attr attributes)
{
	(void)floor_check(syscall(SYS_mount_setattr, fd, "", EMPTY_PATH | flags, &attributes,
				  sizeof attributes),
			  "mount_setattr");
}

static int rootfs_attach(const char *path)
{
	int fd;

	(void)floor_check(mount(NULL, "/", NULL, FLAG_REC | FLAG_SLAVE, NULL), "slave");
	fd = tree(AT_FDCWD, path, RECURSIVE);
	attributes_set(fd, RECURSIVE, (struct mount_attr){ .propagation = 1 << 18 });
	move(fd, AT_FDCWD, path);
	return fd;
}

static void devices_make(int dev)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} nodes[] = { { "null", 1, 3 },	  { "zero", 1, 5 },    { "full", 1, 7 },
		      { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 } };
	static const char *const links[][2] = { { "fd", "/proc/self/fd" },
						{ "stdin", "/proc/self/fd/0" },
						{ "stdout", "/proc/self/fd/1" },
						{ "stderr", "/proc/self/fd/2" },
						{ "ptmx", "pts/ptmx" } };
	mode_t before = umask(0);

	for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
		(void)floor_check(mknodat(dev, nodes[i].name, S_IFCHR | 0666,
					  makedev(nodes[i].major, nodes[i].minor)),
				  nodes[i].name);
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		(void)floor_check(symlinkat(links[i][1], dev, links[i][0]), links[i][0]);
	(void)umask(before);
}

static void dev_make(int rootfs)
{
	static const char *const dev[] = {
		"source", "tmpfs", "mode", "755", "size", "65536k", NULL
	};
	static const char *const pts[] = { "source",   "devpts", "newinstance", NULL,
					   "ptmxmode", "0666",	 "mode",	"0620",
					   "gid",      "5",	 NULL };
	static const char *const shm[] = {
		"source", "shm", "mode", "1777", "size", "65536k", NULL
	};
	static const char *const queue[] = { "source", "mqueue", NULL };
	int fd = place(rootfs, "dev", "tmpfs", dev, NOSUID | MOUNT_ATTR_STRICTATIME);

	(void)close(place(fd, "pts", "devpts", pts, NOSUID | NOEXEC));
	(void)close(place(fd, "shm", "tmpfs", shm, NOSUID | NOEXEC | NODEV));
	(void)close(place(fd, "mqueue", "mqueue", queue, NOSUID | NOEXEC | NODEV));
	devices_make(fd);
	(void)close(fd);
}

static void readonly_make(int rootfs, const char *path)
{
	long r = syscall(SYS_open_tree, rootfs, path,
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | RECURSIVE);

	if (r < 0 && errno == ENOENT)
		return;
	(void)floor_check(r, path);
	attributes_set((int)r, RECURSIVE, (struct mount_attr){ .attr_set = RDONLY });
	move((int)r, rootfs, path);
	(void)close((int)r);
}

/* A directory under an empty tmpfs that all share, a file under the host's /dev/null. */
static void mask(int rootfs, const char *path, int *empty)
{
	static const char *const options[] = { "source", "tmpfs", "mode", "0555", NULL };
	struct stat st;
	int fd;

	if (fstatat(rootfs, path, &st, 0) < 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		fd = tree(AT_FDCWD, "/dev/null", 0);
	} else if (*empty < 0) {
		*empty = filesystem("tmpfs", options, RDONLY | NOSUID | NODEV | NOEXEC);
		fd = *empty;
	} else {
		fd = tree(*empty, "", 0);
	}
	move(fd, rootfs, path);
	if (fd != *empty)
		(void)close(fd);
}

static void masks_make(int rootfs)
{
	static const char *const readonly[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
						"proc/sysrq-trigger" };
	static const char *const masked[] = { "proc/acpi",	    "proc/asound",
					      "proc/kcore",	    "proc/keys",
					      "proc/latency_stats", "proc/timer_list",
					      "proc/timer_stats",   "proc/sched_debug",
					      "proc/scsi",	    "sys/firmware" };
	int empty = -1;

	for (size_t i = 0; i < sizeof readonly / sizeof readonly[0]; i++)
		readonly_make(rootfs, readonly[i]);
	for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++)
		mask(rootfs, masked[i], &empty);
}

int floor_mount_early(struct floor *f)
{
	static const char *const proc[] = { "source", "proc", NULL };
	static const char *const sys[] = { "source", "sysfs", "ro", NULL, NULL };
	int rootfs = rootfs_attach(f->rootfs);

	(void)close(place(rootfs, "proc", "proc", proc, 0));
	dev_make(rootfs);
	(void)close(place(rootfs, "sys", "sysfs", sys, NOSUID | NOEXEC | NODEV | RDONLY));
	masks_make(rootfs);
	return rootfs;
}

static void hierarchy_bind(const struct floor *f, const char *name, int to)
{
	char path[FLOOR_PATH];
	long fd;

	(void)snprintf(path, sizeof path, "/sys/fs/cgroup/%s/ocirt-%s", name, f->id);
	fd = syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return;
	(void)floor_check(fd, path);
	attributes_set((int)fd, 0,
		       (struct mount_attr){ .attr_set = NOSUID | NOEXEC | NODEV | RDONLY,
					    .attr_clr = MOUNT_ATTR__ATIME });
	(void)floor_check(mkdirat(to, name, 0755), name);
	move((int)fd, to, name);
	(void)close((int)fd);
}

static void cgroup_make(const struct floor *f, int rootfs)
{
	static const char *const options[] = { "source", "tmpfs", "mode", "0755", NULL };
	int fd = place(rootfs, "sys/fs/cgroup", "tmpfs", options, NOSUID | NOEXEC | NODEV);

	for (int i = 0; floor_hierarchy(i); i++)
		hierarchy_bind(f, floor_hierarchy(i), fd);
	hierarchy_bind(f, "unified", fd);
	attributes_set(fd, 0, (struct mount_attr){ .attr_set = RDONLY });
	(void)close(fd);
}

void floor_mount_late(struct floor *f, int rootfs)
{
	cgroup_make(f, rootfs);
	attributes_set(rootfs, 0, (struct mount_attr){ .attr_set = RDONLY });
	(void)floor_check(fchdir(rootfs), "fchdir");
	(void)floor_check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	(void)floor_check(umount2(".", FLAG_DETACH), "umount2");
	(void)floor_check(chdir("/"), "chdir");
	(void)close(rootfs);
}
