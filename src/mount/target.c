/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - finds or makes the target of a mount inside the rootfs, as an fd */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/calls.h"
#include "sys/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

bool plan_has_type(const struct mount_plan *p, const char *type)
{
	return p->spec->type && strcmp(p->spec->type, type) == 0;
}

bool plan_is_read_only_later(const struct mount_plan *p)
{
	return attributes_of_one(&p->options) & MOUNT_ATTR_RDONLY && plan_has_type(p, "tmpfs");
}

bool parameters_lack(const struct mount_options *o, const char *key)
{
	for (size_t i = 0; i < o->n_parameters; i++)
		if (strcmp(o->parameters[i].key, key) == 0)
			return false;
	return true;
}

bool target_is_root(int fd, int rootfs)
{
	uint64_t its_mount, root_mount;
	struct stat its, root;

	if (retry(fstat(fd, &its)) < 0 || retry(fstat(rootfs, &root)) < 0 ||
	    its.st_ino != root.st_ino || its.st_dev != root.st_dev)
		return false;
	/* The same directory may be another mount: the rootfs bound inside itself.  If the kernel
	 * does not tell the mount's id, it counts as the root. */
	return sys_mount_id(fd, &its_mount) < 0 || sys_mount_id(rootfs, &root_mount) < 0 ||
	       its_mount == root_mount;
}

int target_reopen(const struct target *t, struct error *err)
{
	return in_root_open(t->rootfs, t->path, O_PATH | O_CLOEXEC | (t->nofollow ? O_NOFOLLOW : 0),
			    err);
}

/* "dest-nofollow": if the target is a symbolic link, the mount goes on the link itself. */
static int open_nofollow(struct target *t, bool directory, struct error *err)
{
	t->fd = in_root_open(t->rootfs, t->path, O_PATH | O_NOFOLLOW | O_CLOEXEC, err);
	if (t->fd >= 0 || err->errno_value != ENOENT)
		return t->fd;
	return in_root_target(t->rootfs, t->path, directory ? TARGET_DIRECTORY : TARGET_FILE,
			      &t->made, err);
}

int target_open(struct target *t, enum mount_kind kind, bool directory, struct error *err)
{
	if (kind == MOUNT_REMOUNT)
		t->fd = target_reopen(t, err);
	else if (t->nofollow)
		t->fd = open_nofollow(t, directory, err);
	else
		t->fd = in_root_target(t->rootfs, t->path,
				       directory ? TARGET_DIRECTORY : TARGET_FILE, &t->made, err);
	return t->fd;
}
