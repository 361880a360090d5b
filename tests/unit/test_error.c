/* SPDX-License-Identifier: Apache-2.0 */
/* test_error.c - errors: the chain, our spelling of errno, engines' phrases, foreign words */
#include "tests/unit/unit.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void the_chain_reads_from_outside_in(void **state)
{
	struct error err;
	char words[2048];

	(void)state;
	assert_int_equal(fail(&err, ENOENT, "open \"%s\"", "/nope"), -ENOENT);
	assert_int_equal(within(&err, "mounts[%d]", 3), -ENOENT);
	assert_string_equal(error_words(&err, words, sizeof words),
			    "mounts[3]: open \"/nope\": is missing (ENOENT)");
}

static void a_result_is_negative_whatever_the_error_holds(void **state)
{
	static const int values[] = { 0, ENOENT, -ENOENT, INT32_MAX, INT32_MIN };

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct error err;

		assert_true(fail(&err, values[i], "x") < 0);
		assert_true(error_code(&err) < 0);
		assert_true(within(&err, "y") < 0);
	}
}

/* The place is where fail() is written, not where its caller stands, and what is put around the
 * error later does not change it. */
static void an_error_knows_where_it_began(void **state)
{
	struct error err;

	(void)state;
	(void)fail(&err, ENOENT, "x"), assert_int_equal(err.source_line, __LINE__);
	assert_string_equal(err.function, "an_error_knows_where_it_began");
	(void)within(&err, "y");
	(void)fail_at(&err, "/z");
	assert_int_equal(err.source_line, __LINE__ - 4);
	(void)fail_call(&err, 1, "c", "x"), assert_int_equal(err.source_line, __LINE__);
	(void)fail_named(&err, 1, "c", "x", "y"), assert_int_equal(err.source_line, __LINE__);
	(void)fail_command(&err, 1, "x"), assert_int_equal(err.source_line, __LINE__);
	(void)fail_usage(&err, "x"), assert_int_equal(err.source_line, __LINE__);
	assert_string_equal(err.function, "an_error_knows_where_it_began");
}

static void the_innermost_pointer_wins(void **state)
{
	struct error err;

	(void)state;
	(void)fail(&err, 0, "x");
	(void)fail_at(&err, "/mounts/%d/source", 1);
	(void)fail_at(&err, "/mounts");
	assert_string_equal(err.pointer, "/mounts/1/source");
}

static void phrases_of_engines_are_broken_up(void **state)
{
	static const char *const phrases[] = {
		"Permission denied",
		"operation not permitted",
		"No such file or directory",
		"executable file not found in $PATH",
		"is a directory",
		"not a directory",
		"open executable",
		"does not exist",
		"container not running",
		"no such process",
	};
	struct error err;
	char words[2048], buf[FOREIGN_BUF];

	(void)state;
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		(void)fail(&err, EINVAL, "mount \"%s\"", phrases[i]);
		assert_null(strcasestr(error_words(&err, words, sizeof words), phrases[i]));
		assert_null(strcasestr(foreign(phrases[i], buf), phrases[i]));
	}
	(void)fail_command(&err, EACCES, "exec: \"/x\": permission denied");
	assert_string_equal(error_words(&err, words, sizeof words),
			    "exec: \"/x\": permission denied");
}

static void a_text_printed_as_it_is_gets_harmless(void **state)
{
	char text[] = "/annotations/permission denied\n\xff\xc3\xa9";

	(void)state;
	words_clean(text, ERROR_PHRASE_NONE);
	assert_string_equal(text, "/annotations/permission_denied??\xc3\xa9");
}

static void a_long_noun_is_cut_in_the_middle(void **state)
{
	struct error err, got;
	char path[4097], words[2048];
	int sv[2];

	(void)state;
	memset(path, 'a', sizeof path);
	memcpy(path, "/first", 6);
	memcpy(path + 4090, "/last", 6);
	(void)fail(&err, ENAMETOOLONG, "open \"%s\"", path);
	(void)within(&err, "mounts[7]");
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv), 0);
	assert_int_equal(send(sv[0], &err, sizeof err, 0), (int)sizeof err);
	assert_int_equal(recv(sv[1], &got, sizeof got, 0), (int)sizeof got);
	assert_memory_equal(&err, &got, sizeof err);
	close(sv[0]);
	close(sv[1]);
	(void)error_words(&got, words, sizeof words);
	assert_ptr_equal(strstr(words, "mounts[7]: open \"/first"), words);
	assert_non_null(strstr(words, "/last\": name too long (ENAMETOOLONG)"));
	assert_true(got.cut);
}

/* The beginning of a path says more than its end, so two thirds of what is kept come from there. */
static void a_cut_keeps_two_thirds_before_and_one_behind(void **state)
{
	char big[4001], buf[FOREIGN_BUF], *dots;
	struct error err;

	(void)state;
	memset(big, 'a', 2000);
	memset(big + 2000, 'z', 2000);
	big[4000] = '\0';
	(void)foreign(big, buf);
	dots = strstr(buf, " ... ");
	assert_non_null(dots);
	assert_int_equal(strspn(buf, "a"), dots - buf);
	assert_int_equal(dots - buf, 130);
	assert_int_equal(strspn(dots + 5, "z"), 65);
	assert_string_equal(dots + 5 + 65, "");

	(void)fail(&err, 0, "%s", big);
	dots = strstr(err.text, " ... ");
	assert_non_null(dots);
	assert_int_equal(dots - err.text, 1020);
	assert_int_equal(strlen(dots + 5), 510);
}

/* What just fits is whole, a byte more is cut. */
static void a_text_is_cut_only_when_it_must_be(void **state)
{
	char big[ERROR_TEXT_MAX + 1];
	struct error err;

	(void)state;
	memset(big, 'a', sizeof big);
	(void)fail(&err, 0, "%.*s", ERROR_TEXT_MAX - 1, big);
	assert_int_equal(strspn(err.text, "a"), ERROR_TEXT_MAX - 1);
	assert_false(err.cut);
	(void)fail(&err, 0, "%.*s", ERROR_TEXT_MAX, big);
	assert_int_equal(strlen(err.text), ERROR_TEXT_MAX - 1);
	assert_non_null(strstr(err.text, "a ... a"));
	assert_true(err.cut);
}

static void foreign_words_stay_on_one_line(void **state)
{
	char buf[FOREIGN_BUF], big[1000];

	(void)state;
	assert_string_equal(foreign("a\nb\x1b[1m\xff\xc0\xaf\xc3\xa4\n", buf),
			    "a\\x0ab\\x1b[1m\\xff\\xc0\\xaf\xc3\xa4");
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_int_equal(strlen(foreign(big, buf)), ERROR_FOREIGN_MAX);
}

/* One line, for people: what contrib/lint/hints can't see. */
static void each_row_of_hints_is_advice(void **state)
{
	(void)state;
	assert_string_equal(hint_text(HINT_NONE), "");
	for (unsigned i = HINT_NONE + 1; i < HINTS; i++) {
		char clean[ERROR_HINT_MAX];
		const char *text = hint_text(i);
		size_t len = strlen(text);

		assert_in_range(len, 0, 160);
		assert_false(len && text[len - 1] == '.');
		(void)snprintf(clean, sizeof clean, "%s", text);
		words_clean(clean, ERROR_PHRASE_NONE);
		assert_string_equal(clean, text);
		for (const char *c = text; (c = strpbrk(c, "{}")) != NULL; c += 3)
			assert_true(strncmp(c, "{1}", 3) == 0 || strncmp(c, "{2}", 3) == 0);
		if (strstr(text, "{2}"))
			assert_non_null(strstr(text, "{1}"));
	}
	assert_string_equal(hint_text(HINTS), "");
	assert_string_equal(hint_text(UINT16_MAX), "");
}

static void advice_has_its_words(void **state)
{
	char advice[ERROR_HINT_MAX], again[ERROR_HINT_MAX];
	struct error err;

	(void)state;
	(void)fail(&err, ENOENT, "x");
	assert_string_equal(error_advice(&err, advice), "");
	assert_int_equal(hint(&err, HINT_NEAR_ID, "web", "3 known under /run/{1}%s"), -ENOENT);
	assert_string_equal(error_advice(&err, advice),
			    "did you mean \"web\"? (3 known under /run/{1}%s)");
	(void)within(&err, "around it");
	assert_string_equal(error_advice(&err, again), advice);
	(void)hint(&err, HINT_KILL_FIRST, "web", NULL);
	assert_string_equal(error_advice(&err, advice),
			    "ocirt kill web KILL first, or ocirt delete --force web");
	err.hint = HINTS;
	assert_string_equal(error_advice(&err, advice), "");
	(void)fail(&err, 0, "another");
	assert_int_equal(err.hint, HINT_NONE);
	assert_string_equal(err.words[0], "");
}

/* Whatever the words are, the number stays and the text goes on after them. */
static void long_words_of_a_hint_are_cut_in_the_middle(void **state)
{
	char path[4097], advice[ERROR_HINT_MAX];
	struct error err;

	(void)state;
	memset(path, 'a', sizeof path);
	memcpy(path, "/first", 6);
	memcpy(path + 4091, "/last", 6);
	(void)fail(&err, 0, "x");
	(void)hint(&err, HINT_NEAR_ID, path, path);
	assert_int_equal(err.hint, HINT_NEAR_ID);
	(void)error_advice(&err, advice);
	assert_ptr_equal(strstr(advice, "did you mean \"/firsta"), advice);
	assert_non_null(strstr(advice, "a ... a"));
	assert_non_null(strstr(advice, "a/last\"? (/firsta"));
	assert_string_equal(advice + strlen(advice) - 7, "a/last)");
}

/* Each of x86 has a name and words; other architectures have the same names, by other numbers. */
static void no_errno_is_without_a_name(void **state)
{
	char name[ERRNO_NAME_MAX], words[256], clean[256];
	struct error err;

	(void)state;
	for (int i = 1; i <= EHWPOISON; i++) {
		if (i == 41 || i == 58) /* EWOULDBLOCK and EDEADLOCK, once */
			continue;
		assert_int_equal(*errno_name(i, name), 'E');
		assert_string_not_equal(errno_words(i), "failed");
		(void)snprintf(clean, sizeof clean, "%s", errno_words(i));
		words_clean(clean, ERROR_PHRASE_NONE);
		assert_string_equal(clean, errno_words(i));
	}
	assert_string_equal(errno_name(524, name), "errno 524");
	(void)fail(&err, 524, "x");
	assert_string_equal(error_words(&err, words, sizeof words), "x: failed (errno 524)");
	(void)fail(&err, INT32_MIN + 1, "x");
	assert_string_equal(error_words(&err, words, sizeof words),
			    "x: failed (errno -2147483647)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chain_reads_from_outside_in),
		cmocka_unit_test(a_result_is_negative_whatever_the_error_holds),
		cmocka_unit_test(an_error_knows_where_it_began),
		cmocka_unit_test(the_innermost_pointer_wins),
		cmocka_unit_test(phrases_of_engines_are_broken_up),
		cmocka_unit_test(a_text_printed_as_it_is_gets_harmless),
		cmocka_unit_test(a_long_noun_is_cut_in_the_middle),
		cmocka_unit_test(a_cut_keeps_two_thirds_before_and_one_behind),
		cmocka_unit_test(a_text_is_cut_only_when_it_must_be),
		cmocka_unit_test(foreign_words_stay_on_one_line),
		cmocka_unit_test(each_row_of_hints_is_advice),
		cmocka_unit_test(advice_has_its_words),
		cmocka_unit_test(no_errno_is_without_a_name),
		cmocka_unit_test(long_words_of_a_hint_are_cut_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
