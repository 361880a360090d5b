/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c - reads a JSON text a second time, token by token, to explain a problem
 *
 * A message such as "expected a key or '}', found ','" needs to know what the grammar allows at
 * each place, and yajl does not tell.  So walk->want always says what may come next: each token is
 * compared with it, and sets it for the token after.
 */
#include "libocispec/walk.h"

#include "libocispec/utf8.h"

#include <string.h>

static const char want_value[] = "a value", want_key[] = "a key", want_colon[] = "':'",
		  want_end[] = "the end of the file", want_key_or_close[] = "a key or '}'",
		  want_value_or_close[] = "a value or ']'", want_comma_or_brace[] = "',' or '}'",
		  want_comma_or_bracket[] = "',' or ']'";

void oci_walk_begin(struct oci_walk *walk, const char *json, size_t len)
{
	*walk = (struct oci_walk){ .json = json, .len = len, .want = want_value };
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static enum oci_token bad(struct oci_walk *walk, size_t end)
{
	walk->at = end;
	return OCI_TOKEN_BAD;
}

static size_t digits(const char *s, size_t n, size_t at)
{
	while (at < n && s[at] >= '0' && s[at] <= '9')
		at++;
	return at;
}

static bool is_number(const char *s, size_t n)
{
	size_t at = n > 0 && s[0] == '-', from = at;

	at = digits(s, n, from);
	if (at == from || (s[from] == '0' && at > from + 1))
		return false;
	if (at < n && s[at] == '.') {
		from = at + 1;
		at = digits(s, n, from);
		if (at == from)
			return false;
	}
	if (at < n && (s[at] == 'e' || s[at] == 'E')) {
		from = at + 1;
		if (from < n && (s[from] == '+' || s[from] == '-'))
			from++;
		at = digits(s, n, from);
		if (at == from)
			return false;
	}
	return at == n;
}

static bool is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(s, word, n) == 0;
}

/* The end of the letters, digits and signs that begin at start: a number, true, false or null, or
 * something that is not JSON. */
static size_t bare_end(const struct oci_walk *walk)
{
	size_t at = walk->start;

	while (at < walk->len &&
	       (((walk->json[at] | 0x20) >= 'a' && (walk->json[at] | 0x20) <= 'z') ||
		(walk->json[at] >= '0' && walk->json[at] <= '9') ||
		is_one_of(walk->json[at], "+-._")))
		at++;
	return at;
}

/* The byte after the string's closing quote, or 0 if it has none. */
static size_t string_end(const struct oci_walk *walk)
{
	for (size_t at = walk->start + 1; at < walk->len; at++) {
		if (walk->json[at] == '\\')
			at++;
		else if (walk->json[at] == '"')
			return at + 1;
	}
	return 0;
}

/* A value is complete: sets what may follow it. */
static void value_done(struct oci_walk *walk)
{
	if (walk->depth == 0)
		walk->want = want_end;
	else if (walk->steps[walk->depth].is_array)
		walk->want = want_comma_or_bracket;
	else
		walk->want = want_comma_or_brace;
}

static enum oci_token take_open(struct oci_walk *walk)
{
	bool is_array = walk->json[walk->start] == '[';

	if (walk->depth == OCI_DEPTH_MAX + 1)
		return bad(walk, walk->start + 1);
	walk->steps[++walk->depth] = (struct oci_step){
		.is_array = is_array,
		.opened = walk->start,
		.index = SIZE_MAX,
	};
	walk->want = is_array ? want_value_or_close : want_key_or_close;
	walk->at = walk->start + 1;
	return OCI_TOKEN_OPEN;
}

static enum oci_token take_close(struct oci_walk *walk)
{
	walk->depth--;
	walk->at = walk->start + 1;
	value_done(walk);
	return OCI_TOKEN_CLOSE;
}

static enum oci_token take_key(struct oci_walk *walk)
{
	struct oci_step *step = &walk->steps[walk->depth];
	size_t end = string_end(walk);

	if (end == 0)
		return bad(walk, walk->len);
	step->has_key = true;
	step->key = walk->start + 1;
	step->key_len = end - walk->start - 2;
	walk->at = end;
	walk->want = want_colon;
	return OCI_TOKEN_KEY;
}

static enum oci_token take_scalar(struct oci_walk *walk)
{
	const char *s = walk->json + walk->start;
	bool is_string = *s == '"';
	size_t end = is_string ? string_end(walk) : bare_end(walk), n = end - walk->start;

	if (is_string && end == 0)
		return bad(walk, walk->len);
	if (!is_string && !is_number(s, n) && !is_word(s, n, "true") && !is_word(s, n, "false") &&
	    !is_word(s, n, "null"))
		return bad(walk, n > 0 ? end : walk->start + 1);
	walk->at = end;
	value_done(walk);
	return OCI_TOKEN_SCALAR;
}

static enum oci_token take_value(struct oci_walk *walk)
{
	struct oci_step *step = &walk->steps[walk->depth];

	if (step->is_array)
		step->index++;
	if (is_one_of(walk->json[walk->start], "{["))
		return take_open(walk);
	return take_scalar(walk);
}

static bool walk_space(struct oci_walk *walk)
{
	while (walk->at < walk->len && is_one_of(walk->json[walk->at], " \t\r\n"))
		walk->at++;
	walk->start = walk->at;
	return walk->at < walk->len;
}

/* A comma or a colon is not handed out as a token; it only changes what may follow. */
static bool take_separator(struct oci_walk *walk)
{
	char c = walk->json[walk->start];

	if (c == ':' && walk->want == want_colon)
		walk->want = want_value;
	else if (c == ',' && walk->want == want_comma_or_brace)
		walk->want = want_key;
	else if (c == ',' && walk->want == want_comma_or_bracket)
		walk->want = want_value;
	else
		return false;
	walk->at++;
	return true;
}

static bool may_close(const struct oci_walk *walk, char c)
{
	if (c == '}')
		return walk->want == want_key_or_close || walk->want == want_comma_or_brace;
	return c == ']' &&
	       (walk->want == want_value_or_close || walk->want == want_comma_or_bracket);
}

enum oci_token oci_walk_next(struct oci_walk *walk)
{
	do {
		if (!walk_space(walk))
			return walk->want == want_end ? OCI_TOKEN_END : bad(walk, walk->len);
	} while (take_separator(walk));
	if (may_close(walk, walk->json[walk->start]))
		return take_close(walk);
	if (walk->want == want_value || walk->want == want_value_or_close)
		return take_value(walk);
	if ((walk->want == want_key || walk->want == want_key_or_close) &&
	    walk->json[walk->start] == '"')
		return take_key(walk);
	return bad(walk, walk->start + 1);
}

/* Decodes one character or escape of a raw string.  Returns how many bytes of s it used. */
static size_t decode_character(const char *s, size_t n, char *ret_bytes, size_t *ret_n)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = n > 1 && s[1] != '\0' ? strchr(from, s[1]) : NULL;
	int32_t unit, low;

	*ret_n = 1;
	*ret_bytes = *s;
	if (*s != '\\')
		return 1;
	if (found) {
		*ret_bytes = to[found - from];
		return 2;
	}
	unit = n > 2 && s[1] == 'u' ? oci_hex4(s + 2, n - 2) : -1;
	if (unit < 0)
		return 1;
	low = (unit & 0xfc00) == 0xd800 && n >= 12 && s[6] == '\\' ? oci_hex4(s + 8, n - 8) : -1;
	if (low < 0) {
		*ret_n = oci_utf8_write((uint32_t)unit, ret_bytes);
		return 6;
	}
	*ret_n = oci_utf8_write(
		0x10000 + (((uint32_t)unit & 0x3ff) << 10 | ((uint32_t)low & 0x3ff)), ret_bytes);
	return 12;
}

/* Adds a key as the parser sees it, without escapes.  A key that does not fit is cut here, and the
 * parser's pointer was cut as well. */
static void add_key(const struct oci_walk *walk, const struct oci_step *step,
		    struct oci_text *pointer)
{
	char decoded[1024];
	size_t used = 0, n;
	const char *raw = walk->json + step->key;

	for (size_t at = 0; at < step->key_len && used + 4 <= sizeof decoded; used += n)
		at += decode_character(raw + at, step->key_len - at, decoded + used, &n);
	oci_text_token(pointer, decoded, used);
}

void oci_walk_pointer(const struct oci_walk *walk, struct oci_text *pointer)
{
	for (int i = 1; i <= walk->depth; i++) {
		const struct oci_step *step = &walk->steps[i];

		if (step->is_array && step->index != SIZE_MAX)
			oci_text_add(pointer, "/%zu", step->index);
		else if (step->has_key)
			add_key(walk, step, pointer);
	}
}
