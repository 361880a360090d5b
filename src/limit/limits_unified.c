/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits_unified.c - the files of cgroup v2 by name ("unified")
 *
 * A key is the name of a file, so it could leave the container's cgroup, or move and kill
 * processes.  Only plain names are taken, and none of the files that do that.  A controller that
 * lives on v1 has no such file, which is said instead of ENOENT.
 */
#include "base/auto.h"
#include "limit/knob.h"

#include <string.h>

static struct cgroup_hierarchy *find_v2(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		if (cg->h[i].version == 2)
			return &cg->h[i];
	return NULL;
}

/* A key is a file of the container's own cgroup, and none that moves or kills processes. */
static bool key_allowed(const char *key)
{
	static const char *const forbidden[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill",
						 "cgroup.freeze" };

	if (!*key || *key == '.' || strchr(key, '/'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
		if (strcmp(key, forbidden[i]) == 0)
			return false;
	return true;
}

static enum cgroup_controller key_controller(const char *key)
{
	char name[32];
	uint32_t bit;
	int c = 0;

	(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(key, "."), key);
	bit = cgroup_controller_bits(name, ",");
	if (!bit)
		return KNOB_NO_CONTROLLER;
	while (!(bit >> c & 1))
		c++;
	return (enum cgroup_controller)c;
}

/* What systemd has a property for; all else of v2 is for the file alone. */
static enum property_id key_property(const char *key)
{
	static const struct {
		const char *key;
		enum property_id property;
	} keys[] = {
		{ "cpu.idle", PROPERTY_CPUIdle },
		{ "cpu.max", PROPERTY_CPUQuota },
		{ "cpu.weight", PROPERTY_CPUWeight },
		{ "cpuset.cpus", PROPERTY_AllowedCPUs },
		{ "cpuset.mems", PROPERTY_AllowedMemoryNodes },
		{ "io.bfq.weight", PROPERTY_IOWeightOfBFQ },
		{ "io.weight", PROPERTY_IOWeight },
		{ "memory.high", PROPERTY_MemoryHigh },
		{ "memory.low", PROPERTY_MemoryLow },
		{ "memory.max", PROPERTY_MemoryMax },
		{ "memory.min", PROPERTY_MemoryMin },
		{ "memory.swap.max", PROPERTY_MemorySwapMax },
		{ "memory.zswap.max", PROPERTY_MemoryZSwapMax },
		{ "pids.max", PROPERTY_TasksMax },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].key, key) == 0)
			return keys[i].property;
	return PROPERTY_NONE;
}

static int write_unified(struct knob_writer *w, const struct oci_pair *pair, struct error *err)
{
	struct cgroup_hierarchy *v2 = find_v2(w->cg), *home;
	char pointer[KNOB_POINTER] = "unified/", shown[FOREIGN_BUF];
	enum cgroup_controller c = key_controller(pair->key);
	struct knob_place place = {
		c,
		pointer,
		.v2 = { pair->key, key_property(pair->key) },
		.at = v2,
	};

	(void)oci_pointer_token(pair->key, pointer + 8, sizeof pointer - 8);
	if (knob_known(w, "%s", pointer))
		return 0;
	if (w->nowhere)
		return knob_fail(err, 0, "unified", "no cgroup to apply it in");
	if (!v2)
		return knob_fail(err, 0, pointer,
				 "cannot use unified on cgroup v1: no cgroup2 is mounted");
	if (!key_allowed(pair->key))
		return knob_fail(err, 0, pointer, "\"%s\" can't be set by name",
				 foreign(pair->key, shown));
	home = c == KNOB_NO_CONTROLLER ? v2 : cgroup_home(w->cg, c);
	if (home && home != v2)
		return knob_fail(err, 0, pointer,
				 "cannot use unified on cgroup v1: controller \"%s\" lives there",
				 cgroup_controller_name(c));
	if (!home)
		place.at = NULL;
	return knob_write(w, &place, pair->value, err);
}

int knob_unified(struct knob_writer *w, struct error *err)
{
	const struct oci_resources *r = w->resources;

	for (size_t i = 0; i < r->unified.n; i++)
		if (write_unified(w, &r->unified.v[i], err) < 0 && error_more(w->sink, err) < 0)
			return error_code(err);
	return 0;
}
