/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_malformed.c - every property with every wrong value, made from the table
 *
 * For each row of each object the document is as short as it can be ({"linux":{"sysctl":VALUE}}),
 * and the first problem must be about the row's own pointer.
 */
#include "tests/unit/generate.h"

#include <stdio.h>

/* What stands around the member under test. */
struct place {
	char before[1024], after[128], pointer[512];
};

/* snprintf() into what is large enough. */
__attribute__((format(printf, 3, 4))) static int put(char *buf, size_t size, const char *fmt, ...)
{
	va_list list;
	int n;

	va_start(list, fmt);
	n = vsnprintf(buf, size, fmt, list);
	va_end(list);
	assert_true(n >= 0 && (size_t)n < size);
	return n;
}

static const struct oci_type *document; /* at work */
static size_t n_cases;

static struct collect got;

static void parse(const char *json, size_t n)
{
	struct oci_arena *arena = oci_arena_new();

	assert_non_null(arena);
	collect_begin(&got);
	(void)collect_parse_n(&got, document, json, n, arena);
	oci_arena_free(arena);
	n_cases++;
}

/* The first problem is of this kind and about this pointer; kind -1: nothing about it at all. */
static void expect(const char *json, const char *pointer, int kind)
{
	if (kind < 0) {
		for (size_t i = 0; i < got.n && i < COLLECT_MAX; i++)
			if (strcmp(got.problems[i].pointer, pointer) == 0) {
				print_error("%s\n%s: %s\n", json, pointer, got.problems[i].text);
				assert_true(false);
			}
		return;
	}
	if (got.n == 0 || got.problems[0].kind != (enum oci_problem_kind)kind ||
	    strcmp(got.problems[0].pointer, pointer) != 0) {
		print_error("%s\nsays %s: %s, must be of kind %d about %s\n", json,
			    got.n ? got.problems[0].pointer : "",
			    got.n ? got.problems[0].text : "nothing", kind, pointer);
		assert_true(false);
	}
}

static void check_member(const struct place *place, const struct oci_field *field,
			 const char *value, int kind)
{
	char json[2048];
	char pointer[600];

	put(json, sizeof json, "%s\"%s\":%s%s", place->before, field->key, value, place->after);
	put(pointer, sizeof pointer, "%s/%s", place->pointer, field->key);
	parse(json, strlen(json));
	expect(json, pointer, kind);
}

/* An element of a list or a value of a map, after a good one. */
static void check_element(const struct place *place, const struct oci_field *field,
			  const char *value, int kind)
{
	const char *key = generate_is_list(field) ? "0" : "k";
	const char *open = generate_is_list(field) ? "[" : "{\"k\":";
	const char *close = generate_is_list(field) ? "]" : "}";
	char json[2048], pointer[600];

	if (!generate_is_list(field) && !generate_is_map(field))
		return;
	put(json, sizeof json, "%s\"%s\":%s%s%s%s", place->before, field->key, open, value, close,
	    place->after);
	put(pointer, sizeof pointer, "%s/%s/%s", place->pointer, field->key, key);
	parse(json, strlen(json));
	expect(json, pointer, kind);
}

static bool is_signed(const struct oci_field *field)
{
	return (field->kind == OCI_I32 || field->kind == OCI_I64) && !(field->flags & OCI_POSITIVE);
}

/* Does a number up to this one fit? */
static bool takes(const struct oci_field *field, long long number)
{
	switch (field->kind) {
	case OCI_OTHER:
	case OCI_I64:
	case OCI_U64:
		return true;
	case OCI_I32:
		return number <= INT32_MAX;
	case OCI_U16:
		return number <= UINT16_MAX;
	case OCI_U32:
		return number <= (field->flags & OCI_MODE ? 0777 : UINT32_MAX);
	default:
		return false;
	}
}

static void one_member_with_every_value(const struct place *place, const struct oci_field *field)
{
	const int bad = OCI_PROBLEM_TYPE;
	const bool any = field->kind == OCI_OTHER;
	const bool list = generate_is_list(field) && !(field->flags & OCI_NONEMPTY);
	const bool object = field->kind == OCI_OBJ || generate_is_map(field);
	const struct {
		const char *value;
		int kind;
	} cases[] = {
		{ "null", field->flags & OCI_REQUIRED ? bad : -1 },
		{ "true", any || field->kind == OCI_BOOL ? -1 : bad },
		{ "\"x y\"", any || field->kind == OCI_STR ? -1 : bad },
		{ "1.5", any ? -1 : bad },
		{ "1e3", any ? -1 : bad },
		{ "-1", any || is_signed(field) ? -1 : bad },
		{ "9223372036854775808", any || field->kind == OCI_U64 ? -1 : bad },
		{ "18446744073709551616", any ? -1 : bad },
		{ "511", takes(field, 0777) ? -1 : bad },
		{ "512", takes(field, 01000) ? -1 : bad },
		{ "65535", takes(field, UINT16_MAX) ? -1 : bad },
		{ "65536", takes(field, UINT16_MAX + 1) ? -1 : bad },
		{ "2147483647", takes(field, INT32_MAX) ? -1 : bad },
		{ "2147483648", takes(field, INT32_MAX + 1LL) ? -1 : bad },
		{ "4294967295", takes(field, UINT32_MAX) ? -1 : bad },
		{ "4294967296", takes(field, UINT32_MAX + 1LL) ? -1 : bad },
		{ "[]", any || list ? -1 : bad },
		{ "{}", any || object ? -1 : bad },
		{ "\"a\\u0000b\"", OCI_PROBLEM_SYNTAX },
		{ "\"\xc0\xaf\"", OCI_PROBLEM_SYNTAX },
		{ "\"\\ud800\"", OCI_PROBLEM_SYNTAX },
		{ "\"\x01\"", OCI_PROBLEM_SYNTAX },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_member(place, field, cases[i].value, cases[i].kind);
}

static void its_elements_with_wrong_values(const struct place *place, const struct oci_field *field)
{
	const int bad = OCI_PROBLEM_TYPE;

	check_element(place, field, "null", bad);
	check_element(place, field, "true", bad);
	check_element(place, field, "[]", bad);
	check_element(place, field, "-1", bad);
	check_element(place, field, "4294967296", bad);
	check_element(place, field, "1.5", bad);
	check_element(place, field, "\"\xff\"", OCI_PROBLEM_SYNTAX);
}

static void it_twice(const struct place *place, const struct oci_field *field)
{
	struct json once = { 0 }, twice = { 0 };

	generate_value(&once, field);
	if (once.n < 600) {
		json_add(&twice, "%s,\"%s\":%s", once.s, field->key, once.s);
		check_member(place, field, twice.s, OCI_PROBLEM_DUPLICATE);
		twice.n = 0;
		json_add(&twice, "null,\"%s\":null", field->key);
		if (!(field->flags & OCI_REQUIRED))
			check_member(place, field, twice.s, OCI_PROBLEM_DUPLICATE);
	}
	if (generate_is_map(field)) {
		struct oci_field entry = *field;
		struct place inner = *place;

		entry.key = "k";
		once.n = twice.n = 0;
		generate_one(&once, field);
		put(inner.before, sizeof inner.before, "%s\"%s\":{", place->before, field->key);
		put(inner.after, sizeof inner.after, "}%s", place->after);
		put(inner.pointer, sizeof inner.pointer, "%s/%s", place->pointer, field->key);
		json_add(&twice, "%s,\"\\u006b\":%s", once.s, once.s);
		check_member(&inner, &entry, twice.s, OCI_PROBLEM_DUPLICATE);
	}
	free(once.s);
	free(twice.s);
}

/* Raw NUL: a C string can't hold it. */
static void it_with_a_raw_nul(const struct place *place, const struct oci_field *field)
{
	char json[2048], pointer[600];
	int n = put(json, sizeof json, "%s\"%s\":\"@\"%s", place->before, field->key, place->after);
	char *at = strchr(json, '@');

	assert_non_null(at);
	*at = '\0';
	put(pointer, sizeof pointer, "%s/%s", place->pointer, field->key);
	parse(json, (size_t)n);
	expect("(raw NUL)", pointer, OCI_PROBLEM_SYNTAX);
}

static void it_missing(const struct place *place, const struct oci_type *type,
		       const struct oci_field *field)
{
	struct json json = { 0 };
	char pointer[600];
	const char *comma = "";

	if (!(field->flags & OCI_REQUIRED))
		return;
	json_add(&json, "%s", place->before);
	for (unsigned i = 0; i < type->n_fields; i++) {
		if (&type->fields[i] == field || !(type->fields[i].flags & OCI_REQUIRED))
			continue;
		json_add(&json, "%s\"%s\":", comma, type->fields[i].key);
		generate_value(&json, &type->fields[i]);
		comma = ",";
	}
	json_add(&json, "%s", place->after);
	put(pointer, sizeof pointer, "%s/%s", place->pointer, field->key);
	parse(json.s, json.n);
	expect(json.s, pointer, OCI_PROBLEM_MISSING);
	free(json.s);
}

static void walk(const struct place *place, const struct oci_type *type);

static void walk_into(const struct place *place, const struct oci_field *field)
{
	struct place inner;
	const char *open = "{", *close = "}", *step = "";

	if (field->kind == OCI_OBJS) {
		open = "[{";
		close = "}]";
		step = "/0";
	} else if (field->kind == OCI_MAPOF) {
		open = "{\"k\":{";
		close = "}}";
		step = "/k";
	} else if (field->kind != OCI_OBJ) {
		return;
	}
	put(inner.before, sizeof inner.before, "%s\"%s\":%s", place->before, field->key, open);
	put(inner.after, sizeof inner.after, "%s%s", close, place->after);
	put(inner.pointer, sizeof inner.pointer, "%s/%s%s", place->pointer, field->key, step);
	walk(&inner, field->child);
}

static void walk(const struct place *place, const struct oci_type *type)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		const struct oci_field *field = &type->fields[i];

		one_member_with_every_value(place, field);
		its_elements_with_wrong_values(place, field);
		it_twice(place, field);
		it_with_a_raw_nul(place, field);
		it_missing(place, type, field);
		walk_into(place, field);
	}
}

static void every_property_is_named(void **state)
{
	const struct place whole = { "{", "}", "" };

	(void)state;
	n_cases = 0;
	for (size_t i = 0; i < DOCUMENTS; i++) {
		document = documents[i];
		walk(&whole, document);
	}
	assert_true(n_cases > 4000);
}

static void four_bytes_are_white_space(void **state)
{
	(void)state;
	document = &oci_config_type;
	for (char byte = 1; byte <= ' '; byte++) {
		char json[64];
		int n = snprintf(json, sizeof json, "{\"ociVersion\":%c\"1.3.0\"%c}", byte, byte);

		parse(json, (size_t)n);
		assert_int_equal(got.n == 0, strchr(" \t\r\n", byte) != NULL);
	}
}

static void no_beginning_of_a_document_is_one(void **state)
{
	struct json json = { 0 };

	(void)state;
	document = &oci_config_type;
	generate_object(&json, document);
	parse(json.s, json.n);
	assert_int_equal(got.n, 0);
	for (size_t n = 0; n < json.n; n++) {
		parse(json.s, n);
		assert_true(got.n > 0);
		assert_int_equal(got.problems[got.n - 1].kind, OCI_PROBLEM_SYNTAX);
		assert_null(strstr(got.problems[got.n - 1].text, "must be an object"));
	}
	free(json.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_property_is_named),
		cmocka_unit_test(four_bytes_are_white_space),
		cmocka_unit_test(no_beginning_of_a_document_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
