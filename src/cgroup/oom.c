/* SPDX-License-Identifier: Apache-2.0 */
/* oom.c - what the kernel's OOM killer did to the container */
#include "cgroup/hierarchy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* v1 says LONG_MAX in whole pages for "none", v2 "max". */
static uint64_t limit_of(const char *text)
{
	uint64_t bytes = strtoull(text, NULL, 10);

	return bytes >= (uint64_t)INT64_MAX - (uint64_t)sysconf(_SC_PAGESIZE) ? 0 : bytes;
}

long cgroup_oom_kills(const struct cgroup *cg, uint64_t *ret_limit, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(cg, CGROUP_MEMORY);
	char limit[CGROUP_TEXT], events[CGROUP_TEXT];
	bool v1;

	*ret_limit = 0;
	if (!hierarchy_is_there(h))
		return 0;
	v1 = h->version == 1;
	if (cgroup_file_read(h->fd, v1 ? "memory.oom_control" : "memory.events", events,
			     sizeof events, err) < 0 ||
	    cgroup_file_read(h->fd, v1 ? "memory.limit_in_bytes" : "memory.max", limit,
			     sizeof limit, err) < 0) {
		/* v2 without the controller enabled for it: nothing was limited. */
		if (!v1 && err->errno_value == ENOENT)
			return 0;
		return within(err, "cgroup \"%s\"", h->path);
	}
	*ret_limit = limit_of(limit);
	return (long)cgroup_file_field(events, "oom_kill", 0);
}
