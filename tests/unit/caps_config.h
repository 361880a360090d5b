/* SPDX-License-Identifier: Apache-2.0 */
/* caps_config.h - capability sets for a test, by name, as a config has them */
#pragma once
#include "security/security.h"

#define CAPS_EACH 4

/* Each list ends with NULL or with its room. */
struct caps_config {
	const char *bounding[CAPS_EACH], *permitted[CAPS_EACH], *effective[CAPS_EACH],
		*inheritable[CAPS_EACH], *ambient[CAPS_EACH];
};

static inline struct oci_strs caps_config_list(const char *const *v)
{
	struct oci_strs list = { .v = (const char **)(uintptr_t)v };

	while (list.n < CAPS_EACH && v[list.n])
		list.n++;
	return list;
}

/* caps_plan() for these lists; NULL: no capabilities object. */
static inline int caps_config_plan(const struct caps_config *c, bool new_user_namespace,
				   struct oci_arena *arena, struct caps *ret, struct error *err)
{
	static const struct caps_config none;
	const struct caps_config *from = c ? c : &none;
	struct oci_capabilities config = {
		.bounding = caps_config_list(from->bounding),
		.permitted = caps_config_list(from->permitted),
		.effective = caps_config_list(from->effective),
		.inheritable = caps_config_list(from->inheritable),
		.ambient = caps_config_list(from->ambient),
	};

	return caps_plan(c ? &config : NULL, new_user_namespace, arena, ret, err);
}
