/* SPDX-License-Identifier: Apache-2.0 */
/*
 * excerpt.h - the line of a config that an error is about, with a caret below the place
 *
 *	   12 |     "limit": "x"
 *	      |              ^
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct excerpt {
	const char *text;
	size_t len;
	unsigned line, column; /* from 1, columns in bytes */
};
/* Nothing is printed for a line that is not there.  Long lines are cut around the column; what a
 * terminal would obey is printed as "?". */
void excerpt_print(FILE *out, const struct excerpt *excerpt, bool colour);
