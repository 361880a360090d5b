/* SPDX-License-Identifier: Apache-2.0 */
/* knobs.c - the rows of knobs.def: checks them, and writes them */
#include "base/auto.h"
#include "base/log.h"
#include "cgroup/knob.h"
#include "sys/file.h"

#include <inttypes.h>
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
	if (!pen->cg->disabled)
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
		return -1;
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

/* ---- rows ---- */

struct knob_value {
	int64_t number; /* a U64 beyond INT64_MAX is cut to it: for the kernel that is no limit */
	const char *text;
};

enum knob_answer { KNOB_WRITE, KNOB_LEAVE, KNOB_WRONG };

/* Turns a value into what the file of that version takes; KNOB_WRONG: text says why. */
typedef enum knob_answer knob_convert(struct knob_value value, int version, char text[KNOB_TEXT]);

static enum knob_answer number(struct knob_value value, int version, char text[KNOB_TEXT])
{
	(void)version;
	if (value.number < 0)
		(void)snprintf(text, KNOB_TEXT, "%s", version == 1 ? "-1" : "max");
	else
		(void)snprintf(text, KNOB_TEXT, "%" PRId64, value.number);
	return KNOB_WRITE;
}

/* For files where "no limit" is a word on both versions. */
static enum knob_answer or_max(struct knob_value value, int version, char text[KNOB_TEXT])
{
	(void)version;
	return number(value, 2, text);
}

/* Engines write 0 for "not given" here. */
static enum knob_answer not_zero(struct knob_value value, int version, char text[KNOB_TEXT])
{
	return value.number == 0 ? KNOB_LEAVE : number(value, version, text);
}

static enum knob_answer shares(struct knob_value value, int version, char text[KNOB_TEXT])
{
	if (value.number == 0)
		return KNOB_LEAVE;
	if (version == 2)
		value.number = cpu_weight((uint64_t)value.number);
	return number(value, version, text);
}

static enum knob_answer idle_off(struct knob_value value, int version, char text[KNOB_TEXT])
{
	return value.number != 0 ? KNOB_LEAVE : number(value, version, text);
}

static enum knob_answer idle_on(struct knob_value value, int version, char text[KNOB_TEXT])
{
	if (value.number < 0 || value.number > 1) {
		(void)snprintf(text, KNOB_TEXT, "must be 0 or 1, is %" PRId64, value.number);
		return KNOB_WRONG;
	}
	return not_zero(value, version, text);
}

static enum knob_answer percent(struct knob_value value, int version, char text[KNOB_TEXT])
{
	if (value.number <= 200) /* above 100 since Linux 5.8; older kernels refuse it themselves */
		return number(value, version, text);
	(void)snprintf(text, KNOB_TEXT, "must be 0 to 200, is %" PRId64, value.number);
	return KNOB_WRONG;
}

static enum knob_answer truth(struct knob_value value, int version, char text[KNOB_TEXT])
{
	if (version == 2 && value.number)
		return KNOB_LEAVE;
	return number(value, version, text);
}

static enum knob_answer if_true(struct knob_value value, int version, char text[KNOB_TEXT])
{
	return value.number ? number(value, version, text) : KNOB_LEAVE;
}

static enum knob_answer list(struct knob_value value, int version, char text[KNOB_TEXT])
{
	(void)version;
	if (!*value.text)
		return KNOB_LEAVE;
	for (const char *c = value.text; *c; c++)
		if (!strchr("0123456789,-:/ ", *c)) {
			(void)snprintf(text, KNOB_TEXT, "must be a list like \"0-3,7\"");
			return KNOB_WRONG;
		}
	if (strlen(value.text) >= KNOB_TEXT) {
		(void)snprintf(text, KNOB_TEXT, "is too long");
		return KNOB_WRONG;
	}
	(void)snprintf(text, KNOB_TEXT, "%s", value.text);
	return KNOB_WRITE;
}

enum knob_kind { KNOB_BOOL, KNOB_I64, KNOB_U64, KNOB_U32, KNOB_STR };

struct knob {
	struct knob_place place;
	uint16_t object,
		member; /* offsets: of the pointer in oci_resources, of the value behind it */
	uint8_t bit, kind;
	knob_convert *convert;
	knob_rule *rule; /* instead of all above */
};

static const struct knob knobs[] = {
#define KNOB(c, o, m, k, key, v1, v2, conversion)                                                  \
	{                                                                                          \
		{ CGROUP_##c, key, v1, v2, NULL },                                                 \
		offsetof(struct oci_resources, o),                                                 \
		offsetof(struct oci_##o, m),                                                       \
		OCI_##o##_##m,                                                                     \
		KNOB_##k,                                                                          \
		conversion,                                                                        \
		NULL,                                                                              \
	},
#define RULE(function) { .rule = function },
#include "cgroup/knobs.def"
#undef KNOB
#undef RULE
};

static struct knob_value load(const void *at, enum knob_kind kind)
{
	struct knob_value value = { 0, "" };

	switch (kind) {
	case KNOB_BOOL:
		value.number = *(const bool *)at;
		break;
	case KNOB_I64:
		value.number = *(const int64_t *)at;
		break;
	case KNOB_U64:
		value.number = *(const uint64_t *)at > INT64_MAX ? INT64_MAX
								 : (int64_t) * (const uint64_t *)at;
		break;
	case KNOB_U32:
		value.number = *(const uint32_t *)at;
		break;
	case KNOB_STR:
		value.text = *(const char *const *)at;
		break;
	}
	return value;
}

static int apply_row(struct knob_pen *pen, const struct knob *knob, struct error *err)
{
	const char *object = *(const char *const *)((const char *)pen->resources + knob->object);
	const struct cgroup_hierarchy *home;
	char text[KNOB_TEXT];

	/* Every object of the table begins with its presence bits. */
	if (!object || !(*(const uint64_t *)object >> knob->bit & 1) ||
	    knob_known(pen, "%s", knob->place.pointer))
		return 0;
	home = cgroup_home(pen->cg, knob->place.controller);
	switch (knob->convert(load(object + knob->member, knob->kind), home ? home->version : 1,
			      text)) {
	case KNOB_LEAVE:
		return 0;
	case KNOB_WRONG:
		return knob_fail(err, 0, knob->place.pointer, "%s", text);
	default:
		return knob_write(pen, &knob->place, text, err);
	}
}

static int apply_rows(struct knob_pen *pen, struct error *err)
{
	for (size_t i = 0; pen->resources && i < ARRAY_SIZE(knobs); i++) {
		int r = knobs[i].rule ? knobs[i].rule(pen, err) : apply_row(pen, &knobs[i], err);

		if (r < 0 && error_more(pen->more, err) < 0)
			return r;
	}
	return 0;
}

static int apply_all(struct knob_pen *pen, struct error *err)
{
	int r = apply_rows(pen, err);

	return r < 0 || pen->cg->disabled ? r : device_rules_apply(pen, err);
}

int knobs_check(struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_pen pen = { .cg = cg, .resources = resources, .dry = true, .more = cg->more };
	int r = apply_all(&pen, err);

	if (r >= 0 && cg->disabled && resources && resources->devices.n)
		warn("/linux/resources/devices: there is no cgroup to apply it in");
	cg->needed = pen.needed;
	return r;
}

int cgroup_apply(const struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_pen pen = { .cg = cg, .resources = resources };

	return apply_all(&pen, err);
}

int cgroup_update(const struct cgroup *cg, const struct oci_resources *resources, struct error *err)
{
	struct knob_pen pen = { .cg = cg, .resources = resources };

	return apply_rows(&pen, err);
}
