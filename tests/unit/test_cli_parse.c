/* SPDX-License-Identifier: Apache-2.0 */
/* test_cli_parse.c - the command line: every spelling, and what is said of mistakes */
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "cli/options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 12 };

static int parse(const char *const *words, struct options *ret, struct error *err)
{
	static char *argv[WORDS_MAX + 2]; /* what exec runs points into it */
	int argc = 1;

	argv[0] = (char *)(uintptr_t) "ocirt";
	while (words[argc - 1]) {
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
		argc++;
	}
	argv[argc] = NULL;
	*ret = (struct options)OPTIONS_EMPTY;
	return options_parse(argc, argv, ret, err);
}

static void every_spelling_of_a_value_is_understood(void **state)
{
	static const char *const lines[][WORDS_MAX] = {
		{ "run", "--bundle", "/b", "c" },
		{ "run", "--bundle=/b", "c" },
		{ "run", "-bundle", "/b", "c" },
		{ "run", "-bundle=/b", "c" },
		{ "run", "-b", "/b", "c" },
		{ "run", "-b/b", "c" },
		{ "run", "-b=/b", "c" },
		{ "run", "-db", "/b", "c" },
		{ "run", "-db/b", "c" },
		{ "run", "c", "--bundle", "/b" },
		{ "run", "-b", "/x", "-b/b", "c" },
		{ "run", "-b", "/b", "--", "c" },
		{ "--root", "/r", "run", "-b", "/b", "c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options o;
		struct error err;

		assert_int_equal(parse(lines[i], &o, &err), 0);
		assert_ptr_equal(o.command, &commands[COMMAND_RUN]);
		assert_string_equal(o.bundle, "/b");
		assert_int_equal(o.n_arguments, 1);
		assert_string_equal(o.arguments[0], "c");
	}
}

static void flags_are_understood(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		bool want;
	} lines[] = {
		{ { "run", "--detach", "c" }, true },
		{ { "run", "-d", "c" }, true },
		{ { "run", "-detach", "c" }, true },
		{ { "run", "--detach=true", "c" }, true },
		{ { "run", "--detach=1", "c" }, true },
		{ { "run", "--detach=false", "c" }, false },
		{ { "run", "-d", "--detach=0", "c" }, false },
		{ { "run", "c" }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options o;
		struct error err;

		assert_int_equal(parse(lines[i].words, &o, &err), 0);
		assert_int_equal(o.detach, lines[i].want);
	}
}

static void what_engines_pass_is_understood(void **state)
{
	static const char *const create[] = { "--root",
					      "/r",
					      "--log",
					      "/l",
					      "--log-format=json",
					      "--systemd-cgroup",
					      "create",
					      "--no-pivot",
					      "--no-new-keyring",
					      "-no-subreaper",
					      "c",
					      NULL };
	static const char *const kill[] = { "--rootless=true", "kill", "--all", "c", "15", NULL };
	struct options o;
	struct error err;

	(void)state;
	assert_int_equal(parse(create, &o, &err), 0);
	assert_string_equal(o.root, "/r");
	assert_string_equal(o.log, "/l");
	assert_int_equal(o.log_format, 1);
	assert_int_equal(o.log_level, CHOICE_UNSET);
	assert_true(o.systemd_cgroup && o.no_pivot && o.no_new_keyring && o.no_subreaper);
	assert_int_equal(parse(kill, &o, &err), 0);
	assert_true(o.all);
	assert_int_equal(o.n_arguments, 2);
	assert_string_equal(o.arguments[1], "15");
}

static void a_command_comes_before_the_program(void **state)
{
	static const char *const spec[] = { "spec", "--rootless", NULL };
	static const char *const alias[] = { "rm", "-f", "c", NULL };
	struct options o;
	struct error err;

	(void)state;
	assert_int_equal(parse(spec, &o, &err), 0);
	assert_true(o.spec_rootless);
	assert_int_equal(parse(alias, &o, &err), 0);
	assert_ptr_equal(o.command, &commands[COMMAND_DELETE]);
	assert_true(o.force);
}

static void what_follows_the_id_of_exec_is_the_commands(void **state)
{
	static const char *const lines[][WORDS_MAX] = {
		{ "exec", "-te", "A=1", "--env=B=2", "c", "ls", "-d", "--help" },
		{ "exec", "-t", "-e", "A=1", "-eB=2", "c", "--", "ls", "-d", "--help" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options o;
		struct error err;

		assert_int_equal(parse(lines[i], &o, &err), 0);
		assert_true(o.tty && !o.detach && !o.help);
		assert_int_equal(o.env.n, 2);
		assert_string_equal(o.env.v[1], "B=2");
		assert_string_equal(o.arguments[0], "c");
		assert_int_equal(o.n_rest, 3);
		assert_string_equal(o.rest[2], "--help");
	}
}

static void the_largest_number_and_a_dash_are_values(void **state)
{
	static const char *const number[] = { "run", "--preserve-fds=2147483647", "c", NULL };
	static const char *const dash[] = { "kill", "c", "-", NULL };
	struct options o;
	struct error err;

	(void)state;
	assert_int_equal(parse(number, &o, &err), 0);
	assert_int_equal(o.preserve_fds, INT_MAX);
	assert_int_equal(parse(dash, &o, &err), 0);
	assert_int_equal(o.n_arguments, 2);
	assert_string_equal(o.arguments[1], "-");
}

static void a_list_is_full_when_it_is_full(void **state)
{
	char *argv[OPTION_LIST_MAX + 5];
	static struct options o;
	struct error err;
	char words[256];
	int argc = 0;

	(void)state;
	argv[argc++] = (char *)(uintptr_t) "ocirt";
	argv[argc++] = (char *)(uintptr_t) "exec";
	for (int i = 0; i < OPTION_LIST_MAX; i++)
		argv[argc++] = (char *)(uintptr_t) "-eA=1";
	argv[argc++] = (char *)(uintptr_t) "c";
	o = (struct options)OPTIONS_EMPTY;
	assert_int_equal(options_parse(argc, argv, &o, &err), 0);
	assert_int_equal(o.env.n, OPTION_LIST_MAX);
	argv[argc - 1] = (char *)(uintptr_t) "-eA=1";
	argv[argc++] = (char *)(uintptr_t) "c";
	o = (struct options)OPTIONS_EMPTY;
	assert_true(options_parse(argc, argv, &o, &err) < 0);
	assert_string_equal(error_words(&err, words, sizeof words),
			    "option \"-e\" comes more than 256 times");
}

static void every_mistake_is_one_line(void **state)
{
	static const struct {
		const char *words[WORDS_MAX], *text;
	} lines[] = {
		{ { "strat", "c" }, "unknown command \"strat\"; did you mean \"start\"?" },
		{ { "qqqqqq" }, "unknown command \"qqqqqq\"" },
		{ { "" }, "unknown command \"\"" },
		{ { NULL }, "no command; ocirt --help lists them" },
		{ { "run", "--bundel", "x" },
		  "unknown option \"--bundel\" of run; did you mean \"--bundle\"?" },
		{ { "--rooot=x", "run" }, "unknown option \"--rooot\"; did you mean \"--root\"?" },
		{ { "list", "--force" }, "unknown option \"--force\" of list" },
		{ { "run", "-dx", "c" }, "unknown option \"-x\" of run" },
		{ { "run", "-x", "c" }, "unknown option \"-x\" of run" },
		{ { "start" }, "ID is missing: ocirt start [OPTION...] ID" },
		{ { "start", "a", "b" },
		  "\"b\" is one argument too many: ocirt start [OPTION...] ID" },
		{ { "list", "x" }, "\"x\" is one argument too many: ocirt list [OPTION...]" },
		{ { "run", "c", "--bundle" }, "option \"--bundle\" requires an argument (DIR)" },
		{ { "run", "c", "-b" }, "option \"-b\" requires an argument (DIR)" },
		{ { "run", "--detach=maybe", "c" },
		  "option \"--detach\" takes true or false, not \"maybe\"" },
		{ { "run", "--preserve-fds=-1", "c" },
		  "option \"--preserve-fds\" takes a decimal number from 0, not \"-1\"" },
		{ { "run", "--preserve-fds=", "c" },
		  "option \"--preserve-fds\" takes a decimal number from 0, not \"\"" },
		{ { "run", "--preserve-fds", "9999999999", "c" },
		  "option \"--preserve-fds\" takes a decimal number from 0, not \"9999999999\"" },
		{ { "run", "--preserve-fds=2147483648", "c" },
		  "option \"--preserve-fds\" takes a decimal number from 0, not \"2147483648\"" },
		{ { "--roo=x", "list" }, "unknown option \"--roo\"; did you mean \"--root\"?" },
		{ { "--log-format", "texts", "list" },
		  "option \"--log-format\" takes text|json, not \"texts\"" },
		{ { "--log-format", "jsn", "list" },
		  "option \"--log-format\" takes text|json, not \"jsn\"" },
		{ { "list", "--format=tab" }, "option \"--format\" takes table|json, not \"tab\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options o;
		struct error err;
		char words[2048];

		assert_true(parse(lines[i].words, &o, &err) < 0);
		assert_true(err.usage);
		assert_string_equal(error_words(&err, words, sizeof words), lines[i].text);
	}
}

static void the_log_is_known_although_the_rest_is_wrong(void **state)
{
	static const char *const words[] = { "--log", "/l", "create", "--bundel", "x", NULL };
	struct options o;
	struct error err;

	(void)state;
	assert_true(parse(words, &o, &err) < 0);
	assert_string_equal(o.log, "/l");
}

/* Two options of one command must not share a name or a letter, or one is never found. */
static void no_option_hides_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < options_table_n; i++)
		for (size_t j = i + 1; j < options_table_n; j++) {
			const struct option *a = &options_table[i], *b = &options_table[j];

			if (!(a->commands & b->commands))
				continue;
			assert_true(strcmp(a->name, b->name) != 0 || !b->help);
			assert_true(!a->letter || a->letter != b->letter);
		}
}

static void help_names_every_option(void **state)
{
	(void)state;
	for (size_t c = 0; c < COMMANDS; c++) {
		auto_free char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);
		bool found;

		help_print(out, &commands[c]);
		assert_int_equal(fclose(out), 0);
		assert_non_null(strstr(text, commands[c].help));
		found = false;
		for (size_t i = 0; i < options_table_n; i++)
			if (option_is_for(&options_table[i], &commands[c])) {
				assert_non_null(strstr(text, options_table[i].name));
				assert_non_null(strstr(text, options_table[i].help));
				found = true;
			}
		assert_int_equal(strstr(text, "\noptions:\n") != NULL, found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_a_value_is_understood),
		cmocka_unit_test(flags_are_understood),
		cmocka_unit_test(what_engines_pass_is_understood),
		cmocka_unit_test(a_command_comes_before_the_program),
		cmocka_unit_test(what_follows_the_id_of_exec_is_the_commands),
		cmocka_unit_test(the_largest_number_and_a_dash_are_values),
		cmocka_unit_test(a_list_is_full_when_it_is_full),
		cmocka_unit_test(every_mistake_is_one_line),
		cmocka_unit_test(the_log_is_known_although_the_rest_is_wrong),
		cmocka_unit_test(no_option_hides_another),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
