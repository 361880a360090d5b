/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yajl_memory.h - memory for yajl, which never checks whether an allocation failed
 *
 * yajl uses what its allocator returns without looking, so NULL would crash it.  Ours never returns
 * NULL: when memory runs out it calls longjmp(3) back to before the parse.  That leaks nothing,
 * because yajl owns nothing but memory from here.  Most documents need only the few kilobytes in
 * the pool, which lies on the stack; a larger one takes more from the document's arena.
 */
#pragma once
#include "libocispec/ocispec.h"

#include <setjmp.h>
#include <yajl/yajl_parse.h>

struct oci_pool {
	jmp_buf out_of_memory; /* setjmp() here before yajl_alloc() */
	struct oci_arena *arena;
	size_t used;
	_Alignas(max_align_t) char first[6144];
};

/* What yajl frees is not reused: all of it goes at once, with the pool and the arena. */
yajl_alloc_funcs oci_pool_funcs(struct oci_pool *pool);
