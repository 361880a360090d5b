/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps.c - the five capability sets
 *
 * By system call, not by libcap: linking it costs every start a library, and init may not allocate.
 */
#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "security/security.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const names[] = {
#define CAPABILITY(number, name) [number] = name,
#include "security/caps.def"
#undef CAPABILITY
};

#define CAP_BIT(n) (UINT64_C(1) << (n))

/* How many of our names the kernel knows: PR_CAPBSET_READ says EINVAL of a number it does not have;
 * what it can't say of is there. */
static size_t kernel_caps(void)
{
	static size_t known;

	while (known < ARRAY_SIZE(names) &&
	       (retry(prctl(PR_CAPBSET_READ, known, 0, 0, 0)) >= 0 || errno != EINVAL))
		known++;
	return known;
}

const char *const *caps_names(size_t *ret_n)
{
	*ret_n = kernel_caps();
	return names;
}

static int caps_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

/* ---- reading and writing the kernel's sets ---- */
/* The bounding and the ambient set are read bit by bit, each by a call: those that matter. */
static int sets_read(uint64_t asked, struct caps *ret, struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (retry(syscall(SYS_capget, &header, data)) < 0)
		return fail_call(err, errno, "capget", "read our capabilities");
	*ret = (struct caps){
		.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32,
		.effective = data[0].effective | (uint64_t)data[1].effective << 32,
		.inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int there;

		if (!(asked & CAP_BIT(i)))
			continue;
		there = retry(prctl(PR_CAPBSET_READ, i, 0, 0, 0));
		if (there < 0 && errno != EINVAL)
			return fail_call(err, errno, "prctl", "ask for %s", names[i]);
		if (there == 1)
			ret->bounding |= CAP_BIT(i);
		/* capabilities(7): what is ambient is permitted and inheritable, too */
		if (ret->permitted & ret->inheritable & CAP_BIT(i) &&
		    retry(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0)) == 1)
			ret->ambient |= CAP_BIT(i);
	}
	return 0;
}

static int sets_write(const struct caps *caps, struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	for (unsigned i = 0; i < ARRAY_SIZE(data); i++) {
		data[i].permitted = (uint32_t)(caps->permitted >> 32 * i);
		data[i].effective = (uint32_t)(caps->effective >> 32 * i);
		data[i].inheritable = (uint32_t)(caps->inheritable >> 32 * i);
	}
	if (retry(syscall(SYS_capset, &header, data)) < 0)
		return fail_call(err, errno, "capset", "set the capabilities");
	return 0;
}

/* ---- planning ---- */
static const char *nearest(const char *name)
{
	char full[32];
	size_t n;

	(void)snprintf(full, sizeof full, "CAP_%s", name);
	for (char *c = full; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c += 'A' - 'a';
	if (caps_number(full) >= 0)
		return names[caps_number(full)];
	(void)caps_names(&n);
	return oci_nearest(name, strlen(name), names, n);
}

static void warn_unknown(const char *name)
{
	char quoted[FOREIGN_BUF];
	const char *near = nearest(name);

	(void)foreign(name, quoted);
	if (near)
		warn("unknown capability \"%s\" is ignored, did you mean \"%s\"?", quoted, near);
	else
		warn("unknown capability \"%s\" is ignored", quoted);
}

static uint64_t mask_of(const struct oci_strs *list)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < list->n; i++) {
		int number = caps_number(list->v[i]);

		if (number < 0)
			warn_unknown(list->v[i]);
		else
			mask |= CAP_BIT(number);
	}
	return mask;
}

/* One warning for all of them: an engine's "privileged" may ask for dozens. */
static void warn_dropped(uint64_t dropped, const char *why)
{
	char list[384];
	size_t used = 0;

	if (!dropped)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(dropped & CAP_BIT(i)) || used + 32 > sizeof list)
			continue;
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? " " : "",
					 names[i]);
	}
	warn("capabilities %s: %s", list, why);
}

/* What can be granted: a new user namespace begins with every capability that the kernel knows. */
static int grantable_read(uint64_t asked, bool new_user_namespace, uint64_t *ret, struct error *err)
{
	struct caps own;
	int r = 0;

	if (new_user_namespace) {
		*ret = CAP_BIT(kernel_caps()) - 1;
		return 0;
	}
	r = sets_read(asked, &own, err);
	if (r < 0)
		return r;
	*ret = own.permitted & own.bounding;
	return 0;
}

int caps_plan(const struct oci_capabilities *config, bool new_user_namespace, struct caps *ret,
	      struct error *err)
{
	struct caps want = { 0 }, can;
	uint64_t grantable, all;
	int r = 0;

	if (config)
		want = (struct caps){
			.bounding = mask_of(&config->bounding),
			.permitted = mask_of(&config->permitted),
			.effective = mask_of(&config->effective),
			.inheritable = mask_of(&config->inheritable),
			.ambient = mask_of(&config->ambient),
		};
	all = want.bounding | want.permitted | want.effective | want.inheritable | want.ambient;
	if (all) {
		r = grantable_read(all, new_user_namespace, &grantable, err);
		if (r < 0)
			return r;
		warn_dropped(all & ~grantable, "can't be granted: we do not have them ourselves");
	} else {
		grantable = 0;
	}
	can.bounding = want.bounding & grantable;
	can.permitted = want.permitted & grantable;
	can.effective = want.effective & can.permitted;
	can.inheritable = want.inheritable & can.bounding;
	can.ambient = want.ambient & can.permitted & can.inheritable;
	/* The kernel refuses these; the rest of the container is as safe without them. */
	warn_dropped(want.effective & grantable & ~can.effective,
		     "not made effective: they are not in the permitted set");
	warn_dropped(want.inheritable & grantable & ~can.inheritable,
		     "not made inheritable: they are not in the bounding set");
	warn_dropped(want.ambient & grantable & ~can.ambient,
		     "not made ambient: they are not both permitted and inheritable");
	*ret = can;
	return 0;
}

/* ---- applying ---- */
int caps_limit_bounding(const struct caps *caps, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (caps->bounding & CAP_BIT(i) || retry(prctl(PR_CAPBSET_DROP, i, 0, 0, 0)) == 0)
			continue;
		/* Without CAP_SETPCAP: fine for what is not in it, or not known to the kernel. */
		if (retry(prctl(PR_CAPBSET_READ, i, 0, 0, 0)) == 1)
			return fail_call(err, errno, "prctl", "drop %s from the bounding set",
					 names[i]);
	}
	/* A kernel newer than our table: what has no name can't be asked for, and goes as well. */
	for (size_t i = ARRAY_SIZE(names); retry(prctl(PR_CAPBSET_READ, i, 0, 0, 0)) >= 0; i++)
		if (retry(prctl(PR_CAPBSET_DROP, i, 0, 0, 0)) < 0)
			return fail_call(err, errno, "prctl", "drop capability %zu", i);
	return 0;
}

static int ambient_raise(uint64_t ambient, struct error *err)
{
	/* EINVAL: a kernel without ambient capabilities, where there are none to clear. */
	if (retry(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)) < 0 && errno != EINVAL)
		return fail_call(err, errno, "prctl", "clear the ambient capabilities");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (ambient & CAP_BIT(i) &&
		    retry(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0)) < 0)
			return fail_call(err, errno, "prctl", "make %s ambient", names[i]);
	return 0;
}

int caps_apply(const struct caps *caps, struct error *err)
{
	struct caps now;
	int r = sets_write(caps, err);

	if (r >= 0)
		r = ambient_raise(caps->ambient, err);
	if (r >= 0)
		r = sets_read(UINT64_MAX, &now, err);
	if (r < 0)
		return r;
	/* The bounding set may be smaller than wanted (never so after caps_plan), not larger. */
	if (now.permitted != caps->permitted || now.effective != caps->effective ||
	    now.inheritable != caps->inheritable || now.ambient != caps->ambient ||
	    now.bounding & ~caps->bounding)
		return fail(err, 0, "the kernel's capability sets are not what was set");
	return 0;
}
