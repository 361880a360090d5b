/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knob_writer.c - one value of the config on its way: checked, or written into its file
 *
 * Two things can be wrong with a value that is well-formed: no mounted hierarchy has its
 * controller, or the cgroup version that has it lacks such a file.  Both are found here for all
 * ways of writing, so that a plan, which writes nothing, refuses what a start would fail at.
 */
#include "base/auto.h"
#include "limit/device_rules.h"
#include "limit/knob.h"
#include "sys/file.h"

#include <string.h>

int knob_fail(struct error *err, int errno_value, const char *pointer, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)fail(err, errno_value, "%s", text);
	return fail_at(err, "/linux/resources/%s", pointer);
}

bool knob_known(const struct knob_writer *w, const char *pointer_fmt, ...)
{
	char pointer[KNOB_POINTER];
	va_list ap;

	if (!w->sink)
		return false;
	va_start(ap, pointer_fmt);
	(void)vsnprintf(pointer, sizeof pointer, pointer_fmt, ap);
	va_end(ap);
	return error_known(w->sink, "/linux/resources/%s", pointer);
}

/* ---- where a value goes ---- */

/* The error names the object ("/linux/resources/memory") and not its member: without the controller
 * nothing of the object can be set. */
static int fail_homeless(const struct knob_writer *w, const struct knob_place *place,
			 struct error *err)
{
	(void)fail(err, 0, "no cgroup to apply it in");
	if (!w->nowhere)
		(void)hint(err, HINT_NO_CONTROLLER, cgroup_controller_name(place->controller),
			   NULL);
	return fail_at(err, "/linux/resources/%.*s", (int)strcspn(place->pointer, "/"),
		       place->pointer);
}

static struct cgroup_hierarchy *place_home(const struct knob_writer *w,
					   const struct knob_place *place)
{
	return place->at ? place->at : cgroup_home(w->cg, place->controller);
}

int knob_version(struct knob_writer *w, const struct knob_place *place, struct error *err)
{
	const struct cgroup_hierarchy *h = place_home(w, place);

	if (!h || !*h->path) {
		(void)fail_homeless(w, place, err);
		return 0;
	}
	w->needed |= 1u << place->controller;
	return h->version;
}

int knob_write(struct knob_writer *w, const struct knob_place *place, const char *text,
	       struct error *err)
{
	int version = knob_version(w, place, err);
	const struct knob_spelling *spelling = version == 1 ? &place->v1 : &place->v2;

	if (version == 0)
		return error_code(err);
	if (!spelling->file)
		return knob_fail(err, 0, place->pointer,
				 "can't be set: cgroup v%d has no such limit", version);
	return w->way->write(w, place, spelling, text, err);
}

void knob_read(const struct knob_writer *w, enum cgroup_controller c, const char *file,
	       char text[CGROUP_TEXT])
{
	struct cgroup_hierarchy *h = cgroup_home(w->cg, c);
	struct error ignored;

	*text = '\0';
	if (w->way->reads && hierarchy_is_there(h) &&
	    cgroup_file_read(h->fd, file, text, CGROUP_TEXT, &ignored) < 0)
		*text = '\0';
}

/* ---- the way of a plan ---- */

static int check_write(struct knob_writer *w, const struct knob_place *place,
		       const struct knob_spelling *spelling, const char *text, struct error *err)
{
	(void)w;
	(void)place;
	(void)spelling;
	(void)text;
	(void)err;
	return 0;
}

static int check_devices(struct knob_writer *w, struct cgroup_hierarchy *h,
			 const struct device_rules *rules, struct error *err)
{
	(void)w;
	(void)h;
	(void)rules;
	(void)err;
	return 0;
}

const struct knob_way knob_way_check = {
	.write = check_write,
	.devices = check_devices,
};

/* ---- the way of a start ---- */

/* The kernel says that a cpuset is refused, and not what it may have: that stands in a file. */
static int fail_outside(const struct knob_writer *w, const struct knob_place *place,
			const char *text, struct error *err)
{
	const struct cgroup_hierarchy *h = cgroup_home(w->cg, place->controller);
	char file[64], offered[CGROUP_TEXT], shown[FOREIGN_BUF], name[ERRNO_NAME_MAX];
	int e = err->errno_value;

	(void)snprintf(file, sizeof file, h->version == 1 ? "%s" : "%s.effective", place->v1.file);
	knob_read(w, place->controller, file, offered);
	(void)knob_fail(err, e, place->pointer, "\"%s\" is not within %s (%s)",
			foreign(text, shown), offered, errno_name(e, name));
	err->spelt = true;
	return error_code(err);
}

static int fail_write(const struct knob_writer *w, const struct knob_place *place, const char *file,
		      const char *text, struct error *err)
{
	int e = err->errno_value;
	char path[CGROUP_PATH], where[FOREIGN_BUF], shown[FOREIGN_BUF];

	if (place->controller == CGROUP_CPUSET && place->v1.file &&
	    (e == ERANGE || e == EINVAL || e == EACCES))
		return fail_outside(w, place, text, err);
	/* the path is cut, so that "/FILE" still fits into the message behind it */
	(void)foreign(hierarchy_path(place_home(w, place), path), where);
	if (e == ENOENT)
		return knob_fail(err, e, place->pointer, "\"%s\" can't be set: \"%s/%s\"",
				 foreign(text, shown), where, file);
	return knob_fail(err, e, place->pointer, "\"%s\" into \"%s/%s\"", foreign(text, shown),
			 where, file);
}

static int file_write(struct knob_writer *w, const struct knob_place *place,
		      const struct knob_spelling *spelling, const char *text, struct error *err)
{
	int dir = hierarchy_fd(place_home(w, place), err);

	if (dir < 0 || file_poke(dir, spelling->file, text, err) < 0)
		return fail_write(w, place, spelling->file, text, err);
	return 0;
}

/* An ordinary user (cg->optional) may not attach a BPF program.  Going on without it opens nothing
 * up: such a container can have no device nodes but those that are bound into it. */
static int file_devices(struct knob_writer *w, struct cgroup_hierarchy *h,
			const struct device_rules *rules, struct error *err)
{
	if (hierarchy_fd(h, err) < 0)
		return within(err, "device rules");
	if (h->version == 1)
		return devices_v1_write(h->fd, rules, err);
	if (devices_v2_attach(h->fd, rules, err) >= 0)
		return 0;
	if (w->cg->optional && (err->errno_value == EPERM || err->errno_value == EACCES))
		return 0;
	if (err->errno_value == EPERM || err->errno_value == EACCES)
		(void)hint(err, HINT_NO_CGROUP, NULL, NULL);
	return fail_at(err, "/linux/resources/devices");
}

const struct knob_way knob_way_file = {
	.write = file_write,
	.devices = file_devices,
	.reads = true,
};
