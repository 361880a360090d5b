/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices_v1.c - device rules through devices.allow and devices.deny
 *
 * The kernel keeps one default and a list of exceptions to it.  A line that takes back part of an
 * exception ("all of major 1 may be read, but not 1:1") is accepted and does nothing unless it
 * names the very same devices.  So rules that say what the default says are not written: they are
 * taken from the exceptions before them, and refused where that can't be said.
 */
#include "base/auto.h"
#include "limit/device_rules.h"
#include "sys/file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

/* Takes one rule from an exception before it. */
static int take_back(struct device_rule *exception, const struct device_rule *rule,
		     struct error *err)
{
	if (exception->allow == rule->allow || !device_rules_meet(exception, rule))
		return 0;
	if (device_rules_cover(rule, exception)) {
		exception->access &= ~rule->access;
		return 0;
	}
	/* Our own rule, which lets any node be made, stays: a node that may not be opened is of no
	 * use. */
	if (exception->index == SIZE_MAX && exception->access == DEVICE_MKNOD)
		return 0;
	(void)fail(err, 0, "cgroup v1 can't take this back from a rule for more devices");
	return fail_at(err, "/linux/resources/devices/%zu", rule->index);
}

int devices_v1_reduce(struct device_rules *rules, struct error *err)
{
	for (size_t i = 0; i < rules->n; i++) {
		struct device_rule *rule = &rules->v[i];

		if (rule->allow != rules->allow)
			continue;
		for (size_t before = 0; before < i; before++)
			if (take_back(&rules->v[before], rule, err) < 0)
				return error_code(err);
		rule->access = 0;
	}
	return 0;
}

static char *print_number(char text[24], int64_t number)
{
	if (number < 0)
		(void)snprintf(text, 24, "*");
	else
		(void)snprintf(text, 24, "%" PRId64, number);
	return text;
}

static void print_rule(char text[64], const struct device_rule *rule)
{
	char major[24], minor[24];

	(void)snprintf(text, 64, "%c %s:%s %s%s%s", rule->type, print_number(major, rule->major),
		       print_number(minor, rule->minor), rule->access & DEVICE_READ ? "r" : "",
		       rule->access & DEVICE_WRITE ? "w" : "",
		       rule->access & DEVICE_MKNOD ? "m" : "");
}

static int write_line(int fd, const char *file, const char *text, struct error *err)
{
	if (file_write_fd(fd, text, strlen(text), err) < 0)
		return fail_call(err, err->errno_value, "write", "\"%s\" into \"%s\"", text, file);
	return 0;
}

static int write_exceptions(int fd, const char *file, const struct device_rules *rules,
			    struct error *err)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct device_rule *rule = &rules->v[i];
		char text[64];

		if (!rule->access)
			continue;
		print_rule(text, rule);
		if (write_line(fd, file, text, err) >= 0)
			continue;
		if (rule->index != SIZE_MAX)
			(void)fail_at(err, "/linux/resources/devices/%zu", rule->index);
		return error_code(err);
	}
	return 0;
}

int devices_v1_write(int dirfd, const struct device_rules *rules, struct error *err)
{
	const char *files[] = { "devices.deny", "devices.allow" };
	const char *standard = files[rules->allow], *other = files[!rules->allow];
	int r = file_poke(dirfd, standard, "a", err);
	auto_fd int fd = -1;

	if (r >= 0 && rules->n) {
		fd = file_open(dirfd, other, O_WRONLY, 0, err);
		r = fd < 0 ? fd : write_exceptions(fd, other, rules, err);
	}
	return r < 0 ? fail_at(err, "/linux/resources/devices") : 0;
}
