/* SPDX-License-Identifier: Apache-2.0 */
/* verb_run.c - create a container, start it, wait for its end */
#include "verb/commands.h"

int command_run(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	job.request.before_start = outcome->before_start;
	job.request.started = outcome->started;
	job.request.context = outcome->context;
	job.request.text = &outcome->config;
	return r < 0 ? r : container_run(&job.request, &outcome->exit_code, err);
}
