/* SPDX-License-Identifier: Apache-2.0 */
/* verb_delete.c - a container goes */
#include "verb/commands.h"

int command_delete(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	return r < 0 ? r : container_delete(&job.request, options->force, err);
}
