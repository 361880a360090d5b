/* SPDX-License-Identifier: Apache-2.0 */
/* test_report.c - the three forms of an error, and what none of them may hold */
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "base/log.h"
#include "cli/excerpt.h"
#include "cli/reporter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char config[] = "{\n"
			     "\t\"ociVersion\": \"1.3.0\",\n"
			     "\t\"process\": {\n"
			     "\t\t\"cwd\": \"/\",\n"
			     "\t\t\"args\": \"/bin/sh\"\n"
			     "\t}\n"
			     "}\n";
static const struct report_source source = { .text = config, .len = sizeof config - 1 };
static const struct report_source nothing = { 0 };

static const char *line_of(const struct error *err, const struct report_source *from,
			   char buf[REPORT_LINE_MAX])
{
	struct report_place place;

	report_locate(err, from, &place);
	return report_line(err, &place, buf);
}

static void wrong_type(struct error *err)
{
	(void)fail(err, 0, "must be an array of strings, is a string");
	(void)fail_at(err, "/process/args");
	(void)hint(err, HINT_AS_SAID, "write [\"/bin/sh\"]", NULL);
}

static void the_machine_form_is_one_line(void **state)
{
	struct error err;
	char line[REPORT_LINE_MAX];

	(void)state;
	wrong_type(&err);
	assert_string_equal(
		line_of(&err, &source, line),
		"config.json:5:11: /process/args: must be an array of strings, is a string");
	assert_string_equal(line_of(&err, &nothing, line),
			    "config.json: /process/args: must be an array of strings, is a string");
	(void)fail(&err, ENOENT, "/b/config.json");
	assert_string_equal(line_of(&err, &nothing, line), "/b/config.json: is missing (ENOENT)");
	(void)snprintf(err.file, sizeof err.file, "/b/config.json");
	assert_string_equal(line_of(&err, &nothing, line), "/b/config.json: is missing (ENOENT)");
	(void)fail(&err, ENOENT, "/b/config.json.old"); /* another file, whose name begins alike */
	(void)snprintf(err.file, sizeof err.file, "/b/config.json");
	assert_string_equal(line_of(&err, &nothing, line),
			    "/b/config.json: /b/config.json.old: is missing (ENOENT)");
	(void)fail(&err, 0, "invalid JSON");
	(void)fail_at(&err, "/process/args"); /* a place that is known is not looked for */
	err.line = 54;
	err.column = 22;
	assert_string_equal(line_of(&err, &source, line),
			    "config.json:54:22: /process/args: invalid JSON");
	(void)fail(&err, 0, "invalid JSON");
	err.line = 54;
	err.column = 22;
	assert_string_equal(line_of(&err, &source, line), "config.json:54:22: invalid JSON");
	(void)fail(&err, 0, "a\nb");
	(void)fail_at(&err, "/annotations/x\ny");
	assert_null(strchr(line_of(&err, &source, line), '\n'));
}

static void people_see_the_place_and_advice(void **state)
{
	auto_free char *text = NULL;
	struct report_place place;
	struct error err;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	wrong_type(&err);
	report_locate(&err, &source, &place);
	report_people(out, &err, &place, &source, false);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(
		text, "config.json:5:11: /process/args: must be an array of strings, is a string\n"
		      "    5 |         \"args\": \"/bin/sh\"\n"
		      "      |                 ^\n"
		      "help: write [\"/bin/sh\"]\n");
}

static void a_long_line_is_cut_around_the_place(void **state)
{
	char json[600] = "{\"ociVersion\":\"1.3.0\",\"hostname\":\"\x1b[2J\",\"annotations\":{";
	size_t len = strlen(json);
	auto_free char *text = NULL;
	struct report_place place;
	struct error err;
	FILE *out = open_memstream(&text, &len);
	const char *caret;

	(void)state;
	for (int i = 0; i < 20; i++)
		(void)snprintf(json + strlen(json), sizeof json - strlen(json),
			       "\"key%02d\":\"v\",", i);
	(void)snprintf(json + strlen(json), sizeof json - strlen(json),
		       "\"z\":\"\xc3\xa9\"},\"mounts\":7}");
	const struct report_source from = { .text = json, .len = strlen(json) };

	(void)fail(&err, 0, "must be an array");
	(void)fail_at(&err, "/mounts");
	report_locate(&err, &from, &place);
	report_people(out, &err, &place, &from, false);
	assert_int_equal(fclose(out), 0);
	assert_null(strchr(text, '\x1b'));
	caret = strrchr(text, '^');
	assert_non_null(caret);
	/* both lines under "    1 | ": the caret stands below the 7; an e with accent is one cell */
	assert_string_equal(
		strstr(text, "    1 | ..."),
		"    1 | ...7\":\"v\",\"key18\":\"v\",\"key19\":\"v\",\"z\":\"\xc3\xa9\"},"
		"\"mounts\":7}\n"
		"      |                                                     ^\n");
}

/* The cut may fall between the two bytes of a character. */
static void a_cut_leaves_characters_whole(void **state)
{
	char json[200] = "";

	(void)state;
	for (int i = 0; i < 80; i += 2)
		memcpy(json + i, "\xc3\xa9", 2);
	for (unsigned column = 70; column <= 71; column++) {
		auto_free char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		excerpt_print(out, &(struct excerpt){ json, strlen(json), 1, column }, false);
		assert_int_equal(fclose(out), 0);
		assert_null(strchr(text, '?'));
		assert_non_null(strstr(text, "    1 | ...\xc3\xa9"));
	}
}

static void colours_only_when_asked(void **state)
{
	(void)state;
	for (int colour = 0; colour < 2; colour++) {
		auto_free char *text = NULL;
		struct report_place place;
		struct error err;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		wrong_type(&err);
		report_locate(&err, &source, &place);
		report_people(out, &err, &place, &source, colour);
		assert_int_equal(fclose(out), 0);
		assert_int_equal(strchr(text, '\x1b') != NULL, colour);
	}
}

/* The value of "time" changes: it is cut out. */
static char *without_time(char *json)
{
	char *at = strstr(json, ",\"time\":\""), *end;

	assert_non_null(at);
	end = strchr(at + strlen(",\"time\":\""), '"');
	assert_int_equal(end[-1], 'Z');
	memmove(at, end + 1, strlen(end + 1) + 1);
	return json;
}

static void the_json_form_holds_everything(void **state)
{
	struct error err;
	struct report_place place;
	char *json;

	(void)state;
	(void)fail_call(&err, ENOENT, "openat2", "/x/y");
	(void)fail_at(&err, "/process/args");
	(void)hint(&err, HINT_AS_SAID, "make it", NULL);
	(void)snprintf(err.operation, sizeof err.operation, "create");
	(void)snprintf(err.id, sizeof err.id, "c\xff");
	(void)snprintf(err.step, sizeof err.step, "mount file systems");
	report_locate(&err, &source, &place);
	json = report_json(&err, &place, 0);
	assert_non_null(json);
	assert_string_equal(
		without_time(json),
		"{\"level\":\"error\",\"msg\":\"config.json:5:11: /process/args: /x/y: is missing "
		"(ENOENT)\","
		"\"op\":\"create\",\"id\":\"c?\",\"step\":\"mount file "
		"systems\",\"file\":\"config.json\","
		"\"pointer\":\"/process/args\",\"line\":5,\"column\":11,\"errno\":\"ENOENT\","
		"\"syscall\":\"openat2\",\"hint\":\"make it\"}");
	free(json);
	(void)fail(&err, 524, "x"); /* the kernel's own ENOTSUPP, which no header names */
	json = report_json(&err, &(struct report_place){ 0 }, 0);
	assert_string_equal(without_time(json),
			    "{\"level\":\"error\",\"msg\":\"x: failed (errno 524)\","
			    "\"errno\":\"errno 524\"}");
	free(json);
}

static void warnings_go_into_the_one_object(void **state)
{
	struct error err;
	struct report_place place = { 0 };
	char *json;

	(void)state;
	warn("first \"one\"");
	warn("second");
	(void)fail(&err, 0, "x");
	json = report_json(&err, &place, 0);
	assert_string_equal(without_time(json), "{\"level\":\"error\",\"msg\":\"x\","
						"\"warnings\":[\"first \\\"one\\\"\",\"second\"]}");
	free(json);
	json = report_warnings_json("run", "c", 0);
	assert_string_equal(without_time(json),
			    "{\"level\":\"warning\",\"msg\":\"first \\\"one\\\"\",\"op\":\"run\","
			    "\"id\":\"c\",\"warnings\":[\"first \\\"one\\\"\",\"second\"]}");
	free(json);
	json = report_warnings_json("run", "c", 1);
	assert_string_equal(without_time(json),
			    "{\"level\":\"warning\",\"msg\":\"second\",\"op\":\"run\","
			    "\"id\":\"c\",\"warnings\":[\"second\"]}");
	free(json);
	json = report_json(&err, &place, 2);
	assert_string_equal(without_time(json), "{\"level\":\"error\",\"msg\":\"x\"}");
	free(json);
}

/* A key or a path may hold any words: engines must not take them for ours. */
static void no_form_holds_a_phrase_of_engines(void **state)
{
	static const char *const phrases[] = {
		"permission denied",
		"operation not permitted",
		"no such file or directory",
		"executable file not found in",
		"is a directory",
		"not a directory",
		"open executable",
		"does not exist",
		"container not running",
		"no such process",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		struct report_place place;
		struct error err;
		char line[REPORT_LINE_MAX], *json;

		(void)fail(&err, EACCES, "open \"%s\"", phrases[i]);
		(void)fail_at(&err, "/annotations/%s", phrases[i]);
		(void)hint(&err, HINT_AS_SAID, phrases[i], NULL);
		(void)snprintf(err.file, sizeof err.file, "/%s/config.json", phrases[i]);
		report_locate(&err, &source, &place);
		assert_null(strcasestr(report_line(&err, &place, line), phrases[i]));
		json = report_json(&err, &place, 0);
		assert_null(strcasestr(json, phrases[i]));
		free(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machine_form_is_one_line),
		cmocka_unit_test(people_see_the_place_and_advice),
		cmocka_unit_test(a_long_line_is_cut_around_the_place),
		cmocka_unit_test(a_cut_leaves_characters_whole),
		cmocka_unit_test(colours_only_when_asked),
		cmocka_unit_test(the_json_form_holds_everything),
		cmocka_unit_test(no_form_holds_a_phrase_of_engines),
		cmocka_unit_test(warnings_go_into_the_one_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
