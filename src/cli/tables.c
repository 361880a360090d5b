/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - commands.def and options.def as arrays */
#include "cli/options.h"

#include "base/auto.h"

#include <stddef.h>
#include <string.h>

const struct command commands[COMMANDS] = {
#define COMMAND(id, function, name, alias, arguments, least, most, flags, help)                    \
	{ name, alias, arguments, least, most, flags, help },
#define HIDDEN(id, function, name, alias, arguments, least, most, flags, help)                     \
	{ name, alias, arguments, least, most, (flags) | IS_HIDDEN, help },
#include "cli/commands.def"
#undef COMMAND
#undef HIDDEN
};

const struct option options_table[] = {
#define OPTION(on, name, letter, type, member, metavar, help)                                      \
	{ on, name, letter, OPTION_##type, offsetof(struct options, member), metavar, help },
#include "cli/options.def"
#undef OPTION
};
const size_t options_table_n = ARRAY_SIZE(options_table);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0 ||
		    (commands[i].alias && strcmp(commands[i].alias, name) == 0))
			return &commands[i];
	return NULL;
}

bool option_is_for(const struct option *option, const struct command *command)
{
	if (!command)
		return option->commands & GLOBAL;
	return option->commands >> (command - commands) & 1;
}
