/* SPDX-License-Identifier: Apache-2.0 */
/* test_mountinfo.c - fields of /proc/PID/mountinfo, with the characters that the kernel escapes */
#include "tests/unit/unit.h"

#include "sys/mountinfo.h"

#include <string.h>

static const char lines[] = "36 35 98:0 /a\\040b /mnt\\134x rw master:1 - ext3 /dev/root rw\n"
			    "37 36 0:5 / /end\n";

static void a_field_is_found_by_its_number(void **state)
{
	char field[32];

	(void)state;
	assert_ptr_equal(mountinfo_field(lines, 0), lines);
	assert_true(mountinfo_copy(mountinfo_field(lines, 2), field, sizeof field));
	assert_string_equal(field, "98:0");
	assert_true(mountinfo_copy(mountinfo_field(lines, MOUNTINFO_ROOT), field, sizeof field));
	assert_string_equal(field, "/a b");
	assert_true(mountinfo_copy(mountinfo_field(lines, MOUNTINFO_POINT), field, sizeof field));
	assert_string_equal(field, "/mnt\\x");
}

/* The last field ends with its line; what is counted beyond it is empty, not the next line's. */
static void a_line_has_only_its_own_fields(void **state)
{
	const char *second = strchr(lines, '\n') + 1;
	char field[32];

	(void)state;
	assert_true(mountinfo_copy(mountinfo_field(second, MOUNTINFO_POINT), field, sizeof field));
	assert_string_equal(field, "/end");
	assert_true(mountinfo_copy(mountinfo_field(lines, 50), field, sizeof field));
	assert_string_equal(field, "");
	assert_true(mountinfo_copy(mountinfo_field("a b", 7), field, sizeof field));
	assert_string_equal(field, "");
}

/* A backslash before anything but three octal digits of a byte is itself: nothing behind the end of
 * the text is looked at. */
static void only_three_octal_digits_are_an_escape(void **state)
{
	static const struct {
		const char *is, *becomes;
	} rows[] = {
		{ "\\040", " " },	   { "\\377x", "\xffx" }, { "\\0", "\\0" },
		{ "\\04", "\\04" },	   { "\\", "\\" },	  { "\\400", "\\400" },
		{ "\\048 rest", "\\048" }, { "\\08", "\\08" },
	};
	char field[32];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(mountinfo_copy(rows[i].is, field, sizeof field));
		assert_string_equal(field, rows[i].becomes);
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	char field[5];

	(void)state;
	assert_true(mountinfo_copy("abcd e", field, sizeof field));
	assert_string_equal(field, "abcd");
	assert_false(mountinfo_copy("abcde", field, sizeof field));
	assert_true(mountinfo_copy("abc\\040", field, sizeof field));
	assert_string_equal(field, "abc ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_found_by_its_number),
		cmocka_unit_test(a_line_has_only_its_own_fields),
		cmocka_unit_test(only_three_octal_digits_are_an_escape),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
