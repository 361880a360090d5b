/* SPDX-License-Identifier: Apache-2.0 */
/* record_cgroups.c - between the cgroup layer and the record */
#include "record/record_cgroups.h"

#include "base/auto.h"

#include <errno.h>
#include <string.h>

int cgroups_to_record(const struct cgroup *cg, struct record *record, struct error *err)
{
	struct oci_record_cgroup *v = oci_arena_get(record->arena, (cg->n + 1) * sizeof *v);
	struct cgroup_place places[CGROUP_HIERARCHIES];
	size_t n = cgroup_to_record(cg, places);

	if (!v)
		return fail(err, ENOMEM, "record of the cgroups");
	for (size_t i = 0; i < n; i++) {
		const struct cgroup_place *place = &places[i];
		char *name = oci_arena_copy(record->arena, place->name, strlen(place->name));
		char *path = oci_arena_copy(record->arena, place->path, strlen(place->path));

		if (!name || !path)
			return fail(err, ENOMEM, "record of the cgroups");
		oci_set(record_cgroup, &v[i], name, name);
		oci_set(record_cgroup, &v[i], path, path);
		oci_set(record_cgroup, &v[i], made, place->made);
		oci_set(record_cgroup, &v[i], made_parents, place->made_parents);
	}
	record->data.cgroups.n = n;
	record->data.cgroups.v = v;
	oci_mark(record, &record->data, cgroups);
	return 0;
}

int cgroups_from_record(struct cgroup *cg, const struct oci_record *data, int procfs,
			struct error *err)
{
	struct cgroup_place places[CGROUP_HIERARCHIES];
	size_t n = data->cgroups.n;

	if (n > ARRAY_SIZE(places))
		return fail(err, 0, "the record names %zu cgroups, at most %zu are possible", n,
			    ARRAY_SIZE(places));
	for (size_t i = 0; i < n; i++)
		places[i] = (struct cgroup_place){
			.name = data->cgroups.v[i].name,
			.path = data->cgroups.v[i].path,
			.made = data->cgroups.v[i].made,
			.made_parents = (uint8_t)data->cgroups.v[i].made_parents,
		};
	return cgroup_from_record(cg, procfs, places, n, err);
}
