/* SPDX-License-Identifier: Apache-2.0 */
/* colour.c - may colours be sent to a descriptor? */
#include "cli/reporter.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* https://no-color.org: set and not empty means no. */
bool wants_colour(const struct options *options, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	if ((no_color && *no_color) || !term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fd) == 1;
}
