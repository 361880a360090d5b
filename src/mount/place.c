/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.c - carries out the mount plans, one after the other: finds the target, then mounts
 *
 * A path of the image may be a symbolic link, put there to make us mount somewhere else: over a
 * file that is masked, or proc where the masks do not reach it.  So a target is found inside the
 * rootfs as an fd, by path once, and mounted on by that fd.  The order is the config's: a mount may
 * be the target of a later one.  mount.h has a table of the calls for each kind of mount.
 */
#include "mount/place.h"
#include "base/auto.h"
#include "base/retry.h"
#include "sys/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Finds the target of a proc or sysfs: no symbolic link may be on the way.  If a link of the image
 * led them elsewhere, writes to /proc and masked paths would meet the image's files instead
 * (CVE-2019-19921, CVE-2023-27561, CVE-2025-54867).
 */
static int target_open_nolinks(struct target *t, struct error *err)
{
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	int made;

	t->fd = in_root_open_nolinks(t->rootfs, t->path, flags, err);
	if (t->fd >= 0 || err->errno_value != ENOENT)
		return t->fd;
	made = in_root_target(t->rootfs, t->path, TARGET_DIRECTORY, &t->made, err);
	if (made < 0)
		return made;
	close_fd(&made);
	t->fd = in_root_open_nolinks(t->rootfs, t->path, flags, err);
	return t->fd;
}

static bool is_trusted_fs(const struct mount_plan *p)
{
	return p->kind == MOUNT_FS && (plan_has_type(p, "proc") || plan_has_type(p, "sysfs"));
}

static int plan_target(const struct mount_plan *p, struct target *t, struct error *err)
{
	bool directory = p->kind != MOUNT_BIND || p->source_is_directory;
	char shown[FOREIGN_BUF];
	int fd;

	if (is_trusted_fs(p))
		fd = target_open_nolinks(t, err);
	else
		fd = target_open(t, p->kind, directory, err);
	if (fd >= 0 && !t->made && p->kind != MOUNT_REMOUNT && target_is_root(fd, t->rootfs)) {
		close_fd(&fd);
		(void)fail(err, 0, "\"%s\" leads to the root itself: that is root.path's place",
			   foreign(p->destination, shown));
	}
	if (fd < 0)
		return fail_at(err, "/mounts/%zu/destination", p->index);
	return fd;
}

/* "copy-symlink": the source is a symbolic link, and a link with the same text is made. */
static int link_place(const struct mount_plan *p, int rootfs, struct error *err)
{
	char name[256], there[4096], shown[FOREIGN_BUF];
	auto_fd int parent = -1;
	ssize_t n;

	parent = in_root_parent(rootfs, p->destination, name, err);
	if (parent < 0)
		return parent;
	if (retry(symlinkat(p->source, parent, name)) == 0)
		return 0;
	if (errno != EEXIST)
		return fail_named(err, errno, "symlinkat", "link", p->destination);
	n = retry(readlinkat(parent, name, there, sizeof there));
	if (n >= 0 && (size_t)n == strlen(p->source) && memcmp(there, p->source, (size_t)n) == 0)
		return 0;
	return fail(err, EEXIST, "\"%s\" is not the link that is to be copied there, but",
		    foreign(p->destination, shown));
}

/*
 * In a user namespace without a network namespace of its own the kernel refuses a new sysfs
 * (EPERM).  The host's is bound instead, with all mounts below it: the kernel does not let them be
 * left out.
 */
static int sysfs_place(const struct placer *placer, struct mount_plan *p, const struct target *t,
		       struct error *err)
{
	int r = placer->fs(p, t, err);

	if (r >= 0 || err->errno_value != EPERM)
		return r;
	return placer->bind_path("/sys", p, t, err);
}

static int plan_run(const struct mounts *m, struct mount_plan *p, const struct target *t,
		    struct error *err)
{
	const struct placer *placer = placer_for(p);

	switch (p->kind) {
	case MOUNT_BIND:
		return placer->bind(p, t, err);
	case MOUNT_CGROUP:
		return cgroup_place(m, p, t, err);
	case MOUNT_REMOUNT:
		return placer->remount(p, t, err);
	case MOUNT_FS:
	case MOUNT_LINK:
		break;
	}
	if (m->pid_namespace >= 0 && plan_has_type(p, "proc"))
		return pid_namespace_place(m->pid_namespace, p, t, err);
	return plan_has_type(p, "sysfs") ? sysfs_place(placer, p, t, err) : placer->fs(p, t, err);
}

static int plan_place(const struct mounts *m, struct mount_plan *p, int rootfs, struct error *err)
{
	struct target t = { rootfs, p->destination, -1, p->options.destination_nofollow, false };
	auto_fd int fd = -1;

	if (p->kind == MOUNT_LINK)
		return link_place(p, rootfs, err);
	fd = plan_target(p, &t, err);
	if (fd < 0)
		return fd;
	t.nofollow |= p->source_is_link; /* a link will lie on the target; the old API reopens it */
	return plan_run(m, p, &t, err);
}

int mounts_place(struct mounts *m, int rootfs, struct error *err)
{
	mode_t before = umask(0); /* targets that are made get exactly their mode */
	int r = 0;

	for (size_t i = 0; i < m->n && r >= 0; i++) {
		r = plan_place(m, &m->v[i], rootfs, err);
		if (r < 0)
			(void)fail_at(err, "/mounts/%zu", m->v[i].index);
	}
	(void)umask(before);
	return r < 0 ? r : 0;
}
