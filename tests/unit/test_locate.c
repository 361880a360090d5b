/* SPDX-License-Identifier: Apache-2.0 */
/* test_locate.c - from a pointer to line and column */
#include "tests/unit/generate.h"

static const char text[] = "{\n"
			   "  \"process\": {\n"
			   "    \"args\": [\"a\", \"b\\\"]\", {}],\n"
			   "\t\"cwd\":null\n"
			   "  },\n"
			   "  \"a\\/b~\\u0063\\ud83d\\ude00\": [[1, [true]], -1.5e3]\n"
			   "}\n";

static void values_are_found(void **state)
{
	static const struct {
		const char *pointer;
		unsigned line, column;
	} table[] = {
		{ "", 1, 1 },
		{ "/process", 2, 14 },
		{ "/process/args", 3, 13 },
		{ "/process/args/0", 3, 14 },
		{ "/process/args/1", 3, 19 },
		{ "/process/args/2", 3, 27 },
		{ "/process/cwd", 4, 8 },
		{ "/a~1b~0c\xf0\x9f\x98\x80", 6, 30 },
		{ "/a~1b~0c\xf0\x9f\x98\x80/0/1", 6, 35 },
		{ "/a~1b~0c\xf0\x9f\x98\x80/0/1/0", 6, 36 },
		{ "/a~1b~0c\xf0\x9f\x98\x80/1", 6, 44 },
		/* what is missing stands where its object does */
		{ "/process/user/uid", 2, 14 },
		{ "/process/args/3", 3, 13 },
		{ "/process/argsx", 2, 14 },
		{ "/root", 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		unsigned line = 0, column = 0;

		assert_true(oci_locate(text, sizeof text - 1, table[i].pointer, &line, &column));
		if (line != table[i].line || column != table[i].column) {
			print_error("%s is at %u:%u, must be at %u:%u\n", table[i].pointer, line,
				    column, table[i].line, table[i].column);
			assert_true(false);
		}
	}
}

/* The offset a problem carries and the second reading agree about the place of a wrong value. */
static void it_agrees_with_the_parser(void **state)
{
	static const char *const wrong[] = {
		"{ \"annotations\": {\"\\u0022/\\\\\": \"x\", \"\\n~\":  1}}",
		"{\"mounts\":[{\"destination\":\"/\"},{\"options\":[\"\\\"\" , {}]}]}",
		"{\"linux\":{\"sysctl\":{\"a\":[]}}}",
	};
	struct oci_arena *arena = oci_arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct collect got;
		unsigned line, column, line2 = 0, column2 = 0;

		collect_begin(&got);
		(void)collect_parse(&got, &oci_config_type, wrong[i], arena);
		assert_true(got.n > 0);
		oci_line_column(wrong[i], strlen(wrong[i]), got.problems[0].offset, &line, &column);
		/* a control character of a key is escaped in the pointer: not found */
		if (i > 0) {
			assert_true(oci_locate(wrong[i], strlen(wrong[i]), got.problems[0].pointer,
					       &line2, &column2));
			assert_int_equal(line, line2);
			assert_int_equal(column, column2);
		}
		assert_int_equal(wrong[i][got.problems[0].offset], i == 0   ? '1'
								   : i == 1 ? '{'
									    : '[');
	}
	oci_arena_free(arena);
}

/* Of two members with one name the first is shown, for what is in neither, too. */
static void the_first_of_two_is_found(void **state)
{
	static const char twice[] = "{\"a\":{},\n\"a\":{},\n\"b\":[]}";
	unsigned line = 0, column = 0;

	(void)state;
	assert_true(oci_locate(twice, sizeof twice - 1, "/a/c", &line, &column));
	assert_int_equal(line, 1);
	assert_int_equal(column, 6);
}

/* It reads one bracket more than a parsed text may have: the one too many has a place, too. */
static void it_reads_as_deep_as_it_has_room(void **state)
{
	(void)state;
	for (int depth = OCI_DEPTH_MAX; depth <= OCI_DEPTH_MAX + 2; depth++) {
		struct json json = { 0 };
		unsigned line = 0, column = 0;

		json_add(&json, "{\"a\":");
		for (int i = 1; i < depth; i++)
			json_add(&json, "[");
		for (int i = 1; i < depth; i++)
			json_add(&json, "]");
		json_add(&json, ",\n\"b\":1}");
		assert_true(oci_locate(json.s, json.n, "/b", &line, &column));
		assert_int_equal(line, depth <= OCI_DEPTH_MAX + 1 ? 2 : 1);
		free(json.s);
	}
}

static void a_text_that_breaks_off_is_searched_as_far_as_it_goes(void **state)
{
	unsigned line, column;

	(void)state;
	assert_false(oci_locate("", 0, "/a", &line, &column));
	assert_false(oci_locate("x", 1, "/a", &line, &column));
	for (size_t n = 1; n < sizeof text - 1; n++)
		assert_true(oci_locate(text, n, "/nowhere/at/all", &line, &column));
	assert_true(oci_locate(text, 20, "/process/args/0", &line, &column));
	assert_int_equal(line, 2);
}

static void offsets_become_lines(void **state)
{
	unsigned line, column;

	(void)state;
	oci_line_column("ab\ncd\n", 6, 4, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 2);
	oci_line_column("ab\ncd\n", 6, 2, &line, &column);
	assert_int_equal(line, 1);
	assert_int_equal(column, 3);
	oci_line_column("ab\ncd\n", 6, 99, &line, &column);
	assert_int_equal(line, 3);
	assert_int_equal(column, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found),
		cmocka_unit_test(it_agrees_with_the_parser),
		cmocka_unit_test(the_first_of_two_is_found),
		cmocka_unit_test(it_reads_as_deep_as_it_has_room),
		cmocka_unit_test(a_text_that_breaks_off_is_searched_as_far_as_it_goes),
		cmocka_unit_test(offsets_become_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
