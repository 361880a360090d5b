/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps_kernel.c - the capability sets that the kernel has of us: set, and read back
 *
 * init does not allocate, so of libcap only those functions are used that do not either:
 * cap_drop_bound(), cap_set_proc(), cap_reset_ambient() and cap_set_ambient().  The result is read
 * back with capget(2) and prctl(2), because cap_get_proc() allocates, and cap_get_bound() and
 * cap_get_ambient() lose the errno.
 */
#include "security/caps.h"

#include "base/retry.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>

/* For messages: a capability that is newer than libcap has a number only. */
static const char *words_of(const struct caps_names *names, int number, char buf[32])
{
	if (number < names->n)
		return names->v[number];
	(void)snprintf(buf, 32, "capability %d", number);
	return buf;
}

/* ---- reading ---- */
static int flags_read(struct caps *ret, struct error *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (retry(capget(&header, data)) < 0)
		return fail_call(err, errno, "capget", "read our capabilities");
	ret->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	ret->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	ret->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

enum { NO_SUCH = -2 }; /* the kernel's capabilities have ended, or it has no such set */

/* libcap counted the kernel's capabilities when the program began (cap_max_bits).  EINVAL for a
 * number below that is an error, not the end of the list. */
static int is_bounding(int number)
{
	int r = retry(prctl(PR_CAPBSET_READ, (unsigned long)number, 0, 0, 0));

	return r < 0 && errno == EINVAL && number >= cap_max_bits() ? NO_SUCH : r;
}

/* EINVAL: a kernel before Linux 4.3, which has no ambient set. */
static int is_ambient(int number)
{
	int r = retry(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, (unsigned long)number, 0, 0));

	return r < 0 && errno == EINVAL ? NO_SUCH : r;
}

/* The bounding and the ambient set are read bit by bit, each by a call: those asked for. */
static int bits_read(int (*is_set)(int number), const struct caps_names *names, uint64_t asked,
		     uint64_t *ret, struct error *err)
{
	char buf[32];

	*ret = 0;
	for (int i = 0; i < CAPS_MAX; i++) {
		int there = asked & CAP_BIT(i) ? is_set(i) : 0;

		if (there == NO_SUCH)
			break;
		if (there < 0)
			return fail_call(err, errno, "prctl", "ask for %s",
					 words_of(names, i, buf));
		if (there == 1)
			*ret |= CAP_BIT(i);
	}
	return 0;
}

int caps_own(const struct caps_names *names, uint64_t asked, uint64_t *ret, struct error *err)
{
	struct caps own;

	if (flags_read(&own, err) < 0 ||
	    bits_read(is_bounding, names, asked, &own.bounding, err) < 0)
		return error_code(err);
	*ret = own.permitted & own.bounding;
	return 0;
}

/* ---- applying ---- */
/* Goes up to the kernel's last capability, also if libcap is older than the kernel and has no name
 * for it: what has no name can't stand in the config, so it is dropped as well. */
int caps_limit_bounding(const struct caps *caps, struct error *err)
{
	char buf[32];

	for (int i = 0; i < CAPS_MAX; i++) {
		int there;

		if (caps->bounding & CAP_BIT(i) || retry(cap_drop_bound(i)) == 0)
			continue;
		/* Without CAP_SETPCAP the kernel refuses: fine for one that is not in the set. */
		there = is_bounding(i);
		if (there == NO_SUCH)
			break;
		if (there != 0)
			return fail_call(err, errno, "prctl", "drop %s from the bounding set",
					 words_of(&caps->names, i, buf));
	}
	return 0;
}

/* capset(2) took from the ambient set what is not both permitted and inheritable.  Where no
 * capability is both, none can be left, and the calls of cap_reset_ambient() are saved: it asks for
 * one after the other before it clears them. */
static int ambient_apply(const struct caps *caps, struct error *err)
{
	char buf[32];

	if (caps->permitted & caps->inheritable && retry(cap_reset_ambient()) < 0)
		return fail_call(err, errno, "prctl", "clear the ambient capabilities");
	for (int i = 0; i < CAPS_MAX; i++)
		if (caps->ambient & CAP_BIT(i) && retry(cap_set_ambient(i, CAP_SET)) < 0)
			return fail_call(err, errno, "prctl", "make %s ambient",
					 words_of(&caps->names, i, buf));
	return 0;
}

/* The bounding set may be smaller than wanted (never so after caps_plan), not larger. */
static int sets_compare(const struct caps *want, struct error *err)
{
	struct caps now;

	if (flags_read(&now, err) < 0 ||
	    bits_read(is_bounding, &want->names, UINT64_MAX, &now.bounding, err) < 0 ||
	    bits_read(is_ambient, &want->names, now.permitted & now.inheritable, &now.ambient,
		      err) < 0)
		return error_code(err);
	if (now.permitted != want->permitted || now.effective != want->effective ||
	    now.inheritable != want->inheritable || now.ambient != want->ambient ||
	    now.bounding & ~want->bounding)
		return fail(err, 0, "the kernel's capability sets are not what was set");
	return 0;
}

int caps_apply(const struct caps *caps, struct error *err)
{
	if (retry(cap_set_proc(caps->sets)) < 0)
		return fail_call(err, errno, "capset", "set the capabilities");
	if (ambient_apply(caps, err) < 0)
		return error_code(err);
	return sets_compare(caps, err);
}
