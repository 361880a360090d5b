/* SPDX-License-Identifier: Apache-2.0 */
/* verb_version.c - version, help: what the program says of itself */
#include "commit.h"
#include "config.h"

#include "verb/commands.h"

const char version_spec[] = "1.3.0";
const char version_program[] = PACKAGE_VERSION;
const char version_commit[] = OCIRT_COMMIT;

/* Optional parts, as the build chose; no filter is made in this version. */
#define HAS_SECCOMP "-SECCOMP"
#ifdef OCIRT_STATIC
#define HAS_STATIC "+STATIC"
#else
#define HAS_STATIC "-STATIC"
#endif

/* docker looks for "version" and "commit: ", go-runc for "spec: ". */
int command_version(const struct options *options, struct outcome *outcome, struct error *err)
{
	(void)fprintf(outcome->out, "ocirt version %s\ncommit: %s\nspec: %s\n%s %s\n",
		      version_program, version_commit, version_spec, HAS_SECCOMP, HAS_STATIC);
	return 0;
}

int command_help(const struct options *options, struct outcome *outcome, struct error *err)
{
	const struct command *command = NULL;

	if (options->n_arguments) {
		command = command_find(options->arguments[0]);
		if (!command)
			return command_unknown(options->arguments[0], err);
	}
	help_print(outcome->out, command);
	return 0;
}

#ifdef OCIRT_TESTING
int command_list_steps(const struct options *options, struct outcome *outcome, struct error *err)
{
	container_print_steps(outcome->out);
	return 0;
}
#endif
