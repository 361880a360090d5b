/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - the first pass: refuses what yajl would let through */
#pragma once
#include <stddef.h>

enum oci_fault {
	OCI_FAULT_NONE,
	OCI_FAULT_SYNTAX, /* not JSON: syntax.c finds out what is wrong */
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
 * Looks at the raw bytes for what yajl 2.1.0 accepts and we do not: NUL (raw or escaped), bad
 * UTF-8, half a surrogate pair, a document that is too large or nested too deep.  Parts of the
 * document that nobody knows are looked at, too.  It also makes sure that all brackets are closed
 * and that nothing comes after the last one: so yajl never stops inside a token, and the offsets
 * that report.c computes are right.  *ret_offset is the byte of the first fault.
 */
enum oci_fault oci_scan(const char *json, size_t len, size_t *ret_offset);
