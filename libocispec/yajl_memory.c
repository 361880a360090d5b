/* SPDX-License-Identifier: Apache-2.0 */
/* yajl_memory.c - memory for yajl, which does not look whether it got any */
#include "libocispec/yajl_memory.h"

#include <string.h>

/* Before each piece, for realloc. */
struct header {
	_Alignas(max_align_t) size_t size;
};

static void *pool_malloc(void *context, size_t size)
{
	struct oci_pool *pool = context;
	size_t whole = (sizeof(struct header) + size + sizeof(max_align_t) - 1) /
		       sizeof(max_align_t) * sizeof(max_align_t);
	struct header *h;

	if (whole < size)
		longjmp(pool->out_of_memory, 1);
	if (whole <= sizeof pool->first - pool->used) {
		h = (struct header *)(pool->first + pool->used);
		pool->used += whole;
	} else {
		h = oci_arena_get(pool->arena, whole);
	}
	if (!h)
		longjmp(pool->out_of_memory, 1);
	h->size = size;
	return h + 1;
}

static void *pool_realloc(void *context, void *old, size_t size)
{
	struct header *h = old;
	void *new;

	if (old && h[-1].size >= size)
		return old;
	new = pool_malloc(context, size);
	if (old)
		memcpy(new, old, h[-1].size);
	return new;
}

static void pool_free(void *context, void *piece)
{
	(void)context;
	(void)piece;
}

yajl_alloc_funcs oci_pool_funcs(struct oci_pool *pool)
{
	return (yajl_alloc_funcs){ pool_malloc, pool_realloc, pool_free, pool };
}
