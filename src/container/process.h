/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h - attributes of the container's process that are numbers: rlimits, oom score
 *
 * process_attributes_plan in the runtime turns words into numbers, process_attributes_apply in
 * init makes the calls.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <sys/resource.h>

enum { RLIMITS_MAX = 16 };
struct attributes {
	size_t n_rlimits;
	struct {
		int resource;
		size_t index; /* in process.rlimits, for the pointer */
		struct rlimit limit;
	} rlimits[RLIMITS_MAX];
	bool has_oom_score_adj;
	int oom_score_adj;
};
/* Refuses soft > hard, a type twice, values that rlim_t or the kernel can not hold; what needs a
 * privilege is left to the kernel. */
int process_attributes_plan(const struct oci_process *process, struct attributes *ret,
			    struct error *err);
/* procfs: a handle of procfs.h for oom_score_adj. */
int process_attributes_apply(const struct attributes *attributes, int procfs, struct error *err);
