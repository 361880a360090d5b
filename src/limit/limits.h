/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - the config's resources: judged, and set
 *
 * Errors name property (pointer), file and value; pointers begin with /linux/resources.  resources
 * may be NULL.
 */
#pragma once
#include "cgroup/cgroup.h"
#include "limit/property.h"

/* After planning the places: refuses all that can be known to be wrong before anything is made (a
 * controller or page size that is not there, "unified" without v2).  Sets cg->needed. */
int limits_check(struct cgroup *cg, const struct oci_resources *resources, struct error *err);
/* For a container without a cgroup: refuses every limit.  Device rules, which engines always pass,
 * are warned of. */
int limits_refuse(const struct cgroup *cg, const struct oci_resources *resources,
		  struct error *err);
/* Writes the limits of all knobs, and the device rules: deny by default, also without resources
 * (v1 files, or a program attached to the v2 cgroup).  To be called after init was cloned:
 * pids.max may be 0. */
int limits_apply(const struct cgroup *cg, const struct oci_resources *resources, struct error *err);
/* The same for a running container: limits alone, its device rules stay. */
int limits_update(const struct cgroup *cg, const struct oci_resources *resources,
		  struct error *err);
/* What limits_apply would write as properties of a systemd unit, into a list whose arena is set.
 * What they can't say is noted as left to the files. */
int limits_properties(const struct cgroup *cg, const struct oci_resources *resources,
		      struct properties *list, struct error *err);
