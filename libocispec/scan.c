/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c - the first pass: refuses what yajl would let through
 *
 * A C string ends at the first NUL, so "/allowed\u0000/other" would be checked as one path by an
 * engine and used as another by us.  yajl accepts that, and with it text that is no UTF-8, and
 * documents nested so deep that our stack of frames would not hold them.  All that is refused
 * here, before yajl sees a byte.  Every start of a container pays for this pass, so plain text is
 * skipped eight bytes at a time.
 */
#include "libocispec/scan.h"

#include "libocispec/ocispec.h"
#include "libocispec/utf8.h"

#include <string.h>

/* The bytes that need a look, all others are PLAIN: one table for the text outside of strings, one
 * for the inside of a string. */
enum { PLAIN, OPEN, CLOSE, QUOTE, NUL, BACKSLASH, CONTROL, HIGH };
static const unsigned char outside[256] = {
	['{'] = OPEN, ['['] = OPEN,	['}'] = CLOSE,	  [']'] = CLOSE, ['"'] = QUOTE,
	['\0'] = NUL, ['\v'] = CONTROL, ['\f'] = CONTROL, /* yajl takes them for white space */
};
static const unsigned char inside[256] = {
	[0] = NUL,	    [1 ... 0x1f] = CONTROL, ['"'] = QUOTE,
	['\\'] = BACKSLASH, [0x80 ... 0xff] = HIGH,
};

struct scan {
	const char *json;
	size_t len, at;
	enum oci_fault fault;
	size_t offset;
};

static bool fault(struct scan *s, enum oci_fault fault, size_t offset)
{
	s->fault = fault;
	s->offset = offset;
	return false;
}

/* The value of the four hexadecimal digits at an offset, or -1. */
static int32_t unit(const struct scan *s, size_t at)
{
	return at < s->len ? oci_hex4(s->json + at, s->len - at) : -1;
}

/* Reads the digits of an escape that began with \u at start, and the second half if they are the
 * first half of a surrogate pair. */
static bool scan_unicode(struct scan *s, size_t start)
{
	int32_t value = unit(s, s->at), low;

	if (value < 0)
		return fault(s, OCI_FAULT_ESCAPE, start);
	if (value == 0)
		return fault(s, OCI_FAULT_NUL, start);
	s->at += 4;
	if ((value & 0xf800) != 0xd800)
		return true;
	if (value >= 0xdc00 || s->len - s->at < 6 || memcmp(s->json + s->at, "\\u", 2) != 0)
		return fault(s, OCI_FAULT_SURROGATE, start);
	low = unit(s, s->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return fault(s, OCI_FAULT_SURROGATE, start);
	s->at += 6;
	return true;
}

static bool scan_escape(struct scan *s)
{
	size_t start = s->at++;

	if (s->at == s->len)
		return fault(s, OCI_FAULT_SYNTAX, s->at);
	if (s->json[s->at] == 'u') {
		s->at++;
		return scan_unicode(s, start);
	}
	if (s->json[s->at] == '\0')
		return fault(s, OCI_FAULT_NUL, s->at);
	if (!strchr("\"\\/bfnrt", s->json[s->at]))
		return fault(s, OCI_FAULT_ESCAPE, start);
	s->at++;
	return true;
}

static bool scan_high(struct scan *s)
{
	size_t length = oci_utf8_length(s->json + s->at, s->len - s->at);

	if (length == 0)
		return fault(s, OCI_FAULT_UTF8, s->at);
	s->at += length;
	return true;
}

/* Looks at eight bytes at once.  False if all of them are plain; true if one may not be. */
static bool has_special(const char *eight)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
	uint64_t word, quote, backslash;

	memcpy(&word, eight, sizeof word);
	quote = word ^ ones * '"';
	backslash = word ^ ones * '\\';
	return ((word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs) != 0;
}

static void skip_plain(struct scan *s)
{
	while (s->len - s->at >= 8 && !has_special(s->json + s->at))
		s->at += 8;
	while (s->at < s->len && inside[(unsigned char)s->json[s->at]] == PLAIN)
		s->at++;
}

/* From the opening quote to after the closing one. */
static bool scan_string(struct scan *s)
{
	for (s->at++, skip_plain(s); s->at < s->len; skip_plain(s)) {
		switch (inside[(unsigned char)s->json[s->at]]) {
		case QUOTE:
			s->at++;
			return true;
		case BACKSLASH:
			if (!scan_escape(s))
				return false;
			break;
		case HIGH:
			if (!scan_high(s))
				return false;
			break;
		case NUL:
			return fault(s, OCI_FAULT_NUL, s->at);
		default:
			return fault(s, OCI_FAULT_CONTROL, s->at);
		}
	}
	return fault(s, OCI_FAULT_SYNTAX, s->len);
}

/* From the first bracket to after the one that closes it. */
static bool scan_value(struct scan *s)
{
	int depth = 0;

	for (;;) {
		while (s->at < s->len && outside[(unsigned char)s->json[s->at]] == PLAIN)
			s->at++;
		if (s->at == s->len)
			return fault(s, OCI_FAULT_SYNTAX, s->len);
		switch (outside[(unsigned char)s->json[s->at]]) {
		case OPEN:
			if (++depth > OCI_DEPTH_MAX)
				return fault(s, OCI_FAULT_DEPTH, s->at);
			break;
		case CLOSE:
			if (--depth > 0)
				break;
			s->at++;
			return true;
		case QUOTE:
			if (!scan_string(s))
				return false;
			continue;
		case CONTROL:
			return fault(s, OCI_FAULT_SYNTAX, s->at);
		default:
			return fault(s, OCI_FAULT_NUL, s->at);
		}
		s->at++;
	}
}

static void scan_space(struct scan *s)
{
	while (s->at < s->len && s->json[s->at] != '\0' && strchr(" \t\r\n", s->json[s->at]))
		s->at++;
}

static bool scan_document(struct scan *s)
{
	if (s->len > OCI_SIZE_MAX)
		return fault(s, OCI_FAULT_SIZE, 0);
	scan_space(s);
	if (s->at == s->len)
		return fault(s, OCI_FAULT_EMPTY, 0);
	if (s->json[s->at] != '{')
		return fault(s, s->json[s->at] ? OCI_FAULT_SYNTAX : OCI_FAULT_NUL, s->at);
	if (!scan_value(s))
		return false;
	scan_space(s);
	if (s->at < s->len)
		return fault(s, s->json[s->at] ? OCI_FAULT_SYNTAX : OCI_FAULT_NUL, s->at);
	return true;
}

enum oci_fault oci_scan(const char *json, size_t len, size_t *ret_offset)
{
	struct scan s = { .json = json, .len = len };

	if (scan_document(&s))
		return OCI_FAULT_NONE;
	*ret_offset = s.offset;
	return s.fault;
}
