/* SPDX-License-Identifier: Apache-2.0 */
/*
 * placement.c - where the container's cgroup shall be, and whether it can be there
 *
 * Whether a directory is ours to make is decided here, before the record is written and before
 * anything is made: a crash at any later point finds the right answer in the record.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "cgroup/hierarchy.h"
#include "cgroup/level.h"
#include "cgroup/tree.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define POINTER "/linux/cgroupsPath"

/* Appends the components of from; "//" and "." vanish. */
static int append_path(char *to, size_t size, const char *from, struct error *err)
{
	char shown[FOREIGN_BUF];
	size_t len = strlen(to);

	for (size_t n; *from; from += n) {
		n = strcspn(from, "/");
		if (n == 0) {
			from++;
			continue;
		}
		if (n == 1 && *from == '.')
			continue;
		if (n == 2 && from[0] == '.' && from[1] == '.')
			return fail(err, 0, "\"..\" is not allowed in \"%s\"",
				    foreign(from, shown));
		if (n > NAME_MAX || len + n + 2 > size)
			return fail(err, ENAMETOOLONG, "\"%s\"", foreign(from, shown));
		to[len++] = '/';
		memcpy(to + len, from, n);
		len += n;
		to[len] = '\0';
	}
	return 0;
}

/* The caller's own cgroup as it is seen below the mountpoint. */
static int own_path(const struct cgroup_hierarchy *h, const char **ret_path, struct error *err)
{
	size_t n = strcmp(h->root, "/") == 0 ? 0 : strlen(h->root);

	if (strncmp(h->root, h->self, n) != 0 || (h->self[n] != '/' && h->self[n] != '\0') ||
	    strncmp(h->self, "/..", 3) == 0)
		return fail(err, 0, "the caller's own cgroup \"%s\" is not visible at \"%s\"",
			    h->self, h->mountpoint);
	*ret_path = h->self + n;
	return 0;
}

/* May we make a cgroup at the path, and let a process into it?  Of whoever moves one the kernel
 * asks that it may write to cgroup.procs of the cgroup that is above both places. */
static bool is_ours(const struct cgroup_hierarchy *h, const char *path)
{
	char file[CGROUP_PATH];
	int n = snprintf(file, sizeof file, "%s%s", h->mountpoint, path);

	if (retry(access(file, W_OK | X_OK)) != 0)
		return false;
	(void)snprintf(file + n, sizeof file - (size_t)n, "/cgroup.procs");
	return retry(access(file, W_OK)) == 0;
}

/* On v2 the caller's own cgroup, which holds the caller, hands no limits down.  Its parent can. */
static void step_up(const struct cgroup_hierarchy *h, char *path)
{
	char *slash = strrchr(path, '/');

	if (h->version != 2 || !slash)
		return;
	*slash = '\0';
	if (!is_ours(h, path))
		*slash = '/';
}

static int place_hierarchy(struct cgroup *cg, struct cgroup_hierarchy *h, const char *wanted,
			   bool beside_us, struct error *err)
{
	char path[CGROUP_PLACE_MAX] = "", shown[FOREIGN_BUF];
	const char *own = "";
	size_t base;
	int r = 0;

	if (beside_us)
		r = own_path(h, &own, err);
	if (r >= 0)
		r = append_path(path, sizeof path, own, err);
	step_up(h, path);
	base = strlen(path);
	if (r >= 0)
		r = append_path(path, sizeof path, wanted, err);
	if (r >= 0 && strlen(path) == base)
		r = fail(err, 0, "\"%s\" names no cgroup below the top", foreign(wanted, shown));
	return r < 0 ? r : hierarchy_set(cg, &h->path, path, strlen(path), sizeof path, err);
}

static int check_empty(int fd, void *context, struct error *err)
{
	const struct cgroup_hierarchy *h = context;
	char text[CGROUP_TEXT], shown[FOREIGN_BUF];
	ssize_t n = cgroup_file_read(fd, "cgroup.procs", text, sizeof text, err);

	if (n > 0)
		return fail(err, EBUSY, "the cgroup \"%s\" has processes already",
			    foreign(h->path, shown));
	return (int)n;
}

/* A directory that is there already is taken only if it is empty and not frozen.  Processes in it,
 * or below it, would share the container's limits and die with it; in a frozen one init would
 * hang. */
static int check_existing(const struct cgroup_hierarchy *h, struct error *err)
{
	struct cgroup_hierarchy there = *h;
	char text[CGROUP_TEXT] = "", shown[FOREIGN_BUF];
	auto_fd int fd = -1;

	there.fd = -1;
	if (hierarchy_open(&there, err) < 0)
		return error_code(err);
	fd = there.fd;
	if (h->version == 1 && tree_walk(fd, check_empty, &there, err) < 0)
		return error_code(err);
	if (h->version == 2 && cgroup_file_read(fd, "cgroup.events", text, sizeof text, err) < 0)
		return within(err, "cgroup \"%s\"", foreign(h->path, shown));
	if (h->version == 2 && cgroup_file_field(text, "populated", 0) != 0)
		return fail(err, EBUSY, "the cgroup \"%s\" has processes already",
			    foreign(h->path, shown));
	if (h->version == 2 && level_type(fd, err) == LEVEL_INVALID)
		return fail(err, EOPNOTSUPP,
			    "the cgroup \"%s\", below a threaded one, is not threaded",
			    foreign(h->path, shown));
	if (h->version == 2 || h->controllers & 1u << CGROUP_FREEZER) {
		if (cgroup_frozen_at(fd, h->version, err) > 0)
			return fail(err, EBUSY, "the cgroup \"%s\" is frozen",
				    foreign(h->path, shown));
	}
	return 0;
}

/* Which directories of the path are not there yet? */
static int plan_directories(struct cgroup_hierarchy *h, struct error *err)
{
	char path[CGROUP_PATH];
	size_t top = strlen(h->mountpoint);

	h->wanted = retry(access(hierarchy_path(h, path), F_OK)) != 0;
	h->made = false;
	h->made_parents = 0;
	if (!h->wanted)
		return check_existing(h, err);
	for (char *slash; (slash = strrchr(path, '/')) > path + top; h->made_parents++) {
		*slash = '\0';
		if (retry(access(path, F_OK)) == 0)
			break;
	}
	return 0;
}

/* What cgroupsPath asks for, or our own rule; sets *ret_beside if that is beside the caller. */
static const char *path_wanted(const struct cgroup *cg, const char *cgroups_path, const char *id,
			       char fallback[NAME_MAX + 16], bool *ret_beside)
{
	if (cgroups_path && *cgroups_path) {
		*ret_beside = *cgroups_path != '/';
		return cgroups_path;
	}
	*ret_beside = cg->optional;
	(void)snprintf(fallback, NAME_MAX + 16, "/ocirt-%s", id);
	return fallback;
}

void cgroup_plan_nothing(struct cgroup *cg)
{
	cg->optional = false;
	cg->versions = 0;
	memset(cg->home, -1, sizeof cg->home);
	for (size_t i = 0; i < cg->n; i++) {
		cg->h[i].path = "";
		cg->h[i].wanted = cg->h[i].made = false;
		cg->h[i].made_parents = 0;
	}
}

/* Decides about all hierarchies; what is wrong in one is most often so in all of them. */
static int plan_places(struct cgroup *cg, const char *cgroups_path, const char *id,
		       struct error *err)
{
	char fallback[NAME_MAX + 16];
	bool beside_us;
	const char *wanted = path_wanted(cg, cgroups_path, id, fallback, &beside_us);

	for (size_t i = 0; i < cg->n; i++) {
		int r = place_hierarchy(cg, &cg->h[i], wanted, beside_us, err);

		if (r < 0 && cg->optional && wanted == fallback) {
			cg->h[i].path = ""; /* not to be seen from here: done without */
			r = 0;
		}
		if (r >= 0)
			r = plan_directories(&cg->h[i], err);
		if (r < 0)
			return fail_at(err, POINTER);
	}
	return 0;
}

/* For check, which goes on after a path was refused: with any path at all the limits can be
 * judged. */
static void plan_as_if(struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		if (!*cg->h[i].path)
			cg->h[i].path = "/";
}

int cgroup_plan_places(struct cgroup *cg, const char *cgroups_path, const char *id,
		       struct error *err)
{
	if (plan_places(cg, cgroups_path, id, err) < 0) {
		if (error_more(cg->sink, err) < 0)
			return error_code(err);
		plan_as_if(cg);
	}
	for (size_t i = 0; i < cg->n; i++)
		hierarchy_count(cg, &cg->h[i]);
	return 0;
}

/* Is the caller in it? */
static bool holds_us(const struct cgroup_hierarchy *h)
{
	struct error ignored;
	const char *own;
	size_t n = strlen(h->path);

	return own_path(h, &own, &ignored) >= 0 && strncmp(own, h->path, n) == 0 &&
	       (own[n] == '/' || own[n] == '\0');
}

int cgroup_find(struct cgroup *cg, const char *cgroups_path, const char *id, struct error *err)
{
	char fallback[NAME_MAX + 16];
	const char *wanted;
	bool beside_us;
	int found = 0;

	wanted = path_wanted(cg, cgroups_path, id, fallback, &beside_us);
	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		int r = place_hierarchy(cg, h, wanted, beside_us, err);

		if (r >= 0)
			r = hierarchy_open(h, err);
		if (r < 0 && err->errno_value != 0 && err->errno_value != ENOENT &&
		    err->errno_value != ENAMETOOLONG)
			return within(err, "cgroup \"%s\"", wanted);
		if (r < 0) {
			h->path = ""; /* no container of ours can be there */
			continue;
		}
		if (wanted == fallback && holds_us(h))
			return fail(err, EBUSY, "the cgroup \"%s\" holds this process", h->path);
		h->made = wanted == fallback;
		found++;
	}
	return found;
}
