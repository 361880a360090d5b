/* SPDX-License-Identifier: Apache-2.0 */
/* parser.h - the state of a parse: parse.c changes it, report.c reads it for error messages */
#pragma once
#include "libocispec/keyset.h"
#include "libocispec/number.h"
#include "libocispec/ocispec.h"
#include "libocispec/schema.h"
#include "libocispec/yajl_memory.h"

enum oci_json {
	OCI_JSON_NULL,
	OCI_JSON_BOOL,
	OCI_JSON_NUMBER,
	OCI_JSON_STRING,
	OCI_JSON_ARRAY,
	OCI_JSON_OBJECT,
};

/* An open bracket: what its members or elements are, and where they go. */
struct oci_frame {
	const struct oci_type *type; /* of the object being filled in; NULL: list, map or unknown */
	void *base;		     /* the object, or the member that the list or map is for */
	const struct oci_field
		*field;		 /* the row of the next value, or of the elements; NULL: unknown */
	uint64_t seen;		 /* members that had a key, null and wrong ones too */
	struct schema_list list; /* elements so far, and how many fit */
	size_t room;
	const char *key; /* the last key */
	size_t key_len;
	size_t index;		/* of the last element, wrong ones too; SIZE_MAX: none yet */
	size_t opened;		/* offset of the bracket */
	struct oci_keyset keys; /* unknown ones of an object, all of a map */
	unsigned next;		/* the row that probably comes next */
	bool is_array, skip;	/* skip: ignore the next value, its key was there before */
};

struct oci_parser {
	const char *json;
	size_t len;
	struct oci_arena *arena;
	struct oci_sink *sink; /* NULL: stop at the first error */
	yajl_handle yajl;
	int hints; /* searches for the nearest word so far; report.c stops at HINTS_MAX */
	int depth;
	struct oci_frame frames[OCI_DEPTH_MAX + 2];
	struct oci_pool pool;
};

static inline struct oci_frame *oci_parser_top(struct oci_parser *p)
{
	return &p->frames[p->depth];
}

/* Offset of the token just read, which has n bytes. */
static inline size_t oci_parser_offset(const struct oci_parser *p, size_t n)
{
	return yajl_get_bytes_consumed(p->yajl) - n;
}
