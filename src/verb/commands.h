/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - a function a command
 *
 * Each returns 0 or a negative number with err filled in.
 */
#pragma once
#include "cli/job.h"
#include "cli/options.h"
#include "launch/container.h"
#include "life/lifecycle.h"

struct outcome {
	struct config_text config; /* what an error's pointer leads into; freed by main() */
	FILE *out; /* what the command prints, written whole at its end; NULL for run and create */
	int exit_code; /* of the program, when the command did not fail */
	/* For run and exec: shows the warnings to people before the program starts; writes them to
	 * the log when it has. */
	void (*before_start)(void *context), (*started)(void *context);
	void *context;
};

#define COMMAND(id, function, name, alias, arguments, least, most, flags, help)                    \
	int command_##function(const struct options *options, struct outcome *outcome,             \
			       struct error *err);
#define HIDDEN COMMAND
#include "cli/commands.def"
#undef COMMAND
#undef HIDDEN

/* "1.3.0" */
extern const char version_spec[];
extern const char version_program[];
extern const char version_commit[];

/* For people: which container may have been meant when there is none of the given id. */
void suggest_container(struct error *err, const struct options *options);
