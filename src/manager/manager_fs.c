/* SPDX-License-Identifier: Apache-2.0 */
/* manager_fs.c - the runtime makes the cgroup itself, as directories of cgroupfs */
#include "limit/limits.h"
#include "manager/manager.h"

static int fs_plan(struct cgroup *cg, const char *cgroups_path, const char *id,
		   const struct oci_resources *resources, struct error *err)
{
	if (cgroup_plan_places(cg, cgroups_path, id, err) < 0)
		return error_code(err);
	if (limits_check(cg, resources, err) < 0)
		return error_code(err);
	if (cgroup_plan_controllers(cg, err) < 0)
		return error_more(cg->sink, err);
	return 0;
}

const struct cgroup_manager manager_fs = {
	.name = "cgroupfs",
	.plan = fs_plan,
	.create = cgroup_create,
	.enter = cgroup_v1_fds,
	.apply = limits_apply,
	.update = limits_update,
	.kill = cgroup_kill,
	.remove = cgroup_remove,
};
