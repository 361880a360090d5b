/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - a second reading of a JSON text, token by token
 *
 * yajl parses; this walks the same text again when a problem has to be explained: which token
 * should not be there, which line a pointer names.  It keeps the path, allocates nothing, needs no
 * valid text and is never run when all is well.
 */
#pragma once
#include "libocispec/ocispec.h"
#include "libocispec/text.h"

enum oci_token {
	OCI_TOKEN_OPEN, /* { or [ */
	OCI_TOKEN_CLOSE,
	OCI_TOKEN_KEY,
	OCI_TOKEN_SCALAR, /* string, number, true, false or null */
	OCI_TOKEN_END,	  /* of the text, after one whole value */
	OCI_TOKEN_BAD,	  /* see struct oci_walk's want; the walk is over */
};

struct oci_step {
	bool is_array, has_key;
	size_t opened;	     /* offset of the bracket */
	size_t index;	     /* of the element last begun */
	size_t key, key_len; /* the key last read, raw, without its quotes */
};

struct oci_walk {
	const char *json;
	size_t len;
	size_t start, at; /* the token is [start, at) */
	const char *want; /* "a value": what the grammar allows here */
	int depth;	  /* of open brackets; steps[1..depth] */
	struct oci_step steps[OCI_DEPTH_MAX + 2];
};

void oci_walk_begin(struct oci_walk *walk, const char *json, size_t len);
enum oci_token oci_walk_next(struct oci_walk *walk);
/* The pointer of the token just read (of the value that a key announces). */
void oci_walk_pointer(const struct oci_walk *walk, struct oci_text *pointer);
