/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - builds messages in buffers of fixed size, and makes words of the document printable
 *
 * A message repeats words of the config, and the config may come from a hostile image.  A newline
 * in such a word would forge a second line in the log, and an escape character would reach the
 * terminal.  So control characters are escaped and long words are cut, always at a whole
 * character.  Nothing here allocates: a message about missing memory must still get through.
 */
#include "libocispec/text.h"

#include "libocispec/ocispec.h"
#include "libocispec/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A longer word loses its middle.  A key in a JSON pointer keeps more of it: people and programs
 * use the pointer to find the place. */
enum { WORD_MAX = 80, KEY_MAX = 160 };

struct oci_text oci_text_in(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct oci_text){ buf, buf + size - 1 };
}

/* Adds all n bytes or, if they do not fit, none: a character or an escape is never cut. */
static void add_whole(struct oci_text *text, const char *s, size_t n)
{
	if ((size_t)(text->end - text->at) < n)
		return;
	memcpy(text->at, s, n);
	text->at += n;
	*text->at = '\0';
}

void oci_text_add(struct oci_text *text, const char *fmt, ...)
{
	size_t room = (size_t)(text->end - text->at);
	va_list list;
	int n;

	va_start(list, fmt);
	n = vsnprintf(text->at, room + 1, fmt, list);
	va_end(list);
	if (n > 0)
		text->at += (size_t)n < room ? (size_t)n : room;
}

static bool is_control(const char *s, size_t length)
{
	unsigned char first = (unsigned char)s[0], second = (unsigned char)s[length > 1];

	if (length == 1)
		return first < 0x20 || first == 0x7f;
	return first == 0xc2 && second < 0xa0;
}

/* Adds one character, or one byte that is not part of any.  Returns how many bytes of s it used. */
static size_t add_character(struct oci_text *text, const char *s, size_t n, bool in_pointer)
{
	size_t length = oci_utf8_length(s, n);
	char escaped[8];

	if (length == 0 || is_control(s, length)) {
		int written = snprintf(escaped, sizeof escaped, "\\x%02x", (unsigned char)*s);

		add_whole(text, escaped, (size_t)written);
		return 1;
	}
	if (in_pointer && (*s == '~' || *s == '/'))
		add_whole(text, *s == '~' ? "~0" : "~1", 2);
	else
		add_whole(text, s, length);
	return length;
}

static void add_span(struct oci_text *text, const char *s, size_t n, bool in_pointer)
{
	for (size_t at = 0; at < n;)
		at += add_character(text, s + at, n - at, in_pointer);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Adds a word of at most max bytes; of a longer one the first and the last half of max. */
static void add_cut(struct oci_text *text, const char *s, size_t n, size_t max, bool in_pointer)
{
	size_t head = max / 2, tail = n - max / 2;

	if (n <= max) {
		add_span(text, s, n, in_pointer);
		return;
	}
	while (head > max / 2 - 3 && is_continuation(s[head]))
		head--;
	while (tail < n - max / 2 + 3 && is_continuation(s[tail]))
		tail++;
	add_span(text, s, head, in_pointer);
	add_whole(text, "...", 3);
	add_span(text, s + tail, n - tail, in_pointer);
}

void oci_text_word(struct oci_text *text, const char *word, size_t n)
{
	add_cut(text, word, n, WORD_MAX, false);
}

void oci_text_quote(struct oci_text *text, const char *word, size_t n)
{
	add_whole(text, "\"", 1);
	oci_text_word(text, word, n);
	add_whole(text, "\"", 1);
}

char *oci_pointer_token(const char *key, char *buf, size_t size)
{
	struct oci_text text = oci_text_in(buf, size);

	add_cut(&text, key, strlen(key), KEY_MAX, true);
	return buf;
}

void oci_text_token(struct oci_text *text, const char *key, size_t n)
{
	add_whole(text, "/", 1);
	add_cut(text, key, n, KEY_MAX, true);
}
