/* SPDX-License-Identifier: Apache-2.0 */
/* test_sync.c - what comes over the socket: errors whole, and nothing of theirs believed */
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "launch/sync.h"
#include "sys/interrupt.h"
#include "sys/process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void pair_make(struct sync *near, struct sync *far)
{
	struct error err;
	int fds[2];

	assert_int_equal(socket_pair(fds, &err), 0);
	*near = (struct sync){ .fd = fds[0], .signals = -1 };
	*far = (struct sync){ .fd = fds[1], .side = SYNC_INIT, .signals = -1 };
}

static void pair_close(struct sync *near, struct sync *far)
{
	close(near->fd);
	close(far->fd);
}

static void an_error_arrives_as_it_was(void **state)
{
	struct sync near, far;
	struct sync_message m;
	struct error err, got;

	(void)state;
	pair_make(&near, &far);
	(void)fail_call(&err, ENOENT, "openat2", "open \"%s\"", "/x");
	(void)fail_at(&err, "/mounts/1/source");
	(void)hint(&err, HINT_NEAR_ID, "one", "two");
	sync_send_failed(&far, &err);
	assert_int_equal(sync_receive(&near, 0, &m, &got), -ENOENT);
	assert_memory_equal(&got, &err, sizeof err);
	pair_close(&near, &far);
}

static void strings_that_do_not_end_are_ended(void **state)
{
	struct sync near, far;
	char advice[ERROR_HINT_MAX];
	struct sync_message m;
	struct error err, got;

	(void)state;
	pair_make(&near, &far);
	(void)fail(&err, EIO, "x");
	memset(err.text, 't', sizeof err.text);
	memset(err.words, 'w', sizeof err.words);
	err.hint = HINT_NEAR_ID;
	sync_send_failed(&far, &err);
	assert_int_equal(sync_receive(&near, 0, &m, &got), -EIO);
	assert_int_equal(strlen(got.text), sizeof got.text - 1);
	assert_int_equal(strlen(got.words[0]), sizeof got.words[0] - 1);
	assert_int_equal(strlen(got.words[1]), sizeof got.words[1] - 1);
	assert_int_equal(strlen(error_advice(&got, advice)),
			 2 * (sizeof got.words[0] - 1) + strlen("did you mean \"\"? ()"));
	pair_close(&near, &far);
}

static void a_hint_that_is_none_is_left_out(void **state)
{
	static const uint16_t numbers[] = { HINTS, HINTS + 1, UINT16_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sync near, far;
		struct sync_message m;
		struct error err, got;

		pair_make(&near, &far);
		(void)fail(&err, EIO, "x");
		err.hint = numbers[i];
		sync_send_failed(&far, &err);
		assert_int_equal(sync_receive(&near, 0, &m, &got), -EIO);
		assert_int_equal(got.hint, HINT_NONE);
		pair_close(&near, &far);
	}
}

static void a_message_out_of_turn_or_twice_is_refused(void **state)
{
	struct sync near, far;
	struct sync_message m;
	struct error err;

	(void)state;
	pair_make(&near, &far);
	assert_int_equal(sync_send(&far, SYNC_HOOKS, 0, NULL, 0, &err), 0);
	assert_int_equal(sync_receive(&near, 1u << SYNC_READY, &m, &err), -EPROTO);
	assert_non_null(strstr(err.text, "HOOKS is out of turn"));
	for (int i = 0; i < 2; i++)
		assert_int_equal(sync_send(&far, SYNC_READY, 0, NULL, 0, &err), 0);
	assert_int_equal(sync_receive(&near, 1u << SYNC_READY, &m, &err), 1);
	assert_int_equal(sync_receive(&near, 1u << SYNC_READY, &m, &err), -EPROTO);
	assert_non_null(strstr(err.text, "READY came twice"));
	pair_close(&near, &far);
}

/* The near end is the runtime's: init may not send what is the runtime's to say. */
static void a_message_of_the_wrong_side_is_refused(void **state)
{
	struct sync near, far, turned;
	struct sync_message m;
	struct error err;

	(void)state;
	pair_make(&near, &far);
	assert_int_equal(sync_send(&far, SYNC_GO, 0, NULL, 0, &err), -EPROTO);
	assert_int_equal(sync_send(&near, SYNC_READY, 0, NULL, 0, &err), -EPROTO);
	turned = (struct sync){ .fd = far.fd, .side = SYNC_RUNTIME, .signals = -1 };
	assert_int_equal(sync_send(&turned, SYNC_GO, 0, NULL, 0, &err), 0);
	assert_int_equal(sync_receive(&near, 1u << SYNC_GO, &m, &err), -EPROTO);
	assert_non_null(strstr(err.text, "GO is this side's to send"));
	pair_close(&near, &far);
}

/* Nothing comes from the other side; but what has come counts more than the signal. */
static void a_signal_ends_a_wait_for_a_message(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sync near, far;
	struct sync_message m;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		pair_make(&near, &far);
		near.signals = interrupts_open(false, &err);
		assert_true(near.signals >= 0);
		assert_int_equal(raise(numbers[i]), 0);
		assert_int_equal(sync_send(&far, SYNC_READY, 0, NULL, 0, &err), 0);
		assert_int_equal(sync_receive(&near, 1u << SYNC_READY, &m, &err), 1);
		(void)alarm(20); /* where the signal is not seen */
		assert_true(sync_receive(&near, 1u << SYNC_STARTING, &m, &err) < 0);
		(void)alarm(0);
		assert_int_equal(err.signal, numbers[i]);
		assert_memory_equal(err.text, "interrupted by SIG", 18);
		(void)close(near.signals);
		pair_close(&near, &far);
	}
	interrupts_end();
}

/* Those that the caller ignores are left out, and others are not ours to take. */
static void an_ignored_signal_does_not_end_a_wait(void **state)
{
	struct sync near, far;
	struct sync_message m;
	struct error err;

	(void)state;
	pair_make(&near, &far);
	near.signals = interrupts_open(false, &err);
	assert_true(near.signals >= 0);
	assert_true(signal(SIGHUP, SIG_IGN) != SIG_ERR);
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(raise(SIGTERM), 0); /* a higher number, so it is taken after it */
	assert_true(sync_receive(&near, 0, &m, &err) < 0);
	assert_int_equal(err.signal, SIGTERM);
	assert_true(signal(SIGHUP, SIG_DFL) != SIG_ERR);
	assert_int_equal(raise(SIGTERM), 0);
	interrupts_end(); /* forgets it */
	(void)close(near.signals);
	pair_close(&near, &far);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_arrives_as_it_was),
		cmocka_unit_test(strings_that_do_not_end_are_ended),
		cmocka_unit_test(a_hint_that_is_none_is_left_out),
		cmocka_unit_test(a_message_out_of_turn_or_twice_is_refused),
		cmocka_unit_test(a_message_of_the_wrong_side_is_refused),
		cmocka_unit_test(a_signal_ends_a_wait_for_a_message),
		cmocka_unit_test(an_ignored_signal_does_not_end_a_wait),
	};

	signals_reset(); /* whoever runs the tests may ignore SIGHUP, as nohup does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
