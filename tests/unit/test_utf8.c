/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_utf8.c - which bytes are a character, asked of libocispec and of the error texts' own reader
 *
 * What is right is computed: a sequence is valid if its bits make a number that this very length
 * is for, up to U+10FFFF and no surrogate (RFC 3629).  A reader has a table instead, and each
 * number in it is a way to let an overlong "/" through.
 */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "libocispec/utf8.h"

#include <stdbool.h>
#include <string.h>

/* Bytes on both sides of every limit that a second, third or fourth byte may have. */
static const unsigned char edges[] = { 0x00, 0x2f, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
				       0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff };
enum { EDGES = sizeof edges };

static size_t length_right(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *s < 0x80   ? 1
			: *s < 0xc0 ? 0
			: *s < 0xe0 ? 2
			: *s < 0xf0 ? 3
			: *s < 0xf8 ? 4
				    : 0;
	uint32_t point;

	if (length < 2)
		return length;
	if (n < length)
		return 0;
	point = *s & (0x7fU >> length);
	for (size_t i = 1; i < length; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
		point = point << 6 | (s[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	return length;
}

static void check(const unsigned char *s)
{
	for (size_t n = 1; n <= 4; n++) {
		size_t right = length_right(s, n), is = oci_utf8_length((const char *)s, n);

		if (is != right || utf8_length(s, n) != right) {
			print_error("%02x %02x %02x %02x, %zu of them: %zu and %zu, must be %zu\n",
				    s[0], s[1], s[2], s[3], n, is, utf8_length(s, n), right);
			assert_true(false);
		}
	}
}

static void every_sequence_is_judged_right(void **state)
{
	unsigned char s[4];

	(void)state;
	for (unsigned first = 0; first < 256; first++)
		for (unsigned second = 0; second < 256; second++)
			for (size_t i = 0; i < (size_t)EDGES * EDGES; i++) {
				s[0] = (unsigned char)first;
				s[1] = (unsigned char)second;
				s[2] = edges[i / EDGES];
				s[3] = edges[i % EDGES];
				check(s);
			}
	assert_int_equal(oci_utf8_length("", 0), 0);
}

/* Every number that is a character is written so that it is read again, in its own length. */
static void every_character_is_written_right(void **state)
{
	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		unsigned char s[5] = { 0 };
		size_t n = oci_utf8_write(point, (char *)s);
		uint32_t again = n == 1 ? s[0] : s[0] & (0x7fU >> n);

		for (size_t i = 1; i < n; i++)
			again = again << 6 | (s[i] & 0x3f);
		assert_int_equal(again, point);
		if (point < 0xd800 || point > 0xdfff)
			assert_int_equal(length_right(s, n), n);
	}
}

static void four_digits_are_a_number(void **state)
{
	static const struct {
		const char *digits;
		int32_t value;
	} rows[] = {
		{ "0000", 0 },	     { "09af", 0x9af }, { "09AF", 0x9af }, { "ffff", 0xffff },
		{ "12345", 0x1234 }, { "123", -1 },	{ "", -1 },	   { "123g", -1 },
		{ "123G", -1 },	     { "12/4", -1 },	{ "12:4", -1 },	   { "12@4", -1 },
		{ "12`4", -1 },	     { "-123", -1 },	{ " 123", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(oci_hex4(rows[i].digits, strlen(rows[i].digits)), rows[i].value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sequence_is_judged_right),
		cmocka_unit_test(every_character_is_written_right),
		cmocka_unit_test(four_digits_are_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
