/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps.c - the five capability sets, by the specification's rules
 *
 * libcap knows names and makes the calls.  What stands here is what it does not know: a name that
 * can't be granted is a warning and never a failure, and without a capabilities object there are
 * none in all five sets.  The kernel refuses some sets where another one lacks the same
 * capability; it is left out of them, and a warning says why.
 */
#include "security/caps.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *nearest(const struct caps_names *names, const char *name)
{
	char full[32];
	int number;

	(void)snprintf(full, sizeof full, "CAP_%s", name);
	caps_capitals(full);
	number = caps_number(names, full);
	if (number >= 0)
		return names->v[number];
	return oci_nearest(name, strlen(name), names->v, (size_t)names->known);
}

static void warn_unknown(const struct caps_names *names, const char *name)
{
	char quoted[FOREIGN_BUF];
	const char *near = nearest(names, name);

	(void)foreign(name, quoted);
	if (near)
		warn("unknown capability \"%s\" is ignored, did you mean \"%s\"?", quoted, near);
	else
		warn("unknown capability \"%s\" is ignored", quoted);
}

static uint64_t mask_of(const struct caps_names *names, const struct oci_strs *list)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < list->n; i++) {
		int number = caps_number(names, list->v[i]);

		if (number < 0)
			warn_unknown(names, list->v[i]);
		else
			mask |= CAP_BIT(number);
	}
	return mask;
}

/* One warning for all of them: an engine's "privileged" may ask for dozens. */
static void warn_dropped(const struct caps_names *names, uint64_t dropped, const char *why)
{
	char list[384];
	size_t used = 0;

	if (!dropped)
		return;
	for (int i = 0; i < names->n; i++) {
		if (!(dropped & CAP_BIT(i)) || used + 32 > sizeof list)
			continue;
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? " " : "",
					 names->v[i]);
	}
	warn("capabilities %s: %s", list, why);
}

/* What can be granted: a new user namespace begins with every capability that the kernel knows. */
static int grantable_read(const struct caps_names *names, uint64_t asked, bool new_user_namespace,
			  uint64_t *ret, struct error *err)
{
	if (!new_user_namespace)
		return caps_own(names, asked, ret, err);
	*ret = 0;
	for (int i = 0; i < names->known; i++)
		*ret |= CAP_BIT(i);
	return 0;
}

static uint64_t all_of(const struct caps *c)
{
	return c->bounding | c->permitted | c->effective | c->inheritable | c->ambient;
}

/* Takes out of the sets what can't be granted, and what the kernel would refuse because another set
 * lacks the same capability.  A container with fewer capabilities is no less safe, so this is a
 * warning and no error. */
static void narrow(struct caps *c, uint64_t grantable)
{
	struct caps want = *c;

	warn_dropped(&c->names, all_of(c) & ~grantable,
		     "can't be granted: we do not have them ourselves");
	c->bounding &= grantable;
	c->permitted &= grantable;
	c->effective &= c->permitted;
	c->inheritable &= c->bounding;
	c->ambient &= c->permitted & c->inheritable;
	warn_dropped(&c->names, want.effective & grantable & ~c->effective,
		     "not made effective: they are not in the permitted set");
	warn_dropped(&c->names, want.inheritable & grantable & ~c->inheritable,
		     "not made inheritable: they are not in the bounding set");
	warn_dropped(&c->names, want.ambient & grantable & ~c->ambient,
		     "not made ambient: they are not both permitted and inheritable");
}

static int flag_set(cap_t sets, cap_flag_t flag, uint64_t mask)
{
	cap_value_t numbers[CAPS_MAX];
	int n = 0;

	for (int i = 0; i < CAPS_MAX; i++)
		if (mask & CAP_BIT(i))
			numbers[n++] = i;
	return n > 0 ? cap_set_flag(sets, flag, n, numbers, CAP_SET) : 0;
}

/* Before the clone, because cap_init() allocates. */
static int sets_make(struct caps *c, struct error *err)
{
	c->sets = cap_init();
	if (c->sets && flag_set(c->sets, CAP_PERMITTED, c->permitted) == 0 &&
	    flag_set(c->sets, CAP_EFFECTIVE, c->effective) == 0 &&
	    flag_set(c->sets, CAP_INHERITABLE, c->inheritable) == 0)
		return 0;
	(void)fail(err, errno, "capabilities");
	caps_done(c);
	return error_code(err);
}

int caps_plan(const struct oci_capabilities *config, bool new_user_namespace,
	      struct oci_arena *arena, struct caps *ret, struct error *err)
{
	struct caps c = { 0 };
	uint64_t grantable;

	if (caps_names(arena, &c.names, err) < 0)
		return error_code(err);
	if (config) {
		c.bounding = mask_of(&c.names, &config->bounding);
		c.permitted = mask_of(&c.names, &config->permitted);
		c.effective = mask_of(&c.names, &config->effective);
		c.inheritable = mask_of(&c.names, &config->inheritable);
		c.ambient = mask_of(&c.names, &config->ambient);
	}
	if (all_of(&c)) {
		if (grantable_read(&c.names, all_of(&c), new_user_namespace, &grantable, err) < 0)
			return error_code(err);
		narrow(&c, grantable);
	}
	if (sets_make(&c, err) < 0)
		return error_code(err);
	*ret = c;
	return 0;
}

void caps_done(struct caps *caps)
{
	(void)cap_free(caps->sets);
	caps->sets = NULL;
}
