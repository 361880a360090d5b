/* SPDX-License-Identifier: Apache-2.0 */
/*
 * create.c - makes the container's directories, and lets processes in
 *
 * Somebody else may make the same directory at the same moment, or remove a parent that was there.
 * What counts is therefore what mkdir(2) has answered, and not what the plan saw: only a directory
 * that we made will be killed and removed later.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "cgroup/enable.h"
#include "cgroup/hierarchy.h"
#include "cgroup/level.h"
#include "sys/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A concurrent container's end may take a parent that both use: it is then made again. */
enum { CREATE_TRIES = 16 };

/* mkdir of all above the last component; path is written to and restored. */
static int make_parents(const struct cgroup_hierarchy *h, char *path, struct error *err)
{
	for (char *at = path + strlen(h->mountpoint) + 1; (at = strchr(at, '/')) != NULL; at++) {
		int r;

		*at = '\0';
		r = retry(mkdir(path, 0755));
		if (r < 0 && errno == EEXIST)
			r = 0;
		else if (r < 0)
			r = fail_named(err, errno, "mkdir", "make the cgroup", path);
		*at = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

/* EEXIST: somebody else was faster, and it is not ours, whatever the plan said. */
static int make_directory(struct cgroup_hierarchy *h, struct error *err)
{
	char path[CGROUP_PATH];
	int tries = 0;

	hierarchy_path(h, path);
	while (retry(mkdir(path, 0755)) != 0) {
		int e = errno;

		h->has_parents |= e == ENOENT; /* from here on */
		if (e != ENOENT || ++tries == CREATE_TRIES)
			return fail_named(err, e, "mkdir", "make the cgroup", path);
		if (make_parents(h, path, err) < 0)
			return error_code(err);
	}
	h->made = true;
	return 0;
}

static bool is_refusal(int e)
{
	return e == EACCES || e == EPERM || e == EROFS;
}

/* An ordinary user's hierarchy that refuses us: fine if no limit lives there. */
static bool can_do_without(const struct cgroup *cg, const struct cgroup_hierarchy *h, int e)
{
	return cg->optional && is_refusal(e) && !(h->controllers & cg->needed);
}

/* Whose limit needs the hierarchy that refuses us?  Without any, root's container still needs the
 * cgroup: the devices that it may use are decided there. */
static int refused(const struct cgroup *cg, const struct cgroup_hierarchy *h, struct error *err)
{
	uint32_t both = h->controllers & cg->needed;

	if (!is_refusal(err->errno_value))
		return error_code(err);
	if (!cg->optional) {
		(void)hint(err, HINT_NO_CGROUP, NULL, NULL);
		return fail_at(err, "%s",
			       both & ~(1u << CGROUP_DEVICES) ? controllers_pointer(both)
							      : "/linux/resources/devices");
	}
	if (!both)
		return error_code(err);
	(void)fail(err, 0, "no cgroup to apply it in");
	(void)hint(err, HINT_DELEGATE, h->mountpoint, NULL);
	return fail_at(err, "%s", controllers_pointer(both));
}

static int create_one(struct cgroup *cg, struct cgroup_hierarchy *h, struct error *err)
{
	int r = h->wanted ? make_directory(h, err) : 0;

	if (r < 0 && can_do_without(cg, h, err->errno_value)) {
		h->path = "";
		h->wanted = h->made = false;
		h->made_parents = 0;
		return 0;
	}
	if (r < 0)
		return refused(cg, h, err);
	if (h->version == 1)
		return h->controllers & 1u << CGROUP_CPUSET ? cpuset_inherit(h, err) : 0;
	r = hierarchy_open(h, err);
	if (r >= 0)
		r = level_follow(h, err);
	return r < 0 ? r : enable_controllers(cg, h, err);
}

/* Whatever the caller's umask is, programs in the container may look at their own limits. */
int cgroup_create(struct cgroup *cg, int version, struct error *err)
{
	mode_t before = umask(022);
	int r = 0;

	for (size_t i = 0; i < cg->n && r >= 0; i++)
		if (cg->h[i].version == version && *cg->h[i].path)
			r = create_one(cg, &cg->h[i], err);
	(void)umask(before);
	return r < 0 ? r : 0;
}

void cgroup_want_no_more(struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		cg->h[i].wanted = false;
}

int cgroup_v2_fd(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		if (cg->h[i].version == 2)
			return cg->h[i].fd;
	return -1;
}

/* Most v1 directories are only entered.  Their `tasks` is opened by its path, which saves opening
 * the directory. */
static int tasks_open(const struct cgroup_hierarchy *h, struct error *err)
{
	char path[CGROUP_PATH];

	if (h->fd >= 0)
		return file_open(h->fd, "tasks", O_WRONLY, 0, err);
	(void)snprintf(path, sizeof path, "%s%s/tasks", h->mountpoint, h->path);
	return file_open(AT_FDCWD, path, O_WRONLY, 0, err);
}

int cgroup_v1_fds(struct cgroup *cg, int fds[CGROUP_HIERARCHIES], struct error *err)
{
	int n = 0;

	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];

		if (h->version != 1 || !*h->path || h->gone)
			continue;
		if (h->tasks < 0)
			h->tasks = tasks_open(h, err);
		if (h->tasks < 0)
			return within(err, "cgroup \"%s\" of \"%s\"", h->path, h->name);
		fds[n++] = h->tasks;
	}
	return n;
}

void cgroup_v1_sent(struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		close_fd(&cg->h[i].tasks);
}

int cgroup_join(const int *fds, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (retry(write(fds[i], "0", 1)) < 0)
			return fail_call(err, errno, "write", "enter v1 cgroup %zu", i);
	}
	return 0;
}

int cgroup_attach_v2(const struct cgroup *cg, pid_t pid, struct error *err)
{
	int fd = cgroup_v2_fd(cg);
	char text[16];

	if (fd < 0)
		return 0;
	(void)snprintf(text, sizeof text, "%d", (int)pid);
	if (file_poke(fd, "cgroup.procs", text, err) < 0)
		return within(err, "enter the v2 cgroup");
	return 0;
}
