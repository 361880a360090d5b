/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - one pass over the raw bytes, before anything else reads them */
#pragma once
#include <stddef.h>

enum oci_fault {
	OCI_FAULT_NONE,
	OCI_FAULT_SYNTAX, /* not JSON: syntax.c finds the words */
	OCI_FAULT_EMPTY,
	OCI_FAULT_SIZE,
	OCI_FAULT_DEPTH,
	OCI_FAULT_NUL,
	OCI_FAULT_CONTROL,
	OCI_FAULT_UTF8,
	OCI_FAULT_ESCAPE,
	OCI_FAULT_SURROGATE,
};

/*
 * What yajl 2.1.0 does not see, unknown parts of the document included: NUL (raw or escaped), bad
 * UTF-8, lone surrogates, size, depth.  It also makes sure that the brackets close and nothing
 * comes after them, so yajl never keeps a half token
 * of unknown length.  *ret_offset is the byte of the first fault.
 */
enum oci_fault oci_scan(const char *json, size_t len, size_t *ret_offset);
