/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path_walk.c - resolves a path in a container's root component by component
 *
 * walk_path() is a loop over walk_step().  Each step takes one component off the rest of the path
 * and goes down into it, up from it, or follows it as a link.  Between two calls on one component
 * another process may exchange it, so each answer is checked again on the fd, and a component that
 * has changed is tried again (walk_again()), but not for ever.  path_walk.h says why ".." begins at
 * the root.
 */
#include "sys/path_walk.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	REST_MAX = 2 * PATH_MAX,
	RACES_MAX = 1000,    /* how many components may change under the walk */
	MADE_MAX = REST_MAX, /* how many may be made: a path has less, if nobody removes them */
};

/* Where the walk stands.  fd is the folder that has been reached, and passed is its path from the
 * root, without links.  name is the component that comes now, and rest is what comes after it.
 *
 * The functions of a step return 1 when the walk is over and result is its fd, 0 when it goes
 * on. */
struct walk_state {
	int fd, result;
	int links, races, made;
	bool last; /* nothing follows name, not even a slash */
	bool ends; /* nothing but slashes follows name */
	char name[NAME_MAX + 1];
	char passed[PATH_MAX];
	char rest[REST_MAX];
};

static int too_long(const struct walk *walk, struct error *err)
{
	return fail_named(err, ENAMETOOLONG, NULL, "open", walk->path);
}

static int walk_fail(const struct walk *walk, int errno_value, struct error *err)
{
	return fail_named(err, errno_value, "openat", "open", walk->path);
}

static int walk_to_root(const struct walk *walk, struct walk_state *at, struct error *err)
{
	close_fd(&at->fd);
	at->passed[0] = '\0';
	at->fd = retry(openat(walk->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
	return at->fd < 0 ? walk_fail(walk, errno, err) : 0;
}

/* Puts text before the rest of the path, with a slash between them. */
static int put_before_rest(const struct walk *walk, struct walk_state *at, const char *text,
			   struct error *err)
{
	size_t len = strlen(text), rest = strlen(at->rest);
	bool slash = rest > 0 && at->rest[0] != '/';

	if (len + slash + rest >= REST_MAX)
		return too_long(walk, err);
	memmove(at->rest + len + slash, at->rest, rest + 1);
	memcpy(at->rest, text, len);
	if (slash)
		at->rest[len] = '/';
	return 0;
}

/* The component has changed between two calls: tries it again, but not for ever. */
static int walk_again(const struct walk *walk, struct walk_state *at, struct error *err)
{
	if (++at->races > RACES_MAX)
		return walk_fail(walk, EAGAIN, err);
	return put_before_rest(walk, at, at->name, err);
}

static int walk_up(const struct walk *walk, struct walk_state *at, struct error *err)
{
	char passed[PATH_MAX];
	char *slash;

	memcpy(passed, at->passed, strlen(at->passed) + 1);
	slash = strrchr(passed, '/');
	if (slash)
		*slash = '\0';
	if (put_before_rest(walk, at, passed, err) < 0)
		return error_code(err);
	return walk_to_root(walk, at, err);
}

/* A magic link of procfs (/proc/PID/root, /proc/PID/fd/3) does not lead where its text says: the
 * kernel jumps to another process's file.  They are refused.  Their text is an absolute path or has
 * a colon ("pipe:[123]"); the other links of procfs have neither. */
static bool is_magic_link(int fd, const char *target)
{
	struct statfs fs;

	return retry(fstatfs(fd, &fs)) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
	       (*target == '/' || strchr(target, ':'));
}

/* Who owns a link, or may exchange it for one of his own, leads us where he likes.  The owner of
 * the root is root, also where a user namespace shows both as nobody. */
static int link_judge(const struct walk *walk, const struct walk_state *at, int link,
		      struct error *err)
{
	char name[FOREIGN_BUF], path[FOREIGN_BUF];
	struct stat st, root;

	if (!walk->own_links)
		return 0;
	if (retry(fstat(link, &st)) < 0 || retry(fstat(walk->root, &root)) < 0)
		return walk_fail(walk, errno, err);
	if (st.st_uid == geteuid() || st.st_uid == root.st_uid)
		return 0;
	return fail(err, EACCES, "open \"%s\": the link \"%s\" on the way is user %u's",
		    foreign(walk->path, path), foreign(at->name, name), (unsigned)st.st_uid);
}

static int walk_link(const struct walk *walk, struct walk_state *at, int link, struct error *err)
{
	char target[PATH_MAX];
	ssize_t n;

	if (at->links++ >= walk->max_links)
		return walk_fail(walk, ELOOP, err);
	if (link_judge(walk, at, link, err) < 0)
		return error_code(err);
	n = retry(readlinkat(link, "", target, sizeof target - 1));
	if (n <= 0)
		return walk_fail(walk, n < 0 ? errno : ENOENT, err);
	target[n] = '\0';
	if (is_magic_link(link, target))
		return walk_fail(walk, ELOOP, err);
	if (put_before_rest(walk, at, target, err) < 0)
		return error_code(err);
	return *target == '/' ? walk_to_root(walk, at, err) : 0;
}

/* Goes down into the folder `next`, the component that comes now. */
static int walk_down(const struct walk *walk, struct walk_state *at, int *next, struct error *err)
{
	size_t len = strlen(at->passed);
	int n = snprintf(at->passed + len, sizeof at->passed - len, "/%s", at->name);

	if (n < 0 || (size_t)n >= sizeof at->passed - len)
		return too_long(walk, err);
	close_fd(&at->fd);
	at->fd = take_fd(next);
	return 0;
}

/* Takes the next component off the rest of the path. */
static int next_name(const struct walk *walk, struct walk_state *at, struct error *err)
{
	const char *start = at->rest + strspn(at->rest, "/");
	size_t len = strcspn(start, "/");

	if (len > NAME_MAX)
		return too_long(walk, err);
	memcpy(at->name, start, len);
	at->name[len] = '\0';
	at->last = start[len] == '\0';
	at->ends = start[len + strspn(start + len, "/")] == '\0';
	memmove(at->rest, start + len, strlen(start + len) + 1);
	return 0;
}

/* Ends the walk at the folder that holds the component. */
static int end_before_name(struct walk *walk, struct walk_state *at)
{
	memcpy(walk->name, at->name, strlen(at->name) + 1);
	walk->slash = !at->last;
	at->result = take_fd(&at->fd);
	return 1;
}

/* The component is missing: ends the walk here if the caller wants that, else makes it and tries it
 * again. */
static int on_missing(struct walk *walk, struct walk_state *at, struct error *err)
{
	char name[FOREIGN_BUF], path[FOREIGN_BUF];

	if (walk->end == WALK_MISSING && at->ends)
		return end_before_name(walk, at);
	if (!walk->make)
		return walk_fail(walk, ENOENT, err);
	if (retry(mkdirat(at->fd, at->name, walk->mode)) == 0)
		return ++at->made > MADE_MAX ? walk_fail(walk, EAGAIN, err)
					     : put_before_rest(walk, at, at->name, err);
	if (errno != EEXIST)
		return fail_call(err, errno, "mkdirat", "make folder \"%s\" of \"%s\"",
				 foreign(at->name, name), foreign(walk->path, path));
	return walk_again(walk, at, err);
}

/* Opens the last component with the caller's flags.  It was no link a moment ago; if it is one now,
 * O_NOFOLLOW makes that ELOOP, and it is tried again. */
static int open_last(const struct walk *walk, struct walk_state *at, struct error *err)
{
	at->result = retry(openat(at->fd, at->name, walk->flags | O_NOFOLLOW | O_CLOEXEC));
	if (at->result >= 0)
		return 1;
	if ((errno == ELOOP || errno == ENOENT) && !(walk->flags & O_NOFOLLOW))
		return walk_again(walk, at, err);
	return walk_fail(walk, errno, err);
}

/* The last component has been reached; fd is an O_PATH fd of it. */
static int on_last(const struct walk *walk, struct walk_state *at, int *fd, const struct stat *st,
		   struct error *err)
{
	if (S_ISLNK(st->st_mode) && !(walk->flags & O_PATH))
		return walk_fail(walk, ELOOP, err);
	if (!(walk->flags & O_PATH) || (walk->flags & O_DIRECTORY && !S_ISDIR(st->st_mode)))
		return open_last(walk, at, err);
	at->result = take_fd(fd);
	return 1;
}

/* A component that is neither "." nor "..". */
static int on_name(struct walk *walk, struct walk_state *at, struct error *err)
{
	auto_fd int next = -1;
	struct stat st;

	if (walk->end == WALK_PARENT && at->ends)
		return end_before_name(walk, at);
	next = retry(openat(at->fd, at->name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	if (next < 0 && errno == ENOENT)
		return on_missing(walk, at, err);
	if (next < 0 || retry(fstat(next, &st)) < 0)
		return walk_fail(walk, errno, err);
	if (S_ISLNK(st.st_mode) && !(at->last && walk->flags & O_NOFOLLOW))
		return walk_link(walk, at, next, err);
	if (at->last)
		return on_last(walk, at, &next, &st, err);
	if (!S_ISDIR(st.st_mode))
		return walk_fail(walk, ENOTDIR, err);
	return walk_down(walk, at, &next, err);
}

/* Nothing is left of the path: it names the folder that has been reached. */
static int on_end(const struct walk *walk, struct walk_state *at, struct error *err)
{
	if (walk->end == WALK_PARENT)
		return walk_fail(walk, EINVAL, err);
	at->result = retry(openat(at->fd, ".", walk->flags | O_CLOEXEC));
	return at->result < 0 ? walk_fail(walk, errno, err) : 1;
}

static int walk_step(struct walk *walk, struct walk_state *at, struct error *err)
{
	bool up;

	if (next_name(walk, at, err) < 0)
		return error_code(err);
	if (at->name[0] == '\0')
		return on_end(walk, at, err);
	up = strcmp(at->name, "..") == 0;
	if (!up && strcmp(at->name, ".") != 0)
		return on_name(walk, at, err);
	if (walk->end == WALK_PARENT && at->ends)
		return walk_fail(walk, EINVAL, err);
	return up ? walk_up(walk, at, err) : 0;
}

int walk_path(struct walk *walk, struct error *err)
{
	size_t len = strlen(walk->path);
	struct walk_state at;
	int r;

	if (len == 0 || len >= PATH_MAX)
		return walk_fail(walk, len ? ENAMETOOLONG : ENOENT, err);
	at.fd = at.result = -1;
	at.links = at.races = at.made = 0;
	memcpy(at.rest, walk->path, len + 1);
	walk->name[0] = '\0';
	r = walk_to_root(walk, &at, err);
	while (r == 0)
		r = walk_step(walk, &at, err);
	close_fd(&at.fd);
	return r < 0 ? r : at.result;
}
