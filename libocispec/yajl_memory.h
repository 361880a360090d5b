/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yajl_memory.h - memory for yajl, which does not look whether it got any
 *
 * yajl uses what its allocator returns unseen, so this one never returns NULL: it jumps back to
 * before the parse.  That is safe because yajl holds nothing but this memory, and its frames are
 * plain C.  A usual document fits the few kilobytes on the stack; a larger one takes more from the
 * document's arena.
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

/* Never freed one by one: the pool and the arena forget all of it. */
yajl_alloc_funcs oci_pool_funcs(struct oci_pool *pool);
