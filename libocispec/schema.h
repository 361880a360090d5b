/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - what parse.c and emit.c know of a row's kind */
#pragma once
#include "libocispec/ocispec.h"

/* How every repeated member lies in memory, and an entry of a MAPOF up to its value. */
struct schema_list {
	size_t n;
	void *v;
};
struct schema_entry {
	const char *key;
	uint64_t has; /* the value's first member: its offset is that of the value */
};

/* Bytes an element of a repeated member takes; 0 if the kind does not repeat. */
size_t oci_schema_element_size(const struct oci_field *field);
/* True for STRS, U32S, ENUMS and OBJS: an array in JSON.  (MAP and MAPOF are objects.) */
bool oci_schema_is_array(const struct oci_field *field);
