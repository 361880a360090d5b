/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices.c - makes the device nodes and links in /dev
 *
 * /dev may belong to the image, with links in it that lead elsewhere.  So each node is made below
 * an fd of its directory, and a file that is there already must be the wanted device
 * (CVE-2026-41579, CVE-2026-47766).  In a user namespace mknod(2) is refused for devices: there the
 * host's nodes are bound, after their type and number have been checked.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/place.h"
#include "sys/path.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char *type_name(uint32_t mode)
{
	return S_ISBLK(mode) ? "block" : S_ISFIFO(mode) ? "fifo" : "char";
}

/* What a file is, in words; NULL for a device. */
static const char *file_kind_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "a file";
	case S_IFDIR:
		return "a directory";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFSOCK:
		return "a socket";
	case S_IFIFO:
		return "a fifo";
	default:
		return NULL;
	}
}

static int wrong_file(const struct device_node *d, const struct stat *st, struct error *err)
{
	const char *kind = file_kind_name(st->st_mode);
	char shown[FOREIGN_BUF], is[48];

	if (kind)
		(void)snprintf(is, sizeof is, "%s", kind);
	else
		(void)snprintf(is, sizeof is, "%s %u:%u", type_name(st->st_mode),
			       major(st->st_rdev), minor(st->st_rdev));
	return fail(err, EEXIST, "\"%s\" is %s, and not %s %u:%u", foreign(d->path, shown), is,
		    type_name(d->mode), major(d->device), minor(d->device));
}

static bool is_device(const struct device_node *d, const struct stat *st)
{
	if ((st->st_mode & S_IFMT) != (d->mode & S_IFMT))
		return false;
	return S_ISFIFO(d->mode) || st->st_rdev == d->device;
}

static int node_compare(const struct device_node *d, int directory, struct error *err)
{
	struct stat st;

	if (retry(fstatat(directory, d->name, &st, AT_SYMLINK_NOFOLLOW)) < 0)
		return fail_named(err, errno, "fstatat", "", d->path);
	return is_device(d, &st) ? 0 : wrong_file(d, &st, err);
}

/* Who else has the volume that /dev lies on can exchange the name for a file of his choice, and
 * must not get that one's owner changed. */
static int node_own(const struct device_node *d, int directory, struct error *err)
{
	auto_fd int fd = -1;
	struct stat st;

	fd = retry(openat(directory, d->name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	if (fd < 0 || retry(fstat(fd, &st)) < 0)
		return fail_named(err, errno, "openat", "", d->path);
	if (!is_device(d, &st))
		return wrong_file(d, &st, err);
	if (retry(fchownat(fd, "", d->uid, d->gid, AT_EMPTY_PATH)) < 0)
		return fail_named(err, errno, "fchownat", "owner of device", d->path);
	return 0;
}

static int node_make(const struct device_node *d, int directory, struct error *err)
{
	if (retry(mknodat(directory, d->name, d->mode, d->device)) < 0) {
		if (errno == EEXIST)
			return node_compare(d, directory, err);
		return fail_named(err, errno, "mknodat", "make device", d->path);
	}
	return d->uid || d->gid ? node_own(d, directory, err) : 0;
}

/* ---- in a user namespace ---- */

/* Makes and opens the file that the host's node is bound on.  What is there already must be an
 * empty file or the device itself. */
static int node_target(const struct device_node *d, int directory, struct error *err)
{
	auto_fd int fd = -1;
	struct stat st;

	if (retry(mknodat(directory, d->name, S_IFREG | 0666, 0)) < 0 && errno != EEXIST)
		return fail_named(err, errno, "mknodat", "make", d->path);
	fd = retry(openat(directory, d->name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	if (fd < 0 || retry(fstat(fd, &st)) < 0)
		return fail_named(err, errno, "openat", "", d->path);
	if (!is_device(d, &st) && !(S_ISREG(st.st_mode) && st.st_size == 0))
		return wrong_file(d, &st, err);
	return take_fd(&fd);
}

static int source_check(const struct device_node *d, int fd, struct error *err)
{
	char shown[FOREIGN_BUF];
	struct stat st;

	if (retry(fstat(fd, &st)) < 0)
		return fail_named(err, errno, "fstat", "", d->path);
	if (is_device(d, &st))
		return 0;
	return fail(err, 0,
		    "the host's \"%s\" is not %s %u:%u, and in a user namespace no other "
		    "node can be made",
		    foreign(d->path, shown), type_name(d->mode), major(d->device),
		    minor(d->device));
}

static int node_bind_late(const struct device_node *d, const struct target *t, struct error *err)
{
	auto_fd int source = -1;

	source = retry(open(d->path, O_PATH | O_CLOEXEC));
	if (source < 0)
		return fail_named(err, errno, "open", "the host's", d->path);
	if (source_check(d, source, err) < 0)
		return error_code(err);
	return placer_get()->bind_fd(source, t, 0, err);
}

static int node_bind(struct device_node *d, int rootfs, int directory, struct error *err)
{
	struct target t = { .rootfs = rootfs, .path = d->path, .nofollow = true };
	auto_fd int fd = -1;
	int r;

	if (S_ISFIFO(d->mode))
		return node_make(d, directory, err);
	t.fd = fd = node_target(d, directory, err);
	if (fd < 0)
		return fd;
	if (d->source < 0)
		return node_bind_late(d, &t, err);
	r = mount_attach(d->source, &t, err);
	close_fd(&d->source);
	return r;
}

/* ---- all nodes, then the links ---- */

/* Notes which device of the config an error is about. */
static int fail_at_device(const struct device_node *d, struct error *err)
{
	if (d->index == SIZE_MAX)
		return error_code(err);
	return fail_at(err, "/linux/devices/%zu/path", d->index);
}

/* Most nodes are in the same directory as the one before, so its fd is kept open. */
static int nodes_make(struct devices *devices, int rootfs, struct error *err)
{
	const char *open_path = NULL;
	auto_fd int directory = -1;

	for (size_t i = 0; i < devices->n; i++) {
		struct device_node *d = &devices->v[i];
		int r;

		if (!open_path || strcmp(open_path, d->directory) != 0) {
			close_fd(&directory);
			directory = in_root_mkdir(rootfs, d->directory, 0755, err);
			if (directory < 0)
				return fail_at_device(d, err);
			open_path = d->directory;
		}
		r = devices->bind ? node_bind(d, rootfs, directory, err)
				  : node_make(d, directory, err);
		if (r < 0)
			return fail_at_device(d, err);
	}
	return 0;
}

/* These links lead to the procfs of the container; only their text is written here. */
static const struct {
	const char *name, *target;
} links[] = {
	{ "fd", PROCFS_SELF_FD },
	{ "stdin", PROCFS_SELF_FD "/0" },
	{ "stdout", PROCFS_SELF_FD "/1" },
	{ "stderr", PROCFS_SELF_FD "/2" },
};

/* Makes /dev/ptmx a link to pts/ptmx, whatever the image has there: with a device node of its own
 * the container would get terminals of another devpts. */
static int ptmx_link(int dev, struct error *err)
{
	char there[16];
	ssize_t n;

	if (retry(symlinkat("pts/ptmx", dev, "ptmx")) == 0)
		return 0;
	if (errno != EEXIST)
		return fail_call(err, errno, "symlinkat", "link \"/dev/ptmx\"");
	n = retry(readlinkat(dev, "ptmx", there, sizeof there));
	if (n == 8 && memcmp(there, "pts/ptmx", 8) == 0)
		return 0;
	if (retry(unlinkat(dev, "ptmx", 0)) < 0 || retry(symlinkat("pts/ptmx", dev, "ptmx")) < 0)
		return fail_call(err, errno, "symlinkat", "link \"/dev/ptmx\"");
	return 0;
}

static int dev_links_make(int rootfs, struct error *err)
{
	auto_fd int dev = -1;

	dev = in_root_mkdir(rootfs, "/dev", 0755, err);
	if (dev < 0)
		return dev;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (retry(symlinkat(links[i].target, dev, links[i].name)) < 0 && errno != EEXIST)
			return fail_call(err, errno, "symlinkat", "link \"/dev/%s\"",
					 links[i].name);
	return ptmx_link(dev, err);
}

int devices_make(struct devices *d, int rootfs, struct error *err)
{
	mode_t before = umask(0); /* nodes get exactly the mode of the config */
	int r = nodes_make(d, rootfs, err);

	if (r >= 0 && d->links)
		r = dev_links_make(rootfs, err);
	(void)umask(before);
	return r;
}
