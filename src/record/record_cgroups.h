/* SPDX-License-Identifier: Apache-2.0 */
/* record_cgroups.h - between the cgroup layer and the record */
#pragma once
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "record/record.h"

/* Writes where the container's cgroups are, and which of them we made, into the record. */
int cgroups_to_record(const struct cgroup *cg, struct record *record, struct error *err);
/* Finds and opens the recorded cgroups. */
int cgroups_from_record(struct cgroup *cg, const struct oci_record *data, int procfs,
			struct error *err);
