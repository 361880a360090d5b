/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the command line, understood
 *
 * commands.def and options.def are the command line; one parser and one help text read them.
 */
#pragma once
#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

enum command_id {
#define COMMAND(id, function, name, alias, arguments, least, most, flags, help) COMMAND_##id,
#define HIDDEN									COMMAND
#include "cli/commands.def"
#undef COMMAND
#undef HIDDEN
	COMMANDS,
};

enum {
	TAKES_ID = 1,
	PROTECT = 2,
	IS_HIDDEN = 4,
	STOPS_AT_ID = 8,
	FAILS_255 = 16,
	STARTS = 32,
	DETACHES = 64,
	PLANS_ONLY = 128,
};

struct options;
struct command {
	const char *name, *alias; /* alias: NULL if there is none */
	const char *arguments;	  /* "ID [SIGNAL]", or NULL */
	unsigned least, most;	  /* how many arguments */
	unsigned flags;		  /* TAKES_ID... */
	const char *help;
};
extern const struct command commands[COMMANDS];

enum option_type { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_CHOICE, OPTION_LIST };
struct option {
	unsigned commands; /* bits: 1 << enum command_id, or GLOBAL */
	const char *name;
	char letter; /* 0: none */
	enum option_type type;
	size_t target; /* offset in struct options */
	const char *metavar, *help;
};
enum { GLOBAL = 1 << 30 };
#define ON(id) (1u << COMMAND_##id)
extern const struct option options_table[];
extern const size_t options_table_n;

enum { ARGUMENTS_MAX = 2, CHOICE_UNSET = -1 };
/* An option that may come again: its values in order. */
enum { OPTION_LIST_MAX = 256 };
struct option_list {
	size_t n;
	const char *v[OPTION_LIST_MAX];
};
struct options {
	const struct command *command; /* NULL: none was given */
	const char *arguments[ARGUMENTS_MAX];
	size_t n_arguments;
	char **rest; /* what follows the id of exec: n_rest words, then NULL */
	size_t n_rest;

	/* global; choices are places in the words of options.def */
	const char *root, *log;
	int log_format, log_level, cgroup_manager, rootless, color;
	bool debug, systemd_cgroup, version, help;

	/* run, create */
	const char *bundle, *config, *pid_file, *console_socket;
	int preserve_fds;
	bool detach, no_pivot, no_new_keyring, no_subreaper, keep;

	/* exec */
	const char *process, *cwd, *user, *apparmor, *process_label, *cgroup, *pidfd_socket;
	struct option_list env, groups, caps;
	bool tty, no_new_privs, ignore_paused;

	/* the others */
	const char *file;
	int list_format, check_format;
	bool all, force, quiet, spec_rootless, strict;
};
#define OPTIONS_EMPTY                                                                              \
	{                                                                                          \
		.log_level = CHOICE_UNSET, .bundle = "."                                           \
	}

enum { LIST_TABLE, LIST_JSON };
enum { CHECK_TEXT, CHECK_JSON };
enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Reads the words of argv: `--x v`, `--x=v`, `-x v`, `-xv`, bundles of letters `-ab`, long names
 * with one dash, `--` before arguments.  What was understood before an error is in *ret (so that
 * --log works for a wrong command line).  Strings are those of argv. */
int options_parse(int argc, char **argv, struct options *ret, struct error *err);
/* The command of this name or alias, or NULL. */
const struct command *command_find(const char *name);
/* The usage error for a name that is no command, with the nearest that is. */
int command_unknown(const char *word, struct error *err);
/* Is it one of this command's options?  command NULL: a global one? */
bool option_is_for(const struct option *option, const struct command *command);

/* The program's help (command NULL), or a command's. */
void help_print(FILE *out, const struct command *command);
