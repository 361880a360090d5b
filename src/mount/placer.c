/* SPDX-License-Identifier: Apache-2.0 */
/* placer.c - which of the two ways to mount is taken */
#include "mount/kernel.h"
#include "mount/place.h"

#include <string.h>

const struct placer *placer_get(void)
{
	return mount_api_is_new() ? &place_new : &place_old;
}

/* fsconfig(2) has no word for iversion and no room for long strings (overlay's lowerdir). */
static bool fsconfig_can(const struct mount_plan *p)
{
	const struct mount_options *o = &p->options;

	if (o->super_set & MS_I_VERSION)
		return false;
	if (p->source && strlen(p->source) >= FSCONFIG_STRING_MAX)
		return false;
	for (size_t i = 0; i < o->n_parameters; i++)
		if (o->parameters[i].value && strlen(o->parameters[i].value) >= FSCONFIG_STRING_MAX)
			return false;
	return true;
}

const struct placer *placer_for(const struct mount_plan *p)
{
	if (p->kind == MOUNT_FS && !fsconfig_can(p))
		return &place_old;
	return placer_get();
}
