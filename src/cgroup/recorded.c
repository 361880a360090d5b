/* SPDX-License-Identifier: Apache-2.0 */
/* recorded.c - what a container's record says of its cgroups, and back */
#include "cgroup/hierarchy.h"

#include <string.h>

size_t cgroup_to_record(const struct cgroup *cg, struct cgroup_place places[CGROUP_HIERARCHIES])
{
	for (size_t i = 0; i < cg->n; i++)
		places[i] = (struct cgroup_place){
			.name = cg->h[i].name,
			.path = cg->h[i].path,
			.made = cg->h[i].wanted || cg->h[i].made,
			.made_parents = cg->h[i].made_parents,
		};
	return cg->n;
}

static const struct cgroup_place *find_place(const struct cgroup_place *places, size_t n,
					     const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(places[i].name, name) == 0)
			return &places[i];
	return NULL;
}

/* A record is only ever written by us, but a path out of the hierarchy would be a disaster. */
int cgroup_take_place(struct cgroup *cg, struct cgroup_hierarchy *h,
		      const struct cgroup_place *place, struct error *err)
{
	size_t n = strlen(place->path);

	if (n == 0)
		return 0;
	if (*place->path != '/' || n < 2 || strstr(place->path, "/../") ||
	    (n >= 3 && strcmp(place->path + n - 3, "/..") == 0))
		return fail(err, EINVAL, "the record's cgroup \"%s\"", place->path);
	if (hierarchy_set(cg, &h->path, place->path, n, CGROUP_PLACE_MAX, err) < 0)
		return error_code(err);
	h->made = place->made;
	h->made_parents = place->made_parents;
	hierarchy_count(cg, h);
	if (hierarchy_open(h, err) >= 0)
		return 0;
	h->gone = err->errno_value == ENOENT;
	return h->gone ? 0 : within(err, "cgroup");
}

int cgroup_from_record(struct cgroup *cg, int procfs, const struct cgroup_place *places, size_t n,
		       struct error *err)
{
	int r;

	if (n == 0) {
		cg->n = 0;
		return 0;
	}
	r = cgroup_discover(cg, procfs, err);
	for (size_t i = 0; r >= 0 && i < cg->n; i++) {
		const struct cgroup_place *place = find_place(places, n, cg->h[i].name);

		if (place)
			r = cgroup_take_place(cg, &cg->h[i], place, err);
	}
	if (r < 0)
		cgroup_done(cg);
	return r < 0 ? r : 0;
}
