/* SPDX-License-Identifier: Apache-2.0 */
/* syntax.h - says what is wrong with a text that is not JSON */
#pragma once
#include "libocispec/ocispec.h"
#include "libocispec/scan.h"

/* Fills in offset, pointer, text and help of a problem.  fault is what the scan found, or
 * OCI_FAULT_SYNTAX for a text that yajl refused; offset is where the scan or yajl stopped. */
void oci_syntax_explain(const char *json, size_t len, enum oci_fault fault, size_t offset,
			struct oci_problem *ret_problem);
