/* SPDX-License-Identifier: Apache-2.0 */
/* test_program.c - arguments and environment of the container's program */
#include "tests/unit/unit.h"

#include "process/program.h"
#include "tests/unit/child.h"

#include <stdlib.h>

struct env_case {
	const char *env[8];
	int n_listen;
	const char *listen_names;
	const char *want; /* entries, one a line, then HOME missing and PATH */
};

#define PATH_LINE "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"

static void env_act(void *arg)
{
	struct env_case *c = arg;
	const char *args[] = { "a", "" };
	struct oci_process process = {
		.args = { .n = 2, .v = args },
		.env = { .v = c->env },
		.cwd = "/",
	};
	struct oci_arena *arena = oci_arena_new();
	struct program p = { 0 };
	struct error err;

	while (c->env[process.env.n])
		process.env.n++;
	if (program_plan(&process, c->n_listen, c->listen_names, arena, &p, &err) < 0) {
		child_tell(-1, &err);
		return;
	}
	for (size_t i = 0; i < p.n_env; i++)
		(void)printf("%s\n", p.envp[i]);
	(void)printf("%s%s\n", p.home_missing ? "no HOME, PATH " : "PATH ", p.path);
	if (p.envp[p.n_env] || p.envp[p.n_env + 2] || strcmp(p.argv[0], "a") != 0 || p.argv[2])
		(void)printf("not ended\n");
	(void)oci_arena_free(arena);
}

static void the_last_of_a_name_wins(void **state)
{
	static struct env_case cases[] = {
		{ .want = "no HOME, PATH " PATH_LINE },
		{ .env = { "A=1", "HOME=/h", "PATH=/x" },
		  .want = "A=1\nHOME=/h\nPATH=/x\nPATH /x\n" },
		{ .env = { "A=1", "B=2", "A=3", "AB=4", "A=" },
		  .want = "B=2\nAB=4\nA=\nno HOME, PATH " PATH_LINE },
		{ .env = { "PATH=/x", "PATH=" }, .want = "PATH=\nno HOME, PATH " PATH_LINE },
		{ .env = { "HOME=/h", "HOME=" }, .want = "no HOME, PATH " PATH_LINE },
		{ .env = { "HOME=", "HOME=/h" }, .want = "HOME=/h\nPATH " PATH_LINE },
		{ .env = { "A=b=c" }, .want = "A=b=c\nno HOME, PATH " PATH_LINE },
		{ .env = { "A=1", "B" }, .want = "/process/env/1: \"B\" has no \"=\"\n" },
		{ .env = { "=1" }, .want = "/process/env/0: \"=1\" has no name\n" },
		{ .env = { "" }, .want = "/process/env/0: \"\" has no \"=\"\n" },
		{ .env = { "LISTEN_FDS=9", "LISTEN_PID=7", "LISTEN_FDNAMES=z" },
		  .n_listen = 2,
		  .listen_names = "a:b",
		  .want = "LISTEN_FDS=2\nLISTEN_PID=1\nLISTEN_FDNAMES=a:b\n"
			  "no HOME, PATH " PATH_LINE },
		{ .env = { "LISTEN_FDS=9" }, .want = "LISTEN_FDS=9\nno HOME, PATH " PATH_LINE },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(env_act, &cases[i], said, sizeof said), 0);
		assert_string_equal(said, cases[i].want);
	}
}

/* A config of 16 MiB holds a million of them; a list instead of a hash would take minutes. */
static void a_million_names_are_no_hang(void **state)
{
	enum { MANY = 1000000 };
	const char **env = calloc(MANY, sizeof *env);
	char *text = calloc(MANY, 12);
	const char *args[] = { "a" };
	struct oci_process process = {
		.args = { .n = 1, .v = args },
		.env = { .n = MANY, .v = env },
		.cwd = "/",
	};
	struct oci_arena *arena = oci_arena_new();
	struct program p = { 0 };
	struct error err;

	(void)state;
	assert_non_null(env);
	assert_non_null(text);
	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(text + i * 12, 12, "A%zu=", i / 2);
		env[i] = text + i * 12;
	}
	assert_int_equal(program_plan(&process, 0, NULL, arena, &p, &err), 0);
	assert_int_equal(p.n_env, MANY / 2);
	(void)oci_arena_free(arena);
	free(text);
	free(env);
}

static void no_arguments_are_refused(void **state)
{
	struct oci_process process = { .cwd = "/" };
	struct oci_arena *arena = oci_arena_new();
	struct program p = { 0 };
	struct error err;

	(void)state;
	assert_true(program_plan(&process, 0, NULL, arena, &p, &err) < 0);
	assert_string_equal(err.pointer, "/process/args");
	(void)oci_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_of_a_name_wins),
		cmocka_unit_test(a_million_names_are_no_hang),
		cmocka_unit_test(no_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
