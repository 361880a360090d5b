/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knobs.c - the rows of knobs.def: each is checked, and written
 *
 * A limit that is one value in one file is a row and no code.  The row names a conversion, which
 * says what the file of this version takes, that there is nothing to write (KNOB_LEAVE), or what is
 * wrong with the value.  Limits that are more than that are functions of limits_*.c, called by a
 * RULE row.
 */
#include "base/auto.h"
#include "limit/knob.h"

#include <inttypes.h>
#include <string.h>

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

/* The row before shares: idle 0, after which the group takes weights again. */
static enum knob_answer idle_off(struct knob_value value, int version, char text[KNOB_TEXT])
{
	return value.number != 0 ? KNOB_LEAVE : number(value, version, text);
}

/* The row after shares: idle 1. */
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

/* On v2 it is always so: true needs no write, and for false there is no file. */
static enum knob_answer truth(struct knob_value value, int version, char text[KNOB_TEXT])
{
	if (version == 2 && value.number)
		return KNOB_LEAVE;
	return number(value, version, text);
}

/* Engines write false for "not given" here. */
static enum knob_answer if_true(struct knob_value value, int version, char text[KNOB_TEXT])
{
	return value.number ? number(value, version, text) : KNOB_LEAVE;
}

static enum knob_answer list(struct knob_value value, int version, char text[KNOB_TEXT])
{
	(void)version;
	if (!*value.text)
		return KNOB_LEAVE;
	if (value.text[strspn(value.text, "0123456789,-:/ ")] ||
	    !strpbrk(value.text, "0123456789")) {
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
#define KNOB(c, o, m, k, key, v1, p1, v2, p2, conversion)                                          \
	{                                                                                          \
		{ CGROUP_##c, key, { v1, PROPERTY_##p1 }, { v2, PROPERTY_##p2 }, NULL },           \
		offsetof(struct oci_resources, o),                                                 \
		offsetof(struct oci_##o, m),                                                       \
		OCI_##o##_##m,                                                                     \
		KNOB_##k,                                                                          \
		conversion,                                                                        \
		NULL,                                                                              \
	},
#define RULE(function) { .rule = function },
#include "limit/knobs.def"
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

static int write_row(struct knob_writer *w, const struct knob *knob, struct error *err)
{
	const char *object = *(const char *const *)((const char *)w->resources + knob->object);
	const struct cgroup_hierarchy *home;
	char text[KNOB_TEXT];

	/* Every object of the table begins with its presence bits. */
	if (!object || !(*(const uint64_t *)object >> knob->bit & 1) ||
	    knob_known(w, "%s", knob->place.pointer))
		return 0;
	home = cgroup_home(w->cg, knob->place.controller);
	switch (knob->convert(load(object + knob->member, knob->kind), home ? home->version : 1,
			      text)) {
	case KNOB_LEAVE:
		return 0;
	case KNOB_WRONG:
		return knob_fail(err, 0, knob->place.pointer, "%s", text);
	default:
		return knob_write(w, &knob->place, text, err);
	}
}

int knobs_write(struct knob_writer *w, struct error *err)
{
	for (size_t i = 0; w->resources && i < ARRAY_SIZE(knobs); i++) {
		int r = knobs[i].rule ? knobs[i].rule(w, err) : write_row(w, &knobs[i], err);

		if (r < 0 && error_more(w->sink, err) < 0)
			return r;
	}
	return 0;
}
