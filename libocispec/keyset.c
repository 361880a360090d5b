/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyset.c - the keys that an object has had so far, to find a duplicate
 *
 * A few keys are compared one by one.  A document may hold a million, so more keys than FEW go to a
 * hash table.  The hash begins with the table's address, which an attacker does not know: otherwise
 * a document could be made of keys that all have the same hash, and each look-up would walk over
 * all of them.
 */
#include "libocispec/keyset.h"

#include <string.h>

enum { FEW = 12 };

static uint32_t hash(const struct oci_keyset *set, const struct oci_key *key)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)set->table;

	for (size_t i = 0; i < key->n; i++) {
		h = (h ^ (unsigned char)key->s[i]) * UINT64_C(0x100000001b3);
		h ^= h >> 29;
	}
	return (uint32_t)(h ^ h >> 32);
}

static bool same(const struct oci_key *a, const struct oci_key *b)
{
	return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
}

/* The place of the key in the table: where it is, or the empty one where it belongs. */
static uint32_t *find(const struct oci_keyset *set, const struct oci_key *key)
{
	uint32_t mask = set->table_size - 1, at = hash(set, key) & mask;

	while (set->table[at] != 0 && !same(&set->keys[set->table[at] - 1], key))
		at = (at + 1) & mask;
	return &set->table[at];
}

static bool has_key(const struct oci_keyset *set, const struct oci_key *key)
{
	if (set->table)
		return *find(set, key) != 0;
	for (uint32_t i = 0; i < set->n; i++)
		if (same(&set->keys[i], key))
			return true;
	return false;
}

/* Doubles the room; a larger table has another address and hash, so all keys go in anew. */
static bool grow_set(struct oci_keyset *set, struct oci_arena *arena)
{
	uint32_t room = set->room ? set->room * 2 : 4;
	struct oci_key *keys = oci_arena_get(arena, room * sizeof *keys);

	if (!keys)
		return false;
	if (set->n)
		memcpy(keys, set->keys, set->n * sizeof *keys);
	set->keys = keys;
	set->room = room;
	if (room <= FEW)
		return true;
	set->table_size = room * 2;
	set->table = oci_arena_get(arena, set->table_size * sizeof *set->table);
	for (uint32_t i = 0; set->table && i < set->n; i++)
		*find(set, &set->keys[i]) = i + 1;
	return set->table != NULL;
}

int oci_keyset_add(struct oci_keyset *set, struct oci_key key, struct oci_arena *arena)
{
	if (has_key(set, &key))
		return 0;
	if (set->n == set->room && !grow_set(set, arena))
		return -1;
	set->keys[set->n++] = key;
	if (set->table)
		*find(set, &key) = set->n;
	return 1;
}
