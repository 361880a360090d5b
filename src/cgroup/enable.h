/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enable.h - makes a new directory usable: controllers on v2, CPUs and memory nodes on v1
 */
#pragma once
#include "cgroup/cgroup.h"

/* Writes "+cpu +memory" into cgroup.subtree_control of each ancestor: what limits need, and all that
 * is there where no controller lives on v1.  An ancestor that holds processes is never changed: a
 * limit that it stands in the way of is an error that names it, and nothing is written then. */
int enable_controllers(const struct cgroup *cg, const struct cgroup_hierarchy *h,
		       struct error *err);
/* A v1 cpuset without CPUs or memory nodes takes no process: the parent's are copied, and where the
 * parent has none, its parent's. */
int cpuset_inherit(const struct cgroup_hierarchy *h, struct error *err);
/* The place in the config of the first of these controllers: "/linux/resources/memory". */
const char *controllers_pointer(uint32_t controllers);
