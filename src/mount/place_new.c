/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place_new.c - mounts with the new calls: fsopen(2), open_tree(2), mount_setattr(2), move_mount(2)
 *
 * With mount(2) a bind is mounted first and made read-only by a second call, and in between another
 * process could write to it.  Here a mount gets all its attributes while it is detached, and is
 * attached last.  It is attached by fd, so no path is resolved twice.  mount.h has a table of the
 * calls.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/calls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int mount_attach(int mount, const struct target *t, struct error *err)
{
	if (sys_move_mount(mount, "", t->fd, "",
			   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return fail_named(err, errno, "move_mount", "mount on", t->path);
	return 0;
}

static int clone_fd(int source, unsigned flags, const char *what, struct error *err)
{
	unsigned tree = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
	int fd;

	if (flags & BIND_RECURSIVE)
		tree |= AT_RECURSIVE;
	fd = sys_open_tree(source, "", tree);
	if (fd < 0)
		return fail_named(err, errno, "open_tree", "clone a mount for", what);
	return fd;
}

/* ---- file systems ---- */

/* Reads the kernel's message about a file system that it refused, from the context: each read(2)
 * returns one, "e tmpfs: Unknown parameter 'x'" ("e" for error).  False if there is none. */
static bool kernel_words(int context, char *buf, size_t size)
{
	for (int i = 0; i < 16; i++) {
		ssize_t n = retry(read(context, buf, size - 1));

		if (n <= 0)
			return false;
		buf[n] = '\0';
		if (n > 2 && buf[0] == 'e') {
			memmove(buf, buf + 2, (size_t)n - 1);
			return true;
		}
	}
	return false;
}

static int unknown_parameter(const struct mount_plan *p, const struct mount_parameter *param,
			     struct error *err)
{
	char type[FOREIGN_BUF], key[FOREIGN_BUF];
	size_t n;
	const char *const *words = mount_option_words(&n);
	const char *near = oci_nearest(param->key, strlen(param->key), words, n);

	if (near && strcmp(near, param->key) == 0)
		near = NULL; /* we know the word itself, but not with a value */
	(void)fail_call(err, EINVAL, "fsconfig", "the kernel's %s does not know \"%s\"%s%s%s",
			foreign(p->spec->type, type), foreign(param->key, key),
			near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	err->spelt = true;
	return error_code(err);
}

static int parameter_refused(int context, const struct mount_plan *p,
			     const struct mount_parameter *param, struct error *err)
{
	char said[1024], words[FOREIGN_BUF], key[FOREIGN_BUF], value[FOREIGN_BUF];
	char destination[FOREIGN_BUF];
	int errno_value = errno;
	bool spoke = kernel_words(context, said, sizeof said);

	if (errno_value == EINVAL && (!spoke || strstr(said, "Unknown parameter")))
		(void)unknown_parameter(p, param, err);
	else
		(void)fail_call(err, errno_value, "fsconfig", "\"%s%s%s\" for \"%s\"%s%s",
				foreign(param->key, key), param->value ? "=" : "",
				param->value ? foreign(param->value, value) : "",
				foreign(p->destination, destination), spoke ? ": kernel: " : "",
				spoke ? foreign(said, words) : "");
	return fail_at(err, "/mounts/%zu/options/%zu", p->index, param->word);
}

static int create_refused(int context, const struct mount_plan *p, struct error *err)
{
	char said[1024], words[FOREIGN_BUF], type[FOREIGN_BUF], destination[FOREIGN_BUF];
	int errno_value = errno;
	bool spoke = kernel_words(context, said, sizeof said);

	return fail_call(err, errno_value, "fsconfig", "mount a \"%s\" on \"%s\"%s%s",
			 foreign(p->spec->type, type), foreign(p->destination, destination),
			 spoke ? ": kernel: " : "", spoke ? foreign(said, words) : "");
}

static int string_set(int context, const char *key, const char *value)
{
	if (!value)
		return sys_fsconfig(context, FSCONFIG_SET_FLAG, key, NULL, 0);
	return sys_fsconfig(context, FSCONFIG_SET_STRING, key, value, 0);
}

static const struct {
	unsigned long flag;
	const char *word;
} super_words[] = {
	{ MS_SYNCHRONOUS, "sync" },
	{ MS_DIRSYNC, "dirsync" },
	{ MS_MANDLOCK, "mand" },
	{ MS_LAZYTIME, "lazytime" },
};

static int super_flags_set(int context, const struct mount_plan *p, struct error *err)
{
	char destination[FOREIGN_BUF];
	const char *refused = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(super_words) && !refused; i++)
		if (p->options.super_set & super_words[i].flag &&
		    string_set(context, super_words[i].word, NULL) < 0)
			refused = super_words[i].word;
	if (!refused && p->options.attr_set & MOUNT_ATTR_RDONLY && !plan_is_read_only_later(p) &&
	    string_set(context, "ro", NULL) < 0)
		refused = "ro";
	if (!refused)
		return 0;
	(void)fail_call(err, errno, "fsconfig", "\"%s\" for \"%s\"", refused,
			foreign(p->destination, destination));
	return fail_at(err, "/mounts/%zu/options", p->index);
}

/* Without "mode=" the root of a tmpfs gets the mode of the directory that it covers. */
static int tmpfs_mode_set(int context, const struct mount_plan *p, const struct target *t,
			  struct error *err)
{
	struct stat covered;
	char mode[8];

	if (!plan_has_type(p, "tmpfs") || t->made || !parameters_lack(&p->options, "mode"))
		return 0;
	if (retry(fstat(t->fd, &covered)) < 0)
		return fail_named(err, errno, "fstat", "", p->destination);
	(void)snprintf(mode, sizeof mode, "%o", (unsigned)covered.st_mode & 07777);
	if (string_set(context, "mode", mode) < 0)
		return create_refused(context, p, err);
	return 0;
}

static int context_fill(int context, const struct mount_plan *p, const struct target *t,
			struct error *err)
{
	const struct mount_options *o = &p->options;

	if (p->source && string_set(context, "source", p->source) < 0)
		return create_refused(context, p, err);
	if (super_flags_set(context, p, err) < 0 || tmpfs_mode_set(context, p, t, err) < 0)
		return error_code(err);
	for (size_t i = 0; i < o->n_parameters; i++)
		if (string_set(context, o->parameters[i].key, o->parameters[i].value) < 0)
			return parameter_refused(context, p, &o->parameters[i], err);
	if (sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return create_refused(context, p, err);
	return 0;
}

static int context_open(struct mount_plan *p, struct error *err)
{
	int fd = take_fd(&p->source_fd);

	if (fd < 0)
		fd = sys_fsopen(p->spec->type, FSOPEN_CLOEXEC);
	if (fd >= 0)
		return fd;
	(void)fail_named(err, errno, "fsopen", "file system", p->spec->type);
	if (err->errno_value == ENODEV)
		(void)hint(err, HINT_BIND, NULL, NULL);
	return fail_at(err, "/mounts/%zu/type", p->index);
}

/* Makes the file system as a detached mount. */
static int fs_new(struct mount_plan *p, const struct target *t, struct error *err)
{
	uint64_t attributes = attributes_of_one(&p->options);
	auto_fd int context = -1;
	int mount;

	context = context_open(p, err);
	if (context < 0)
		return context;
	if (context_fill(context, p, t, err) < 0)
		return error_code(err);
	if (plan_is_read_only_later(p))
		attributes &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	mount = sys_fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes);
	if (mount < 0)
		return create_refused(context, p, err);
	return mount;
}

/* Sets what fsmount(2) has no parameter for: propagation and id mappings. */
static int fs_finish(int mount, const struct mount_plan *p, struct error *err)
{
	struct sys_mount_attr a = { .propagation = p->options.propagation };

	if (p->userns_fd >= 0) {
		a.attr_set = MOUNT_ATTR_IDMAP;
		a.userns_fd = (uint64_t)p->userns_fd;
	}
	if (!a.attr_set && !a.propagation)
		return 0;
	if (sys_mount_setattr(mount, "", AT_EMPTY_PATH, &a) == 0)
		return 0;
	(void)fail_named(err, errno, "mount_setattr", "set the options of mount", p->destination);
	return fail_at(err, "/mounts/%zu/options", p->index);
}

static int new_fs(struct mount_plan *p, const struct target *t, struct error *err)
{
	auto_fd int mount = -1;

	mount = fs_new(p, t, err);
	if (mount < 0)
		return mount;
	if (p->options.copy_up && !t->made && copy_up(t->fd, mount, err) < 0)
		return error_code(err);
	if (fs_finish(mount, p, err) < 0 || mount_attach(mount, t, err) < 0)
		return error_code(err);
	if (plan_is_read_only_later(p))
		p->read_only_later = take_fd(&mount);
	return 0;
}

static int new_tmpfs(const struct target *t, const char *mode, uint64_t attributes,
		     struct error *err)
{
	auto_fd int context = -1;
	auto_fd int mount = -1;

	context = sys_fsopen("tmpfs", FSOPEN_CLOEXEC);
	if (context < 0 || string_set(context, "source", "tmpfs") < 0 ||
	    string_set(context, "mode", mode) < 0 ||
	    sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return fail_named(err, errno, "fsopen", "make a tmpfs for", t->path);
	mount = sys_fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes);
	if (mount < 0)
		return fail_named(err, errno, "fsmount", "make a tmpfs for", t->path);
	if (mount_attach(mount, t, err) < 0)
		return error_code(err);
	return take_fd(&mount);
}

/* ---- binds ---- */

static int new_bind(struct mount_plan *p, const struct target *t, struct error *err)
{
	auto_fd int mount = -1;

	if (!p->source_late) {
		mount = take_fd(&p->source_fd);
		return mount_attach(mount, t, err);
	}
	mount = source_reopen(p, err);
	if (mount < 0)
		return fail_at(err, "/mounts/%zu/source", p->index);
	if (mount_attributes_apply(mount, p, err) < 0)
		return error_code(err);
	return mount_attach(mount, t, err);
}

static int new_read_only(int mount, bool recursive, struct error *err)
{
	struct sys_mount_attr a = { .attr_set = MOUNT_ATTR_RDONLY };

	if (sys_mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &a) < 0)
		return fail_call(err, errno, "mount_setattr", "make a mount read-only");
	return 0;
}

static int new_bind_fd(int source, const struct target *t, unsigned flags, struct error *err)
{
	auto_fd int mount = -1;

	mount = clone_fd(source, flags, t->path, err);
	if (mount < 0)
		return mount;
	if (flags & BIND_READ_ONLY && new_read_only(mount, flags & BIND_RECURSIVE, err) < 0)
		return error_code(err);
	return mount_attach(mount, t, err);
}

static int new_bind_path(const char *source, struct mount_plan *p, const struct target *t,
			 struct error *err)
{
	struct mount_plan bind = *p;
	auto_fd int mount = -1;

	bind.kind = MOUNT_BIND;
	bind.options.recursive = true;
	bind.options.recursive_set = attributes_of_one(&p->options);
	bind.options.recursive_clear |= p->options.attr_clear;
	bind.options.attr_set = bind.options.attr_clear = 0;
	mount = source_open(source, BIND_RECURSIVE, err);
	if (mount < 0)
		return mount;
	if (mount_attributes_apply(mount, &bind, err) < 0)
		return error_code(err);
	return mount_attach(mount, t, err);
}

static int new_bind_into(const char *source, struct mount_plan *p, const struct target *directory,
			 const char *name, struct error *err)
{
	char shown[FOREIGN_BUF];
	auto_fd int mount = -1;

	(void)p;
	mount = source_open(source, 0, err);
	if (mount < 0)
		return mount;
	if (sys_move_mount(mount, "", directory->fd, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return fail_call(err, errno, "move_mount", "mount on \"%s/%s\"",
				 foreign(directory->path, shown), name);
	return 0;
}

/* The kernel clears first and sets then, and takes an atime mode only where the mask of all of them
 * is cleared: so what is set may be among what is cleared. */
static int new_tree_finish(int root, const struct mount_plan *p, struct error *err)
{
	struct sys_mount_attr a = {
		.attr_set = attributes_of_one(&p->options),
		.attr_clr = p->options.attr_clear | p->options.recursive_clear,
		.propagation = p->options.propagation ? p->options.propagation : MS_PRIVATE,
	};

	if (sys_mount_setattr(root, "", AT_EMPTY_PATH | AT_RECURSIVE, &a) < 0)
		return fail_named(err, errno, "mount_setattr", "set the options of mount",
				  p->destination);
	return 0;
}

/* A remount without "bind" changes the file system itself, which mount_setattr(2) can't. */
static int new_remount(struct mount_plan *p, const struct target *t, struct error *err)
{
	if (!p->options.bind)
		return place_old.remount(p, t, err);
	return mount_attributes_apply(t->fd, p, err);
}

const struct placer place_new = {
	.name = "fsopen",
	.fs = new_fs,
	.bind = new_bind,
	.tmpfs = new_tmpfs,
	.bind_fd = new_bind_fd,
	.bind_path = new_bind_path,
	.bind_into = new_bind_into,
	.tree_finish = new_tree_finish,
	.remount = new_remount,
	.read_only = new_read_only,
};
