/* SPDX-License-Identifier: Apache-2.0 */
/* verb_kill.c - a signal by number or by name, sent to a container */
#include "base/auto.h"
#include "sys/process.h"
#include "verb/commands.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

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
