/* SPDX-License-Identifier: Apache-2.0 */
/* verb_start.c - the program of a created container begins */
#include "verb/commands.h"

int command_start(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	return r < 0 ? r : container_start(&job.request, err);
}
