/* SPDX-License-Identifier: Apache-2.0 */
/* str.c - strict numbers and growing text */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits up to the end, at most max. */
static bool parse_digits(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (*s == '\0' || (s[0] == '0' && s[1] != '\0'))
		return false;
	for (; *s; s++) {
		unsigned digit = (unsigned)*s - '0';

		if (digit > 9 || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

bool parse_u64(const char *s, uint64_t *ret)
{
	return parse_digits(s, UINT64_MAX, ret);
}

bool parse_u32(const char *s, uint32_t *ret)
{
	uint64_t value;

	if (!parse_digits(s, UINT32_MAX, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

bool parse_i64(const char *s, int64_t *ret)
{
	bool minus = *s == '-';
	uint64_t value;

	if (!parse_digits(s + minus, (uint64_t)INT64_MAX + minus, &value) || (minus && value == 0))
		return false;
	*ret = minus ? -(int64_t)(value - 1) - 1 : (int64_t)value;
	return true;
}

/* Room for n more bytes and the NUL. */
static bool reserve(struct strbuf *b, size_t n)
{
	size_t size = b->size ? b->size : 64;
	char *bigger;

	if (b->failed || n > SIZE_MAX / 4 - b->len) {
		b->failed = true;
		return false;
	}
	if (b->len + n < b->size)
		return true;
	while (size <= b->len + n)
		size *= 2;
	bigger = realloc(b->text, size);
	if (!bigger) {
		b->failed = true;
		return false;
	}
	b->text = bigger;
	b->size = size;
	return true;
}

void strbuf_add_n(struct strbuf *b, const char *s, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n)
		memcpy(b->text + b->len, s, n);
	b->len += n;
	b->text[b->len] = '\0';
}

void strbuf_add(struct strbuf *b, const char *s)
{
	strbuf_add_n(b, s, strlen(s));
}

void strbuf_add_char(struct strbuf *b, char c)
{
	strbuf_add_n(b, &c, 1);
}

void strbuf_print(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(b->text + b->len, b->size - b->len, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void strbuf_add_json(struct strbuf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			strbuf_add_char(b, '\\');
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			strbuf_print(b, "\\u%04x", (unsigned)*s);
		else
			strbuf_add_char(b, *s);
	}
}

char *strbuf_take(struct strbuf *b)
{
	char *text;

	if (!b->text)
		strbuf_add_n(b, "", 0);
	text = b->failed ? NULL : b->text;
	if (b->failed)
		free(b->text);
	*b = (struct strbuf)STRBUF_EMPTY;
	return text;
}

void strbuf_done(struct strbuf *b)
{
	free(b->text);
	*b = (struct strbuf)STRBUF_EMPTY;
}

bool str_starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

bool str_ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), tail = strlen(end);

	return len >= tail && memcmp(s + len - tail, end, tail) == 0;
}
