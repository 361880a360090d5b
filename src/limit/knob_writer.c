/* SPDX-License-Identifier: Apache-2.0 */
/* knob_writer.c - one value of the config into its file */
#include "base/auto.h"
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

bool knob_known(const struct knob_pen *pen, const char *pointer_fmt, ...)
{
	char pointer[KNOB_POINTER];
	va_list ap;

	if (!pen->more)
		return false;
	va_start(ap, pointer_fmt);
	(void)vsnprintf(pointer, sizeof pointer, pointer_fmt, ap);
	va_end(ap);
	return error_known(pen->more, "/linux/resources/%s", pointer);
}

/* Who asks for a controller that is nowhere is told the object, not the member: it fails whole. */
static int fail_homeless(const struct knob_pen *pen, const struct knob_place *place,
			 struct error *err)
{
	(void)fail(err, 0, "no cgroup to apply it in");
	if (!pen->nowhere)
		(void)hint(err, HINT_NO_CONTROLLER, cgroup_controller_name(place->controller),
			   NULL);
	return fail_at(err, "/linux/resources/%.*s", (int)strcspn(place->pointer, "/"),
		       place->pointer);
}

static struct cgroup_hierarchy *place_home(const struct knob_pen *pen,
					   const struct knob_place *place)
{
	return place->at ? place->at : cgroup_home(pen->cg, place->controller);
}

int knob_version(struct knob_pen *pen, const struct knob_place *place, struct error *err)
{
	const struct cgroup_hierarchy *h = place_home(pen, place);

	if (!h || !*h->path) {
		(void)fail_homeless(pen, place, err);
		return 0;
	}
	pen->needed |= 1u << place->controller;
	return h->version;
}

/* A cpuset that is refused is told together with what there is. */
static int fail_outside(const struct knob_pen *pen, const struct knob_place *place,
			const char *text, struct error *err)
{
	const struct cgroup_hierarchy *h = cgroup_home(pen->cg, place->controller);
	char file[64], offered[CGROUP_TEXT], shown[FOREIGN_BUF], name[ERRNO_NAME_MAX];
	int e = err->errno_value;

	(void)snprintf(file, sizeof file, h->version == 1 ? "%s" : "%s.effective", place->v1);
	knob_read(pen, place->controller, file, offered);
	(void)knob_fail(err, e, place->pointer, "\"%s\" is not within %s (%s)",
			foreign(text, shown), offered, errno_name(e, name));
	err->spelt = true;
	return error_code(err);
}

static int fail_write(const struct knob_pen *pen, const struct knob_place *place, const char *text,
		      struct error *err)
{
	const struct cgroup_hierarchy *h = place_home(pen, place);
	const char *file = h->version == 1 ? place->v1 : place->v2;
	int e = err->errno_value;
	char path[CGROUP_PATH], where[FOREIGN_BUF], shown[FOREIGN_BUF];

	if (place->controller == CGROUP_CPUSET && place->v1 &&
	    (e == ERANGE || e == EINVAL || e == EACCES))
		return fail_outside(pen, place, text, err);
	(void)foreign(hierarchy_path(h, path), where); /* the file's name has to fit in behind it */
	if (e == ENOENT)
		return knob_fail(err, e, place->pointer, "\"%s\" can't be set: \"%s/%s\"",
				 foreign(text, shown), where, file);
	return knob_fail(err, e, place->pointer, "\"%s\" into \"%s/%s\"", foreign(text, shown),
			 where, file);
}

int knob_write(struct knob_pen *pen, const struct knob_place *place, const char *text,
	       struct error *err)
{
	int version = knob_version(pen, place, err), dir;
	const char *file = version == 1 ? place->v1 : place->v2;

	if (version == 0)
		return error_code(err);
	if (!file)
		return knob_fail(err, 0, place->pointer,
				 "can't be set: cgroup v%d has no such limit", version);
	if (pen->dry)
		return 0;
	dir = hierarchy_fd(place_home(pen, place), err);
	if (dir < 0 || file_poke(dir, file, text, err) < 0)
		return fail_write(pen, place, text, err);
	return 0;
}

void knob_read(const struct knob_pen *pen, enum cgroup_controller c, const char *file,
	       char text[CGROUP_TEXT])
{
	struct cgroup_hierarchy *h = cgroup_home(pen->cg, c);
	struct error ignored;

	*text = '\0';
	if (!pen->dry && hierarchy_is_there(h) &&
	    cgroup_file_read(h->fd, file, text, CGROUP_TEXT, &ignored) < 0)
		*text = '\0';
}

void knob_token(char *to, size_t size, const char *key)
{
	size_t n = 0;

	for (; *key && n + 3 < size; key++) {
		if (*key == '~' || *key == '/')
			to[n++] = '~';
		to[n++] = (char)(*key == '~' ? '0' : *key == '/' ? '1' : *key);
	}
	to[n] = '\0';
}
