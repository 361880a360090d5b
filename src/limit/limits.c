/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - all limits of a config, in one of the ways of writing */
#include "limit/limits.h"

#include "base/log.h"
#include "limit/knob.h"

static int write_all(struct knob_writer *w, struct error *err)
{
	if (knobs_write(w, err) < 0)
		return error_code(err);
	return knob_devices(w, err);
}

int limits_check(struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_writer w = {
		.way = &knob_way_check, .cg = cg, .resources = resources, .sink = cg->sink
	};
	int r = write_all(&w, err);

	cg->needed = w.needed;
	return r;
}

int limits_refuse(const struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_writer w = { .way = &knob_way_check,
				 .cg = cg,
				 .resources = resources,
				 .nowhere = true,
				 .sink = cg->sink };

	if (knobs_write(&w, err) < 0)
		return error_code(err);
	if (resources && resources->devices.n)
		warn("/linux/resources/devices: there is no cgroup to apply it in");
	return 0;
}

int limits_apply(const struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_writer w = { .way = &knob_way_file, .cg = cg, .resources = resources };

	return write_all(&w, err);
}

int limits_update(const struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_writer w = { .way = &knob_way_file, .cg = cg, .resources = resources };

	return knobs_write(&w, err);
}
