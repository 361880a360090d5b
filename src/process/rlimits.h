/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rlimits.h - attributes of the container's process that are numbers: rlimits, oom score
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
 * privilege is left to the kernel.  sink: who wants every error, or NULL. */
int attributes_plan(const struct oci_process *process, struct error_sink *sink,
		    struct attributes *ret, struct error *err);
/* The runtime, before it clones into a user namespace: raises its own hard limits, which the child
 * has then, to those asked for.  In there nobody has CAP_SYS_RESOURCE on the host any more.  What
 * is refused here is refused to attributes_apply, which says so. */
void attributes_make_room(const struct attributes *attributes);
/* The runtime's own oom score, while it has another one for its clone to inherit. */
struct oom_score {
	int fd; /* the runtime's file, -1: closed */
	char text[16];
};
/* The runtime writes the container's score into its own oom_score_adj before its clone, so that the
 * child and all that it clones inherit it, and writes its own score back afterwards.  The child
 * could not do it: it is not dumpable or in a user namespace, where its file belongs to the host's
 * root.  To raise the score, and to lower it to what a privileged process last set, takes no
 * privilege; what was last set is never above the score that we go back to.  procfs: a handle of
 * procfs.h; the file stays open, because a runtime that hides (exec's) can't open it any more. */
int oom_score_take(const struct attributes *attributes, int procfs, struct oom_score *own,
		   struct error *err);
/* Nothing if it was not taken on. */
int oom_score_return(struct oom_score *own, struct error *err);
/* In init: the rlimits. */
int attributes_apply(const struct attributes *attributes, struct error *err);
