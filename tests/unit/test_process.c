/* SPDX-License-Identifier: Apache-2.0 */
/* test_process.c - processes by pidfd, with and without clone3 and close_range */
#include "tests/unit/sandbox.h"

#include "sys/process.h"
#include "tests/unit/alarms.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

/* Makes a child that exits with code, or ends by signal if code is negative. */
static pid_t child(int code, uint64_t flags, int *ret_pidfd)
{
	struct clone_request request = { .flags = flags, .cgroup = -1 };
	struct error err;
	pid_t pid = process_clone(&request, ret_pidfd, &err);

	if (pid == 0) {
		if (code < 0)
			(void)kill(getpid(), -code);
		_exit(code);
	}
	return pid;
}

static void check_children(void)
{
	static const struct {
		int code, wanted;
	} cases[] = { { 0, 0 }, { 7, 7 }, { 255, 255 }, { -SIGKILL, 137 }, { -SIGTERM, 143 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int pidfd = -1, status = -1;
		pid_t pid = child(cases[i].code, 0, &pidfd);
		struct error err;

		assert_true(pid > 0);
		assert_int_equal(fcntl(pidfd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(process_wait_end(pidfd, -1, &err), 1);
		assert_int_equal(process_wait(pidfd, &status, &err), 0);
		assert_int_equal(process_exit_code(status), cases[i].wanted);
		assert_int_equal(process_signal(pidfd, 0, &err), -ESRCH);
		close_fd(&pidfd);
	}
}

static void a_child_is_awaited_by_its_pidfd(void **state)
{
	(void)state;
	check_children();
}

static void and_without_clone3(void **state)
{
	struct clone_request request = { .cgroup = 0 };
	struct error err;
	int pidfd;

	(void)state;
	(void)setenv("OCIRT_NO", "clone3", 1);
	check_children();
	assert_int_equal(process_clone(&request, &pidfd, &err), -EOPNOTSUPP);
}

/* fork-like: the child has a copy of our memory, the stack too. */
static void check_memory(void)
{
	volatile int shared = 1;
	struct clone_request request = { .cgroup = -1 };
	struct error err;
	int pidfd = -1, status = -1;
	pid_t pid = process_clone(&request, &pidfd, &err);

	if (pid == 0) {
		shared++;
		_exit(shared == 2 && getppid() > 1 ? 0 : 1);
	}
	assert_int_equal(process_wait(pidfd, &status, &err), 0);
	assert_int_equal(status, 0);
	assert_int_equal(shared, 1);
	close_fd(&pidfd);
}

static void a_child_shares_no_memory(void **state)
{
	(void)state;
	check_memory();
	(void)setenv("OCIRT_NO", "clone3", 1);
	check_memory();
}

static void a_bad_flag_is_an_error(void **state)
{
	struct clone_request request = { .flags = CLONE_THREAD, .cgroup = -1 };
	struct error err;
	int pidfd = -5;

	(void)state;
	assert_true(process_clone(&request, &pidfd, &err) < 0);
	assert_int_equal(err.errno_value, EINVAL);
	assert_int_equal(pidfd, -5);
	request = (struct clone_request){ .cgroup = 12345 };
	assert_int_equal(process_clone(&request, &pidfd, &err), -EBADF);
}

/* A child of our child, but our own to wait for: so the exit signal is our parent's. */
static void a_sibling_is_made(void **state)
{
	int pidfd = -1, status = -1, inner = -1;
	struct clone_request request = { .cgroup = -1 };
	struct error err;
	pid_t pid;

	(void)state;
	for (int old = 0; old < 2; old++) {
		(void)setenv("OCIRT_NO", old ? "clone3" : "", 1);
		pid = process_clone(&request, &pidfd, &err);
		if (pid == 0)
			_exit(child(3, CLONE_PARENT, &inner) > 0 ? 0 : 1);
		assert_int_equal(process_wait(pidfd, &status, &err), 0);
		assert_int_equal(status, 0);
		close_fd(&pidfd);
		pid = waitpid(-1, &status, __WALL);
		assert_true(pid > 0);
		assert_int_equal(process_exit_code(status), 3);
	}
}

static void check_time(void)
{
	struct clone_request request = { .cgroup = -1 };
	struct timespec before, after;
	int pidfd = -1, other = -1, status;
	struct error err;
	pid_t pid;

	pid = process_clone(&request, &pidfd, &err);
	if (pid == 0)
		for (;;)
			(void)pause();
	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	other = process_open(pid, &err);
	assert_true(other >= 0);
	assert_int_equal(process_wait_end(other, 50, &err), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000 +
			    (after.tv_nsec - before.tv_nsec) / 1000000 >=
		    49);
	assert_int_equal(process_wait_end(other, 0, &err), 0);
	assert_int_equal(process_signal(other, SIGKILL, &err), 0);
	assert_int_equal(process_wait_end(other, 10000, &err), 1);
	assert_int_equal(process_wait(pidfd, &status, &err), 0);
	assert_int_equal(process_wait(pidfd, &status, &err), -ECHILD);
	assert_int_equal(process_wait_end(other, 0, &err), 1);
	assert_int_equal(process_signal(other, SIGKILL, &err), -ESRCH);
	assert_int_equal(process_open(pid, &err), -ESRCH);
	close_fd(&pidfd);
	close_fd(&other);
}

/* Its number is still that of a session, which outlives it: no process all the same. */
static void a_number_that_a_session_keeps_is_nobody(void **state)
{
	struct clone_request request = { .cgroup = -1 };
	int pidfd = -1, ends[2], status;
	struct error err;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = process_clone(&request, &pidfd, &err);
	if (pid == 0) {
		char c;

		(void)setsid();
		if (fork() == 0) {
			(void)close(ends[1]);
			(void)!read(ends[0], &c, 1);
		}
		_exit(0);
	}
	assert_int_equal(process_wait(pidfd, &status, &err), 0);
	assert_int_equal(process_open(pid, &err), -ESRCH);
	(void)close(ends[0]);
	(void)close(ends[1]);
	close_fd(&pidfd);
}

static void time_runs_out(void **state)
{
	(void)state;
	check_time();
}

static void and_without_pidfd_open(void **state)
{
	(void)state;
	(void)setenv("OCIRT_NO", "pidfd_open", 1);
	check_time();
	(void)setenv("OCIRT_NO", "pidfd_open,openat2", 1);
	check_time();
}

static void interrupted_waits_go_on(void **state)
{
	struct clone_request request = { .cgroup = -1 };
	int pidfd = -1, status = -1;
	struct error err;
	pid_t pid;

	(void)state;
	alarms_begin();
	pid = process_clone(&request, &pidfd, &err);
	if (pid == 0) {
		alarms_awaited();
		_exit(5);
	}
	(void)ualarm(1000, 1000);
	assert_int_equal(process_wait_end(pidfd, 10, &err), 0);
	assert_int_equal(process_wait(pidfd, &status, &err), 0);
	(void)ualarm(0, 0);
	assert_int_equal(process_exit_code(status), 5);
	close_fd(&pidfd);
}

/* In a child: high and low fds, then one call.  Returns what was wrong. */
static int fds_child(bool close_now)
{
	struct error err;
	int high = fcntl(0, F_DUPFD, 500), low = dup(0);

	if ((close_now ? process_close_except((unsigned)low, NULL, 0, &err)
		       : process_cloexec_from((unsigned)low, &err)) != 0)
		return 1;
	if (fcntl(0, F_GETFD) != 0 || fcntl(low - 1, F_GETFD) < 0)
		return 2;
	for (int fd = low; fd <= high; fd += high - low)
		if (fcntl(fd, F_GETFD) != (close_now ? -1 : FD_CLOEXEC))
			return 3;
	return 0;
}

static void files_from_one_on_are_closed(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		pid_t pid = fork();
		int status = -1;

		if (pid == 0) {
			(void)setenv("OCIRT_NO", i & 1 ? "close_range,openat2" : "", 1);
			_exit(fds_child(i & 2));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* In a child: fds 500, 600 and 601 are kept (one row names no fd), all around them go. */
static int except_child(void)
{
	const int keep[] = { 601, -1, 500, 600 };
	struct error err;
	int first = dup(0);

	for (int fd = 499; fd < 604; fd += fd == 501 ? 98 : 1)
		if (dup2(0, fd) < 0)
			return 1;
	if (process_close_except((unsigned)first, keep, ARRAY_SIZE(keep), &err) != 0)
		return 2;
	for (int fd = first; fd < 620; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd == 500 || fd == 600 || fd == 601))
			return 3;
	return fcntl(first - 1, F_GETFD) < 0;
}

static void files_are_closed_but_for_some(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		int status = -1;

		if (pid == 0) {
			(void)setenv("OCIRT_NO", i ? "close_range,openat2" : "", 1);
			_exit(except_child());
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void no_room_for_a_pidfd_is_an_error(void **state)
{
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct error err;
		int pidfd = -1, n = 0;

		while (dup(0) >= 0)
			n++;
		for (int old = 0; old < 2; old++) {
			(void)setenv("OCIRT_NO", old ? "clone3" : "", 1);
			if (child(0, 0, &pidfd) != -EMFILE)
				_exit(1);
		}
		_exit(n > 0 && process_open(getpid(), &err) == -EMFILE ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_child_is_awaited_by_its_pidfd),
		sandbox_test(and_without_clone3),
		sandbox_test(a_child_shares_no_memory),
		sandbox_test(a_bad_flag_is_an_error),
		sandbox_test(a_sibling_is_made),
		sandbox_test(a_number_that_a_session_keeps_is_nobody),
		sandbox_test(time_runs_out),
		sandbox_test(and_without_pidfd_open),
		sandbox_test(interrupted_waits_go_on),
		sandbox_test(files_from_one_on_are_closed),
		sandbox_test(files_are_closed_but_for_some),
		sandbox_test(no_room_for_a_pidfd_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
