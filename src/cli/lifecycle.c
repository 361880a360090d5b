/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle.c - run, create, start, kill, delete: a line each, the work is the container layer's */
#include "base/auto.h"
#include "cli/commands.h"
#include "sys/process.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

int command_run(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	job.request.before_start = outcome->before_start;
	job.request.started = outcome->started;
	job.request.context = outcome->context;
	return r < 0 ? r : container_run(&job.request, &outcome->exit_code, err);
}

int command_create(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	return r < 0 ? r : container_create(&job.request, err);
}

int command_start(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	return r < 0 ? r : container_start(&job.request, err);
}

enum { SIGNAL_PREFIX = 3 }; /* "SIG" */

/* The nearest name, both without "SIG" and in capitals; NULL if none is near. */
static const char *signal_near(const char *word)
{
	size_t n, len;
	const char *const *names = signal_names(&n);
	const char *bare[128];
	char capitals[16];

	if (strncasecmp(word, "SIG", SIGNAL_PREFIX) == 0)
		word += SIGNAL_PREFIX;
	len = strlen(word);
	if (len >= sizeof capitals)
		return NULL;
	for (size_t i = 0; i <= len; i++)
		capitals[i] = (char)toupper((unsigned char)word[i]);
	if (n > ARRAY_SIZE(bare))
		n = ARRAY_SIZE(bare);
	for (size_t i = 0; i < n; i++)
		bare[i] = names[i] + SIGNAL_PREFIX;
	return oci_nearest(capitals, len, bare, n);
}

static int signal_unknown(const char *word, struct error *err)
{
	const char *near = signal_near(word);

	return fail_usage(
		err, "unknown signal \"%s\"%s%s%s (1 to 64, or a name as TERM, SIGTERM, RTMIN+3)",
		word, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

int command_kill(const struct options *options, struct outcome *outcome, struct error *err)
{
	const char *word = options->n_arguments > 1 ? options->arguments[1] : "TERM";
	int signal = signal_number(word), r;
	struct job job;

	if (signal < 0)
		return signal_unknown(word, err);
	r = job_init(&job, options, err);
	return r < 0 ? r : container_kill(&job.request, signal, options->all, err);
}

int command_delete(const struct options *options, struct outcome *outcome, struct error *err)
{
	struct job job;
	int r = job_init(&job, options, err);

	return r < 0 ? r : container_delete(&job.request, options->force, err);
}
