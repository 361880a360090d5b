/* SPDX-License-Identifier: Apache-2.0 */
/*
 * property.h - limits as properties of a systemd unit
 *
 * systemd writes the files of its units again whenever it likes (daemon-reload), from what it was
 * told.  So who makes a container's cgroup through systemd has to tell it the limits, too, in the
 * message that makes the unit (StartTransientUnit) or changes it (SetUnitProperties).
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

enum property_id {
	PROPERTY_NONE,
#define PROPERTY(id, name, type, convert, least, most) PROPERTY_##id,
#include "limit/properties.def"
#undef PROPERTY
	PROPERTIES,
};

/* "No limit", in all that is a number. */
#define PROPERTY_INFINITY UINT64_MAX

/* An element of "a(st)": a path and a number; of "a(ss)": a path and a word. */
struct property_entry {
	const char *path, *word;
	uint64_t number;
};

struct property {
	const char *name; /* "CPUWeight" */
	const char *type; /* D-Bus signature of the value, which is in: */
	uint64_t number;  /*	"t" */
	const char *word; /*	"s" */
	size_t n;	  /*	"ay", "a(st)", "a(ss)": so many */
	uint8_t *bytes;
	struct property_entry *entries;
};

/* No name comes twice: of several values for one, the last counts. */
struct properties {
	struct oci_arena *arena; /* holds all there is below */
	size_t n, n_left;
	struct property v[PROPERTIES];
	const char **left; /* JSON pointers of what no property says: left to the files */
};

/* The property of that name, or NULL. */
struct property *property_find(struct properties *list, const char *name);
/* The same, but one that is not there is made, empty.  Names are those of properties.def. */
struct property *property_get(struct properties *list, const char *name, const char *type);
/* The entry of that path, which is made if there is none; NULL and an error without memory. */
struct property_entry *property_entry(struct properties *list, struct property *p, const char *path,
				      struct error *err);
/* Notes that the value at /linux/resources/POINTER is left to the files. */
int property_leave(struct properties *list, const char *pointer, struct error *err);
