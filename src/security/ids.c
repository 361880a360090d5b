/* SPDX-License-Identifier: Apache-2.0 */
/* ids.c - user, groups and umask of the container's process */
#include "base/auto.h"
#include "base/retry.h"
#include "security/security.h"

#include <errno.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* EINVAL has one meaning here: a number without a mapping. */
static int ids_refused(const char *what, const char *pointer, uint32_t id, struct error *err)
{
	if (errno == EINVAL)
		(void)fail(err, 0, "%s %u is not mapped in the container's user namespace", what,
			   id);
	else
		(void)fail(err, errno, "become %s %u", what, id);
	return fail_at(err, "%s", pointer);
}

/* A joined user namespace may deny setgroups(2).  init dropped its groups before it joined, so all
 * is well if none are asked for and none are left. */
static bool is_without_groups(const struct ids *ids)
{
	return errno == EPERM && ids->n_groups == 0 && getgroups(0, NULL) == 0;
}

static int groups_become(const struct ids *ids, struct error *err)
{
	if (!ids->setgroups)
		return 0;
	if (retry(setgroups(ids->n_groups, ids->groups)) < 0 && !is_without_groups(ids)) {
		(void)fail_call(err, errno, "setgroups", "set %zu additional groups",
				ids->n_groups);
		return fail_at(err, "/process/user/additionalGids");
	}
	if (retry(getgroups(0, NULL)) != (int)ids->n_groups)
		return fail(err, 0, "the kernel's additional groups are not what was set");
	return 0;
}

/* A set*id that did nothing would leave the program as root: never trust the return value alone. */
static int ids_verify(const struct ids *ids, struct error *err)
{
	uid_t real, effective, saved;
	gid_t real_gid, effective_gid, saved_gid;

	if (retry(getresuid(&real, &effective, &saved)) < 0 ||
	    retry(getresgid(&real_gid, &effective_gid, &saved_gid)) < 0)
		return fail(err, errno, "read our user and group");
	if (real != ids->uid || effective != ids->uid || saved != ids->uid ||
	    real_gid != ids->gid || effective_gid != ids->gid || saved_gid != ids->gid)
		return fail(err, 0, "user and group are not what was set");
	return 0;
}

int ids_become(const struct ids *ids, struct error *err)
{
	int r = groups_become(ids, err);

	if (r < 0)
		return r;
	if (retry(setresgid(ids->gid, ids->gid, ids->gid)) < 0)
		return ids_refused("group", "/process/user/gid", ids->gid, err);
	/* Without this flag setresuid(2) would clear the permitted capabilities, and capset(2)
	 * could not grant them any more.  execve(2) clears the flag. */
	if (retry(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)) < 0)
		return fail_call(err, errno, "prctl", "keep capabilities");
	if (retry(setresuid(ids->uid, ids->uid, ids->uid)) < 0)
		return ids_refused("user", "/process/user/uid", ids->uid, err);
	(void)umask(ids->umask);
	return ids_verify(ids, err);
}
