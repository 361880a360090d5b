/* SPDX-License-Identifier: Apache-2.0 */
/* number.h - a JSON number as an exact integer */
#pragma once
#include "libocispec/ocispec.h"

struct oci_range {
	int64_t low;
	uint64_t high;
};

/* What a member of this kind (or an element of its list) may hold, by its kind and flags. */
struct oci_range oci_range_of(const struct oci_field *field);

enum oci_number { OCI_NUMBER_FITS, OCI_NUMBER_OUT_OF_RANGE, OCI_NUMBER_NOT_WHOLE };
/* Reads the text of a number that the JSON grammar accepted.  *ret_value is the number modulo 2^64:
 * a cast to the member's type gives it back. */
enum oci_number oci_number_read(const char *s, size_t n, struct oci_range range,
				uint64_t *ret_value);
