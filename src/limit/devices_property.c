/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices_property.c - device rules as DevicePolicy and DeviceAllow of a systemd unit
 *
 * systemd knows a list of what is allowed, and no exceptions to it.  On v2 its program and ours
 * both have to agree to an access, so its list may allow too much, but must not deny what the
 * config allows.  On v1 a daemon-reload puts its list into the very files that we write: there
 * nothing may be in it that the config denies.
 */
#include "limit/device_rules.h"

#include <inttypes.h>
#include <stdio.h>

/* "/dev/char/1:3" needs no such node: systemd reads the numbers.  "char-136" stands for all of a
 * major number (systemd 240).  false: there is no such pattern. */
static bool device_pattern(const struct device_rule *rule, int version, char text[64])
{
	const char *type = rule->type == 'c' ? "char" : "block";

	if (rule->major >= 0 && rule->minor >= 0)
		(void)snprintf(text, 64, "/dev/%s/%" PRId64 ":%" PRId64, type, rule->major,
			       rule->minor);
	else if (rule->major >= 0)
		(void)snprintf(text, 64, "%s-%" PRId64, type, rule->major);
	else if (rule->minor < 0 || version == 2)
		(void)snprintf(text, 64, "%s-*", type);
	else
		return false;
	return true;
}

/* Of two entries for one pattern systemd takes the last: theirs are put together. */
static int device_allow(struct properties *list, const struct device_rule *rule,
			const char *pattern, struct error *err)
{
	static const char *const words[DEVICE_ALL + 1] = { "",	"m",  "r",  "rm",
							   "w", "wm", "rw", "rwm" };
	struct property *p = property_get(list, "DeviceAllow", "a(ss)");
	struct property_entry *entry = property_entry(list, p, pattern, err);

	if (!entry)
		return error_code(err);
	entry->number |= rule->access;
	entry->word = words[entry->number];
	return 0;
}

int devices_property_set(struct properties *list, const struct device_rules *rules, int version,
			 struct error *err)
{
	bool all_said = true;

	/* "auto" with an empty list lets everything through. */
	property_get(list, "DevicePolicy", "s")->word = rules->allow ? "auto" : "strict";
	(void)property_get(list, "DeviceAllow", "a(ss)");
	for (size_t i = 0; i < rules->n; i++) {
		const struct device_rule *rule = &rules->v[i];
		char pattern[64];

		if (!rule->access)
			continue;
		if (rules->allow || !rule->allow || !device_pattern(rule, version, pattern)) {
			all_said = false;
			continue;
		}
		all_said = all_said && (rule->major >= 0 || rule->minor < 0);
		if (device_allow(list, rule, pattern, err) < 0)
			return error_code(err);
	}
	return all_said ? 0 : property_leave(list, "devices", err);
}
