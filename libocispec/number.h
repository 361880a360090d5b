/* SPDX-License-Identifier: Apache-2.0 */
/* number.h - reads a JSON number as an exact integer: no rounding, no overflow */
#pragma once
#include "libocispec/ocispec.h"

struct oci_range {
	int64_t low;
	uint64_t high;
};

/* The numbers that a member (or an element of its list) may hold, by its kind and flags. */
struct oci_range oci_range_of(const struct oci_field *field);

enum oci_number { OCI_NUMBER_FITS, OCI_NUMBER_OUT_OF_RANGE, OCI_NUMBER_NOT_WHOLE };
/* Reads n bytes of s, which the JSON grammar has accepted as a number.  A negative number is stored
 * in *ret_value as two's complement: the caller casts it to the member's type. */
enum oci_number oci_number_read(const char *s, size_t n, struct oci_range range,
				uint64_t *ret_value);
