/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_rules.h - the config's device rules as one list, whoever enforces it
 *
 * Everything is denied, then every container's own devices (null, zero, full, random, urandom, tty,
 * ptys, and making nodes) are allowed, then the config's rules come, in order: the last that speaks
 * of an access decides.  A rule for all devices and all access makes what stood before it moot, so
 * the list begins after the last of these; our own devices come after a denial of everything, which
 * is how engines' lists begin.
 */
#pragma once
#include "limit/property.h"

enum {
	DEVICE_READ = 2,
	DEVICE_WRITE = 4,
	DEVICE_MKNOD = 1,
	DEVICE_ALL = 7
}; /* as in linux/bpf.h */

struct device_rule {
	bool allow;
	char type;	      /* 'b' or 'c' */
	unsigned access;      /* of DEVICE_ALL */
	int64_t major, minor; /* -1: any */
	size_t index;	      /* in the config; SIZE_MAX: one of our own */
};

struct device_rules {
	bool allow; /* what no rule speaks of */
	size_t n;
	struct device_rule *v; /* malloc'ed */
};

/* resources may be NULL. */
int device_rules_build(const struct oci_resources *resources, struct error_sink *sink,
		       struct device_rules *ret_rules, struct error *err);
/* Are there devices that both rules speak of?  Does a speak of all that b speaks of? */
bool device_rules_meet(const struct device_rule *a, const struct device_rule *b);
bool device_rules_cover(const struct device_rule *a, const struct device_rule *b);

/* Leaves nothing but exceptions to the default (access is 0 in what is to be passed over): all that
 * v1 can take.  What it can't is refused. */
int devices_v1_reduce(struct device_rules *rules, struct error *err);
/* devices.deny and devices.allow of the v1 directory; after devices_v1_reduce. */
int devices_v1_write(int dirfd, const struct device_rules *rules, struct error *err);
/* A program for the v2 directory. */
int devices_v2_attach(int dirfd, const struct device_rules *rules, struct error *err);
/* DevicePolicy and DeviceAllow, for devices that are in a hierarchy of this version; what they
 * can't say is noted as left to the files. */
int devices_property_set(struct properties *list, const struct device_rules *rules, int version,
			 struct error *err);
