/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c - words of a document in a message: cut, escaped, and never half a character */
#include "tests/unit/collect.h"

#include "libocispec/ocispec.h"
#include "libocispec/text.h"

static char buf[512];

static const char *word(const char *s)
{
	struct oci_text text = oci_text_in(buf, sizeof buf);

	oci_text_word(&text, s, strlen(s));
	return buf;
}

static const char *token(const char *s)
{
	struct oci_text text = oci_text_in(buf, sizeof buf);

	oci_text_token(&text, s, strlen(s));
	return buf;
}

static void what_a_terminal_acts_upon_is_escaped(void **state)
{
	static const struct {
		const char *is, *shown;
	} rows[] = {
		{ "", "" },
		{ "a b", "a b" },
		{ "\x01\n\x1f \x7f~", "\\x01\\x0a\\x1f \\x7f~" },
		{ "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa0" },
		{ "\xc3\x9b\xff\xc0\xaf", "\xc3\x9b\\xff\\xc0\\xaf" },
		{ "\xe2\x82", "\\xe2\\x82" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(word(rows[i].is), rows[i].shown);
}

static void a_token_of_a_pointer_is_escaped(void **state)
{
	(void)state;
	assert_string_equal(token("a/b~c"), "/a~1b~0c");
	assert_string_equal(token(""), "/");
	assert_string_equal(oci_pointer_token("a/b~c\n", buf, sizeof buf), "a~1b~0c\\x0a");
	assert_string_equal(oci_pointer_token("a~", buf, 3), "a");
	assert_string_equal(word("a/b~c"), "a/b~c");
}

/* n letters, and how many of them are shown before and behind the dots. */
static void cut_at(const char *(*show)(const char *), size_t from, size_t most)
{
	for (size_t n = most - 1; n <= most + 1; n++) {
		char letters[200], want[256];

		for (size_t i = 0; i < n; i++)
			letters[i] = (char)('a' + i % 26);
		letters[n] = '\0';
		if (n <= most)
			(void)snprintf(want, sizeof want, "%s", letters);
		else
			(void)snprintf(want, sizeof want, "%.*s...%s", (int)most / 2, letters,
				       letters + n - most / 2);
		assert_string_equal(show(letters) + from, want);
	}
}

static void a_long_word_loses_its_middle(void **state)
{
	(void)state;
	cut_at(word, 0, 80);
	cut_at(token, 1, 160);
}

/* An e with accent, which has two bytes, stands across each of both cuts. */
static void no_character_is_cut(void **state)
{
	char letters[120];

	(void)state;
	memset(letters, 'a', 100);
	letters[100] = '\0';
	memcpy(letters + 39, "\xc3\xa9", 2);
	memcpy(letters + 59, "\xc3\xa9", 2);
	(void)word(letters);
	assert_memory_equal(buf, letters, 39);
	assert_memory_equal(buf + 39, "...", 3);
	assert_string_equal(buf + 42, letters + 61);
	/* four bytes each, with all of them but one on the wrong side */
	memcpy(letters + 37, "\xf0\x9f\x98\x80", 4);
	memcpy(letters + 57, "\xf0\x9f\x98\x80", 4);
	(void)word(letters);
	assert_memory_equal(buf + 37, "...", 3);
	assert_string_equal(buf + 40, letters + 61);
}

/* What does not fit is left out, down to the character. */
static void a_full_text_takes_no_part_of_a_character(void **state)
{
	char small[8];
	struct oci_text text = oci_text_in(small, sizeof small);

	(void)state;
	oci_text_add(&text, "%s", "12345");
	oci_text_word(&text, "\xf0\x9f\x98\x80", 4);
	assert_string_equal(small, "12345");
	oci_text_word(&text, "\xc3\xa9", 2);
	assert_string_equal(small, "12345\xc3\xa9");
	oci_text_add(&text, "%d", 7);
	assert_string_equal(small, "12345\xc3\xa9");
	text = oci_text_in(small, sizeof small);
	oci_text_add(&text, "%s", "123456789");
	assert_string_equal(small, "1234567");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_acts_upon_is_escaped),
		cmocka_unit_test(a_token_of_a_pointer_is_escaped),
		cmocka_unit_test(a_long_word_loses_its_middle),
		cmocka_unit_test(no_character_is_cut),
		cmocka_unit_test(a_full_text_takes_no_part_of_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
