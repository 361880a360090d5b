/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enable.c - makes a new directory usable: controllers on v2, CPUs and memory nodes on v1
 *
 * A new v2 cgroup has the files of a controller only if every cgroup above hands the controller
 * down (cgroup.subtree_control).  Those belong to others: the whole way is judged before the first
 * of them is written, and where a limit can't be had nothing is.
 * A new v1 cpuset is empty, and takes no process until it has CPUs and memory nodes.
 */
#include "cgroup/enable.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "cgroup/level.h"
#include "sys/file.h"

#include <fcntl.h>
#include <string.h>

/* Controllers that have files on v2, with the property that wants them. */
static const struct {
	enum cgroup_controller controller;
	const char *name, *pointer;
} switches[] = {
	{ CGROUP_CPU, "cpu", "/linux/resources/cpu" },
	{ CGROUP_CPUSET, "cpuset", "/linux/resources/cpu" },
	{ CGROUP_MEMORY, "memory", "/linux/resources/memory" },
	{ CGROUP_BLKIO, "io", "/linux/resources/blockIO" },
	{ CGROUP_PIDS, "pids", "/linux/resources/pids" },
	{ CGROUP_HUGETLB, "hugetlb", "/linux/resources/hugepageLimits" },
	{ CGROUP_RDMA, "rdma", "/linux/resources/rdma" },
	{ CGROUP_MISC, "misc", "/linux/resources/unified" },
};

const char *controllers_pointer(uint32_t controllers)
{
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (controllers >> switches[i].controller & 1)
			return switches[i].pointer;
	return "/linux/resources";
}

/* What the whole way down to the container's cgroup hands down, or can be made to. */
struct way_down {
	uint32_t can;
	bool complete; /* all of it is on already */
	int why;       /* errno of the first cgroup that stands in the way of what is needed */
	char at[CGROUP_PATH]; /* that cgroup's directory */
};

static char *spell(uint32_t mask, char sign, char text[128])
{
	size_t n = 0;

	*text = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (mask >> switches[i].controller & 1)
			n += (size_t)snprintf(text + n, 128 - n, "%s%c%s", n ? " " : "", sign,
					      switches[i].name);
	return text;
}

/* A process may have come into the cgroup since it was judged: then the threaded controllers, which
 * the kernel does not refuse, have changed what it is.  That is taken back. */
static int take_back_if_changed(int fd, const struct level *l, uint32_t mask, struct error *err)
{
	char text[128];

	if (l->type != LEVEL_DOMAIN || (l->on | mask) & ~LEVEL_THREADED_CONTROLLERS ||
	    level_type(fd, err) != LEVEL_THREADED)
		return 0;
	if (file_poke(fd, "cgroup.subtree_control", spell(mask, '-', text), err) < 0)
		return error_code(err);
	return fail(err, EBUSY, "a process came in");
}

/* One write for all is atomic: if one controller is refused, none is on, so each is tried alone. */
static int switch_on(int fd, const struct level *l, uint32_t mask, struct error *err)
{
	char text[128];

	if (!*spell(mask, '+', text))
		return 0;
	if (file_poke(fd, "cgroup.subtree_control", text, err) >= 0)
		return take_back_if_changed(fd, l, mask, err);
	if (!(mask & (mask - 1)) || err->errno_value == EBUSY)
		return error_code(err);
	for (uint32_t left = mask; left; left &= left - 1)
		(void)switch_on(fd, l, left & -left, err);
	return error_code(err);
}

static void note_obstacle(struct way_down *way, uint32_t lost, int why, const char *path)
{
	if (!lost || way->why)
		return;
	way->why = why;
	(void)snprintf(way->at, sizeof way->at, "%s", path);
}

/* A level that is not there yet will be ours, and hands down whatever it gets.  In a threaded one
 * the owner's threads compete with what is below it: it gets no more than a limit needs. */
static int pass_level(struct way_down *way, const char *path, uint32_t needed, bool act,
		      struct error *err)
{
	auto_fd int fd = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);
	struct error why = { 0 };
	struct level l;

	if (fd < 0 || level_judge(fd, way->can, &l, err) < 0)
		return cgroup_is_gone(err) ? 0 : error_code(err);
	if (l.type == LEVEL_THREADED)
		l.may &= needed;
	note_obstacle(way, needed & way->can & ~(l.on | l.may), l.why, path);
	way->can &= l.on | l.may;
	way->complete &= l.may == 0;
	if (act && switch_on(fd, &l, l.may, &why) < 0)
		note_obstacle(way, needed & l.may, why.errno_value, path);
	return 0;
}

static int go_down(const struct cgroup_hierarchy *h, struct way_down *way, uint32_t needed,
		   bool act, struct error *err)
{
	size_t top = strlen(h->mountpoint);
	char path[CGROUP_PATH];

	for (const char *slash = h->path; slash; slash = strchr(slash + 1, '/')) {
		hierarchy_path(h, path);
		path[top + (size_t)(slash - h->path)] = '\0';
		if (pass_level(way, path, needed, act, err) < 0)
			return within(err, "v2 cgroup \"%s\"", path);
	}
	return 0;
}

/* Why a limit's controller can't be had. */
static int explain(const struct way_down *way, const struct cgroup_hierarchy *h, uint32_t missing,
		   struct error *err)
{
	const char *name = "?";
	char shown[FOREIGN_BUF];

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (missing >> switches[i].controller & 1) {
			name = switches[i].name;
			break;
		}
	if (way->why == EBUSY || way->why == EOPNOTSUPP) {
		(void)fail(err, way->why,
			   "controller \"%s\" can't be enabled: the cgroup \"%s\" %s", name,
			   foreign(way->at, shown),
			   way->why == EBUSY ? "holds processes" : "is threaded");
		(void)(way->why == EBUSY ? hint(err, HINT_POPULATED, NULL, NULL)
					 : hint(err, HINT_THREADED, NULL, NULL));
	} else if (way->why == EACCES || way->why == EPERM || way->why == EROFS) {
		(void)fail(err, 0, "no cgroup to apply it in: controller \"%s\" is not delegated",
			   name);
	} else {
		(void)fail(err, way->why, "controller \"%s\" can't be enabled above \"%s\"", name,
			   foreign(h->path, shown));
	}
	return fail_at(err, "%s", controllers_pointer(missing));
}

/* Devices are a program, and the freezer belongs to every cgroup. */
static uint32_t needed_of(const struct cgroup *cg, const struct cgroup_hierarchy *h)
{
	return cg->needed & h->controllers & ~(1u << CGROUP_DEVICES | 1u << CGROUP_FREEZER);
}

static bool lives_on_v2_alone(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		if (cg->h[i].version == 1 && cg->h[i].controllers & ~(1u << CGROUP_NAMED))
			return false;
	return true;
}

int enable_controllers(const struct cgroup *cg, const struct cgroup_hierarchy *h, struct error *err)
{
	uint32_t needed = needed_of(cg, h), there;
	struct way_down way = { .can = needed, .complete = true };
	char text[CGROUP_TEXT];

	if (lives_on_v2_alone(cg))
		way.can = h->controllers & ~(1u << CGROUP_DEVICES | 1u << CGROUP_FREEZER);
	if (go_down(h, &way, needed, false, err) < 0)
		return error_code(err);
	if (needed & ~way.can)
		return explain(&way, h, needed & ~way.can, err);
	if (!way.complete && go_down(h, &way, needed, true, err) < 0)
		return error_code(err);
	if (!needed)
		return 0;
	if (cgroup_file_read(h->fd, "cgroup.controllers", text, sizeof text, err) < 0)
		return within(err, "v2 cgroup \"%s\"", h->path);
	there = cgroup_controller_bits(text, " ");
	if (needed & ~there)
		return explain(&way, h, needed & ~there, err);
	return 0;
}

int cgroup_plan_controllers(const struct cgroup *cg, struct error *err)
{
	for (size_t i = 0; i < cg->n; i++) {
		const struct cgroup_hierarchy *h = &cg->h[i];
		uint32_t needed = needed_of(cg, h);
		struct way_down way = { .can = needed };

		if (h->version != 2 || !*h->path || !needed)
			continue;
		if (go_down(h, &way, needed, false, err) < 0)
			return error_code(err);
		/* A cgroup that is not ours is found out by mkdir(2), which says more. */
		if (way.why == EBUSY || way.why == EOPNOTSUPP)
			return explain(&way, h, needed & ~way.can, err);
	}
	return 0;
}

struct cpuset {
	char path[CGROUP_PATH]; /* a directory; cut while its parent is looked at, and restored */
	size_t top;		/* length of the mountpoint in it */
	const char *file;
	char list[CGROUP_TEXT];
};

static int cpuset_copy(struct cpuset *set, struct error *err);

static char *cpuset_file(const struct cpuset *set, char path[CGROUP_PATH + 16])
{
	(void)snprintf(path, CGROUP_PATH + 16, "%s/%s", set->path, set->file);
	return path;
}

/* Reads the list of the directory; where it is empty, the parent's is put in. */
static int cpuset_fill(struct cpuset *set, struct error *err)
{
	char path[CGROUP_PATH + 16];
	ssize_t r = cgroup_file_read(AT_FDCWD, cpuset_file(set, path), set->list, sizeof set->list,
				     err);

	return r != 0 || strlen(set->path) <= set->top ? (int)r : cpuset_copy(set, err);
}

/* Gives the directory its parent's list. */
static int cpuset_copy(struct cpuset *set, struct error *err)
{
	char *slash = strrchr(set->path, '/'), path[CGROUP_PATH + 16];
	int r;

	*slash = '\0';
	r = cpuset_fill(set, err);
	*slash = '/';
	return r < 0 ? r : file_poke(AT_FDCWD, cpuset_file(set, path), set->list, err);
}

int cpuset_inherit(const struct cgroup_hierarchy *h, struct error *err)
{
	static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
	struct cpuset set = { .top = strlen(h->mountpoint) };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		hierarchy_path(h, set.path);
		set.file = files[i];
		if ((h->made ? cpuset_copy(&set, err) : cpuset_fill(&set, err)) < 0)
			return within(err, "fill \"%s\" of \"%s\"", files[i], set.path);
	}
	return 0;
}
