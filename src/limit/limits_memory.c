/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits_memory.c - memory and swap: a sum on v1, a difference on v2
 *
 * The specification's swap counts memory and swap together, as v1's memsw does; v2 limits swap
 * alone.  On v1 the kernel refuses a memory limit above memsw at any moment, so the order of the
 * two writes depends on whether they are raised or lowered.
 */
#include "limit/knob.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct knob_place limit_place = {
	CGROUP_MEMORY,
	"memory/limit",
	.v1 = { "memory.limit_in_bytes", PROPERTY_MemoryLimit },
	.v2 = { "memory.max", PROPERTY_MemoryMax },
};
static const struct knob_place swap_place = {
	CGROUP_MEMORY,
	"memory/swap",
	.v1 = { "memory.memsw.limit_in_bytes", PROPERTY_NONE },
	.v2 = { "memory.swap.max", PROPERTY_MemorySwapMax },
};

static int write_bytes(struct knob_writer *w, const struct knob_place *place, int64_t bytes,
		       const char *unlimited, struct error *err)
{
	char text[32];

	if (bytes < 0)
		(void)snprintf(text, sizeof text, "%s", unlimited);
	else
		(void)snprintf(text, sizeof text, "%" PRId64, bytes);
	return knob_write(w, place, text, err);
}

static int check(const struct oci_memory *m, struct error *err)
{
	long page = sysconf(_SC_PAGESIZE);
	bool limit = oci_has(memory, m, limit), swap = oci_has(memory, m, swap);

	if (limit && m->limit >= 0 && m->limit < page)
		return knob_fail(err, 0, "memory/limit", "%" PRId64 " bytes is less than one page",
				 m->limit);
	if (limit && swap && m->swap >= 0 && (m->limit < 0 || m->swap < m->limit))
		return knob_fail(err, 0, "memory/swap",
				 "%" PRId64 " bytes of memory and swap is less than the memory "
				 "limit",
				 m->swap);
	return 0;
}

/* To raise both, memsw must be written first; to lower both, the memory limit.  Which it is shows
 * when the limit is refused (EINVAL).  An unlimited memsw is never in the way. */
static int write_v1(struct knob_writer *w, const struct oci_memory *m, struct error *err)
{
	bool limit = oci_has(memory, m, limit), swap = oci_has(memory, m, swap);
	bool swap_first = swap && m->swap < 0;
	int r = 0;

	if (swap_first)
		r = write_bytes(w, &swap_place, m->swap, "-1", err);
	if (r >= 0 && limit)
		r = write_bytes(w, &limit_place, m->limit, "-1", err);
	if (r < 0 && err->errno_value == EINVAL && limit && swap && !swap_first) {
		swap_first = true;
		r = write_bytes(w, &swap_place, m->swap, "-1", err);
		if (r >= 0)
			r = write_bytes(w, &limit_place, m->limit, "-1", err);
	}
	if (r >= 0 && swap && !swap_first)
		r = write_bytes(w, &swap_place, m->swap, "-1", err);
	return r;
}

static int check_usage(const struct knob_writer *w, const struct oci_memory *m, struct error *err)
{
	char text[CGROUP_TEXT];
	uint64_t used;

	if (!m->check_before_update || m->limit < 0)
		return 0;
	knob_read(w, CGROUP_MEMORY, "memory.current", text);
	used = strtoull(text, NULL, 10);
	if (used <= (uint64_t)m->limit)
		return 0;
	return knob_fail(err, EBUSY, "memory/limit",
			 "%" PRId64 " bytes is less than the %" PRIu64 " in use", m->limit, used);
}

/* v2 limits swap alone; the specification's number is memory and swap together. */
static int write_v2(struct knob_writer *w, const struct oci_memory *m, struct error *err)
{
	bool limit = oci_has(memory, m, limit);
	int r = 0;

	if (limit) {
		r = check_usage(w, m, err);
		if (r >= 0)
			r = write_bytes(w, &limit_place, m->limit, "max", err);
	}
	if (r < 0 || !oci_has(memory, m, swap))
		return r;
	if (m->swap >= 0 && (!limit || m->limit < 0))
		return knob_fail(err, 0, "memory/swap",
				 "needs \"limit\": cgroup v2 takes the difference");
	return write_bytes(w, &swap_place, m->swap < 0 ? -1 : m->swap - m->limit, "max", err);
}

int knob_memory(struct knob_writer *w, struct error *err)
{
	const struct oci_memory *m = w->resources->memory;
	int version;

	if (!oci_has(memory, m, limit) && !oci_has(memory, m, swap))
		return 0;
	if (knob_known(w, "memory/limit") || knob_known(w, "memory/swap"))
		return 0;
	version = knob_version(w, &limit_place, err);
	if (version == 0 || check(m, err) < 0)
		return error_code(err);
	return version == 1 ? write_v1(w, m, err) : write_v2(w, m, err);
}
