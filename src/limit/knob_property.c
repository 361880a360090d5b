/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knob_property.c - a value as a property of a systemd unit, made of the text for its file
 *
 * The rules and rows know what the kernel's files take; that text holds all there is to know, so
 * the conversions read it again, and whatever they do not understand (a range with a step, a line
 * for two devices, a size like "1G" in unified) is left to the file.  That is never wrong: the files
 * are written as well, only a later daemon-reload of systemd may reset what it was not told.
 */
#include "base/auto.h"
#include "limit/device_rules.h"
#include "limit/knob.h"
#include "limit/limits.h"

#include <inttypes.h>
#include <string.h>

enum { MASK_BYTES = 1024 }; /* 8192 CPUs, as many as the kernel can be built for */
enum { SECOND = 1000000, PERCENT = SECOND / 100, DEFAULT_PERIOD = 100000 }; /* microseconds */

struct property_row;
/* 1: set; 0: no property can say this value; negative: err is filled. */
typedef int property_convert(struct knob_writer *w, const struct property_row *row,
			     const char *text, struct error *err);
struct property_row {
	const char *name, *type;
	property_convert *convert;
	uint64_t least, most;
};

/* ---- numbers ---- */

/* A whole word: decimal, or no limit, which is "max" on v2 and -1 on v1. */
static bool parse_limit(const char *text, uint64_t *ret)
{
	char *end;

	if (strcmp(text, "max") == 0 || strcmp(text, "-1") == 0) {
		*ret = PROPERTY_INFINITY;
		return true;
	}
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool parse_within(const struct property_row *row, const char *text, uint64_t *ret)
{
	return parse_limit(text, ret) && *ret >= row->least && *ret <= row->most;
}

static int set_number(struct knob_writer *w, const struct property_row *row, uint64_t number)
{
	property_get(w->properties, row->name, row->type)->number = number;
	return 1;
}

static int number(struct knob_writer *w, const struct property_row *row, const char *text,
		  struct error *err)
{
	uint64_t value;

	(void)err;
	return parse_within(row, text, &value) ? set_number(w, row, value) : 0;
}

static int idle(struct knob_writer *w, const struct property_row *row, const char *text,
		struct error *err)
{
	(void)err;
	return strcmp(text, "1") == 0 ? set_number(w, row, 0) : 0;
}

/* io.weight and io.bfq.weight take "default 100" as well. */
static const char *without_default(const char *text)
{
	return strncmp(text, "default ", 8) == 0 ? text + 8 : text;
}

static int weight(struct knob_writer *w, const struct property_row *row, const char *text,
		  struct error *err)
{
	return number(w, row, without_default(text), err);
}

/* systemd makes io.bfq.weight (1 to 1000) of IOWeight (1 to 10000): up to 100 they are the same,
 * above it 11 steps of IOWeight are one of io.bfq.weight.  Returns the IOWeight for which systemd
 * writes this weight of BFQ. */
static uint64_t weight_of_bfq(uint64_t bfq)
{
	return bfq <= 100 ? bfq : 100 + 11 * (bfq - 100);
}

static int weight_bfq(struct knob_writer *w, const struct property_row *row, const char *text,
		      struct error *err)
{
	uint64_t value;

	(void)err;
	if (!parse_within(row, without_default(text), &value))
		return 0;
	return set_number(w, row, weight_of_bfq(value));
}

/* ---- quota and period ---- */

/* The period of a quota that comes without one: the property that was set before, else what the
 * cgroup has, else the kernel's default. */
static uint64_t period_of(struct knob_writer *w)
{
	const struct property *set = property_find(w->properties, "CPUQuotaPeriodUSec");
	const struct cgroup_hierarchy *home = cgroup_home(w->cg, CGROUP_CPU);
	bool v1 = home && home->version == 1;
	char text[CGROUP_TEXT], *word = text;
	uint64_t period;

	if (set)
		return set->number;
	knob_read(w, CGROUP_CPU, v1 ? "cpu.cfs_period_us" : "cpu.max", text);
	if (!v1)
		word += strcspn(text, " ") + (strchr(text, ' ') != NULL);
	return parse_limit(word, &period) ? period : DEFAULT_PERIOD;
}

/* CPUQuotaPerSecUSec is the CPU time of one second in microseconds, and systemd keeps only whole
 * percents of a CPU.  A quota in between is rounded up: rounded down, a daemon-reload would take
 * away a part of what the file grants.  Returns 0 if the number would be too large. */
static uint64_t quota_per_second(uint64_t quota, uint64_t period)
{
	uint64_t time;

	if (period == 0 || period > UINT64_MAX / SECOND ||
	    quota / period >= UINT64_MAX / SECOND - 1)
		return 0;
	time = quota / period * SECOND + quota % period * SECOND / period;
	return (time + PERCENT - 1) / PERCENT * PERCENT;
}

/* "QUOTA" or "QUOTA PERIOD". */
static int quota(struct knob_writer *w, const struct property_row *row, const char *text,
		 struct error *err)
{
	size_t n = strcspn(text, " ");
	uint64_t value, period = 0;
	char word[24];

	(void)err;
	if (n >= sizeof word)
		return 0;
	(void)snprintf(word, sizeof word, "%.*s", (int)n, text);
	if (!parse_within(row, word, &value) || (text[n] && !parse_limit(text + n + 1, &period)))
		return 0;
	if (value != PROPERTY_INFINITY)
		value = quota_per_second(value, text[n] ? period : period_of(w));
	if (value == 0)
		return 0;
	if (text[n])
		property_get(w->properties, "CPUQuotaPeriodUSec", "t")->number = period;
	return set_number(w, row, value);
}

/* ---- CPUs and memory nodes ---- */

/* The next "3" or "0-2" of a list; the end of it is at *at. */
static bool parse_range(const char **at, unsigned long *ret_first, unsigned long *ret_last)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*ret_first = *ret_last = strtoul(*at, &end, 10);
	if (*end == '-' && end[1] >= '0' && end[1] <= '9')
		*ret_last = strtoul(end + 1, &end, 10);
	*at = end;
	return *ret_first <= *ret_last && *ret_last < 8ul * MASK_BYTES;
}

/* Bit n of the set is bit n % 8 of byte n / 8.  Returns the number of bytes, 0 for a list that is
 * not understood. */
static size_t parse_mask(const char *list, uint8_t bytes[MASK_BYTES])
{
	unsigned long first, last, highest = 0;

	do {
		if (!parse_range(&list, &first, &last))
			return 0;
		for (unsigned long i = first; i <= last; i++)
			bytes[i / 8] |= (uint8_t)(1u << i % 8);
		highest = last > highest ? last : highest;
		list += strspn(list, ", ");
	} while (*list);
	return highest / 8 + 1;
}

static int mask(struct knob_writer *w, const struct property_row *row, const char *text,
		struct error *err)
{
	uint8_t bytes[MASK_BYTES] = { 0 };
	size_t n = parse_mask(text, bytes);
	struct property *p;
	void *copy;

	if (n == 0)
		return 0;
	copy = oci_arena_get(w->properties->arena, n);
	if (!copy)
		return fail(err, ENOMEM, "unit properties");
	memcpy(copy, bytes, n);
	p = property_get(w->properties, row->name, row->type);
	p->bytes = copy;
	p->n = n;
	return 1;
}

/* ---- devices: "8:0 1000", or "8:0 rbps=1000" ---- */

static int set_device(struct knob_writer *w, const struct property_row *row, const char *text,
		      uint64_t (*scale)(uint64_t), struct error *err)
{
	size_t n = strspn(text, "0123456789:");
	const char *equals = strchr(text, '=');
	struct property_entry *entry;
	char path[64];
	uint64_t value;

	if (text[n] != ' ' || n > 40 ||
	    !parse_within(row, equals ? equals + 1 : text + n + 1, &value))
		return 0;
	/* systemd reads the numbers in such a path, so the node need not exist */
	(void)snprintf(path, sizeof path, "/dev/block/%.*s", (int)n, text);
	entry = property_entry(w->properties, property_get(w->properties, row->name, row->type),
			       path, err);
	if (!entry)
		return error_code(err);
	entry->number = scale(value);
	return 1;
}

static uint64_t as_it_is(uint64_t value)
{
	return value;
}

static int device(struct knob_writer *w, const struct property_row *row, const char *text,
		  struct error *err)
{
	return set_device(w, row, text, as_it_is, err);
}

static int device_bfq(struct knob_writer *w, const struct property_row *row, const char *text,
		      struct error *err)
{
	return set_device(w, row, text, weight_of_bfq, err);
}

/* v1's files take 0 for "no limit". */
static uint64_t zero_is_none(uint64_t rate)
{
	return rate ? rate : PROPERTY_INFINITY;
}

static int device_v1(struct knob_writer *w, const struct property_row *row, const char *text,
		     struct error *err)
{
	return set_device(w, row, text, zero_is_none, err);
}

/* ---- the way ---- */

static const struct property_row rows[PROPERTIES] = {
#define PROPERTY(id, name, type, convert, least, most)                                             \
	[PROPERTY_##id] = { name, type, convert, least, most },
#include "limit/properties.def"
#undef PROPERTY
};

static int property_write(struct knob_writer *w, const struct knob_place *place,
			  const struct knob_spelling *spelling, const char *text, struct error *err)
{
	const struct property_row *row = &rows[spelling->property];
	int r = row->convert ? row->convert(w, row, text, err) : 0;

	if (r == 0)
		return property_leave(w->properties, place->pointer, err);
	return r < 0 ? r : 0;
}

static int property_devices(struct knob_writer *w, struct cgroup_hierarchy *h,
			    const struct device_rules *rules, struct error *err)
{
	return devices_property_set(w->properties, rules, h->version, err);
}

static const struct knob_way property_way = {
	.write = property_write,
	.devices = property_devices,
	.reads = true,
};

int limits_properties(const struct cgroup *cg, const struct oci_resources *resources,
		      struct properties *list, struct error *err)
{
	struct knob_writer w = {
		.way = &property_way, .cg = cg, .resources = resources, .properties = list
	};

	if (knobs_write(&w, err) < 0)
		return error_code(err);
	return knob_devices(&w, err);
}
