/* SPDX-License-Identifier: Apache-2.0 */
/* test_scan.c - what the first pass refuses: NUL, control characters, escapes, depth, size */
#include "tests/unit/collect.h"

#include <stdio.h>

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

static void depth_is_bounded_in_what_is_ignored_too(void **state)
{
	(void)state;
	for (int depth = OCI_DEPTH_MAX; depth <= OCI_DEPTH_MAX + 1; depth++) {
		struct json json = { 0 };

		json_add(&json, "{\"ociVersion\":\"1\",\"windows\":");
		for (int i = 1; i < depth; i++)
			json_add(&json, "[");
		for (int i = 1; i < depth; i++)
			json_add(&json, "]");
		json_add(&json, "}");
		collect_begin(&got);
		(void)collect_parse(&got, &oci_config_type, json.s, arena);
		assert_int_equal(got.n, depth > OCI_DEPTH_MAX);
		free(json.s);
	}
	assert_string_equal(got.problems[0].text, "nested deeper than 32");
	/* The last bracket counts: it is the one too many. */
	assert_int_equal(strlen(got.problems[0].pointer),
			 strlen("/windows") + (OCI_DEPTH_MAX - 1) * strlen("/0"));
}

static void size_is_bounded(void **state)
{
	size_t n = (size_t)OCI_SIZE_MAX + 1;
	char *json = malloc(n);

	(void)state;
	assert_non_null(json);
	memset(json, ' ', n);
	memcpy(json, "{\"ociVersion\":\"1\"}", 18);
	assert_non_null(oci_parse(&oci_config_type, json, n - 1, arena, &got.sink));
	assert_int_equal(got.n, 0);
	assert_null(oci_parse(&oci_config_type, json, n, arena, &got.sink));
	assert_int_equal(got.n, 1);
	assert_string_equal(got.problems[0].text, "larger than 16 MiB");
	free(json);
}

static void raw_nul_is_refused_anywhere(void **state)
{
	static const char json[] = "{\"hostname\":\"a\\n\"}";

	(void)state;
	for (size_t i = 0; i <= sizeof json - 1; i++) {
		char text[sizeof json + 1];

		memcpy(text, json, i);
		text[i] = '\0';
		memcpy(text + i + 1, json + i, sizeof json - 1 - i);
		collect_begin(&got);
		assert_null(collect_parse_n(&got, &oci_config_type, text, sizeof json, arena));
		assert_int_equal(got.n, 1);
		assert_string_equal(got.problems[0].text, "contains a NUL");
		assert_int_equal(got.problems[0].offset, i);
	}
}

/* Text is read eight bytes at a time: the byte in question stands at each place of them. */
static void control_characters_are_refused_wherever_they_stand(void **state)
{
	char json[] = "{\"ociVersion\":\"1\",\"hostname\":\"aaaaaaaaaaaaaaaaaaaaaaaa\"}", text[80];
	char *first = strstr(json, "aaaa");

	(void)state;
	for (char *at = first; *at == 'a'; at++)
		for (int c = 1; c <= 0x20; c++) {
			*at = (char)c;
			collect_begin(&got);
			(void)collect_parse(&got, &oci_config_type, json, arena);
			assert_int_equal(got.n, c < 0x20);
			(void)snprintf(text, sizeof text,
				       "contains the control character 0x%02x, write it \\u%04x",
				       (unsigned)c, (unsigned)c);
			if (c < 0x20)
				assert_string_equal(got.problems[0].text, text);
			*at = 'a';
		}
}

/* RFC 8259 knows these eight, and \u. */
static void no_other_escape_is_taken(void **state)
{
	char json[] = "{\"ociVersion\":\"1\",\"hostname\":\"\\?000\"}";
	char *at = strchr(json, '?');

	(void)state;
	for (int c = 1; c < 0x80; c++) {
		bool known = strchr("\"\\/bfnrt", c) != NULL;

		if (c == 'u')
			continue;
		*at = (char)c;
		collect_begin(&got);
		(void)collect_parse(&got, &oci_config_type, json, arena);
		assert_int_equal(got.n, !known);
		if (!known)
			assert_string_equal(got.problems[0].text,
					    "contains an escape that JSON does not have");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(depth_is_bounded_in_what_is_ignored_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(size_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(raw_nul_is_refused_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(control_characters_are_refused_wherever_they_stand,
						setup, teardown),
		cmocka_unit_test_setup_teardown(no_other_escape_is_taken, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
