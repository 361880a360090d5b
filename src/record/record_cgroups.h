/* SPDX-License-Identifier: Apache-2.0 */
/* record_cgroups.h - between the cgroup layer and the record */
#pragma once
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "record/record.h"

/* Writes who makes the container's cgroups, where they are, and which of them we made, into the
 * record. */
int cgroups_to_record(const struct cgroup *cg, struct record *record, struct error *err);
/* Finds and opens the recorded cgroups.  A manager that this version has not is an error: what it
 * made is not to be undone by another. */
int cgroups_from_record(struct cgroup *cg, const struct record *record, int procfs,
			struct error *err);
