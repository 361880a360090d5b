/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - --help from the tables of commands and options */
#include "cli/options.h"

#include <string.h>

enum { HELP_COLUMN = 34 };

static void option_print(FILE *out, const struct option *o)
{
	char left[96];
	size_t width;

	(void)snprintf(left, sizeof left, "  %c%c%s --%s%s%s", o->letter ? '-' : ' ',
		       o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
		       o->metavar ? " " : "", o->metavar ? o->metavar : "");
	width = strlen(left);
	if (width < HELP_COLUMN)
		(void)fprintf(out, "%-*s%s\n", HELP_COLUMN, left, o->help);
	else
		(void)fprintf(out, "%s\n%*s%s\n", left, HELP_COLUMN, "", o->help);
}

static void options_print(FILE *out, const struct command *command)
{
	for (size_t i = 0; i < options_table_n; i++)
		if (options_table[i].help && option_is_for(&options_table[i], command))
			option_print(out, &options_table[i]);
}

static bool has_options(const struct command *command)
{
	for (size_t i = 0; i < options_table_n; i++)
		if (option_is_for(&options_table[i], command))
			return true;
	return false;
}

static void command_print(FILE *out, const struct command *command)
{
	(void)fprintf(out, "usage: ocirt [OPTION...] %s [OPTION...]%s%s\n\n%s\n", command->name,
		      command->arguments ? " " : "", command->arguments ? command->arguments : "",
		      command->help);
	if (command->alias)
		(void)fprintf(out, "also: ocirt %s\n", command->alias);
	if (has_options(command)) {
		(void)fputs("\noptions:\n", out);
		options_print(out, command);
	}
	(void)fputs("\nocirt --help lists the options of every command.\n", out);
}

void help_print(FILE *out, const struct command *command)
{
	if (command) {
		command_print(out, command);
		return;
	}
	(void)fputs("usage: ocirt [OPTION...] COMMAND [OPTION...] [ARGUMENT...]\n\n"
		    "ocirt runs containers as the OCI runtime specification says.\n\ncommands:\n",
		    out);
	for (size_t i = 0; i < COMMANDS; i++)
		if (!(commands[i].flags & IS_HIDDEN))
			(void)fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].help);
	(void)fputs("\noptions:\n", out);
	options_print(out, NULL);
	(void)fputs("\nocirt COMMAND --help explains a command.\n", out);
}
