/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - a cgroup and the cgroups that the container made in it */
#include "cgroup/tree.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>

/* A directory's links are its own two and one for each child: most have none and are not read. */
static bool has_children(int fd)
{
	struct stat st;

	return retry(fstat(fd, &st)) != 0 || st.st_nlink != 2;
}

static DIR *open_children(int fd, struct error *err)
{
	auto_fd int copy = file_open(fd, ".", O_RDONLY | O_DIRECTORY, 0, err);

	return copy < 0 ? NULL : file_list(&copy, err);
}

static const char *next_child(DIR *dir)
{
	for (struct dirent *e; (e = file_list_next(dir)) != NULL;)
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			return e->d_name;
	return NULL;
}

static bool is_gone(const struct error *err)
{
	return err->errno_value == ENOENT || err->errno_value == ENODEV;
}

static int walk(int fd, tree_visit *visit, void *context, int depth, struct error *err)
{
	auto_dir DIR *dir = NULL;
	int r = visit(fd, context, err);

	if (r < 0)
		return is_gone(err) ? 0 : r;
	if (!has_children(fd))
		return 0;
	if (depth == TREE_DEPTH)
		return fail(err, ELOOP, "cgroups nested more than %d deep", TREE_DEPTH);
	dir = open_children(fd, err);
	if (!dir)
		return is_gone(err) ? 0 : -1;
	for (const char *name; r >= 0 && (name = next_child(dir)) != NULL;) {
		auto_fd int child = file_open(fd, name, O_RDONLY | O_DIRECTORY, 0, err);

		if (child >= 0)
			r = walk(child, visit, context, depth + 1, err);
		else if (!is_gone(err))
			r = child;
	}
	return r;
}

int tree_walk(int fd, tree_visit *visit, void *context, struct error *err)
{
	return walk(fd, visit, context, 0, err);
}

static int remove_children(int fd, int depth, struct error *err)
{
	auto_dir DIR *dir = NULL;
	int r = 0;

	if (!has_children(fd))
		return 0;
	if (depth == TREE_DEPTH)
		return fail(err, ELOOP, "cgroups nested more than %d deep", TREE_DEPTH);
	dir = open_children(fd, err);
	if (!dir)
		return is_gone(err) ? 0 : -1;
	for (const char *name; r >= 0 && (name = next_child(dir)) != NULL;) {
		auto_fd int child = -1;

		if (retry(unlinkat(fd, name, AT_REMOVEDIR)) == 0 || errno == ENOENT)
			continue;
		child = file_open(fd, name, O_RDONLY | O_DIRECTORY, 0, err);
		if (child < 0) {
			r = is_gone(err) ? 0 : child;
			continue;
		}
		r = remove_children(child, depth + 1, err);
		if (r >= 0 && retry(unlinkat(fd, name, AT_REMOVEDIR)) != 0 && errno != ENOENT &&
		    errno != EBUSY)
			r = fail_call(err, errno, "rmdir", "remove the cgroup \"%s\"", name);
	}
	return r;
}

int tree_remove_children(int fd, struct error *err)
{
	return remove_children(fd, 0, err);
}
