/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attributes.c - sets the attributes of a mount ("ro", "nosuid", ...) with either API
 *
 * mount_setattr(2) changes only the bits it is given.  A remount with mount(2) replaces all of
 * them: "ro" alone would take "nosuid" away, or be refused in a user namespace, where such flags
 * are locked.  So for mount(2) the flags of the mount are read first and changed as the options
 * say.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/calls.h"

#include <errno.h>
#include <sys/statvfs.h>

#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 0x2000
#endif

static bool attr_is_empty(const struct sys_mount_attr *a)
{
	return !a->attr_set && !a->attr_clr && !a->propagation;
}

/* Adds the attributes of one mount (over) to those of the whole tree (under); where they contradict
 * each other, those of the one mount count. */
static void attr_override(struct sys_mount_attr *under, const struct sys_mount_attr *over)
{
	under->attr_set = (under->attr_set & ~over->attr_clr) | over->attr_set;
	under->attr_clr = (under->attr_clr & ~over->attr_set) | over->attr_clr;
	if (over->propagation)
		under->propagation = over->propagation;
	if (over->userns_fd)
		under->userns_fd = over->userns_fd;
}

/* Fills in what the whole tree of mounts gets, and what only the mount on top gets. */
static void attributes_split(const struct mount_plan *p, struct sys_mount_attr *tree,
			     struct sys_mount_attr *top)
{
	const struct mount_options *o = &p->options;
	struct sys_mount_attr *idmapped = o->idmap_recursive ? tree : top;
	/* A clone of a shared mount is shared with it: what is mounted in the container would
	 * appear on the host.  So a bind is made private; a new file system is private anyway. */
	bool to_private = !o->propagation && p->kind == MOUNT_BIND;
	bool whole = o->propagation ? o->propagation_recursive : o->recursive;

	*tree = (struct sys_mount_attr){ o->recursive_set, o->recursive_clear, 0, 0 };
	*top = (struct sys_mount_attr){ o->attr_set, o->attr_clear, 0, 0 };
	(whole ? tree : top)->propagation = to_private ? MS_PRIVATE : o->propagation;
	if (p->userns_fd >= 0) {
		idmapped->attr_set |= MOUNT_ATTR_IDMAP;
		idmapped->userns_fd = (uint64_t)p->userns_fd;
	}
}

static int attributes_set(int mount, unsigned flags, struct sys_mount_attr *a,
			  const struct mount_plan *p, struct error *err)
{
	char shown[FOREIGN_BUF];

	if (attr_is_empty(a) || sys_mount_setattr(mount, "", AT_EMPTY_PATH | flags, a) == 0)
		return 0;
	if (errno == EINVAL && a->attr_set & MOUNT_ATTR_IDMAP)
		(void)fail_call(err, EINVAL, "mount_setattr",
				"\"%s\" lies on a file system that can't be id-mapped here",
				foreign(p->source ? p->source : p->destination, shown));
	else
		(void)fail_named(err, errno, "mount_setattr", "set the options of mount",
				 p->destination);
	return fail_at(err, "/mounts/%zu/options", p->index);
}

int mount_attributes_apply(int mount, const struct mount_plan *p, struct error *err)
{
	struct sys_mount_attr tree, top;
	int r = 0;

	attributes_split(p, &tree, &top);
	if (!p->options.recursive && p->kind != MOUNT_REMOUNT)
		attr_override(&tree, &top); /* there is only one mount */
	else
		r = attributes_set(mount, AT_RECURSIVE, &tree, p, err);
	if (r < 0)
		return r;
	if (!p->options.recursive && p->kind != MOUNT_REMOUNT)
		top = tree;
	return attributes_set(mount, 0, &top, p, err);
}

uint64_t attributes_of_one(const struct mount_options *o)
{
	return (o->recursive_set & ~o->attr_clear) | o->attr_set;
}

static const struct {
	uint64_t attr;
	unsigned long ms, st;
} flag_rows[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY, ST_RDONLY },
	{ MOUNT_ATTR_NOSUID, MS_NOSUID, ST_NOSUID },
	{ MOUNT_ATTR_NODEV, MS_NODEV, ST_NODEV },
	{ MOUNT_ATTR_NOEXEC, MS_NOEXEC, ST_NOEXEC },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME, ST_NODIRATIME },
	{ MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW, ST_NOSYMFOLLOW },
	{ MOUNT_ATTR_NOATIME, MS_NOATIME, ST_NOATIME },
	{ MOUNT_ATTR_STRICTATIME, MS_STRICTATIME, 0 },
};

static unsigned long flags_of(uint64_t attributes)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(flag_rows); i++)
		if (attributes & flag_rows[i].attr)
			flags |= flag_rows[i].ms;
	return flags;
}

unsigned long attributes_old(const struct mount_options *o, unsigned long flags)
{
	uint64_t clear = o->recursive_clear & ~o->attr_set, all = clear | o->attr_clear;

	flags &= ~flags_of(all);
	if (all & MOUNT_ATTR__ATIME)
		flags &= ~(unsigned long)(MS_RELATIME | MS_NOATIME | MS_STRICTATIME);
	flags |= flags_of(attributes_of_one(o));
	/* If no access time mode is named, mount(2) keeps the old one. */
	if (!(flags & (MS_NOATIME | MS_STRICTATIME)))
		flags |= MS_RELATIME;
	return flags;
}

int mount_flags_now(int fd, unsigned long *ret, struct error *err)
{
	unsigned long flags = 0;
	struct statvfs now;

	if (retry(fstatvfs(fd, &now)) < 0)
		return fail_call(err, errno, "fstatfs", "flags of a mount");
	for (size_t i = 0; i < ARRAY_SIZE(flag_rows); i++)
		if (now.f_flag & flag_rows[i].st)
			flags |= flag_rows[i].ms;
	if (now.f_flag & ST_RELATIME)
		flags |= MS_RELATIME;
	else if (!(now.f_flag & ST_NOATIME))
		flags |= MS_STRICTATIME;
	*ret = flags;
	return 0;
}
