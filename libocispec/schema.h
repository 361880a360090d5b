/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - how the values of a row lie in memory; parse.c writes them, emit.c reads them */
#pragma once
#include "libocispec/ocispec.h"

/* Every list or map lies in memory like this, whatever the type of its elements. */
struct schema_list {
	size_t n;
	void *v;
};
/* The beginning of an entry of a MAPOF: the key, then the object, which begins with its "has". */
struct schema_entry {
	const char *key;
	uint64_t has;
};

/* Bytes an element of a repeated member takes; 0 if the kind does not repeat. */
size_t oci_schema_element_size(const struct oci_field *field);
/* True for STRS, U32S, ENUMS and OBJS: an array in JSON.  (MAP and MAPOF are objects.) */
bool oci_schema_is_array(const struct oci_field *field);
