/* SPDX-License-Identifier: Apache-2.0 */
/*
 * not_yet.c - properties that are parsed but not applied yet
 *
 * Nothing is ignored silently: a config that sets one of these to something is refused with the
 * property's pointer.  check and features read the same table; a row goes when its property works.
 */
#include "base/auto.h"
#include "plan/plan.h"

#include <string.h>

static bool text(const char *s)
{
	return s && *s;
}

#define LINUX(c) ((c)->linux)

static bool has_seccomp(const struct oci_config *c)
{
	return LINUX(c) && LINUX(c)->seccomp;
}

static bool has_mount_label(const struct oci_config *c)
{
	return LINUX(c) && text(LINUX(c)->mount_label);
}

static bool has_intel_rdt(const struct oci_config *c)
{
	return LINUX(c) && LINUX(c)->intel_rdt;
}

static bool has_memory_policy(const struct oci_config *c)
{
	return LINUX(c) && LINUX(c)->memory_policy;
}

static bool has_net_devices(const struct oci_config *c)
{
	return LINUX(c) && LINUX(c)->net_devices.n > 0;
}

static const struct {
	const char *pointer;
	bool (*has)(const struct oci_config *config);
} rows[] = {
	{ "/linux/seccomp", has_seccomp },	  { "/linux/mountLabel", has_mount_label },
	{ "/linux/intelRdt", has_intel_rdt },	  { "/linux/memoryPolicy", has_memory_policy },
	{ "/linux/netDevices", has_net_devices },
};

int not_yet_check(const struct oci_config *config, struct error_sink *sink, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].has(config))
			continue;
		(void)fail(err, 0, "is not applied by this version yet, so it is refused");
		(void)fail_at(err, "%s", rows[i].pointer);
		if (error_more(sink, err) < 0)
			return error_code(err);
	}
	return 0;
}

const char *const *container_not_yet(void)
{
	static const char *pointers[ARRAY_SIZE(rows) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		pointers[i] = rows[i].pointer;
	return pointers;
}
