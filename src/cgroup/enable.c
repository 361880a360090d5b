/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enable.c - makes a new directory usable: controllers on v2, CPUs and memory nodes on v1
 *
 * A new v2 cgroup has the files of a controller only if every cgroup above hands the controller
 * down (cgroup.subtree_control), and the kernel refuses that for one that holds processes itself.
 * A new v1 cpuset is empty, and takes no process until it has CPUs and memory nodes.
 */
#include "cgroup/enable.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
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

/* One write for all is atomic: if one controller is refused, none is on, so each is tried alone. */
static int switch_on(const char *path, uint32_t mask, struct error *err)
{
	char text[128] = "";
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (mask >> switches[i].controller & 1)
			n += (size_t)snprintf(text + n, sizeof text - n, "%s+%s", n ? " " : "",
					      switches[i].name);
	if (n == 0 || file_poke(AT_FDCWD, path, text, err) >= 0)
		return 0;
	if (!(mask & (mask - 1)))
		return error_code(err);
	for (uint32_t left = mask; left; left &= left - 1)
		(void)switch_on(path, left & -left, err);
	return error_code(err);
}

static void switch_on_all_levels(const struct cgroup_hierarchy *h, uint32_t mask, struct error *err)
{
	char path[CGROUP_PATH];
	size_t at = strlen(h->mountpoint);

	hierarchy_path(h, path);
	for (const char *slash = h->path; slash; slash = strchr(slash + 1, '/')) {
		size_t len = at + (size_t)(slash - h->path);

		(void)snprintf(path + len, sizeof path - len, "/cgroup.subtree_control");
		(void)switch_on(path, mask, err);
		hierarchy_path(h, path);
	}
}

/* EBUSY means that a cgroup on the way holds processes; the kernel does not say which. */
static int explain(const struct cgroup_hierarchy *h, uint32_t missing, const struct error *why,
		   struct error *err)
{
	const char *name = "?";

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (missing >> switches[i].controller & 1) {
			name = switches[i].name;
			break;
		}
	if (why->errno_value == EBUSY)
		(void)fail(err, EBUSY,
			   "controller \"%s\" can't be enabled above \"%s\": a cgroup on the way "
			   "holds processes",
			   name, h->path);
	else if (why->errno_value == EOPNOTSUPP)
		(void)fail(
			err, EOPNOTSUPP,
			"controller \"%s\" can't be enabled above \"%s\": a cgroup on the way is "
			"threaded",
			name, h->path);
	else if (why->errno_value == EACCES || why->errno_value == EPERM)
		(void)fail(err, 0, "no cgroup to apply it in: controller \"%s\" is not delegated",
			   name);
	else
		(void)fail(err, why->errno_value, "controller \"%s\" can't be enabled above \"%s\"",
			   name, h->path);
	return fail_at(err, "%s", controllers_pointer(missing));
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
	uint32_t needed = cg->needed & h->controllers, wished = needed, there;
	char text[CGROUP_TEXT];
	struct error why = { 0 };

	if (lives_on_v2_alone(cg))
		wished = h->controllers;
	switch_on_all_levels(h, wished, &why);
	needed &= ~(1u << CGROUP_DEVICES | 1u << CGROUP_FREEZER);
	if (!needed)
		return 0;
	if (cgroup_file_read(h->fd, "cgroup.controllers", text, sizeof text, err) < 0)
		return within(err, "v2 cgroup \"%s\"", h->path);
	there = cgroup_controller_bits(text, " ");
	if (needed & ~there)
		return explain(h, needed & ~there, &why, err);
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
