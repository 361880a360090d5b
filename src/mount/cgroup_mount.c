/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup_mount.c - mounts of type "cgroup"
 *
 * The container must see its own cgroup only.  Each hierarchy is a bind of the container's cgroup
 * directory: in a cgroup namespace a new mount of the file system would show the same, for six
 * calls instead of two, and without a cgroup namespace it would show the host's cgroups.
 *
 * If the host has one v2 hierarchy and nothing else, that bind is the mount.  Otherwise a tmpfs
 * holds a directory for each hierarchy, named as on the host.  "ro" must be set on each part: a
 * writable one lets the container change its limits (CVE-2023-25809).
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *hierarchy_name(const struct mount_cgroup *h)
{
	const char *slash = strrchr(h->mountpoint, '/');

	if (h->version == 2)
		return "unified";
	return slash ? slash + 1 : h->mountpoint;
}

/* Whether an ordinary user's cgroup can be made is known only when it is made, after the plan. */
static const char *hierarchy_directory(const struct mount_cgroup *h)
{
	bool missing = h->instead && retry(access(h->directory, F_OK)) < 0 && errno == ENOENT;

	return missing ? h->instead : h->directory;
}

static int hierarchy_place(const struct mount_cgroup *h, struct mount_plan *p,
			   const struct target *parent, struct error *err)
{
	const char *name = hierarchy_name(h);
	char shown[FOREIGN_BUF];

	if (retry(mkdirat(parent->fd, name, 0755)) < 0 && errno != EEXIST)
		return fail_call(err, errno, "mkdirat", "make \"%s/%s\"",
				 foreign(parent->path, shown), name);
	return placer_get()->bind_into(hierarchy_directory(h), p, parent, name, err);
}

/* Makes the links "cpu" and "cpuacct" for a hierarchy "cpu,cpuacct", as hosts have them. */
static int controller_links_make(const struct mount_cgroup *h, int directory, struct error *err)
{
	const char *target = hierarchy_name(h), *at = h->name;
	char name[NAME_MAX + 1];

	if (h->version != 1 || !strchr(at, ',') || strncmp(at, "name=", 5) == 0)
		return 0;
	while (*at) {
		size_t len = strcspn(at, ",");

		(void)snprintf(name, sizeof name, "%.*s", (int)len, at);
		if (strcmp(name, target) != 0 && retry(symlinkat(target, directory, name)) < 0 &&
		    errno != EEXIST)
			return fail_named(err, errno, "symlinkat", "link", name);
		at += len + (at[len] == ',');
	}
	return 0;
}

static int hierarchies_place(const struct mounts *m, struct mount_plan *p,
			     const struct target *parent, struct error *err)
{
	for (size_t i = 0; i < m->n_cgroups; i++) {
		const struct mount_cgroup *h = &m->cgroups[i];

		if (hierarchy_place(h, p, parent, err) < 0 ||
		    controller_links_make(h, parent->fd, err) < 0)
			return error_code(err);
	}
	return 0;
}

int cgroup_place(const struct mounts *m, struct mount_plan *p, const struct target *t,
		 struct error *err)
{
	struct target parent = *t;
	auto_fd int tmpfs = -1;

	if (m->n_cgroups == 1 && m->cgroups[0].version == 2)
		return placer_get()->bind_path(hierarchy_directory(&m->cgroups[0]), p, t, err);
	tmpfs = placer_get()->tmpfs(t, "0755", 0, err);
	if (tmpfs < 0)
		return tmpfs;
	parent.fd = tmpfs;
	if (hierarchies_place(m, p, &parent, err) < 0)
		return error_code(err);
	return placer_get()->tree_finish(tmpfs, p, err);
}
