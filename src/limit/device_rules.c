/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_rules.c - the config's device rules as one list, whoever enforces it
 *
 * v1 has two files, v2 a program, systemd a list of its own.  All three are made from this list, so
 * a device is allowed or denied by the same rule everywhere.  device_rules.h says how the list is
 * built.
 */
#include "limit/device_rules.h"

#include "base/auto.h"

#include <inttypes.h>
#include <string.h>

static const struct device_rule defaults[] = {
	{ true, 'c', DEVICE_MKNOD, -1, -1, SIZE_MAX },
	{ true, 'b', DEVICE_MKNOD, -1, -1, SIZE_MAX },
	{ true, 'c', DEVICE_ALL, 1, 3, SIZE_MAX },    /* null */
	{ true, 'c', DEVICE_ALL, 1, 5, SIZE_MAX },    /* zero */
	{ true, 'c', DEVICE_ALL, 1, 7, SIZE_MAX },    /* full */
	{ true, 'c', DEVICE_ALL, 1, 8, SIZE_MAX },    /* random */
	{ true, 'c', DEVICE_ALL, 1, 9, SIZE_MAX },    /* urandom */
	{ true, 'c', DEVICE_ALL, 5, 0, SIZE_MAX },    /* tty */
	{ true, 'c', DEVICE_ALL, 5, 1, SIZE_MAX },    /* console */
	{ true, 'c', DEVICE_ALL, 5, 2, SIZE_MAX },    /* ptmx */
	{ true, 'c', DEVICE_ALL, 136, -1, SIZE_MAX }, /* ptys */
};

static int parse_type(const char *type, size_t i, char *ret_type, struct error *err)
{
	char shown[FOREIGN_BUF];

	if (!type || !*type)
		type = "a";
	if (strlen(type) != 1 || !strchr("abcu", *type)) {
		(void)fail(err, 0, "\"%s\" is not one of \"a\", \"b\", \"c\", \"u\"",
			   foreign(type, shown));
		return fail_at(err, "/linux/resources/devices/%zu/type", i);
	}
	*ret_type = *type == 'u' ? 'c' : *type;
	return 0;
}

static int parse_access(const char *access, size_t i, unsigned *ret_access, struct error *err)
{
	char shown[FOREIGN_BUF];
	unsigned bits = 0;

	for (const char *c = access ? access : "rwm"; *c; c++) {
		unsigned bit = *c == 'r'   ? DEVICE_READ
			       : *c == 'w' ? DEVICE_WRITE
			       : *c == 'm' ? DEVICE_MKNOD
					   : 0;

		if (!bit) {
			(void)fail(err, 0, "\"%s\" must be made of \"r\", \"w\" and \"m\"",
				   foreign(access, shown));
			return fail_at(err, "/linux/resources/devices/%zu/access", i);
		}
		bits |= bit;
	}
	*ret_access = bits ? bits : DEVICE_ALL;
	return 0;
}

static int parse_number(bool has, int64_t number, const char *name, size_t i, struct error *err)
{
	if (!has || (number >= -1 && number <= UINT32_MAX))
		return 0;
	(void)fail(err, 0, "%" PRId64 " is no device number (-1 stands for all)", number);
	return fail_at(err, "/linux/resources/devices/%zu/%s", i, name);
}

static int parse_rule(const struct oci_device_rule *from, size_t i, struct device_rule *rule,
		      struct error *err)
{
	bool major = oci_has(device_rule, from, major), minor = oci_has(device_rule, from, minor);

	rule->allow = from->allow;
	rule->major = major ? from->major : -1;
	rule->minor = minor ? from->minor : -1;
	rule->index = i;
	if (parse_type(from->type, i, &rule->type, err) < 0 ||
	    parse_access(from->access, i, &rule->access, err) < 0 ||
	    parse_number(major, from->major, "major", i, err) < 0)
		return error_code(err);
	return parse_number(minor, from->minor, "minor", i, err);
}

static void append(struct device_rules *rules, const struct device_rule *rule)
{
	if (rule->type != 'a') {
		rules->v[rules->n++] = *rule;
		return;
	}
	for (const char *type = "bc"; *type; type++) {
		rules->v[rules->n] = *rule;
		rules->v[rules->n++].type = *type;
	}
}

/* A rule for all devices and all access makes what stood before it moot: the list begins anew. */
static void begin(struct device_rules *rules, bool allow)
{
	rules->allow = allow;
	rules->n = 0;
	for (size_t i = 0; !allow && i < ARRAY_SIZE(defaults); i++)
		append(rules, &defaults[i]);
}

static bool is_all(const struct device_rule *rule)
{
	return rule->type == 'a' && rule->access == DEVICE_ALL && rule->major < 0 &&
	       rule->minor < 0;
}

int device_rules_build(const struct oci_resources *resources, struct error_sink *sink,
		       struct device_rules *ret_rules, struct error *err)
{
	size_t n = resources ? resources->devices.n : 0;
	auto_free struct device_rule *v = calloc(2 * n + ARRAY_SIZE(defaults), sizeof *v);
	struct device_rules rules = { .v = v };
	bool complete = true;

	if (!v)
		return fail(err, ENOMEM, "device rules");
	begin(&rules, false);
	for (size_t i = 0; i < n; i++) {
		struct device_rule rule;

		if (error_known(sink, "/linux/resources/devices/%zu", i)) {
			complete = false;
			continue;
		}
		if (parse_rule(&resources->devices.v[i], i, &rule, err) < 0) {
			if (error_more(sink, err) < 0)
				return error_code(err);
			complete = false;
			continue;
		}
		if (is_all(&rule))
			begin(&rules, rule.allow);
		else
			append(&rules, &rule);
	}
	if (!complete)
		rules.n = 0; /* nothing is said about what is left of them */
	*ret_rules = rules;
	v = NULL;
	return 0;
}

static bool number_meets(int64_t a, int64_t b)
{
	return a < 0 || b < 0 || a == b;
}

bool device_rules_meet(const struct device_rule *a, const struct device_rule *b)
{
	return a->type == b->type && a->access & b->access && number_meets(a->major, b->major) &&
	       number_meets(a->minor, b->minor);
}

static bool number_covers(int64_t a, int64_t b)
{
	return a < 0 || a == b;
}

bool device_rules_cover(const struct device_rule *a, const struct device_rule *b)
{
	return a->type == b->type && number_covers(a->major, b->major) &&
	       number_covers(a->minor, b->minor);
}
