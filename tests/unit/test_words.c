/* SPDX-License-Identifier: Apache-2.0 */
/* test_words.c - a word's number, and the word that was meant */
#include "tests/unit/collect.h"

static void words_have_numbers(void **state)
{
	const struct oci_enum *list = &oci_seccomp_action_enum;

	(void)state;
	for (size_t i = 0; i < list->n; i++)
		assert_int_equal(oci_word_number(list, list->words[i], strlen(list->words[i])), i);
	assert_int_equal(list->n, OCI_seccomp_action_WORDS);
	assert_int_equal(oci_word_number(list, "SCMP_ACT_KILLx", 13),
			 OCI_seccomp_action_SCMP_ACT_KILL);
	assert_int_equal(oci_word_number(list, "SCMP_ACT_KIL", 12), -1);
	assert_int_equal(oci_word_number(list, "scmp_act_kill", 13), -1);
	assert_int_equal(oci_word_number(list, "", 0), -1);
}

static void the_nearest_word_is_found(void **state)
{
	static const char *const words[] = { "args",  "cwd",	"noNewPrivileges", "limit",
					     "swap",  "kernel", "kernelTCP",	   "CAP_NET_ADMIN",
					     "start", "state" };
	static const struct {
		const char *word, *meant;
	} table[] = {
		{ "argz", "args" },
		{ "arsg", "args" },
		{ "limitt", "limit" },
		{ "Limit", "limit" },
		{ "noNewPrivilege", "noNewPrivileges" },
		{ "nonewprivileges", "noNewPrivileges" },
		{ "kernelTcp", "kernelTCP" },
		{ "NET_ADMIN", "CAP_NET_ADMIN" },
		{ "strat", "start" },
		{ "stat", "start" },
		{ "xyzzy", NULL },
		{ "", NULL },
		{ "a", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *is = oci_nearest(table[i].word, strlen(table[i].word), words,
					     sizeof words / sizeof *words);

		if (!is || !table[i].meant)
			assert_ptr_equal(is, table[i].meant);
		else
			assert_string_equal(is, table[i].meant);
	}
	assert_null(oci_nearest("args", 4, words, 0));
}

/* About a quarter of the letters may differ: how many for each length of the longer word. */
static void how_far_a_word_may_be(void **state)
{
	static const int most[] = { 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4 };
	char word[16], meant[16];
	const char *words[] = { meant };

	(void)state;
	for (int len = 1; len < (int)(sizeof most / sizeof *most); len++)
		for (int differ = 1; differ <= len; differ++) {
			memset(meant, 'a', sizeof meant);
			memset(word, 'a', sizeof word);
			memset(word, 'z', (size_t)differ);
			meant[len] = word[len] = '\0';
			/* the end of one is not that of the other, which would be near, too */
			word[len - 1] = 'z';
			if ((oci_nearest(word, (size_t)len, words, 1) != NULL) !=
			    (differ + (differ < len) <= most[len])) {
				print_error("%s and %s\n", word, meant);
				assert_true(false);
			}
		}
}

/* The end of a word is near from four letters on, and a word that is nearer is taken before it. */
static void the_end_of_a_word_is_near(void **state)
{
	static const char *const words[] = { "CAP_NET_ADMIN", "CAP_SYS_PTRACE", "RLIMIT_RSS",
					     "RLIMIT_CPUSET" };

	(void)state;
	assert_string_equal(oci_nearest("race", 4, words, 4), "CAP_SYS_PTRACE");
	assert_null(oci_nearest("ace", 3, words, 4));
	assert_string_equal(oci_nearest("THE_CAP_NET_ADMIN", 17, words, 4), "CAP_NET_ADMIN");
	assert_null(oci_nearest("RSS", 3, words, 4));
	assert_string_equal(
		oci_nearest("ADMIN", 5, (const char *const[]){ "CAP_NET_ADMIN", "ADMAN" }, 2),
		"ADMAN");
}

/* The word need not end with a NUL. */
static void only_the_words_own_bytes_count(void **state)
{
	static const char *const words[] = { "limit" };

	(void)state;
	assert_string_equal(oci_nearest("limitXXXXXXXX", 5, words, 1), "limit");
	assert_null(oci_nearest("limitXXXXXXXX", 13, words, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_have_numbers),
		cmocka_unit_test(the_nearest_word_is_found),
		cmocka_unit_test(how_far_a_word_may_be),
		cmocka_unit_test(the_end_of_a_word_is_near),
		cmocka_unit_test(only_the_words_own_bytes_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
