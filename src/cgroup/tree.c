/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - a cgroup and the cgroups that the container made in it
 *
 * The container decides how deep its tree is: a recursion would overflow our stack, and an fd for
 * each level would use all of them up.  So the walk holds one directory.  When that is done it goes
 * up by "..", lists the parent again, and goes on behind the entry that has the inode it came from.
 */
#include "cgroup/tree.h"

#include "base/auto.h"
#include "base/retry.h"
#include "cgroup/hierarchy.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* More visits than these: the container makes cgroups faster than they are walked, and we give
 * up. */
enum { VISITS_MAX = 1 << 20 };

typedef int leave_child(int parent, const char *name, struct error *err);

struct walk {
	tree_visit *visit; /* on the way down; NULL: nothing is done */
	void *context;
	leave_child *leave; /* on the way up, when all below is done; may be NULL */
	int at;
	ino_t after; /* of `at`'s entries those up to this one are done; 0: none is */
	int depth, visits;
};

/* A directory's links are its own two and one for each child: most have none and are not read. */
static bool has_children(int fd)
{
	struct stat st;

	return retry(fstat(fd, &st)) != 0 || st.st_nlink != 2;
}

/* Returns 1 and the entry, 0 at the end. */
static int next_child(DIR *dir, struct dirent **ret, struct error *err)
{
	while ((*ret = file_list_next(dir)) != NULL)
		if ((*ret)->d_type == DT_DIR && (*ret)->d_name[0] != '.')
			return 1;
	return errno ? fail_call(err, errno, "getdents64", "list a cgroup") : 0;
}

static int leave(const struct walk *w, const char *name, struct error *err)
{
	return w->leave ? w->leave(w->at, name, err) : 0;
}

/* Returns 1 if the child has children: the walk goes on in it. */
static int enter(struct walk *w, const char *name, struct error *err)
{
	auto_fd int child = file_open(w->at, name, O_RDONLY | O_DIRECTORY, 0, err);
	int r = child;

	if (++w->visits > VISITS_MAX)
		return fail(err, ELOOP, "more than %d cgroups", VISITS_MAX);
	if (r >= 0 && w->visit)
		r = w->visit(child, w->context, err);
	if (r < 0)
		return cgroup_is_gone(err) ? 0 : r;
	if (!has_children(child))
		return leave(w, name, err);
	close_fd(&w->at);
	w->at = take_fd(&child);
	w->after = 0;
	w->depth++;
	return 1;
}

/* The children that are not done.  Returns 1 when the walk stands in one of them, or begins anew
 * because the one it came from has vanished; 0 at their end. */
static int go_down(struct walk *w, struct error *err)
{
	auto_fd int copy = file_open(w->at, ".", O_RDONLY | O_DIRECTORY, 0, err);
	auto_dir DIR *dir = copy < 0 ? NULL : file_list(&copy, err);
	bool done = w->after != 0;
	struct dirent *e;
	int r;

	if (!dir)
		return cgroup_is_gone(err) ? 0 : error_code(err);
	while ((r = next_child(dir, &e, err)) > 0) {
		if (!done)
			r = enter(w, e->d_name, err);
		else if (e->d_ino == w->after)
			r = leave(w, e->d_name, err);
		else
			continue;
		done = false;
		if (r != 0)
			return r;
	}
	w->after = 0;
	return r == 0 && done ? 1 : r < 0 && cgroup_is_gone(err) ? 0 : r;
}

static int go_up(struct walk *w, struct error *err)
{
	struct stat st;
	int parent;

	if (retry(fstat(w->at, &st)) < 0)
		return fail_call(err, errno, "fstat", "look at a cgroup");
	parent = file_open(w->at, "..", O_RDONLY | O_DIRECTORY, 0, err);
	if (parent < 0)
		return parent;
	close_fd(&w->at);
	w->at = parent;
	w->after = st.st_ino;
	w->depth--;
	return 0;
}

static int walk_all(struct walk *w, int fd, struct error *err)
{
	int r = w->at = file_open(fd, ".", O_RDONLY | O_DIRECTORY, 0, err);

	while (r >= 0) {
		r = go_down(w, err);
		if (r == 0 && w->depth == 0)
			break;
		if (r == 0)
			r = go_up(w, err);
	}
	close_fd(&w->at);
	return r;
}

int tree_walk(int fd, tree_visit *visit, void *context, struct error *err)
{
	struct walk w = { .visit = visit, .context = context, .at = -1 };
	int r = visit(fd, context, err);

	if (r < 0)
		return cgroup_is_gone(err) ? 0 : r;
	return has_children(fd) ? walk_all(&w, fd, err) : 0;
}

/* Busy ones stay: their processes may be about to end. */
static int remove_child(int parent, const char *name, struct error *err)
{
	if (retry(unlinkat(parent, name, AT_REMOVEDIR)) == 0 || errno == ENOENT || errno == EBUSY)
		return 0;
	return fail_call(err, errno, "rmdir", "remove the cgroup \"%s\"", name);
}

int tree_remove_children(int fd, struct error *err)
{
	struct walk w = { .leave = remove_child, .at = -1 };

	return has_children(fd) ? walk_all(&w, fd, err) : 0;
}
