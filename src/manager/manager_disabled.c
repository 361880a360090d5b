/* SPDX-License-Identifier: Apache-2.0 */
/* manager_disabled.c - no cgroup is made: the container stays in its caller's */
#include "limit/limits.h"
#include "manager/manager.h"

static int disabled_plan(struct cgroup *cg, const char *cgroups_path, const char *id,
			 const struct oci_resources *resources, struct error *err)
{
	(void)cgroups_path;
	(void)id;
	cgroup_plan_nothing(cg);
	return limits_refuse(cg, resources, err);
}

static int disabled_create(struct cgroup *cg, int version, struct error *err)
{
	(void)cg;
	(void)version;
	(void)err;
	return 0;
}

static int disabled_enter(struct cgroup *cg, int fds[CGROUP_HIERARCHIES], struct error *err)
{
	(void)cg;
	(void)fds;
	(void)err;
	return 0;
}

/* What there is to say was said by the plan. */
static int disabled_apply(const struct cgroup *cg, const struct oci_resources *resources,
			  struct error *err)
{
	(void)cg;
	(void)resources;
	(void)err;
	return 0;
}

static int disabled_end(struct cgroup *cg, int timeout_ms, struct error *err)
{
	(void)cg;
	(void)timeout_ms;
	(void)err;
	return 0;
}

const struct cgroup_manager manager_disabled = {
	.name = "disabled",
	.plan = disabled_plan,
	.create = disabled_create,
	.enter = disabled_enter,
	.apply = disabled_apply,
	.update = limits_refuse,
	.kill = disabled_end,
	.remove = disabled_end,
};
