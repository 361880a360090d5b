/* SPDX-License-Identifier: Apache-2.0 */
/* limits_devices.c - the device rules into the cgroup that enforces them */
#include "limit/device_rules.h"

#include "base/auto.h"

int device_rules_apply(struct knob_pen *pen, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(pen->cg, CGROUP_DEVICES);
	struct device_rules rules;
	auto_free struct device_rule *v = NULL;

	if (device_rules_build(pen->resources, pen->more, &rules, err) < 0)
		return error_code(err);
	v = rules.v;
	if (!h || !*h->path) {
		/* An ordinary user's container has no devices but those bound into it. */
		if (pen->cg->optional)
			return 0;
		(void)fail(err, 0, "no cgroup to apply it in");
		return fail_at(err, "/linux/resources/devices");
	}
	if (h->version == 1 && devices_v1_reduce(&rules, err) < 0)
		return error_code(err);
	if (pen->dry)
		return 0;
	if (hierarchy_fd(h, err) < 0)
		return within(err, "device rules");
	if (h->version == 1)
		return devices_v1_write(h->fd, &rules, err);
	if (devices_v2_attach(h->fd, &rules, err) >= 0)
		return 0;
	if (pen->cg->optional && (err->errno_value == EPERM || err->errno_value == EACCES))
		return 0;
	return fail_at(err, "/linux/resources/devices");
}
