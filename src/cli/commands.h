/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - a function a command
 *
 * Each returns 0 or a negative number with err filled in.
 */
#pragma once
#include "cli/options.h"
#include "container/container.h"
#include "container/lifecycle.h"

struct outcome {
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

/* The command line as the container layer wants it. */
struct job {
	struct request request;
	char root[512]; /* where request.root points by default */
};
/* Fills it in, with what the environment says: the default root, passed-on sockets.  The id is
 * checked. */
int job_init(struct job *job, const struct options *options, struct error *err);

/* Are all the descriptors there that LISTEN_FDS and --preserve-fds hand on?  Asked before a file of
 * our own could take the place of one that is not. */
int job_inherited_check(const struct options *options, struct error *err);

/* "1.3.0" */
extern const char version_spec[];
extern const char version_program[];
extern const char version_commit[];

/* May colours be sent to this fd?  --color, NO_COLOR, TERM. */
bool wants_colour(const struct options *options, int fd);
/* For people: which container may have been meant when there is none of the given id. */
void suggest_container(struct error *err, const struct options *options);
