/* SPDX-License-Identifier: Apache-2.0 */
/* verb_create.c - a container that waits for start */
#include "verb/commands.h"

int command_create(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	job.request.text = &outcome->config;
	return r < 0 ? r : container_create(&job.request, err);
}
