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

enum { GUARD = 1 << 17, GUARD_BYTE = 0xa5 };

static bool is_guarded;		   /* realloc() is called for one block only, and watches its end */
static unsigned char *guarded_end; /* of what was asked for; GUARD bytes follow */

static void guard_check(void)
{
	for (size_t i = 0; guarded_end && i < GUARD; i++)
		assert_int_equal(guarded_end[i], GUARD_BYTE);
	guarded_end = NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
	char *block;

	if (!may_allocate())
		return NULL;
	if (!is_guarded)
		return __real_realloc(old, size);
	guard_check();
	block = __real_realloc(old, size + GUARD);
	assert_non_null(block);
	guarded_end = (unsigned char *)block + size;
	memset(guarded_end, GUARD_BYTE, GUARD);
	return block;
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

/* Strings of all lengths: one ends just where the room does.  And one of many times the room. */
static void writing_stays_in_its_room(void **state)
{
	enum { MOST = 3000, HUGE = 100000 };
	static char id[HUGE + 1];
	struct oci_state s = { 0 };

	(void)state;
	oci_set(state, &s, id, id);
	for (size_t n = 1; n <= HUGE; n += n < MOST ? 1 : HUGE - MOST) {
		size_t len = 0;
		char *text;

		memset(id, 'x', n);
		is_guarded = true;
		text = oci_emit(&oci_state_type, &s, OCI_COMPACT, &len);
		is_guarded = false;
		guard_check();
		assert_int_equal(len, n + strlen("{\"id\":\"\"}"));
		assert_int_equal(strlen(text), len);
		free(text);
	}
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
		cmocka_unit_test(writing_stays_in_its_room),
		cmocka_unit_test(an_arena_may_not_begin_or_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
