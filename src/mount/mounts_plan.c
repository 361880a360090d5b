/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts_plan.c - turns config.mounts and root into plans, in the runtime
 *
 * What is wrong with a mount must be found before the clone, when nothing has been made and the
 * error can name the place in the config.  The sources of binds are opened here, too: with the
 * rights of the runtime, which a user namespace would take away, and by their path only once.  With
 * the new API a source is a detached clone that already has its attributes, so init only has to
 * attach it.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct planner {
	const struct mounts_request *request;
	struct oci_arena *arena;
	struct mounts *m;
};

static char *path_join(struct oci_arena *arena, const char *directory, const char *path)
{
	size_t size = strlen(directory) + strlen(path) + 2;
	char *whole = oci_arena_get(arena, size);

	if (whole)
		(void)snprintf(whole, size, "%s/%s", directory, path);
	return whole;
}

static const char *absolute(struct oci_arena *arena, const char *bundle, const char *path)
{
	return *path == '/' ? path : path_join(arena, bundle, path);
}

/* Changes "/a/./b//../c" to "/a/c", in place.  Only the text is looked at: whether "b" is a
 * symbolic link is not known yet. */
static void path_clean(char *path)
{
	char *out = path, *in = path;

	while (*in) {
		size_t len;

		while (*in == '/')
			in++;
		len = strcspn(in, "/");
		if (len == 2 && in[0] == '.' && in[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (len && !(len == 1 && *in == '.')) {
			*out++ = '/';
			memmove(out, in, len);
			out += len;
		}
		in += len;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

static int destination_plan(struct planner *pl, struct mount_plan *p, struct error *err)
{
	char *path = path_join(pl->arena, "", p->spec->destination), shown[FOREIGN_BUF];

	if (!path)
		return fail(err, ENOMEM, "plan of the mounts");
	path_clean(path);
	p->destination = path;
	if (path[1] || p->kind == MOUNT_REMOUNT)
		return 0;
	(void)fail(err, 0, "\"%s\" is the root itself: that is root.path's place",
		   foreign(p->spec->destination, shown));
	return fail_at(err, "/mounts/%zu/destination", p->index);
}

/* "/nope/src is missing (ENOENT), wanted at /data" */
static int source_unusable(const struct mount_plan *p, struct error *err)
{
	const struct error inner = *err;
	int errno_value = inner.errno_value;
	char source[FOREIGN_BUF], destination[FOREIGN_BUF], name[ERRNO_NAME_MAX];

	(void)fail_call(err, errno_value, "open_tree", "%s %s (%s), wanted at %s",
			foreign(p->source, source), errno_words(errno_value),
			errno_name(errno_value, name), foreign(p->destination, destination));
	err->spelt = true;
	(void)hint(err, inner.hint, inner.words[0], inner.words[1]);
	return fail_at(err, "/mounts/%zu/source", p->index);
}

/* Refuses what the kernel can't do without the new calls: a mount that lacks an option of the
 * config would be worse than none. */
static int old_api_check(const struct mount_plan *p, struct error *err)
{
	const struct mount_options *o = &p->options;
	const char *what = NULL;

	if (mount_api_is_new())
		return 0;
	if (o->recursive && (o->recursive_set || o->recursive_clear))
		what = "options for a whole tree of mounts: mount_setattr(2)";
	else if (o->propagation == MS_SHARED)
		what = "a mount shared with the host: open_tree(2)";
	if (!what)
		return 0;
	(void)fail(err, ENOSYS, "%s", what);
	return fail_at(err, "/mounts/%zu/options", p->index);
}

/* The runtime may not clone the source's mount (EPERM).  init can, as root of its user namespace:
 * the runtime only opens the source now, so that init can check that it has found the same file. */
static int source_late(struct mount_plan *p, struct error *err)
{
	int nofollow = p->source_is_link ? O_NOFOLLOW : 0;

	p->source_late = true;
	p->source_fd = retry(open(p->source, O_PATH | O_CLOEXEC | nofollow));
	if (p->source_fd < 0)
		return fail_named(err, errno, "open", "", p->source);
	return 0;
}

static int source_fd_open(struct mount_plan *p, struct error *err)
{
	unsigned flags = (p->options.recursive ? BIND_RECURSIVE : 0) |
			 (p->source_is_link ? BIND_NOFOLLOW : 0);

	if (!mount_api_is_new())
		return source_late(p, err);
	p->source_fd = source_open(p->source, flags, err);
	if (p->source_fd < 0 && err->errno_value == EPERM)
		return source_late(p, err);
	return p->source_fd < 0 ? error_code(err) : 0;
}

/* For src-nofollow and copy-symlink: is the source a symbolic link, and where does it lead? */
static int source_link_plan(struct planner *pl, struct mount_plan *p, struct error *err)
{
	char text[4096];
	ssize_t n;

	if (!p->options.source_nofollow && !p->options.copy_symlink)
		return 0;
	n = retry(readlink(p->source, text, sizeof text - 1));
	if (n < 0 && errno == EINVAL)
		return 0; /* no link */
	if (n < 0)
		return fail_named(err, errno, "readlink", "", p->source);
	p->source_is_link = true;
	if (!p->options.copy_symlink)
		return 0;
	p->kind = MOUNT_LINK;
	p->source = oci_arena_copy(pl->arena, text, (size_t)n);
	return p->source ? 0 : fail(err, ENOMEM, "plan of the mounts");
}

static int bind_open(struct planner *pl, struct mount_plan *p, struct error *err)
{
	struct stat st;

	if (source_link_plan(pl, p, err) < 0)
		return source_unusable(p, err);
	if (p->kind == MOUNT_LINK)
		return 0;
	if (source_fd_open(p, err) < 0)
		return source_unusable(p, err);
	if (retry(fstat(p->source_fd, &st)) < 0)
		return fail_named(err, errno, "fstat", "", p->source);
	p->source_is_directory = S_ISDIR(st.st_mode);
	if (idmap_plan(pl->m, p, pl->request->config, err) < 0)
		return error_code(err);
	return p->source_late ? 0 : mount_attributes_apply(p->source_fd, p, err);
}

static int bind_plan(struct planner *pl, struct mount_plan *p, struct error *err)
{
	char shown[FOREIGN_BUF];

	p->kind = MOUNT_BIND;
	if (!p->spec->source || !*p->spec->source) {
		(void)fail(err, 0, "missing, wanted at %s", foreign(p->destination, shown));
		return fail_at(err, "/mounts/%zu/source", p->index);
	}
	p->source = absolute(pl->arena, pl->request->bundle, p->spec->source);
	if (!p->source)
		return fail(err, ENOMEM, "plan of the mounts");
	if (old_api_check(p, err) < 0)
		return error_code(err);
	return bind_open(pl, p, err);
}

/* A mount of type "cgroup" shares its file system with the host, so it can have no options of the
 * file system's own. */
static int cgroup_check(const struct planner *pl, const struct mount_plan *p, struct error *err)
{
	const struct mount_parameter *first = p->options.parameters;
	char key[FOREIGN_BUF];

	if (!pl->request->n_cgroups) {
		(void)fail(err, 0, "no cgroup hierarchy is mounted on this machine");
		return fail_at(err, "/mounts/%zu/type", p->index);
	}
	if (!p->options.n_parameters)
		return 0;
	(void)fail(err, 0, "\"%s\" is no option of a cgroup mount", foreign(first->key, key));
	return fail_at(err, "/mounts/%zu/options/%zu", p->index, first->word);
}

static int fs_plan(struct planner *pl, struct mount_plan *p, struct error *err)
{
	char shown[FOREIGN_BUF];

	p->source = p->spec->source && *p->spec->source ? p->spec->source : NULL;
	if (!p->spec->type || !*p->spec->type) {
		(void)fail(err, 0, "missing: a file system, or \"bind\" among the options");
		return fail_at(err, "/mounts/%zu/type", p->index);
	}
	p->kind = strcmp(p->spec->type, "cgroup") == 0 ? MOUNT_CGROUP : MOUNT_FS;
	if (p->kind == MOUNT_FS && p->options.copy_up && strcmp(p->spec->type, "tmpfs") != 0) {
		(void)fail(err, 0, "\"tmpcopyup\" is for tmpfs, this is %s",
			   foreign(p->spec->type, shown));
		return fail_at(err, "/mounts/%zu/options", p->index);
	}
	if (p->kind == MOUNT_CGROUP)
		return cgroup_check(pl, p, err);
	return idmap_plan(pl->m, p, pl->request->config, err);
}

static int mount_plan_make(struct planner *pl, size_t i, struct error *err)
{
	struct error_sink *sink = pl->request->sink;
	struct mount_plan *p = &pl->m->v[i];

	*p = (struct mount_plan){ .spec = &pl->request->config->mounts.v[i],
				  .index = i,
				  .source_fd = -1,
				  .userns_fd = -1,
				  .read_only_later = -1 };
	pl->m->n = i + 1;
	if (error_known(sink, "/mounts/%zu", i))
		return 0;
	if (mount_options_parse(p->spec, i, pl->arena, sink, &p->options, err) < 0)
		return error_code(err);
	p->kind = p->options.remount ? MOUNT_REMOUNT : p->options.bind ? MOUNT_BIND : MOUNT_FS;
	if (destination_plan(pl, p, err) < 0 && error_more(sink, err) < 0)
		return error_code(err);
	if (p->kind == MOUNT_REMOUNT)
		return 0;
	return p->kind == MOUNT_BIND ? bind_plan(pl, p, err) : fs_plan(pl, p, err);
}

static int rootfs_attributes(int fd, int propagation, struct error *err)
{
	bool slave = propagation == OCI_rootfs_propagation_SLAVE ||
		     propagation == OCI_rootfs_propagation_RSLAVE;
	struct mount_plan as = { .kind = MOUNT_BIND, .userns_fd = -1, .destination = "/" };

	as.options.recursive = true;
	as.options.propagation_recursive = true;
	as.options.propagation = slave ? MS_SLAVE : MS_PRIVATE;
	return mount_attributes_apply(fd, &as, err);
}

static int rootfs_unusable(const char *path, int errno_value, struct error *err)
{
	char buf[FOREIGN_BUF], name[ERRNO_NAME_MAX];

	(void)fail_call(err, errno_value, "open_tree", "%s %s (%s)", foreign(path, buf),
			errno_words(errno_value), errno_name(errno_value, name));
	err->spelt = true;
	return fail_at(err, "/root/path");
}

static int rootfs_fd_open(struct mounts *m, struct error *err)
{
	if (mount_api_is_new()) {
		m->rootfs_source = source_open(m->rootfs, BIND_RECURSIVE, err);
		if (m->rootfs_source >= 0 || err->errno_value != EPERM)
			return m->rootfs_source;
	}
	m->rootfs_late = true;
	m->rootfs_source = retry(open(m->rootfs, O_PATH | O_CLOEXEC));
	if (m->rootfs_source < 0)
		return fail_named(err, errno, "open", "", m->rootfs);
	return m->rootfs_source;
}

static int rootfs_open(struct mounts *m, struct error *err)
{
	struct stat st;

	if (rootfs_fd_open(m, err) < 0)
		return rootfs_unusable(m->rootfs, err->errno_value, err);
	if (retry(fstat(m->rootfs_source, &st)) < 0 || !S_ISDIR(st.st_mode))
		return rootfs_unusable(m->rootfs, ENOTDIR, err);
	if (m->rootfs_late)
		return 0;
	return rootfs_attributes(m->rootfs_source, m->rootfs_propagation, err);
}

static int rootfs_plan(struct planner *pl, struct error *err)
{
	const struct oci_config *config = pl->request->config;
	struct mounts *m = pl->m;

	if (!config->root || !config->root->path) {
		(void)fail(err, 0, "missing, required on Linux");
		return fail_at(err, "/root");
	}
	m->rootfs = absolute(pl->arena, pl->request->bundle, config->root->path);
	if (!m->rootfs)
		return fail(err, ENOMEM, "plan of the mounts");
	m->rootfs_readonly = config->root->readonly;
	if (oci_has(linux, config->linux, rootfs_propagation))
		m->rootfs_propagation = config->linux->rootfs_propagation;
	return rootfs_open(m, err);
}

static int plans_make(struct planner *pl, struct error *err)
{
	size_t n = pl->request->config->mounts.n;

	if (rootfs_plan(pl, err) < 0 && error_more(pl->request->sink, err) < 0)
		return error_code(err);
	pl->m->v = n ? oci_arena_get(pl->arena, n * sizeof *pl->m->v) : NULL;
	if (n && !pl->m->v)
		return fail(err, ENOMEM, "plan of the mounts");
	for (size_t i = 0; i < n; i++) {
		if (mount_plan_make(pl, i, err) >= 0)
			continue;
		(void)fail_at(err, "/mounts/%zu", i);
		if (error_more(pl->request->sink, err) < 0)
			return error_code(err);
	}
	return 0;
}

int mounts_plan(const struct mounts_request *request, struct oci_arena *arena, struct mounts *ret,
		struct error *err)
{
	struct mounts m = { .rootfs_propagation = -1,
			    .rootfs_source = -1,
			    .pid_namespace = request->pid_namespace,
			    .container_userns = -1,
			    .n_cgroups = request->n_cgroups,
			    .cgroups = request->cgroups };
	struct planner pl = { request, arena, &m };

	if (plans_make(&pl, err) < 0) {
		mounts_done(&m);
		return error_code(err);
	}
	*ret = m;
	return 0;
}

void mounts_done(struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		close_fd(&m->v[i].source_fd);
		close_fd(&m->v[i].read_only_later);
	}
	for (size_t i = 0; i < m->n_userns; i++)
		close_fd(&m->userns[i]);
	m->n = m->n_userns = 0;
	close_fd(&m->rootfs_source);
}
