/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place_old.c - mounts with mount(2), for kernels and system call filters without the new calls
 *
 * Sources and targets are fds here, too.  mount(2) takes paths, so it gets "/proc/self/fd/N", which
 * leads to exactly that file and mount whatever the image does to its path.  A bind takes several
 * calls: MS_BIND ignores all attributes, so the mount is opened again once it is on its target, and
 * a remount sets them.  mounts_plan() has refused what mount(2) can't do: attributes for a whole
 * tree and id mappings.  mount.h has a table of the calls.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Sets the flags of a mount; flags that are not named are cleared. */
static int flags_apply(int mount_fd, unsigned long flags, const char *path, struct error *err)
{
	char target[PROCFS_FD_PATH];

	if (retry(mount(NULL, procfs_fd_path(target, mount_fd), NULL, MS_REMOUNT | MS_BIND | flags,
			NULL)) < 0)
		return fail_named(err, errno, "mount", "set the options of mount", path);
	return 0;
}

/* Sets the propagation that the options name, else `fallback`; 0 leaves it as it is. */
static int old_propagation_apply(int mount_fd, const struct mount_options *o,
				 unsigned long fallback, struct error *err)
{
	unsigned long how = o->propagation ? o->propagation : fallback;
	bool recursive = o->propagation ? o->propagation_recursive : o->recursive;
	char target[PROCFS_FD_PATH];

	if (!how)
		return 0;
	if (retry(mount(NULL, procfs_fd_path(target, mount_fd), NULL,
			how | (recursive ? MS_REC : 0), NULL)) < 0)
		return fail_call(err, errno, "mount", "propagation");
	return 0;
}

/* ---- file systems ---- */

/* The last argument of mount(2): the file system's options.  A tmpfs without "mode=" gets the mode
 * of the directory that it covers.  -1 and errno on failure. */
static int data_make(const struct mount_plan *p, const struct target *t, char *buf, size_t size)
{
	const char *data = p->options.data ? p->options.data : "";
	struct stat covered;
	int n;

	if (!plan_has_type(p, "tmpfs") || t->made || !parameters_lack(&p->options, "mode"))
		n = snprintf(buf, size, "%s", data);
	else if (retry(fstat(t->fd, &covered)) < 0)
		return -1;
	else
		n = snprintf(buf, size, "%s%smode=%o", data, *data ? "," : "",
			     (unsigned)covered.st_mode & 07777);
	if (n < 0 || (size_t)n >= size) {
		errno = E2BIG;
		return -1;
	}
	return 0;
}

static int fs_refused(const struct mount_plan *p, struct error *err)
{
	char type[FOREIGN_BUF], data[FOREIGN_BUF], destination[FOREIGN_BUF];
	int errno_value = errno;

	(void)foreign(p->spec->type, type);
	(void)foreign(p->options.data ? p->options.data : "", data);
	if (errno_value == ENODEV) {
		(void)fail_named(err, ENODEV, "mount", "file system", p->spec->type);
		return fail_at(err, "/mounts/%zu/type", p->index);
	}
	(void)fail_call(err, errno_value, "mount", "mount a \"%s\" on \"%s\"%s%s%s", type,
			foreign(p->destination, destination), *data ? " with \"" : "", data,
			*data ? "\"" : "");
	return fail_at(err, "/mounts/%zu%s", p->index, *data ? "/options" : "");
}

static int fs_mount(const struct mount_plan *p, const struct target *t, struct error *err)
{
	unsigned long flags = attributes_old(&p->options, 0) | p->options.super_set;
	char target[PROCFS_FD_PATH], data[4096];

	if (plan_is_read_only_later(p))
		flags &= ~(unsigned long)MS_RDONLY;
	if (data_make(p, t, data, sizeof data) < 0 ||
	    retry(mount(p->source ? p->source : "none", procfs_fd_path(target, t->fd),
			p->spec->type, flags, data)) < 0)
		return fs_refused(p, err);
	return 0;
}

static int old_fs(struct mount_plan *p, const struct target *t, struct error *err)
{
	bool again = p->options.copy_up || p->options.propagation || plan_is_read_only_later(p);
	auto_fd int mounted = -1;

	if (fs_mount(p, t, err) < 0)
		return error_code(err);
	if (!again)
		return 0;
	mounted = target_reopen(t, err);
	if (mounted < 0)
		return mounted;
	if (p->options.copy_up && !t->made && copy_up(t->fd, mounted, err) < 0)
		return error_code(err);
	if (old_propagation_apply(mounted, &p->options, 0, err) < 0)
		return error_code(err);
	if (plan_is_read_only_later(p))
		p->read_only_later = take_fd(&mounted);
	return 0;
}

static int old_tmpfs(const struct target *t, const char *mode, uint64_t attributes,
		     struct error *err)
{
	struct mount_options o = { .attr_set = attributes };
	char target[PROCFS_FD_PATH], data[32];

	(void)snprintf(data, sizeof data, "mode=%s", mode);
	if (retry(mount("tmpfs", procfs_fd_path(target, t->fd), "tmpfs", attributes_old(&o, 0),
			data)) < 0)
		return fail_named(err, errno, "mount", "make a tmpfs for", t->path);
	return target_reopen(t, err);
}

/* ---- binds ---- */

static int bind_mount(int source, int target, bool recursive, const char *path, struct error *err)
{
	char from[PROCFS_FD_PATH], to[PROCFS_FD_PATH];

	if (retry(mount(procfs_fd_path(from, source), procfs_fd_path(to, target), NULL,
			MS_BIND | (recursive ? MS_REC : 0), NULL)) < 0)
		return fail_named(err, errno, "mount", "bind on", path);
	return 0;
}

/* Binds the source, then sets the plan's propagation and attributes. */
static int bind_with(int source, struct mount_plan *p, const struct target *t, struct error *err)
{
	const struct mount_options *o = &p->options;
	auto_fd int mounted = -1;
	unsigned long now, wanted;

	if (bind_mount(source, t->fd, o->recursive, t->path, err) < 0)
		return error_code(err);
	mounted = target_reopen(t, err);
	if (mounted < 0)
		return mounted;
	if (old_propagation_apply(mounted, o, MS_PRIVATE, err) < 0 ||
	    mount_flags_now(mounted, &now, err) < 0)
		return error_code(err);
	wanted = attributes_old(o, now);
	if (wanted == now)
		return 0;
	if (flags_apply(mounted, wanted, t->path, err) < 0)
		return fail_at(err, "/mounts/%zu/options", p->index);
	return 0;
}

static int old_bind(struct mount_plan *p, const struct target *t, struct error *err)
{
	auto_fd int source = -1;

	source = source_reopen(p, err);
	if (source < 0)
		return fail_at(err, "/mounts/%zu/source", p->index);
	return bind_with(source, p, t, err);
}

static int old_bind_path(const char *path, struct mount_plan *p, const struct target *t,
			 struct error *err)
{
	struct mount_plan bind = *p;
	auto_fd int source = -1;

	bind.options.recursive = true;
	source = source_open(path, BIND_RECURSIVE, err);
	if (source < 0)
		return source;
	return bind_with(source, &bind, t, err);
}

static int old_read_only(int mount_fd, bool recursive, struct error *err)
{
	unsigned long flags;

	(void)recursive; /* mount(2) can't: only the top mount becomes read-only */
	if (mount_flags_now(mount_fd, &flags, err) < 0)
		return error_code(err);
	return flags_apply(mount_fd, flags | MS_RDONLY, "read-only", err);
}

static int old_bind_fd(int source, const struct target *t, unsigned flags, struct error *err)
{
	auto_fd int mounted = -1;

	if (bind_mount(source, t->fd, flags & BIND_RECURSIVE, t->path, err) < 0)
		return error_code(err);
	if (!(flags & BIND_READ_ONLY))
		return 0;
	mounted = target_reopen(t, err);
	if (mounted < 0)
		return mounted;
	return old_read_only(mounted, false, err);
}

static int old_bind_into(const char *source, struct mount_plan *p, const struct target *directory,
			 const char *name, struct error *err)
{
	char path[PATH_MAX];
	struct target t = { .rootfs = directory->rootfs, .path = path };
	auto_fd int fd = -1;

	(void)snprintf(path, sizeof path, "%s/%s", directory->path, name);
	t.fd = fd =
		retry(openat(directory->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (fd < 0)
		return fail_named(err, errno, "openat", "", path);
	return old_bind_path(source, p, &t, err);
}

/* Only the tmpfs itself: the mounts in it got theirs in old_bind_into(). */
static int old_tree_finish(int root, const struct mount_plan *p, struct error *err)
{
	unsigned long now;

	if (mount_flags_now(root, &now, err) < 0)
		return error_code(err);
	return flags_apply(root, attributes_old(&p->options, now), p->destination, err);
}

static int old_remount(struct mount_plan *p, const struct target *t, struct error *err)
{
	const struct mount_options *o = &p->options;
	char target[PROCFS_FD_PATH];
	unsigned long flags;

	if (mount_flags_now(t->fd, &flags, err) < 0)
		return error_code(err);
	flags = attributes_old(o, flags) | MS_REMOUNT | (o->bind ? MS_BIND : o->super_set);
	if (retry(mount(NULL, procfs_fd_path(target, t->fd), NULL, flags, o->data)) < 0)
		return fail_named(err, errno, "mount", "remount", p->destination);
	return old_propagation_apply(t->fd, o, 0, err);
}

const struct placer place_old = {
	.name = "mount",
	.fs = old_fs,
	.bind = old_bind,
	.tmpfs = old_tmpfs,
	.bind_fd = old_bind_fd,
	.bind_path = old_bind_path,
	.bind_into = old_bind_into,
	.tree_finish = old_tree_finish,
	.remount = old_remount,
	.read_only = old_read_only,
};
