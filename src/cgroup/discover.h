/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.h - the three texts that cgroup_discover reads, parsed one by one
 *
 *	cgroup_parse_self       /proc/self/cgroup: which hierarchies are there, where is the caller
 *	cgroup_parse_mounts     /proc/self/mountinfo: where each is mounted; the others are dropped
 *	cgroup_bind             cgroup.controllers of the v2 hierarchy: each controller's home
 *
 * See cgroups(7) and proc_pid_mountinfo(5) for the formats.
 */
#pragma once
#include "cgroup/cgroup.h"

int cgroup_parse_self(struct cgroup *cg, const char *text, struct error *err);
int cgroup_parse_mounts(struct cgroup *cg, const char *text, struct error *err);
/* v2_controllers: "cpuset cpu io memory"; "" without v2. */
void cgroup_bind(struct cgroup *cg, const char *v2_controllers);
