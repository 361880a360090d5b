/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rootfs.c - makes the rootfs a mount, and later the root
 *
 * The order is the kernel's:
 *
 *	1. "/" and all below becomes a slave of the host's mounts.  As long as it is shared, each mount
 *	   that init makes would appear on the host.
 *	2. The rootfs becomes a mount of its own, over itself: pivot_root(2) wants a mount point.
 *	3. (All mounts, devices and masks are made by then.)  The rootfs and each tmpfs with "ro"
 *	   become read-only; before, nothing could have been made in them.
 *	4. pivot_root(2) makes the rootfs "/", and the old root is detached: no path leads to the
 *	   host's files any more.
 *	5. A shared or unbindable propagation is set last: pivot_root(2) refuses a shared mount, and
 *	   from an unbindable one no readonly path could have been bound.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/calls.h"
#include "sys/mountinfo.h"
#include "sys/procfs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Makes "/" and all below a slave: nothing that we mount reaches the host.  Private would do that,
 * too, but then a file system that the host unmounts while we work would stay mounted here and
 * busy.
 */
static int detach_from_host(struct error *err)
{
	if (retry(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL)) < 0)
		return fail_call(err, errno, "mount", "make \"/\" a slave of the host's");
	return 0;
}

static bool is_slave(int propagation)
{
	return propagation == OCI_rootfs_propagation_SLAVE ||
	       propagation == OCI_rootfs_propagation_RSLAVE;
}

/* Attaches the clone of the rootfs over the directory that it is a clone of: createContainer hooks
 * find it by that path.  In a user namespace that has no right to search a directory on the way, it
 * is attached over "/". */
static int clone_attach(struct mounts *m, struct error *err)
{
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS;

	if (sys_move_mount(m->rootfs_source, "", AT_FDCWD, m->rootfs, flags) == 0)
		return 0;
	if (errno == EACCES && sys_move_mount(m->rootfs_source, "", AT_FDCWD, "/", flags) == 0)
		return 0;
	return fail_named(err, errno, "move_mount", "attach the rootfs", m->rootfs);
}

static bool is_same(int a, int b)
{
	struct stat x, y;

	return retry(fstat(a, &x)) == 0 && retry(fstat(b, &y)) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* The same with mount(2), if the runtime could not clone the mount.  The path is resolved a second
 * time here, so what it leads to is compared with what the runtime has seen. */
static int bind_attach(struct mounts *m, struct error *err)
{
	unsigned long how = (is_slave(m->rootfs_propagation) ? MS_SLAVE : MS_PRIVATE) | MS_REC;
	char shown[FOREIGN_BUF];
	auto_fd int fd = -1;

	if (retry(mount(m->rootfs, m->rootfs, NULL, MS_BIND | MS_REC, NULL)) < 0)
		return fail_named(err, errno, "mount", "bind the rootfs", m->rootfs);
	fd = retry(open(m->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (fd < 0)
		return fail_named(err, errno, "open", "", m->rootfs);
	if (!is_same(fd, m->rootfs_source))
		return fail(err, ESTALE, "\"%s\" was exchanged while the container started",
			    foreign(m->rootfs, shown));
	if (retry(mount(NULL, m->rootfs, NULL, how, NULL)) < 0)
		return fail_call(err, errno, "mount", "propagation of the rootfs");
	close_fd(&m->rootfs_source);
	m->rootfs_source = take_fd(&fd);
	return 0;
}

int rootfs_prepare(struct mounts *m, struct error *err)
{
	int r;

	if (detach_from_host(err) < 0)
		return error_code(err);
	r = m->rootfs_late ? bind_attach(m, err) : clone_attach(m, err);
	return r < 0 ? r : take_fd(&m->rootfs_source);
}

/* ---- the change of the root ---- */

/* Makes read-only what had to stay writable until now. */
static int read_only_apply(struct mounts *m, int rootfs, struct error *err)
{
	const struct placer *placer = placer_get();

	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].read_only_later < 0)
			continue;
		if (placer->read_only(m->v[i].read_only_later, false, err) < 0)
			return fail_at(err, "/mounts/%zu/options", m->v[i].index);
		close_fd(&m->v[i].read_only_later);
	}
	if (!m->rootfs_readonly)
		return 0;
	if (placer->read_only(rootfs, false, err) < 0)
		return fail_at(err, "/root/readonly");
	return 0;
}

/* With "." as both arguments the old root is mounted over the new one (pivot_root(2), NOTES), and
 * "." leads to it until it is detached.  So no directory for the old root has to be made in the
 * image. */
static int root_pivot(struct error *err)
{
	if (sys_pivot_root(".", ".") < 0)
		return fail_call(err, errno, "pivot_root", "change the root");
	if (retry(umount2(".", MNT_DETACH)) < 0)
		return fail_call(err, errno, "umount2", "detach the old root");
	if (retry(chdir("/")) < 0)
		return fail_call(err, errno, "chdir", "\"/\"");
	return 0;
}

/* If a line of mountinfo is about a procfs or sysfs: its mount point, in buf.  Else false. */
static bool kernel_mount_point(const char *line, char buf[PATH_MAX])
{
	const char *type = strstr(line, " - ");

	if (!type || (strncmp(type + 3, "proc ", 5) != 0 && strncmp(type + 3, "sysfs ", 6) != 0))
		return false;
	return mountinfo_copy(mountinfo_field(line, MOUNTINFO_POINT), buf, PATH_MAX);
}

static bool path_is_below(const char *path, const char *root)
{
	size_t len = strlen(root);

	return strncmp(path, root, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Unmounts a procfs or sysfs of the host.  One that the kernel does not let us unmount (locked in a
 * user namespace) is covered by an empty tmpfs. */
static int kernel_mount_hide(const char *point, struct error *err)
{
	if (retry(umount2(point, MNT_DETACH)) == 0 || errno == ENOENT)
		return 0;
	if (errno != EINVAL && errno != EPERM)
		return fail_named(err, errno, "umount2", "", point);
	if (retry(mount("tmpfs", point, "tmpfs", 0, "size=0k,mode=000")) < 0)
		return fail_named(err, errno, "mount", "cover", point);
	return 0;
}

/* After MS_MOVE the host's mounts are still in the mount namespace, below the new root.  A
 * container that unmounts its own masked /proc would find the host's, unmasked (runc's issue 1962).
 * So each procfs and sysfs outside of the rootfs is taken away.  mountinfo is read as a whole
 * first, since unmounting changes it, and its lines are taken from the last to the first: what was
 * mounted last may be on top of another. */
static int kernel_mounts_hide(const char *rootfs, struct error *err)
{
	auto_free char *text = NULL;
	auto_fd int procfs = -1;
	char point[PATH_MAX], *end;
	size_t len;

	procfs = procfs_open_private(err);
	if (procfs < 0 || procfs_read_all(procfs, "self/mountinfo", &text, &len, err) < 0)
		return error_code(err);
	while (len && (end = memrchr(text, '\n', len)) != NULL) {
		char *start;

		*end = '\0';
		start = memrchr(text, '\n', (size_t)(end - text));
		start = start ? start + 1 : text;
		len = (size_t)(start - text);
		if (kernel_mount_point(start, point) && !path_is_below(point, rootfs) &&
		    kernel_mount_hide(point, err) < 0)
			return error_code(err);
	}
	return 0;
}

/* --no-pivot: the initial ramfs can't be pivoted away.  Moves the rootfs over "/" instead. */
static int root_move(const char *rootfs, struct error *err)
{
	if (kernel_mounts_hide(rootfs, err) < 0)
		return error_code(err);
	if (retry(mount(".", "/", NULL, MS_MOVE, NULL)) < 0)
		return fail_call(err, errno, "mount", "move the rootfs to \"/\"");
	if (retry(chroot(".")) < 0)
		return fail_call(err, errno, "chroot", "change the root");
	if (retry(chdir("/")) < 0)
		return fail_call(err, errno, "chdir", "\"/\"");
	return 0;
}

/* The clone has been private or slave from its beginning.  Shared and unbindable have to wait until
 * now; see 5 above. */
static int rootfs_propagation_apply(const struct mounts *m, struct error *err)
{
	static const unsigned long flags[OCI_rootfs_propagation_WORDS] = {
		[OCI_rootfs_propagation_SHARED] = MS_SHARED,
		[OCI_rootfs_propagation_RSHARED] = MS_SHARED | MS_REC,
		[OCI_rootfs_propagation_UNBINDABLE] = MS_UNBINDABLE,
		[OCI_rootfs_propagation_RUNBINDABLE] = MS_UNBINDABLE | MS_REC,
	};
	unsigned long how = m->rootfs_propagation < 0 ? 0 : flags[m->rootfs_propagation];

	if (!how || retry(mount(NULL, "/", NULL, how, NULL)) == 0)
		return 0;
	(void)fail_call(err, errno, "mount", "set the rootfs's propagation");
	return fail_at(err, "/linux/rootfsPropagation");
}

int rootfs_pivot(struct mounts *m, int rootfs, bool no_pivot, struct error *err)
{
	if (read_only_apply(m, rootfs, err) < 0)
		return error_code(err);
	if (retry(fchdir(rootfs)) < 0)
		return fail_call(err, errno, "fchdir", "the rootfs");
	if ((no_pivot ? root_move(m->rootfs, err) : root_pivot(err)) < 0)
		return error_code(err);
	return rootfs_propagation_apply(m, err);
}
