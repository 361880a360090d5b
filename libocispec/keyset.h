/* SPDX-License-Identifier: Apache-2.0 */
/* keyset.h - the keys that an object has had so far, to find a duplicate */
#pragma once
#include "libocispec/ocispec.h"

struct oci_key {
	const char *s;
	size_t n;
	size_t offset; /* in the JSON text */
};

struct oci_keyset {
	struct oci_key *keys; /* in the order of the text */
	uint32_t *table;      /* hash table of index + 1 in keys; NULL as long as keys are few */
	uint32_t n, room, table_size;
};

/* Adds a key (not copied).  Returns 1, 0 if it is there already, -1 when out of memory. */
int oci_keyset_add(struct oci_keyset *set, struct oci_key key, struct oci_arena *arena);
