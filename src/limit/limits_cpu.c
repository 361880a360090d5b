/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits_cpu.c - quota, period and burst, whose order depends on their values
 *
 * The kernel checks each of them against the other two as they are at that moment, and refuses with
 * EINVAL what does not fit.  So a value that is refused is written again when the others are there.
 */
#include "limit/knob.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct knob_place quota_place = {
	CGROUP_CPU,
	"cpu/quota",
	.v1 = { "cpu.cfs_quota_us", PROPERTY_CPUQuota },
	.v2 = { "cpu.max", PROPERTY_CPUQuota },
};
static const struct knob_place period_place = {
	CGROUP_CPU,
	"cpu/period",
	.v1 = { "cpu.cfs_period_us", PROPERTY_CPUPeriod },
	.v2 = { "cpu.max", PROPERTY_CPUQuota },
};
static const struct knob_place burst_place = {
	CGROUP_CPU,
	"cpu/burst",
	.v1 = { "cpu.cfs_burst_us", PROPERTY_NONE },
	.v2 = { "cpu.max.burst", PROPERTY_NONE },
};

/* Writes a value.  If the kernel refuses it because of the values that are there now (EINVAL), that
 * is no error yet: *later is set.  later NULL: now it is one. */
static int write_or_wait(struct knob_writer *w, const struct knob_place *place, uint64_t value,
			 bool *later, struct error *err)
{
	char text[32];
	int r;

	(void)snprintf(text, sizeof text, "%" PRIu64, value);
	r = knob_write(w, place, text, err);
	if (r >= 0 || !later || err->errno_value != EINVAL)
		return r;
	*later = true;
	return 0;
}

static int write_quota_v1(struct knob_writer *w, int64_t quota, uint64_t period, struct error *err)
{
	bool later = false;
	char text[32];
	int r = 0;

	if (period)
		r = write_or_wait(w, &period_place, period, quota ? &later : NULL, err);
	if (r >= 0 && quota) {
		(void)snprintf(text, sizeof text, "%" PRId64, quota < 0 ? -1 : quota);
		r = knob_write(w, &quota_place, text, err);
	}
	if (r >= 0 && later)
		r = write_or_wait(w, &period_place, period, NULL, err);
	return r;
}

/* cpu.max is "QUOTA PERIOD"; a quota alone leaves the period, a period needs the quota with it. */
static int write_quota_v2(struct knob_writer *w, int64_t quota, uint64_t period, struct error *err)
{
	char text[80], now[CGROUP_TEXT];
	int n;

	if (quota > 0)
		n = snprintf(text, sizeof text, "%" PRId64, quota);
	else if (quota < 0)
		n = snprintf(text, sizeof text, "max");
	else {
		knob_read(w, CGROUP_CPU, "cpu.max", now);
		n = snprintf(text, sizeof text, "%.*s", (int)strcspn(*now ? now : "max", " "),
			     *now ? now : "max");
	}
	if (period && n > 0 && n < 32)
		(void)snprintf(text + n, sizeof text - (size_t)n, " %" PRIu64, period);
	return knob_write(w, quota ? &quota_place : &period_place, text, err);
}

/* Engines write 0 for "not given" into quota and period.  The burst may not exceed the quota.  It
 * is written first, in case a lower quota comes (which the old burst would forbid), and again at
 * the end if the old quota was too low for it. */
int knob_cpu_quota(struct knob_writer *w, struct error *err)
{
	const struct oci_cpu *cpu = w->resources->cpu;
	bool burst = oci_has(cpu, cpu, burst), later = false;
	int64_t quota = cpu ? cpu->quota : 0;
	uint64_t period = cpu ? cpu->period : 0;
	int r = 0;

	if (knob_known(w, "cpu/quota") || knob_known(w, "cpu/period") || knob_known(w, "cpu/burst"))
		return 0;
	if (burst)
		r = write_or_wait(w, &burst_place, cpu->burst, quota ? &later : NULL, err);
	if (r >= 0 && (quota || period)) {
		int version = knob_version(w, quota ? &quota_place : &period_place, err);

		if (version == 0)
			return error_code(err);
		r = version == 1 ? write_quota_v1(w, quota, period, err)
				 : write_quota_v2(w, quota, period, err);
	}
	if (r >= 0 && later)
		r = write_or_wait(w, &burst_place, cpu->burst, NULL, err);
	return r;
}
