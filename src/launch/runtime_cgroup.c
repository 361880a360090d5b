/* SPDX-License-Identifier: Apache-2.0 */
/* runtime_cgroup.c - the runtime's steps of a start that concern cgroups */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/log.h"
#include "launch/want.h"
#include "manager/manager.h"
#include "record/record_cgroups.h"

enum { UNDO_TIMEOUT_MS = 10000 };

/* Making the cgroups has failed.  The record still names those that were only to be made; somebody
 * else may make them later, and delete --force would kill what is in them.  So they are struck. */
static void record_what_is_made(struct launch *l)
{
	struct error ignored;

	cgroup_want_no_more(&l->plan.container.cgroup);
	if (cgroups_to_record(&l->plan.container.cgroup, &l->record, &ignored) >= 0)
		(void)record_save(&l->record, &ignored);
}

static int make_cgroups(struct launch *l, int version, struct error *err)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	int r = cg->manager->create(cg, version, err);

	if (r < 0)
		record_what_is_made(l);
	return r;
}

int launch_cgroup_v2(struct launch *l, struct error *err)
{
	return make_cgroups(l, 2, err);
}

int launch_cgroup_v1(struct launch *l, struct error *err)
{
	return make_cgroups(l, 1, err);
}

void launch_cgroup_undo(struct launch *l)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	struct error err;
	char words[2 * ERROR_TEXT_MAX];

	if (cg->manager->remove(cg, UNDO_TIMEOUT_MS, &err) < 0) {
		warn("%s", error_words(&err, words, sizeof words));
		record_what_is_made(l);
		l->left = true;
	}
}

int launch_limit(struct launch *l, struct error *err)
{
	const struct oci_linux *linux_ = l->plan.config->linux;
	const struct cgroup *cg = &l->plan.container.cgroup;

	return cg->manager->apply(cg, linux_ ? linux_->resources : NULL, err);
}

int launch_enter_cgroups(struct launch *l, struct error *err)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	int fds[CGROUP_HIERARCHIES];
	int n = want_v1(l) ? cg->manager->enter(cg, fds, err) : 0;

	if (n < 0 || child_tell(l, SYNC_CGROUPS, fds, (size_t)n, err) < 0)
		return error_code(err);
	cgroup_v1_sent(cg);
	return 0;
}
