/* SPDX-License-Identifier: Apache-2.0 */
/* test_parse.c - what is understood, and the words for what is not */
#include "tests/unit/collect.h"

#include <inttypes.h>
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

/* ---- values ---- */

static void numbers_are_exact(void **state)
{
	static const char json[] =
		"{\"process\":{\"cwd\":\"/\",\"args\":[\"a\"],\"oomScoreAdj\":-2147483648,"
		"\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":9007199254740993,"
		"\"hard\":18446744073709551615}]},\"ociVersion\":\"1.0.0\","
		"\"linux\":{\"resources\":{\"memory\":{\"limit\":-9223372036854775808,"
		"\"swap\":9223372036854775807,\"reservation\":-0}}}}";
	const struct oci_config *c;

	(void)state;
	c = collect_parse(&got, &oci_config_type, json, arena);
	assert_int_equal(got.n, 0);
	assert_true(c->process->oom_score_adj == INT32_MIN);
	assert_true(c->process->rlimits.v[0].soft == UINT64_C(9007199254740993));
	assert_true(c->process->rlimits.v[0].hard == UINT64_MAX);
	assert_true(c->linux->resources->memory->limit == INT64_MIN);
	assert_true(c->linux->resources->memory->swap == INT64_MAX);
	assert_true(oci_has(memory, c->linux->resources->memory, reservation));
	assert_false(oci_has(memory, c->linux->resources->memory, kernel));
}

static void strings_are_decoded(void **state)
{
	static const char json[] =
		"{\"ociVersion\":\"1\",\"hostname\":\"\\u0041\\ud83d\\ude00\\/\\n\","
		"\"annotations\":{\"\\u0061\":\"1\",\"b\\\\\":\"\"}}";
	const struct oci_config *c;

	(void)state;
	c = collect_parse(&got, &oci_config_type, json, arena);
	assert_int_equal(got.n, 0);
	assert_string_equal(c->hostname, "A\xf0\x9f\x98\x80/\n");
	assert_int_equal(c->annotations.n, 2);
	assert_string_equal(c->annotations.v[0].key, "a");
	assert_string_equal(c->annotations.v[1].key, "b\\");
	assert_string_equal(c->annotations.v[1].value, "");
}

static void null_is_absent(void **state)
{
	const struct oci_config *c = collect_parse(
		&got, &oci_config_type,
		"{\"ociVersion\":\"1\",\"hostname\":null,\"linux\":null,\"mounts\":null}", arena);

	(void)state;
	assert_int_equal(got.n, 0);
	assert_false(oci_has(config, c, hostname));
	assert_false(oci_has(config, c, linux));
	assert_null(c->linux);
	assert_int_equal(c->mounts.n, 0);
}

static void many_elements_keep_their_order(void **state)
{
	enum { N = 1000 };
	struct json json = { 0 };
	const struct oci_config *c;

	(void)state;
	json_add(&json, "{\"ociVersion\":\"1\",\"annotations\":{");
	for (int i = 0; i < N; i++)
		json_add(&json, "%s\"k%d\":\"%d\"", i ? "," : "", i, i);
	json_add(&json, "}}");
	c = collect_parse(&got, &oci_config_type, json.s, arena);
	free(json.s);
	assert_int_equal(got.n, 0);
	assert_int_equal(c->annotations.n, N);
	for (int i = 0; i < N; i++)
		assert_int_equal(strtol(c->annotations.v[i].value, NULL, 10), i);
}

/* ---- words ---- */

struct wrong {
	const char *json, *pointer, *text, *help;
	unsigned line, column;
};

static void differ(const struct wrong *w, const struct oci_problem *is)
{
	print_error("%s\nsays: %s: %s (%s) at %zu\nmust: %s: %s (%s) at %u:%u\n", w->json,
		    is ? is->pointer : "", is ? is->text : "nothing", is ? is->help : "",
		    is ? is->offset : 0, w->pointer, w->text, w->help, w->line, w->column);
	assert_true(false);
}

static void check_wrong(const struct wrong *w)
{
	unsigned line, column;

	collect_begin(&got);
	(void)collect_parse(&got, &oci_config_type, w->json, arena);
	if (got.n == 0)
		differ(w, NULL);
	if (strcmp(got.problems[0].text, w->text) != 0 ||
	    strcmp(got.problems[0].pointer, w->pointer) != 0 ||
	    strcmp(got.problems[0].help, w->help) != 0)
		differ(w, &got.problems[0]);
	oci_line_column(w->json, strlen(w->json), got.problems[0].offset, &line, &column);
	if (line != w->line || column != w->column)
		differ(w, &got.problems[0]);
}

static void wrong_values_are_named(void **state)
{
	static const struct wrong table[] = {
		{ "{\"process\":{\"args\":\"/bin/sh\"}}", "/process/args",
		  "must be an array of strings, is a string", "[\"/bin/sh\"]", 1, 20 },
		{ "{\"process\":{\"args\":\"\"}}", "/process/args",
		  "must be an array of strings, is a string", "", 1, 20 },
		{ "{\"process\":{\"args\":\"a\\\"b\\\\\\\"\\\\\"}}", "/process/args",
		  "must be an array of strings, is a string", "[\"a\\\"b\\\\\\\"\\\\\"]", 1, 20 },
		{ "{\"process\":{\"args\":[1]}}", "/process/args/0",
		  "must be a string, is a number", "", 1, 21 },
		{ "{\"process\":{\"args\":[]}}", "/process/args", "must not be empty", "", 1, 20 },
		{ "{\"process\":{\"user\":{\"uid\":\"0\"}}}", "/process/user/uid",
		  "must be a number, is a string", "0, without quotes", 1, 27 },
		{ "{\"process\":{\"user\":{\"uid\":\"0x\"}}}", "/process/user/uid",
		  "must be a number, is a string", "", 1, 27 },
		{ "{\"process\":{\"user\":{\"additionalGids\":\"5\"}}}",
		  "/process/user/additionalGids", "must be an array of numbers, is a string", "", 1,
		  38 },
		{ "{\"mounts\":\"m\"}", "/mounts", "must be an array of objects, is a string", "",
		  1, 11 },
		{ "{\"process\":{\"noNewPrivileges\":\"truel\"}}", "/process/noNewPrivileges",
		  "must be true or false, is a string", "", 1, 31 },
		{ "{\"process\":{\"user\":{\"uid\":-1}}}", "/process/user/uid",
		  "must be a number from 0 to 4294967295, is -1", "", 1, 27 },
		{ "{\"process\":{\"user\":{\"uid\":4294967296}}}", "/process/user/uid",
		  "must be a number from 0 to 4294967295, is 4294967296", "", 1, 27 },
		{ "{\"process\":{\"user\":{\"umask\":512}}}", "/process/user/umask",
		  "must be a number from 0 to 511 (octal 777), is 512", "", 1, 29 },
		{ "{\"process\":{\"user\":{\"uid\":1e3}}}", "/process/user/uid",
		  "must be a whole number, is 1e3", "", 1, 27 },
		{ "{\"hooks\":{\"prestart\":[{\"timeout\":0}]}}", "/hooks/prestart/0/timeout",
		  "must be a number from 1 to 9223372036854775807, is 0", "", 1, 34 },
		{ "{\"process\":{\"noNewPrivileges\":\"true\"}}", "/process/noNewPrivileges",
		  "must be true or false, is a string", "true, without quotes", 1, 31 },
		{ "{\"ociVersion\":null}", "/ociVersion", "must be a string, is null", "", 1, 15 },
		{ "{\"annotations\":{\"a\":null}}", "/annotations/a", "must be a string, is null",
		  "", 1, 21 },
		{ "{\"mounts\":[null]}", "/mounts/0", "must be an object, is null", "", 1, 12 },
		{ "{\"mounts\":{}}", "/mounts", "must be an array of objects, is an object", "", 1,
		  11 },
		{ "{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOWW\"}}}",
		  "/linux/seccomp/defaultAction",
		  "\"SCMP_ACT_ALLOWW\" is not one of SCMP_ACT_KILL, SCMP_ACT_KILL_PROCESS, "
		  "SCMP_ACT_KILL_THREAD, SCMP_ACT_TRAP, SCMP_ACT_ERRNO, SCMP_ACT_TRACE, "
		  "SCMP_ACT_ALLOW, SCMP_ACT_LOG, SCMP_ACT_NOTIFY",
		  "did you mean \"SCMP_ACT_ALLOW\"?", 1, 38 },
		{ "{\"linux\":{\"namespaces\":[{\"type\":\"\\u006det\\nx\"}]}}",
		  "/linux/namespaces/0/type",
		  "\"met\\x0ax\" is not one of mount, pid, network, uts, ipc, user, cgroup, time",
		  "", 1, 33 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check_wrong(&table[i]);
}

/* A string of more than 98 characters is not repeated as the list it should be. */
static void only_a_short_string_is_rewritten(void **state)
{
	(void)state;
	for (int n = 98; n <= 99; n++) {
		struct json json = { 0 };

		json_add(&json,
			 "{\"ociVersion\":\"1\",\"process\":{\"cwd\":\"/\",\"args\":\"%0*d\"}}", n,
			 7);
		collect_begin(&got);
		(void)collect_parse(&got, &oci_config_type, json.s, arena);
		assert_int_equal(got.n, 1);
		assert_int_equal(strlen(got.problems[0].help), n == 98 ? 102 : 0);
		free(json.s);
	}
}

/* The search for the word that was meant is slow: a document may have a million unknown keys. */
static bool count_advice(struct oci_sink *sink, const struct oci_problem *problem)
{
	*(int *)sink->context += *problem->help != '\0';
	return true;
}

static void only_64_problems_get_advice(void **state)
{
	struct json json = { 0 };
	int advice = 0;
	struct oci_sink sink = { .take = count_advice, .context = &advice };

	(void)state;
	json_add(&json, "{\"ociVersion\":\"1\"");
	for (int i = 0; i < 100; i++)
		json_add(&json, ",\"hostname%02d\":1", i);
	json_add(&json, "}");
	assert_non_null(oci_parse(&oci_config_type, json.s, json.n, arena, &sink));
	assert_int_equal(advice, 64);
	free(json.s);
}

static void wrong_keys_are_named(void **state)
{
	static const struct wrong table[] = {
		{ "{\n \"process\": {\n  \"cwd\": \"/\", \"argz\": []}}", "/process/argz",
		  "unknown key", "did you mean \"args\"?", 3, 15 },
		{ "{\"hostname\":\"a\",\"hostname\":\"b\"}", "/hostname", "set twice", "", 1, 17 },
		{ "{\"hostname\":null,\"hostname\":\"b\"}", "/hostname", "set twice", "", 1, 18 },
		{ "{\"annotations\":{\"a/~\":\"\",\"\\u0061/~\":\"\"}}", "/annotations/a~1~0",
		  "set twice", "", 1, 26 },
		{ "{\"windows\":1,\"solaris\":{},\"zos\":{\"a\":1,\"a\":2}}", "/zos/a", "set twice",
		  "", 1, 40 },
		{ "{\"process\":{}}", "/process/args", "missing", "", 1, 12 },
		{ "{}", "/ociVersion", "missing", "", 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check_wrong(&table[i]);
}

static void a_missing_key_may_be_misspelt(void **state)
{
	(void)state;
	(void)collect_parse(
		&got, &oci_config_type,
		"{\"ociVersion\":\"1\",\n\"process\":{\"cwd\":\"/\",\n\"argz\":[\"a\"]}}", arena);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.problems[1].kind, OCI_PROBLEM_MISSING);
	assert_string_equal(got.problems[1].pointer, "/process/args");
	assert_string_equal(got.problems[1].help,
			    "unknown key \"argz\" at 3:1, did you mean \"args\"?");
}

static void unknown_keys_are_only_warned_about(void **state)
{
	const struct oci_config *c = collect_parse(
		&got, &oci_config_type,
		"{\"ociVersion\":\"1\",\"x\":{\"y\":[1,{\"z\":null}]},\"x\":1,\"hostname\":\"h\"}",
		arena);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->hostname, "h");
	assert_int_equal(got.n, 2);
	assert_int_equal(got.problems[0].severity, OCI_WARNING);
	assert_int_equal(got.problems[0].kind, OCI_PROBLEM_UNKNOWN);
	assert_int_equal(got.problems[1].severity, OCI_ERROR);
	assert_int_equal(got.problems[1].kind, OCI_PROBLEM_DUPLICATE);
	assert_string_equal(got.problems[1].pointer, "/x");
	assert_true(got.sink.failed);
}

static void text_that_is_not_json_is_explained(void **state)
{
	static const struct wrong table[] = {
		{ "", "", "empty file", "", 1, 1 },
		{ " \n ", "", "empty file", "", 1, 1 },
		{ "{\"ociVersion\":\"1\",,}", "", "invalid JSON: expected a key, found ','", "", 1,
		  19 },
		{ "{\"ociVersion\":\"1\",}", "", "invalid JSON: expected a key, found '}'",
		  "no comma may stand before it", 1, 19 },
		{ "{\n\"process\": {\n\"args\": 1", "",
		  "file ends inside \"process\" (object opened at 2:12)", "", 3, 10 },
		{ "{\"mounts\":[{},{\"destination\":", "",
		  "file ends inside \"mounts\"[1] (object opened at 1:15)", "", 1, 30 },
		{ "{\"hostname\":\"abc\n", "/hostname",
		  "contains the control character 0x0a, write it \\u000a", "", 1, 17 },
		{ "{\"hostname\":\"abc", "", "file ends inside a string (opened at 1:13)", "", 1,
		  17 },
		{ "{\"hostname\" \"abc\"}", "", "invalid JSON: expected ':', found '\"'", "", 1,
		  13 },
		{ "{\"hostname\":\"a\" \"linux\":{}}", "",
		  "invalid JSON: expected ',' or '}', found '\"'", "a comma is missing before it",
		  1, 17 },
		{ "{\"hostname\":abc}", "", "invalid JSON: expected a value, found \"abc\"", "", 1,
		  13 },
		{ "{\"windows\":01}", "", "invalid JSON: expected a value, found \"01\"", "", 1,
		  12 },
		{ "{\"windows\":[1}", "", "invalid JSON: expected ',' or ']', found '}'", "", 1,
		  14 },
		{ "// x\n{}", "", "invalid JSON: expected a value, found '/'",
		  "JSON has no comments", 1, 1 },
		{ "{\n# x\n}", "", "invalid JSON: expected a key or '}', found '#'",
		  "JSON has no comments", 2, 1 },
		/* Blanks at the end are not what is missing. */
		{ "{\"process\": { \t\r\n\n ", "",
		  "file ends inside \"process\" (object opened at 1:13)", "", 1, 14 },
		/* Advice for a comma too many would be wrong where nothing is open. */
		{ "}", "", "invalid JSON: expected a value, found '}'", "", 1, 1 },
		{ "{'a':1}", "", "invalid JSON: expected a key or '}', found '''",
		  "JSON strings stand in double quotes", 1, 2 },
		{ "{} x", "", "invalid JSON: expected the end of the file, found 'x'", "", 1, 4 },
		{ "{}{}", "", "invalid JSON: expected the end of the file, found '{'", "", 1, 3 },
		{ "[]", "", "must be an object, is an array", "", 1, 1 },
		{ "null", "", "must be an object", "", 1, 1 },
		{ "\xef\xbb\xbf{}", "", "invalid JSON: expected a value, found '\\xef'",
		  "the file begins with a byte order mark; remove it", 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check_wrong(&table[i]);
}

static void a_string_that_is_none_is_explained(void **state)
{
	static const struct wrong table[] = {
		{ "{\"hostname\":\"\\u0000\"}", "/hostname", "contains a NUL", "", 1, 14 },
		{ "{\"hostname\":\"\\ud800\"}", "/hostname", "contains half of a surrogate pair",
		  "", 1, 14 },
		{ "{\"hostname\":\"\\udc00\\ud800\"}", "/hostname",
		  "contains half of a surrogate pair", "", 1, 14 },
		{ "{\"hostname\":\"\\udc00\\udc00\"}", "/hostname",
		  "contains half of a surrogate pair", "", 1, 14 },
		{ "{\"hostname\":\"\\ud800\\ud800\"}", "/hostname",
		  "contains half of a surrogate pair", "", 1, 14 },
		{ "{\"hostname\":\"\\udbff\\ue000\"}", "/hostname",
		  "contains half of a surrogate pair", "", 1, 14 },
		{ "{\"hostname\":\"\\ud800 \\udc00\"}", "/hostname",
		  "contains half of a surrogate pair", "", 1, 14 },
		{ "{\"hostname\":\"\\x\"}", "/hostname",
		  "contains an escape that JSON does not have", "", 1, 14 },
		{ "{\"hostname\":\"\\u12g4\"}", "/hostname",
		  "contains an escape that JSON does not have", "", 1, 14 },
		{ "{\"hostname\":\"a\xc0\xaf\"}", "/hostname",
		  "contains the byte 0xc0, which is not UTF-8", "", 1, 15 },
		{ "{\"unknown\":[{\"a\":\"\xed\xa0\x80\"}]}", "/unknown/0/a",
		  "contains the byte 0xed, which is not UTF-8", "", 1, 19 },
		{ "{\"unknown\":[0,\"\xf4\x90\x80\x80\"]}", "/unknown/1",
		  "contains the byte 0xf4, which is not UTF-8", "", 1, 16 },
		{ "{\"a\xff\":1}", "", "contains the byte 0xff, which is not UTF-8", "", 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		check_wrong(&table[i]);
}

/* Few keys are compared one by one, more are found in a table that grows. */
static void the_second_of_any_key_is_noticed(void **state)
{
	enum { MOST = 60 };

	(void)state;
	for (int n = 1; n <= MOST; n++)
		for (int twice = 0; twice < n; twice++) {
			struct json json = { 0 };
			const struct oci_config *c;
			char pointer[32];

			json_add(&json, "{\"ociVersion\":\"1\",\"annotations\":{");
			for (int i = 0; i < n; i++)
				json_add(&json, "\"k%d\":\"first\",", i);
			json_add(&json, "\"k%d\":\"second\",\"last\":\"\"}}", twice);
			collect_begin(&got);
			c = collect_parse(&got, &oci_config_type, json.s, arena);
			free(json.s);
			(void)snprintf(pointer, sizeof pointer, "/annotations/k%d", twice);
			assert_int_equal(got.n, 1);
			assert_int_equal(got.problems[0].kind, OCI_PROBLEM_DUPLICATE);
			assert_string_equal(got.problems[0].pointer, pointer);
			/* ... and its value is not the one that counts */
			assert_int_equal(c->annotations.n, n + 1);
			assert_string_equal(c->annotations.v[twice].value, "first");
		}
}

static void a_second_value_is_not_even_looked_at(void **state)
{
	const struct oci_config *c =
		collect_parse(&got, &oci_config_type,
			      "{\"ociVersion\":\"1\",\"hostname\":\"a\",\"hostname\":\"b\","
			      "\"hostname\":5,\"annotations\":{\"x\":\"1\",\"x\":2},"
			      "\"domainname\":\"d\"}",
			      arena);

	(void)state;
	assert_int_equal(got.n, 3);
	for (size_t i = 0; i < got.n; i++)
		assert_int_equal(got.problems[i].kind, OCI_PROBLEM_DUPLICATE);
	assert_string_equal(c->hostname, "a");
	assert_int_equal(c->annotations.n, 1);
	assert_string_equal(c->domainname, "d");
}

/* A required member with a wrong value is one problem: it is not called missing, too. */
static void what_is_wrong_is_not_missing(void **state)
{
	static const char *const documents[] = {
		"{\"ociVersion\":null}",
		"{\"ociVersion\":5}",
		"{\"ociVersion\":{\"a\":[]}}",
		"{\"ociVersion\":\"1\",\"mounts\":[{\"destination\":[\"/\"]}]}",
		"{\"ociVersion\":\"1\",\"process\":{\"cwd\":\"/\",\"args\":\"sh\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		collect_begin(&got);
		(void)collect_parse(&got, &oci_config_type, documents[i], arena);
		assert_int_equal(got.n, 1);
		assert_int_equal(got.problems[0].kind, OCI_PROBLEM_TYPE);
	}
}

static void the_sink_decides_whether_to_go_on(void **state)
{
	static const char json[] = "{\"hostname\":1,\"domainname\":2,\"ociVersion\":\"1\"}";

	(void)state;
	got.stop_at_error = true;
	assert_null(collect_parse(&got, &oci_config_type, json, arena));
	assert_int_equal(got.n, 1);
	collect_begin(&got);
	assert_non_null(collect_parse(&got, &oci_config_type, json, arena));
	assert_int_equal(got.n, 2);
	assert_true(got.sink.failed);
	assert_null(oci_parse(&oci_config_type, json, strlen(json), arena, &got.sink));
	assert_null(oci_parse(&oci_config_type, json, strlen(json), arena, NULL));
	/* the sink stays failed, even if the next document is right */
	assert_true(got.sink.failed);
	assert_non_null(
		oci_parse(&oci_config_type, "{\"ociVersion\":\"1\"}", 18, arena, &got.sink));
	assert_true(got.sink.failed);
}

/* If the work grew with the square of the number of keys, this would take minutes. */
static void many_unknown_keys_take_no_minutes(void **state)
{
	enum { N = 200000 };
	struct json json = { 0 };

	(void)state;
	json_add(&json, "{\"ociVersion\":\"1\"");
	for (int i = 0; i < N; i++)
		json_add(&json, ",\"ociVersio%d\":1", i);
	json_add(&json, "}");
	assert_non_null(collect_parse_n(&got, &oci_config_type, json.s, json.n, arena));
	assert_int_equal(got.n, N);
	free(json.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_are_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(strings_are_decoded, setup, teardown),
		cmocka_unit_test_setup_teardown(null_is_absent, setup, teardown),
		cmocka_unit_test_setup_teardown(many_elements_keep_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_values_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(only_a_short_string_is_rewritten, setup, teardown),
		cmocka_unit_test_setup_teardown(only_64_problems_get_advice, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_keys_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_key_may_be_misspelt, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_keys_are_only_warned_about, setup,
						teardown),
		cmocka_unit_test_setup_teardown(text_that_is_not_json_is_explained, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_string_that_is_none_is_explained, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_second_of_any_key_is_noticed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_second_value_is_not_even_looked_at, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_not_missing, setup, teardown),
		cmocka_unit_test_setup_teardown(the_sink_decides_whether_to_go_on, setup, teardown),
		cmocka_unit_test_setup_teardown(many_unknown_keys_take_no_minutes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
