/* SPDX-License-Identifier: Apache-2.0 */
/* limits_devices.c - the device rules, to whoever enforces them */
#include "base/auto.h"
#include "limit/device_rules.h"
#include "limit/knob.h"

int knob_devices(struct knob_writer *w, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(w->cg, CGROUP_DEVICES);
	struct device_rules rules;
	auto_free struct device_rule *v = NULL;

	if (device_rules_build(w->resources, w->sink, &rules, err) < 0)
		return error_code(err);
	v = rules.v;
	if (!h || !*h->path) {
		/* An ordinary user's container has no devices but those bound into it. */
		if (w->cg->optional)
			return 0;
		(void)fail(err, 0, "no cgroup to apply it in");
		return fail_at(err, "/linux/resources/devices");
	}
	if (h->version == 1 && devices_v1_reduce(&rules, err) < 0)
		return error_code(err);
	return w->way->devices(w, h, &rules, err);
}
