/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hidden.c - are there processes in the container's cgroup that our pid namespace does not show?
 *
 * cgroup.procs of v2 shows such a process as 0.  v1 leaves it out, so an empty list proves nothing
 * there; but the pids controller counts tasks whether they are shown or not.
 */
#include "base/auto.h"
#include "base/decimal.h"
#include "cgroup/hierarchy.h"
#include "cgroup/tree.h"
#include "sys/file.h"

#include <fcntl.h>
#include <string.h>

enum { TASKS_MAX = 64 << 20 };

struct shown {
	const char *file; /* whose lines are counted */
	size_t lines, zeros;
};

static int count_shown(int fd, void *context, struct error *err)
{
	struct shown *s = context;
	auto_fd int file = file_open(fd, s->file, O_RDONLY, 0, err);
	auto_free char *text = NULL;
	size_t len;

	if (file < 0)
		return file;
	if (file_read_fd(file, TASKS_MAX, &text, &len, err) < 0)
		return err->errno_value == EOPNOTSUPP ? 0 : error_code(err); /* threaded */
	for (const char *at = text; *at; at = strchrnul(at, '\n'), at += *at == '\n') {
		s->lines++;
		s->zeros += at[0] == '0' && at[1] == '\n';
	}
	return 0;
}

/* v1, by the pids controller: are there more tasks than we are shown?  Tasks come and go, and those
 * that have ended count until they are reaped; so the least surplus of some looks counts. */
static int surplus_v1(const struct cgroup_hierarchy *h, struct error *err)
{
	enum { LOOKS = 5 };
	int surplus = 1;

	for (int look = 0; look < LOOKS && surplus; look++) {
		struct shown s = { .file = "tasks" };
		char text[CGROUP_TEXT];
		uint32_t current;

		if (cgroup_file_read(h->fd, "pids.current", text, sizeof text, err) < 0 ||
		    tree_walk(h->fd, count_shown, &s, err) < 0)
			return cgroup_is_gone(err) ? 0 : error_code(err);
		if (!parse_u32(text, &current))
			return fail(err, EPROTO, "pids.current reads \"%.100s\"", text);
		surplus = current > s.lines;
	}
	return surplus;
}

static int zeros_v2(const struct cgroup_hierarchy *h, struct error *err)
{
	struct shown s = { .file = "cgroup.procs" };

	if (tree_walk(h->fd, count_shown, &s, err) < 0)
		return cgroup_is_gone(err) ? 0 : error_code(err);
	return s.zeros > 0;
}

int cgroup_hides(const struct cgroup *cg, struct error *err)
{
	bool there = false, known = false;

	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		int hidden;

		if (!*h->path || !hierarchy_is_there(h))
			continue;
		there = true;
		if (h->version == 1 && h != cgroup_home(cg, CGROUP_PIDS))
			continue;
		known = true;
		hidden = h->version == 1 ? surplus_v1(h, err) : zeros_v2(h, err);
		if (hidden != 0)
			return hidden < 0 ? within(err, "cgroup \"%s\"", h->path) : 1;
	}
	return cgroup_is_anywhere(cg) && (known || !there) ? 0 : 1;
}
