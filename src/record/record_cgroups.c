/* SPDX-License-Identifier: Apache-2.0 */
/* record_cgroups.c - between the cgroup layer and the record */
#include "record/record_cgroups.h"

#include "base/auto.h"
#include "manager/manager.h"

#include <errno.h>
#include <string.h>

int cgroups_to_record(const struct cgroup *cg, struct record *record, struct error *err)
{
	struct cgroup_place places[CGROUP_HIERARCHIES];
	size_t n = cgroup_to_record(cg, places);
	struct oci_record_cgroup *v = oci_arena_get(record->arena, (n + 1) * sizeof *v);

	if (!v)
		return fail(err, ENOMEM, "record of the cgroups");
	for (size_t i = 0; i < n; i++) {
		const char *name = places[i].name, *path = places[i].path;

		name = oci_arena_copy(record->arena, name, strlen(name));
		path = oci_arena_copy(record->arena, path, strlen(path));
		if (!name || !path)
			return fail(err, ENOMEM, "record of the cgroups");
		oci_set(record_cgroup, &v[i], name, name);
		oci_set(record_cgroup, &v[i], path, path);
		oci_set(record_cgroup, &v[i], root, cg->h[i].root);
		oci_set(record_cgroup, &v[i], made, places[i].made);
		oci_set(record_cgroup, &v[i], made_parents, places[i].made_parents);
	}
	oci_set(record, &record->data, cgroup_manager, cg->manager->name);
	record->data.cgroups.n = n;
	record->data.cgroups.v = v;
	oci_mark(record, &record->data, cgroups);
	return 0;
}

/* A record of the first version names no manager: there was only one that made anything. */
static int find_manager(const struct oci_record *data, const struct cgroup_manager **ret,
			struct error *err)
{
	const char *name = data->cgroup_manager ? data->cgroup_manager : manager_fs.name;
	char shown[FOREIGN_BUF];

	*ret = manager_find(name);
	if (*ret)
		return 0;
	(void)fail(err, 0, "the record names a cgroup manager that this version has not: \"%s\"",
		   foreign(name, shown));
	return hint(err, HINT_NEWER, NULL, NULL);
}

/* Is another part of a hierarchy mounted than when the record was written? */
static bool is_other_part(const struct cgroup *cg, const struct oci_record *data)
{
	for (size_t i = 0; i < cg->n; i++)
		for (size_t k = 0; k < data->cgroups.n; k++) {
			const struct oci_record_cgroup *c = &data->cgroups.v[k];

			if (c->root && *c->path && strcmp(c->name, cg->h[i].name) == 0 &&
			    strcmp(c->root, cg->h[i].root) != 0)
				return true;
		}
	return false;
}

int cgroups_from_record(struct cgroup *cg, const struct record *record, int procfs,
			struct error *err)
{
	const struct oci_record *data = &record->data;
	struct cgroup_place places[CGROUP_HIERARCHIES];
	size_t n = data->cgroups.n;

	if (find_manager(data, &cg->manager, err) < 0)
		return error_code(err);
	if (n > ARRAY_SIZE(places))
		return fail(err, 0, "the record names %zu cgroups, at most %zu are possible", n,
			    ARRAY_SIZE(places));
	for (size_t i = 0; i < n; i++)
		places[i] = (struct cgroup_place){
			.name = data->cgroups.v[i].name,
			.path = data->cgroups.v[i].path,
			.made = data->cgroups.v[i].made,
			.made_parents = data->cgroups.v[i].made_parents,
		};
	if (record->other_view)
		n = 0;
	if (cgroup_from_record(cg, procfs, places, n, err) < 0)
		return error_code(err);
	if (n && is_other_part(cg, data))
		cgroup_done(cg);
	return 0;
}
