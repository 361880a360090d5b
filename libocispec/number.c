/* SPDX-License-Identifier: Apache-2.0 */
/* number.c - reads a JSON number as an exact integer: no rounding, no overflow */
#include "libocispec/number.h"

static struct oci_range range_of_kind(int kind)
{
	switch (kind) {
	case OCI_I32:
		return (struct oci_range){ INT32_MIN, INT32_MAX };
	case OCI_I64:
		return (struct oci_range){ INT64_MIN, INT64_MAX };
	case OCI_U16:
		return (struct oci_range){ 0, UINT16_MAX };
	case OCI_U64:
		return (struct oci_range){ 0, UINT64_MAX };
	default:
		return (struct oci_range){ 0, UINT32_MAX };
	}
}

struct oci_range oci_range_of(const struct oci_field *field)
{
	struct oci_range range = range_of_kind(field->kind);

	if (field->flags & OCI_POSITIVE)
		range.low = 1;
	if (field->flags & OCI_MODE)
		range.high = 0777;
	return range;
}

static bool read_digits(const char *s, size_t n, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(s[i] - '0'), &value))
			return false;
	*ret_value = value;
	return true;
}

static bool is_whole(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

enum oci_number oci_number_read(const char *s, size_t n, struct oci_range range,
				uint64_t *ret_value)
{
	bool is_negative = n > 0 && *s == '-';
	uint64_t value;

	s += is_negative;
	n -= is_negative;
	if (!is_whole(s, n))
		return OCI_NUMBER_NOT_WHOLE;
	if (!read_digits(s, n, &value))
		return OCI_NUMBER_OUT_OF_RANGE;
	if (is_negative && value > 0) {
		if (range.low >= 0 || value - 1 > (uint64_t) - (range.low + 1))
			return OCI_NUMBER_OUT_OF_RANGE;
		value = -value;
	} else if (value > range.high || (range.low > 0 && value < (uint64_t)range.low)) {
		return OCI_NUMBER_OUT_OF_RANGE;
	}
	*ret_value = value;
	return OCI_NUMBER_FITS;
}
