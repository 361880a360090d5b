/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - fills in errors and turns them into messages
 *
 * A message may repeat names from a hostile image, and engines and terminals read it.  So whatever
 * ends up in a message goes through one of three filters here: long texts lose their middle,
 * control characters are escaped or blanked out, and phrases that an engine would misunderstand
 * are broken up.  Nothing allocates: out of memory is an error, too.
 */
#include "base/error.h"

#include "base/auto.h"
#include "base/errno_names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Copies n bytes of s into buf.  If they do not fit, the middle is left out, where a path says
 * least; returns true then. */
static bool copy_cut(char *buf, size_t size, const char *s, size_t n)
{
	static const char dots[] = " ... ";
	size_t keep, head;

	if (n < size) {
		memcpy(buf, s, n);
		buf[n] = '\0';
		return false;
	}
	keep = size - 1 - (sizeof dots - 1);
	head = keep * 2 / 3;
	memcpy(buf, s, head);
	memcpy(buf + head, dots, sizeof dots - 1);
	memcpy(buf + head + sizeof dots - 1, s + n - (keep - head), keep - head);
	buf[size - 1] = '\0';
	return true;
}

/* printf into a field of fixed size; true if the middle had to be left out. */
__attribute__((format(printf, 3, 0))) static bool print_cut(char *field, size_t size,
							    const char *fmt, va_list ap)
{
	char whole[8192];
	int n = vsnprintf(whole, sizeof whole, fmt, ap);

	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof whole)
		n = sizeof whole - 1;
	return copy_cut(field, size, whole, (size_t)n);
}

__attribute__((format(printf, 4, 0))) static int fill_error(struct error_place place,
							    struct error *err, int errno_value,
							    const char *fmt, va_list ap)
{
	memset(err, 0, sizeof *err);
	err->errno_value = errno_value;
	(void)copy_cut(err->function, sizeof err->function, place.function, strlen(place.function));
	err->source_line = place.line;
	err->cut = print_cut(err->text, sizeof err->text, fmt, ap);
	return error_code(err);
}

int error_more(struct error_sink *sink, const struct error *err)
{
	bool go_on = sink && err->errno_value != ENOMEM && sink->take(sink, err);

	return go_on ? 0 : error_code(err);
}

bool error_known(const struct error_sink *sink, const char *pointer_fmt, ...)
{
	char pointer[ERROR_POINTER_MAX];
	va_list ap;

	if (!sink || !sink->known)
		return false;
	va_start(ap, pointer_fmt);
	(void)vsnprintf(pointer, sizeof pointer, pointer_fmt, ap);
	va_end(ap);
	return sink->known(sink, pointer);
}

int fail_from(struct error_place place, struct error *err, int errno_value, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fill_error(place, err, errno_value, fmt, ap);
	va_end(ap);
	return r;
}

int fail_call_from(struct error_place place, struct error *err, int errno_value,
		   const char *syscall, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fill_error(place, err, errno_value, fmt, ap);
	va_end(ap);
	(void)snprintf(err->syscall, sizeof err->syscall, "%s", syscall);
	return r;
}

int fail_named_from(struct error_place place, struct error *err, int errno_value,
		    const char *syscall, const char *what, const char *name)
{
	char shown[FOREIGN_BUF];

	return fail_call_from(place, err, errno_value, syscall ? syscall : "", "%s%s\"%s\"", what,
			      *what ? " " : "", foreign(name, shown));
}

int fail_command_from(struct error_place place, struct error *err, int errno_value, const char *fmt,
		      ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fill_error(place, err, errno_value, fmt, ap);
	va_end(ap);
	err->phrase = ERROR_PHRASE_COMMAND;
	err->spelt = true;
	return r;
}

int fail_usage_from(struct error_place place, struct error *err, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fill_error(place, err, 0, fmt, ap);
	va_end(ap);
	err->usage = true;
	return r;
}

int within(struct error *err, const char *fmt, ...)
{
	char inner[ERROR_TEXT_MAX], outer[ERROR_TEXT_MAX / 2], whole[2 * ERROR_TEXT_MAX];
	va_list ap;
	int n;

	memcpy(inner, err->text, sizeof inner);
	va_start(ap, fmt);
	(void)print_cut(outer, sizeof outer, fmt, ap);
	va_end(ap);
	n = snprintf(whole, sizeof whole, "%s: %s", outer, inner);
	if (copy_cut(err->text, sizeof err->text, whole, (size_t)n))
		err->cut = true;
	return error_code(err);
}

int fail_at(struct error *err, const char *pointer_fmt, ...)
{
	va_list ap;

	if (!err->has_pointer) {
		va_start(ap, pointer_fmt);
		(void)print_cut(err->pointer, sizeof err->pointer, pointer_fmt, ap);
		va_end(ap);
		err->has_pointer = true;
	}
	return error_code(err);
}

int hint(struct error *err, enum error_hint number, const char *word1, const char *word2)
{
	const char *words[] = { word1 ? word1 : "", word2 ? word2 : "" };

	err->hint = (uint16_t)number;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		(void)copy_cut(err->words[i], sizeof err->words[i], words[i], strlen(words[i]));
	return error_code(err);
}

static const char *const hints[HINTS] = {
#define HINT(id, text) [HINT_##id] = (text),
#include "base/hints.def"
#undef HINT
};

const char *hint_text(unsigned number)
{
	return number < HINTS && hints[number] ? hints[number] : "";
}

/* 0 if s begins with "{1}", 1 if it begins with "{2}", else -1. */
static int word_meant(const char *s)
{
	return s[0] == '{' && (s[1] == '1' || s[1] == '2') && s[2] == '}' ? s[1] - '1' : -1;
}

char *error_advice(const struct error *err, char buf[ERROR_HINT_MAX])
{
	const char *s = hint_text(err->hint);
	size_t at = 0;

	while (*s && at + 1 < ERROR_HINT_MAX) {
		int word = word_meant(s);

		if (word < 0) {
			buf[at++] = *s++;
			continue;
		}
		(void)snprintf(buf + at, ERROR_HINT_MAX - at, "%s", err->words[word]);
		at += strlen(buf + at);
		s += strlen("{1}");
	}
	buf[at] = '\0';
	return buf;
}

static const struct {
	int value;
	const char *name, *words;
} errnos[] = {
#define ERRNO(name, words) { name, #name, words },
	ERRNO_TABLE
#undef ERRNO
};

const char *errno_name(int errno_value, char buf[ERRNO_NAME_MAX])
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].value == errno_value)
			return errnos[i].name;
	(void)snprintf(buf, ERRNO_NAME_MAX, "errno %d", errno_value);
	return buf;
}

const char *errno_words(int errno_value)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].value == errno_value)
			return errnos[i].words;
	return "failed";
}

/* The phrases that engines search for, in upper or lower case, and the kind of error that may use
 * each. */
static const struct {
	const char *words;
	enum error_phrase owner;
} phrases[] = {
	{ "permission denied", ERROR_PHRASE_COMMAND },
	{ "operation not permitted", ERROR_PHRASE_COMMAND },
	{ "no such file or directory", ERROR_PHRASE_COMMAND },
	{ "executable file not found in", ERROR_PHRASE_COMMAND },
	{ "is a directory", ERROR_PHRASE_COMMAND },
	{ "not a directory", ERROR_PHRASE_COMMAND },
	{ "open executable", ERROR_PHRASE_COMMAND },
	{ "system cannot find the file specified", ERROR_PHRASE_COMMAND },
	{ "does not exist", ERROR_PHRASE_NO_CONTAINER },
	{ "container not running", ERROR_PHRASE_NOT_RUNNING },
	{ "no such process", ERROR_PHRASE_NOT_RUNNING },
	{ "process already finished", ERROR_PHRASE_NOT_RUNNING },
};

/* "permission denied" becomes "permission_denied": people can still read it, an engine does not
 * find it. */
static void break_phrases(char *text, enum error_phrase allowed)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		char *at = text;

		if (phrases[i].owner == allowed)
			continue;
		while ((at = strcasestr(at, phrases[i].words)) && (at = strchr(at, ' ')))
			*at = '_';
	}
}

size_t utf8_length(const unsigned char *s, size_t n)
{
	size_t want = *s < 0x80	  ? 1
		      : *s < 0xc2 ? 0
		      : *s < 0xe0 ? 2
		      : *s < 0xf0 ? 3
		      : *s < 0xf5 ? 4
				  : 0;

	if (want == 0 || want > n)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return want;
}

/* How many bytes the character at s has, if it makes a terminal do something: C0 and C1 control
 * characters, DEL, and those that change the direction of writing.  0 for all others. */
static size_t control_length(const unsigned char *s, size_t n)
{
	if (*s < ' ' || *s == 0x7f)
		return 1;
	if (n > 1 && s[0] == 0xc2 && s[1] < 0xa0)
		return 2;
	if (n > 2 && s[0] == 0xe2 &&
	    ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
	     (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
		return 3;
	return 0;
}

/* How many bytes at s must not be printed: a control character, or one byte that is not UTF-8. */
static size_t harm_length(const unsigned char *s, size_t n)
{
	return utf8_length(s, n) == 0 ? 1 : control_length(s, n);
}

char *error_words(const struct error *err, char *buf, size_t size)
{
	char tail[128] = "", name[ERRNO_NAME_MAX];
	size_t room;

	if (err->errno_value && !err->spelt)
		(void)snprintf(tail, sizeof tail, "%s%s (%s)", *err->text ? ": " : "",
			       errno_words(err->errno_value), errno_name(err->errno_value, name));
	room = size > strlen(tail) ? size - strlen(tail) : 1;
	(void)copy_cut(buf, room, err->text, strlen(err->text));
	(void)snprintf(buf + strlen(buf), size - strlen(buf), "%s", tail);
	for (char *c = buf; *c; c++) {
		size_t n = control_length((const unsigned char *)c, strlen(c));

		if (n)
			memset(c, ' ', n);
	}
	break_phrases(buf, err->phrase);
	return buf;
}

void words_clean(char *text, enum error_phrase allowed)
{
	size_t left = strlen(text);

	for (unsigned char *c = (unsigned char *)text; left;) {
		size_t harm = harm_length(c, left), len = harm ? harm : utf8_length(c, left);

		if (harm)
			memset(c, '?', harm);
		c += len;
		left -= len;
	}
	break_phrases(text, allowed);
}

static void escape_harm(char *at, const unsigned char *s, size_t n)
{
	while (n) {
		size_t harm = harm_length(s, n), len = harm ? harm : utf8_length(s, n);

		for (size_t i = 0; i < harm; i++)
			at += snprintf(at, 5, "\\x%02x", s[i]);
		if (!harm) {
			memcpy(at, s, len);
			at += len;
		}
		s += len;
		n -= len;
	}
	*at = '\0';
}

char *words_escape(const char *text, char *ret)
{
	escape_harm(ret, (const unsigned char *)text, strlen(text));
	return ret;
}

char *foreign_n(const char *words, size_t n, char buf[FOREIGN_BUF])
{
	char cut[ERROR_FOREIGN_MAX + 1];

	while (n && (words[n - 1] == '\n' || words[n - 1] == ' '))
		n--;
	(void)copy_cut(cut, sizeof cut, words, n);
	escape_harm(buf, (const unsigned char *)cut, n < sizeof cut ? n : strlen(cut));
	break_phrases(buf, ERROR_PHRASE_NONE);
	return buf;
}

char *foreign(const char *words, char buf[FOREIGN_BUF])
{
	return foreign_n(words, strlen(words), buf);
}
