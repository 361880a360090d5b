/* SPDX-License-Identifier: Apache-2.0 */
/* test_emit.c - what is read is written again, and what is written can be read */
#include "tests/unit/generate.h"

#include <limits.h>

static struct oci_arena *arena;
static struct collect got;

static int setup(void **state)
{
	(void)state;
	arena = oci_arena_new();
	collect_begin(&got);
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena = oci_arena_free(arena);
	return 0;
}

static void every_member_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < DOCUMENTS; i++) {
		struct json json = { 0 };
		size_t n = 0;
		void *object, *again;
		char *compact, *pretty;

		generate_object(&json, documents[i]);
		object = collect_parse_n(&got, documents[i], json.s, json.n, arena);
		assert_int_equal(got.n, 0);
		compact = oci_emit(documents[i], object, OCI_COMPACT, &n);
		assert_string_equal(compact, json.s);
		assert_int_equal(n, json.n);
		pretty = oci_emit(documents[i], object, OCI_PRETTY, &n);
		assert_int_equal(n, strlen(pretty));
		again = collect_parse_n(&got, documents[i], pretty, n, arena);
		assert_int_equal(got.n, 0);
		free(compact);
		compact = oci_emit(documents[i], again, OCI_COMPACT, NULL);
		assert_string_equal(compact, json.s);
		free(compact);
		free(pretty);
		free(json.s);
	}
}

static void pretty_is_two_blanks_a_level(void **state)
{
	static const char pretty[] = "{\n"
				     "  \"ociVersion\": \"1.0.0\",\n"
				     "  \"mounts\": [\n"
				     "    {\n"
				     "      \"destination\": \"/\",\n"
				     "      \"options\": []\n"
				     "    }\n"
				     "  ],\n"
				     "  \"annotations\": {\n"
				     "    \"a\": \"1\",\n"
				     "    \"b\": \"2\"\n"
				     "  },\n"
				     "  \"linux\": {}\n"
				     "}\n";
	void *object = collect_parse(&got, &oci_config_type, pretty, arena);
	char *text = oci_emit(&oci_config_type, object, OCI_PRETTY, NULL);

	(void)state;
	assert_string_equal(text, pretty);
	free(text);
}

static void strings_are_escaped_but_not_slashes(void **state)
{
	static const struct {
		const char *string, *json;
	} table[] = {
		{ "", "" },
		{ "/a/b", "/a/b" },
		{ "\"\\", "\\\"\\\\" },
		{ "\b\f\n\r\t", "\\b\\f\\n\\r\\t" },
		{ "\x01\x1f\x7f", "\\u0001\\u001f\x7f" },
		{ "\xc3\xa4\xf0\x9f\x98\x80", "\xc3\xa4\xf0\x9f\x98\x80" },
		{ "a\xff\xc0\xaf", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80.", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct oci_root root = { 0 };
		struct json json = { 0 };
		char *text;

		oci_set(root, &root, path, table[i].string);
		json_add(&json, "{\"path\":\"%s\"}", table[i].json);
		text = oci_emit(&oci_root_type, &root, OCI_COMPACT, NULL);
		assert_string_equal(text, json.s);
		free(text);
		free(json.s);
	}
}

static void numbers_keep_every_bit(void **state)
{
	struct oci_memory memory = { 0 };
	struct oci_rlimit limit = { 0 };
	char *text;

	(void)state;
	oci_set(memory, &memory, limit, INT64_MIN);
	oci_set(memory, &memory, swap, INT64_MAX);
	oci_set(memory, &memory, swappiness, UINT64_MAX);
	text = oci_emit(&oci_memory_type, &memory, OCI_COMPACT, NULL);
	assert_string_equal(text, "{\"limit\":-9223372036854775808,\"swap\":9223372036854775807,"
				  "\"swappiness\":18446744073709551615}");
	free(text);
	oci_set(rlimit, &limit, type, OCI_rlimit_type_RLIMIT_NOFILE);
	text = oci_emit(&oci_rlimit_type, &limit, OCI_COMPACT, NULL);
	assert_string_equal(text, "{\"type\":\"RLIMIT_NOFILE\"}");
	free(text);
}

/* Only what is marked is written; a marked pointer that is NULL is left out. */
static void absent_members_are_not_written(void **state)
{
	struct oci_state s = { 0 };
	char *text;

	(void)state;
	s.id = "unmarked";
	oci_set(state, &s, bundle, NULL);
	oci_set(state, &s, pid, 0);
	text = oci_emit(&oci_state_type, &s, OCI_COMPACT, NULL);
	assert_string_equal(text, "{\"pid\":0}");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_member_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(pretty_is_two_blanks_a_level, setup, teardown),
		cmocka_unit_test_setup_teardown(strings_are_escaped_but_not_slashes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(numbers_keep_every_bit, setup, teardown),
		cmocka_unit_test_setup_teardown(absent_members_are_not_written, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
