/* SPDX-License-Identifier: Apache-2.0 */
/* syntax.h - our own words for a text that is not JSON */
#pragma once
#include "libocispec/ocispec.h"
#include "libocispec/scan.h"

/* Fills in offset, pointer, text and help of a problem for a fault that the scan found, or (fault
 * OCI_FAULT_SYNTAX) for what yajl refused; offset is where they stopped. */
void oci_syntax_explain(const char *json, size_t len, enum oci_fault fault, size_t offset,
			struct oci_problem *ret_problem);
