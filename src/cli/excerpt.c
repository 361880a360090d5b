/* SPDX-License-Identifier: Apache-2.0 */
/* excerpt.c - the line of a config that an error is about, with a caret below the place */
#include "cli/excerpt.h"

#include "base/error.h"

#include <string.h>

enum { BEFORE = 50, AFTER = 40, TAB = 4, NUMBER_WIDTH = 5 };

/* The start of a line; NULL if the text has fewer. */
static const char *line_start(const char *text, const char *end, unsigned line)
{
	for (; line > 1; line--) {
		text = memchr(text, '\n', (size_t)(end - text));
		if (!text)
			return NULL;
		text++;
	}
	return text;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* One character as a terminal may see it; returns its bytes in the text, *width its cells. */
static size_t character_print(FILE *out, const char *at, const char *end, int *width)
{
	size_t len = utf8_length((const unsigned char *)at, (size_t)(end - at));
	bool c1 = len == 2 && (unsigned char)at[0] == 0xc2 && (unsigned char)at[1] < 0xa0;

	*width = 1;
	if (*at == '\t') {
		*width = TAB;
		(void)fprintf(out, "%*s", TAB, "");
		return 1;
	}
	if (len == 0 || c1 || (unsigned char)*at < ' ' || *at == 0x7f) {
		(void)fputc('?', out);
		return len ? len : 1;
	}
	(void)fwrite(at, 1, len, out);
	return len;
}

void excerpt_print(FILE *out, const struct excerpt *e, bool colour)
{
	const char *end = e->text + e->len, *start = line_start(e->text, end, e->line);
	const char *stop, *caret, *from;
	int cells = 0, width;

	if (!start)
		return;
	stop = memchr(start, '\n', (size_t)(end - start));
	if (!stop)
		stop = end;
	caret = e->column - 1 < (size_t)(stop - start) ? start + e->column - 1 : stop;
	from = caret - start > BEFORE ? caret - BEFORE : start;
	while (from < caret && is_continuation(*from))
		from++;
	cells = from > start ? 3 : 0;
	(void)fprintf(out, "%*u | %.*s", NUMBER_WIDTH, e->line, cells, "...");
	while (from < stop && from < caret + AFTER) {
		bool before = from < caret;

		from += character_print(out, from, stop, &width);
		if (before)
			cells += width;
	}
	(void)fprintf(out, "%s\n%*s | %*s%s^%s\n", from < stop ? "..." : "", NUMBER_WIDTH, "",
		      cells, "", colour ? "\033[1;31m" : "", colour ? "\033[0m" : "");
}
