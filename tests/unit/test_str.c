/* SPDX-License-Identifier: Apache-2.0 */
/* test_str.c - what is a number and what is not, text that grows */
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "base/str.h"
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

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
		uint64_t u = 7;
		uint32_t v = 7;
		int64_t n = 7;

		assert_false(parse_u64(no_numbers[i], &u));
		assert_false(parse_u32(no_numbers[i], &v));
		assert_false(parse_i64(no_numbers[i], &n));
		assert_true(u == 7 && v == 7 && n == 7);
	}
}

static void numbers_reach_to_the_end_of_their_type(void **state)
{
	uint64_t u;
	uint32_t v;
	int64_t n;

	(void)state;
	assert_true(parse_u64("0", &u) && u == 0);
	assert_true(parse_u64("18446744073709551615", &u) && u == UINT64_MAX);
	assert_true(parse_u32("4294967295", &v) && v == UINT32_MAX);
	assert_false(parse_u32("4294967296", &v));
	assert_false(parse_u32("-1", &v));
	assert_false(parse_u64("-1", &u));
	assert_true(parse_i64("9223372036854775807", &n) && n == INT64_MAX);
	assert_false(parse_i64("9223372036854775808", &n));
	assert_true(parse_i64("-9223372036854775808", &n) && n == INT64_MIN);
	assert_false(parse_i64("-9223372036854775809", &n));
	assert_true(parse_i64("-1", &n) && n == -1);
}

static void text_grows(void **state)
{
	struct strbuf b = STRBUF_EMPTY;
	char *text;

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_print(&b, "%03d", i);
	strbuf_add(&b, "!");
	assert_int_equal(b.len, 3001);
	text = strbuf_take(&b);
	assert_non_null(text);
	assert_int_equal(strlen(text), 3001);
	assert_memory_equal(text + 2997, "999!", 5);
	free(text);
	text = strbuf_take(&b);
	assert_string_equal(text, "");
	free(text);
}

static void json_is_escaped(void **state)
{
	struct strbuf b = STRBUF_EMPTY;
	auto_free char *text = NULL;

	(void)state;
	strbuf_add_json(&b, "a\"b\\c\nd\x01\x7f\xc3\xa4/");
	text = strbuf_take(&b);
	assert_string_equal(text, "a\\\"b\\\\c\\u000ad\\u0001\\u007f\xc3\xa4/");
}

static void too_much_is_remembered_not_fatal(void **state)
{
	struct strbuf b = STRBUF_EMPTY;

	(void)state;
	strbuf_add(&b, "x");
	strbuf_add_n(&b, "y", SIZE_MAX / 2);
	assert_true(b.failed);
	strbuf_add(&b, "z");
	assert_null(strbuf_take(&b));
	assert_null(b.text);
}

static void starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts_with("/dev/pts", "/dev"));
	assert_false(str_starts_with("/d", "/dev"));
	assert_true(str_ends_with("cpu.max", ".max"));
	assert_false(str_ends_with("max", ".max"));
}

static void a_table_is_read_both_ways(void **state)
{
	static const struct named rows[] = { { "one", 1 }, { "two", 2 }, { "zwei", 2 } };
	long long n = 5;

	(void)state;
	assert_true(table_find(rows, ARRAY_SIZE(rows), "zwei", &n) && n == 2);
	n = 5;
	assert_false(table_find(rows, ARRAY_SIZE(rows), "drei", &n));
	assert_int_equal(n, 5);
	assert_string_equal(table_name(rows, ARRAY_SIZE(rows), 2), "two");
	assert_null(table_name(rows, ARRAY_SIZE(rows), 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(numbers_reach_to_the_end_of_their_type),
		cmocka_unit_test(text_grows),
		cmocka_unit_test(json_is_escaped),
		cmocka_unit_test(too_much_is_remembered_not_fatal),
		cmocka_unit_test(starts_and_ends),
		cmocka_unit_test(a_table_is_read_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
