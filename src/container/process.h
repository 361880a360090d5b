/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h - attributes of the container's process that are numbers: rlimits, oom score
 *
 * attributes_plan in the runtime turns words into numbers, the others make the calls.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <sys/resource.h>
#include <sys/types.h>

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
int attributes_plan(const struct oci_process *process, struct attributes *ret, struct error *err);
/* The runtime, for init: a non-dumpable process in a user namespace may not write its own.
 * Everybody may raise the score, and lower it to where a privileged process left it.  procfs: a
 * handle of procfs.h. */
int attributes_oom_score(const struct attributes *attributes, int procfs, pid_t pid,
			 struct error *err);
/* The runtime, before it clones into a user namespace: raises its own hard limits, which the child
 * has then, to those asked for.  In there nobody has CAP_SYS_RESOURCE on the host any more.  What
 * is refused here is refused to attributes_apply, which says so. */
void attributes_make_room(const struct attributes *attributes);
/* In init: the rlimits. */
int attributes_apply(const struct attributes *attributes, struct error *err);
