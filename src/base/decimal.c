/* SPDX-License-Identifier: Apache-2.0 */
/* decimal.c - strict numbers */
#include "base/decimal.h"

/* Digits up to the end, at most max. */
static bool parse_digits(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (*s == '\0' || (s[0] == '0' && s[1] != '\0'))
		return false;
	for (; *s; s++) {
		unsigned digit = (unsigned)*s - '0';

		if (digit > 9 || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

bool parse_u32(const char *s, uint32_t *ret)
{
	uint64_t value;

	if (!parse_digits(s, UINT32_MAX, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

bool parse_i64(const char *s, int64_t *ret)
{
	bool minus = *s == '-';
	uint64_t value;

	if (!parse_digits(s + minus, (uint64_t)INT64_MAX + minus, &value) || (minus && value == 0))
		return false;
	*ret = minus ? -(int64_t)(value - 1) - 1 : (int64_t)value;
	return true;
}
