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
 * privilege is left to the kernel.  more: who wants every error, or NULL. */
int attributes_plan(const struct oci_process *process, struct error_sink *more,
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
/* The runtime takes the score on before its clone, which hands it to all that is cloned on, and
 * takes its own back afterwards.  So no process that is not dumpable or is in a user namespace has
 * to write its score, and none is missed that goes on for another.  Everybody may raise the score
 * and lower it to where a privileged process left it, which is never above where it was.  procfs:
 * a handle of procfs.h; the file stays open, for it can't be opened by a runtime that hides. */
int oom_score_take(const struct attributes *attributes, int procfs, struct oom_score *own,
		   struct error *err);
/* Nothing if it was not taken on. */
int oom_score_return(struct oom_score *own, struct error *err);
/* In init: the rlimits. */
int attributes_apply(const struct attributes *attributes, struct error *err);
