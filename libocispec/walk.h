/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h - reads a JSON text a second time, token by token, to explain a problem
 *
 * yajl parses.  When a problem has to be explained, this reader goes over the same text again to
 * find the token that is wrong, or the line of the value that a pointer names.  It knows the path
 * of the value it stands at, allocates nothing and copes with text that is not JSON.  It never runs
 * when all is well.
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
	OCI_TOKEN_BAD,	  /* not what "want" of struct oci_walk allows; the walk is over */
};

struct oci_step {
	bool is_array, has_key;
	size_t opened;	     /* offset of the bracket */
	size_t index;	     /* of the element last begun; SIZE_MAX: none yet */
	size_t key, key_len; /* the key last read, raw, without its quotes */
};

struct oci_walk {
	const char *json;
	size_t len;
	size_t start, at; /* the token is [start, at) */
	const char *want; /* "a value": what the grammar allows here */
	int depth;	  /* how many brackets are open: steps[1] to steps[depth] */
	struct oci_step steps[OCI_DEPTH_MAX + 2];
};

void oci_walk_begin(struct oci_walk *walk, const char *json, size_t len);
enum oci_token oci_walk_next(struct oci_walk *walk);
/* The JSON pointer of the token just read; after a key, that of its value. */
void oci_walk_pointer(const struct oci_walk *walk, struct oci_text *pointer);
