/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remove.c - removes the directories that we made
 *
 * A process counts as a member until it has exited all the way, so rmdir says EBUSY for a moment
 * after the last one was reaped or killed: it is tried again, with growing pauses.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "cgroup/hierarchy.h"
#include "cgroup/tree.h"
#include "sys/file.h"

#include <fcntl.h>
#include <string.h>

static int remove_below(const char *path, struct error *err)
{
	auto_fd int fd = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);

	if (fd < 0)
		return err->errno_value == ENOENT ? 0 : fd;
	return tree_remove_children(fd, err);
}

static int remove_directory(const char *path, int64_t deadline, struct error *err)
{
	unsigned pause = 50;

	for (;;) {
		int e;

		if (retry(rmdir(path)) == 0 || errno == ENOENT)
			return 0;
		e = errno;
		if (e != EBUSY && e != ENOTEMPTY)
			return fail_call(err, e, "rmdir", "remove the cgroup \"%s\"", path);
		if (remove_below(path, err) < 0)
			return error_code(err);
		if (!cgroup_back_off(deadline, &pause))
			return fail_call(err, e, "rmdir", "remove the cgroup \"%s\"", path);
	}
}

/* Parents may be used by others by now: only empty ones go, and no wait is spent on them. */
static void remove_parents(const struct cgroup_hierarchy *h, char *path)
{
	size_t top = strlen(h->mountpoint);

	for (int left = h->made_parents; left > 0; left--) {
		char *slash = strrchr(path, '/');

		if (slash <= path + top)
			return;
		*slash = '\0';
		if (retry(rmdir(path)) != 0 && errno != ENOENT)
			return;
	}
}

int cgroup_remove(struct cgroup *cg, int timeout_ms, struct error *err)
{
	int64_t deadline = cgroup_deadline(timeout_ms);
	struct error later;
	int r = 0;

	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		char path[CGROUP_PATH];

		if ((!h->made && !h->has_parents) || !*h->path)
			continue;
		hierarchy_path(h, path);
		if (h->made && remove_directory(path, deadline, r < 0 ? &later : err) < 0) {
			r = -1;
			continue;
		}
		remove_parents(h, path);
		h->made = h->has_parents = false;
	}
	return r;
}

bool cgroup_remove_empty(struct cgroup *cg)
{
	bool all = true;

	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		char path[CGROUP_PATH];

		if (!h->made || !*h->path)
			continue;
		if (retry(rmdir(hierarchy_path(h, path))) < 0 && errno != ENOENT)
			all = false;
		else
			h->made = false;
	}
	return all;
}
