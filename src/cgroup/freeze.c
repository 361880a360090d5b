/* SPDX-License-Identifier: Apache-2.0 */
/*
 * freeze.c - freezes and thaws: freezer.state on v1, cgroup.freeze on v2
 *
 * Both take their time: the kernel stops one process after the other, and the file says what is
 * reached.  So a change is written, and asked for again until it is there or the time is up.
 */
#include "cgroup/hierarchy.h"
#include "cgroup/tree.h"
#include "sys/file.h"

#include <errno.h>
#include <string.h>

enum { FREEZE_TIMEOUT = 2000 }; /* ms; what sleeps uninterruptibly, or after vfork, delays it */

/* v1 says FREEZING until all processes stand still.  On v2 cgroup.freeze is what was asked for
 * (cgroup.events has what is reached).  Either counts as frozen. */
int cgroup_frozen_at(int dirfd, int version, struct error *err)
{
	char text[CGROUP_TEXT];

	if (cgroup_file_read(dirfd, version == 1 ? "freezer.state" : "cgroup.freeze", text,
			     sizeof text, err) < 0)
		return error_code(err);
	return *text == 'F' || *text == '1';
}

int cgroup_is_frozen(const struct cgroup *cg, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(cg, CGROUP_FREEZER);
	int r;

	if (!hierarchy_is_there(h))
		return 0;
	r = cgroup_frozen_at(h->fd, h->version, err);
	return r < 0 && cgroup_is_gone(err) ? 0 : r;
}

static int is_reached(const struct cgroup_hierarchy *h, bool frozen, struct error *err)
{
	char text[CGROUP_TEXT];

	if (cgroup_file_read(h->fd, h->version == 1 ? "freezer.state" : "cgroup.events", text,
			     sizeof text, err) < 0)
		return error_code(err);
	if (h->version == 1)
		return strcmp(text, frozen ? "FROZEN" : "THAWED") == 0;
	return (cgroup_file_field(text, "frozen", 0) == 1) == frozen;
}

static int set_state(const struct cgroup_hierarchy *h, bool frozen, struct error *err)
{
	if (h->version == 1)
		return file_poke(h->fd, "freezer.state", frozen ? "FROZEN" : "THAWED", err);
	return file_poke(h->fd, "cgroup.freeze", frozen ? "1" : "0", err);
}

int cgroup_freeze(const struct cgroup *cg, bool frozen, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(cg, CGROUP_FREEZER);
	int64_t deadline = cgroup_deadline(FREEZE_TIMEOUT);
	unsigned pause = 50;
	int r = 0;

	if (!hierarchy_is_there(h))
		return fail(err, 0, "no cgroup to freeze");
	do {
		/* v1 freezes a process that was just forked only when it is told again. */
		r = set_state(h, frozen, err);
		if (r >= 0)
			r = is_reached(h, frozen, err);
		if (r < 0 && !frozen && cgroup_is_gone(err))
			return 0; /* somebody removed it: nothing is frozen there */
		if (r != 0)
			return r < 0 ? within(err, "cgroup \"%s\"", h->path) : 0;
	} while (cgroup_back_off(deadline, &pause));
	if (frozen)
		(void)set_state(h, false, err);
	return fail(err, EBUSY, "the cgroup \"%s\" does not %s", h->path,
		    frozen ? "freeze" : "thaw");
}

/* Written only where it must be: cgroupfs may be read-only for us by now. */
static int thaw_one(int fd, void *context, struct error *err)
{
	int frozen = cgroup_frozen_at(fd, 1, err);

	(void)context;
	return frozen > 0 ? file_poke(fd, "freezer.state", "THAWED", err) : frozen;
}

int cgroup_thaw(const struct cgroup *cg, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(cg, CGROUP_FREEZER);
	int frozen;

	if (!hierarchy_is_there(h))
		return 0;
	if (h->version == 2) {
		frozen = cgroup_is_frozen(cg, err);
		return frozen > 0 ? cgroup_freeze(cg, false, err) : frozen;
	}
	if (tree_walk(h->fd, thaw_one, NULL, err) < 0 && !cgroup_is_gone(err))
		return within(err, "cgroup \"%s\"", h->path);
	return 0;
}
