/* SPDX-License-Identifier: Apache-2.0 */
/* keyset.h - the keys an object has had, to find the second of a kind among many */
#pragma once
#include "libocispec/ocispec.h"

struct oci_key {
	const char *s;
	size_t n;
	size_t offset; /* in the JSON text */
};

struct oci_keyset {
	struct oci_key *keys; /* in the order of the text */
	uint32_t *table;      /* open addressing, index + 1; only made for more than a few keys */
	uint32_t n, room, table_size;
};

/* Adds a key (not copied).  Returns 1, 0 if it is there already, -1 when out of memory. */
int oci_keyset_add(struct oci_keyset *set, struct oci_key key, struct oci_arena *arena);
