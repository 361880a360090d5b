/* SPDX-License-Identifier: Apache-2.0 */
/*
 * narrow.c - a part of the container's cgroup, for exec
 *
 * --cgroup must not lead out of the container's limits.  So the directory is opened below the
 * container's own, and "..", links and mounts are refused on the way.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "cgroup/hierarchy.h"
#include "sys/calls.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is there a ".." among the components? */
static bool leads_up(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.')
			return true;
		path += n;
		path += strspn(path, "/");
	}
	return false;
}

static int narrow_one(struct cgroup *cg, struct cgroup_hierarchy *h, const char *path,
		      struct error *err)
{
	const uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
	char buf[FOREIGN_BUF], whole[CGROUP_PATH];
	int n, fd;

	path += strspn(path, "/");
	if (!*path || h->fd < 0)
		return 0;
	fd = (int)sys_openat2(h->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0, resolve);
	if (fd < 0 && errno == ENOSYS) /* cgroupfs has neither links nor, here, mounts below it */
		fd = retry(openat(h->fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	if (fd < 0)
		return fail_call(err, errno, "openat2", "cgroup \"%s\" of the container",
				 foreign(path, buf));
	close_fd(&h->fd);
	close_fd(&h->tasks);
	h->fd = fd;
	n = snprintf(whole, sizeof whole, "%s/%s", h->path, path);
	return hierarchy_set(cg, &h->path, whole, (size_t)n, CGROUP_PLACE_MAX, err);
}

int cgroup_narrow(struct cgroup *cg, const char *sub, struct error *err)
{
	const char *colon = strchr(sub, ':'), *path = colon ? colon + 1 : sub;
	char names[256] = "";
	uint32_t wanted = UINT32_MAX;
	bool any = false;

	if (leads_up(path))
		return fail(err, 0, "--cgroup \"%s\" leads out of the container's cgroup", sub);
	if (colon) {
		(void)snprintf(names, sizeof names, "%.*s", (int)(colon - sub), sub);
		wanted = cgroup_controller_bits(names, ",");
	}
	for (size_t i = 0; i < cg->n; i++) {
		if (colon && !(cg->h[i].version == 1 && (cg->h[i].controllers & wanted)))
			continue;
		any = true;
		if (narrow_one(cg, &cg->h[i], path, err) < 0)
			return within(err, "--cgroup");
	}
	return any ? 0
		   : fail(err, 0, "--cgroup \"%s\": no such controller has a v1 hierarchy here",
			  sub);
}

/* The v2 line of PID/cgroup: "0::/path", as seen from our own cgroup namespace. */
static const char *v2_path(char *text)
{
	char *at = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");

	if (!at)
		return NULL;
	at = strchr(at, '/');
	if (at)
		at[strcspn(at, "\n")] = '\0';
	return at;
}

int cgroup_narrow_to_process(struct cgroup *cg, int procfs, pid_t pid, struct error *err)
{
	auto_free char *text = NULL;
	const char *path;
	char file[32];
	size_t len, n;

	(void)snprintf(file, sizeof file, "%d/cgroup", (int)pid);
	if (procfs_read_all(procfs, file, &text, &len, err) < 0)
		return error_code(err);
	path = v2_path(text);
	for (size_t i = 0; path && i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		size_t root = strcmp(h->root, "/") == 0 ? 0 : strlen(h->root);

		if (h->version != 2)
			continue;
		if (strncmp(path, h->root, root) == 0)
			path += root;
		n = strlen(h->path);
		if (strncmp(path, h->path, n) == 0 && (path[n] == '/' || !path[n]) &&
		    !leads_up(path))
			return narrow_one(cg, h, path + n, err);
	}
	return fail(err, EBUSY,
		    "the container's cgroup takes no processes, and its init lives in none "
		    "below it");
}
