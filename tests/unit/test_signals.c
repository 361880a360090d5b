/* SPDX-License-Identifier: Apache-2.0 */
/* test_signals.c - signals by every name that people and engines use */
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "sys/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void words_are_numbers(void **state)
{
	const struct {
		const char *word;
		int number;
	} cases[] = {
		{ "9", 9 },
		{ "0", 0 },
		{ "15", SIGTERM },
		{ "KILL", SIGKILL },
		{ "SIGKILL", SIGKILL },
		{ "kill", SIGKILL },
		{ "sigkill", SIGKILL },
		{ "SigTerm", SIGTERM },
		{ "CLD", SIGCHLD },
		{ "POLL", SIGIO },
		{ "IOT", SIGABRT },
		{ "RTMIN", SIGRTMIN },
		{ "SIGRTMIN+3", SIGRTMIN + 3 },
		{ "rtmax-1", SIGRTMAX - 1 },
		{ "RTMAX", SIGRTMAX },
		{ "RTMIN+0", SIGRTMIN },
		{ "64", 64 },
		{ "65", -1 },
		{ "-1", -1 },
		{ "", -1 },
		{ "SIG", -1 },
		{ "SIGSIGKILL", -1 },
		{ "KIL", -1 },
		{ "09", -1 },
		{ "SIG9", -1 },
		{ "RTMIN+31", -1 },
		{ "RTMIN-1", -1 },
		{ "RTMAX+1", -1 },
		{ "RTMIN+", -1 },
		{ "RTMIN+99999999999", -1 },
		{ "9 ", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (signal_number(cases[i].word) != cases[i].number) {
			(void)fprintf(stderr, "\"%s\" is %d\n", cases[i].word,
				      signal_number(cases[i].word));
			assert_true(false);
		}
}

static void every_number_has_a_name_that_leads_back(void **state)
{
	(void)state;
	for (int i = 1; i < 32; i++) {
		assert_memory_equal(signal_name(i), "SIG", 3);
		assert_int_equal(signal_number(signal_name(i)), i);
	}
	for (int i = SIGRTMIN; i <= SIGRTMAX; i++)
		assert_int_equal(signal_number(signal_name(i)), i);
	assert_string_equal(signal_name(SIGCHLD), "SIGCHLD");
	assert_string_equal(signal_name(SIGABRT), "SIGABRT");
	assert_string_equal(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
	assert_string_equal(signal_name(0), "signal ?");
	assert_string_equal(signal_name(-1), "signal ?");
	assert_string_equal(signal_name(65), "signal ?");
}

static void the_list_holds_them_all(void **state)
{
	size_t n;
	const char *const *names = signal_names(&n);

	(void)state;
	assert_true(n >= 31);
	for (size_t i = 0; i < n; i++)
		assert_true(signal_number(names[i]) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_numbers),
		cmocka_unit_test(every_number_has_a_name_that_leads_back),
		cmocka_unit_test(the_list_holds_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
