/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.c - the memory of one document
 *
 * A parsed document is hundreds of small pieces that are all needed until the end.  They are cut
 * from a few large chunks in order, and freed together.
 */
#include "libocispec/ocispec.h"

#include <stdlib.h>
#include <string.h>

struct chunk {
	struct chunk *next;
	max_align_t data[];
};

struct oci_arena {
	struct chunk *chunks;
	char *at, *end;
	size_t next; /* size of the next chunk */
};

/* The first touch of each page costs a page fault, so a small document gets one small chunk.  Each
 * further chunk is twice as large, so that a large document needs few. */
enum { FIRST_CHUNK = 4000, LAST_CHUNK = 64000 };

struct oci_arena *oci_arena_new(void)
{
	return calloc(1, sizeof(struct oci_arena));
}

void *oci_arena_get(struct oci_arena *arena, size_t size)
{
	void *p;

	if (size > SIZE_MAX - 2 * sizeof(max_align_t) - sizeof(struct chunk))
		return NULL;
	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!arena->chunks || (size_t)(arena->end - arena->at) < size) {
		size_t usual = arena->next ? arena->next : FIRST_CHUNK;
		size_t room = size > usual ? size : usual;
		struct chunk *c = calloc(1, sizeof *c + room);

		if (!c)
			return NULL;
		arena->next = usual < LAST_CHUNK ? 2 * usual : usual;
		c->next = arena->chunks;
		arena->chunks = c;
		arena->at = (char *)c->data;
		arena->end = arena->at + room;
	}
	p = arena->at;
	arena->at += size;
	return p;
}

char *oci_arena_copy(struct oci_arena *arena, const char *s, size_t n)
{
	char *copy = oci_arena_get(arena, n + 1);

	if (copy)
		memcpy(copy, s, n);
	return copy;
}

struct oci_arena *oci_arena_free(struct oci_arena *arena)
{
	struct chunk *next;

	if (!arena)
		return NULL;
	for (struct chunk *c = arena->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	free(arena);
	return NULL;
}
