/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices_v1.c - device rules through devices.allow and devices.deny
 *
 * The kernel keeps one default and a list of exceptions to it.  A line that takes back part of an
 * exception ("all of major 1 may be read, but not 1:1") is accepted and does nothing unless it
 * names the very same devices, so such rules are refused before anything is made.
 */
#include "base/auto.h"
#include "cgroup/device_rules.h"
#include "sys/file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

int devices_v1_check(const struct device_rules *rules, struct error *err)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct device_rule *rule = &rules->v[i];

		if (rule->allow != rules->allow)
			continue;
		for (size_t before = 0; before < i; before++) {
			const struct device_rule *other = &rules->v[before];

			/* Nodes of any number may be made: that alone opens none. */
			if (other->index == SIZE_MAX && other->access == DEVICE_MKNOD)
				continue;
			if (other->allow == rule->allow || !device_rules_meet(other, rule) ||
			    device_rules_same(other, rule))
				continue;
			(void)fail(err, 0,
				   "cgroup v1 can't take this back from a rule for other numbers");
			return fail_at(err, "/linux/resources/devices/%zu", rule->index);
		}
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

static int write_rules(int allow, int deny, const struct device_rules *rules, struct error *err)
{
	char text[64];
	int r = rules->allow ? write_line(allow, "devices.allow", "a", err)
			     : write_line(deny, "devices.deny", "a", err);

	if (r < 0)
		return fail_at(err, "/linux/resources/devices");
	for (size_t i = 0; i < rules->n; i++) {
		const struct device_rule *rule = &rules->v[i];

		print_rule(text, rule);
		r = rule->allow ? write_line(allow, "devices.allow", text, err)
				: write_line(deny, "devices.deny", text, err);
		if (r < 0 && rule->index == SIZE_MAX)
			return fail_at(err, "/linux/resources/devices");
		if (r < 0)
			return fail_at(err, "/linux/resources/devices/%zu", rule->index);
	}
	return 0;
}

int devices_v1_write(int dirfd, const struct device_rules *rules, struct error *err)
{
	auto_fd int allow = file_open(dirfd, "devices.allow", O_WRONLY, 0, err);
	auto_fd int deny = -1;

	if (allow >= 0)
		deny = file_open(dirfd, "devices.deny", O_WRONLY, 0, err);
	if (deny < 0)
		return fail_at(err, "/linux/resources/devices");
	return write_rules(allow, deny, rules, err);
}
