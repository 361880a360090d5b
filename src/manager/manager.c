/* SPDX-License-Identifier: Apache-2.0 */
/* manager.c - finds a manager by its name, and what all of them have in common */
#include "manager/manager.h"

#include "base/auto.h"

#include <string.h>

static const struct cgroup_manager *const managers[] = { &manager_fs, &manager_disabled };

const struct cgroup_manager *manager_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
		if (strcmp(managers[i]->name, name) == 0)
			return managers[i];
	return NULL;
}

int manager_end(struct cgroup *cg, int timeout_ms, struct error *err)
{
	if (cg->manager->remove(cg, 0, err) >= 0)
		return 0;
	if (cg->manager->kill(cg, timeout_ms, err) < 0)
		return error_code(err);
	return cg->manager->remove(cg, timeout_ms, err);
}
