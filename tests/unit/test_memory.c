/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_memory.c - libocispec when memory runs out: each allocation fails in its turn
 *
 * The program is linked with --wrap: the library's calls land here first.
 */
#include "tests/unit/generate.h"

/* clang-format off */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
/* clang-format on */

static long allocations_left = -1; /* -1: as many as it likes */
static long allocations_failed;

static bool may_allocate(void)
{
	if (allocations_left < 0)
		return true;
	if (allocations_left == 0) {
		allocations_failed++;
		return false;
	}
	allocations_left--;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return may_allocate() ? __real_calloc(n, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	return may_allocate() ? __real_realloc(old, size) : NULL;
}

/* Every member, many entries, unknown keys, and an escaped string that yajl needs memory for. */
static struct json large_document(void)
{
	struct json json = { 0 };

	generate_object(&json, &oci_config_type);
	json.n--;
	json_add(&json, ",\"zos\":{\"a\":[\"\\n");
	for (int i = 0; i < 3000; i++)
		json_add(&json, "0123456789");
	json_add(&json, "\"]}");
	for (int i = 0; i < 200; i++)
		json_add(&json, ",\"\\u007a%d\":{\"a\":1}", i);
	json_add(&json, "}");
	return json;
}

static void parsing_says_so_and_nothing_else(void **state)
{
	struct json json = large_document();
	struct oci_arena *arena;
	long n = 0;

	(void)state;
	for (void *object = NULL; !object; n++) {
		struct collect got;

		assert_true(n < 1000);
		arena = oci_arena_new();
		assert_non_null(arena);
		collect_begin(&got);
		allocations_left = n;
		allocations_failed = 0;
		object = oci_parse(&oci_config_type, json.s, json.n, arena, &got.sink);
		allocations_left = -1;
		assert_int_equal(object != NULL, allocations_failed == 0);
		assert_int_equal(got.sink.failed, object == NULL);
		if (!object && got.n <= COLLECT_MAX) {
			assert_int_equal(got.problems[got.n - 1].kind, OCI_PROBLEM_MEMORY);
			assert_string_equal(got.problems[got.n - 1].text, "out of memory");
		}
		oci_arena_free(arena);
	}
	assert_true(n > 4);
	free(json.s);
}

static void writing_returns_null(void **state)
{
	struct json json = large_document();
	struct oci_arena *arena = oci_arena_new();
	struct collect got;
	void *object;
	char *text = NULL;
	long n = 0;

	(void)state;
	collect_begin(&got);
	object = oci_parse(&oci_config_type, json.s, json.n, arena, &got.sink);
	assert_non_null(object);
	for (; !text; n++) {
		size_t len = 77;

		allocations_left = n;
		allocations_failed = 0;
		text = oci_emit(&oci_config_type, object, OCI_PRETTY, &len);
		allocations_left = -1;
		assert_int_equal(text != NULL, allocations_failed == 0);
		assert_int_equal(len == 77, text == NULL);
	}
	assert_true(n > 2);
	free(text);
	oci_arena_free(arena);
	free(json.s);
}

static void an_arena_may_not_begin_or_grow(void **state)
{
	struct oci_arena *arena;

	(void)state;
	allocations_left = 0;
	arena = oci_arena_new();
	allocations_left = -1;
	assert_null(arena);
	arena = oci_arena_new();
	assert_null(oci_arena_get(arena, SIZE_MAX - 8));
	assert_null(oci_arena_copy(arena, "", SIZE_MAX - 8));
	allocations_left = 0;
	assert_null(oci_arena_copy(arena, "abc", 3));
	allocations_left = -1;
	assert_string_equal(oci_arena_copy(arena, "abc", 3), "abc");
	oci_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing_says_so_and_nothing_else),
		cmocka_unit_test(writing_returns_null),
		cmocka_unit_test(an_arena_may_not_begin_or_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
