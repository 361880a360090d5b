/* SPDX-License-Identifier: Apache-2.0 */
/* test_decimal.c - what is a number and what is not */
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "base/decimal.h"

static const char *const no_numbers[] = {
	"",
	" ",
	"+1",
	" 1",
	"1 ",
	"01",
	"00",
	"0x1",
	"1e3",
	"1.",
	"-",
	"--1",
	"-0",
	"-01",
	"1\n",
	"\t1",
	"1,",
	"18446744073709551616",
	"a",
	"1a",
	"٣",
	"١٢٣",
	"1_0",
	"-+1",
	"99999999999999999999999",
};

static void what_is_no_number_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
		uint32_t v = 7;
		int64_t n = 7;

		assert_false(parse_u32(no_numbers[i], &v));
		assert_false(parse_i64(no_numbers[i], &n));
		assert_true(v == 7 && n == 7);
	}
}

static void numbers_reach_to_the_end_of_their_type(void **state)
{
	uint32_t v;
	int64_t n;

	(void)state;
	assert_true(parse_u32("4294967295", &v) && v == UINT32_MAX);
	assert_false(parse_u32("4294967296", &v));
	assert_false(parse_u32("-1", &v));
	assert_true(parse_i64("9223372036854775807", &n) && n == INT64_MAX);
	assert_false(parse_i64("9223372036854775808", &n));
	assert_true(parse_i64("-9223372036854775808", &n) && n == INT64_MIN);
	assert_false(parse_i64("-9223372036854775809", &n));
	assert_true(parse_i64("-1", &n) && n == -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(numbers_reach_to_the_end_of_their_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
