/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_foreground.c - the foreground loop between two ptys
 *
 * outer: what the user sits at, the test holds its master; a child with its slave as stdio is
 * `run`, whose own child sits on the slave of inner, the container's terminal.
 */
#include "tests/unit/unit.h"

#include "process/terminal.h"
#include "sys/process.h"
#include "tests/unit/child.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

struct outer {
	int master, slave;
	pid_t pid; /* `run` */
	char said[65536];
	size_t n;
};

static void outer_open(struct outer *outer)
{
	struct winsize size = { .ws_row = 31, .ws_col = 97 };

	memset(outer, 0, sizeof *outer);
	assert_int_equal(openpty(&outer->master, &outer->slave, NULL, NULL, &size), 0);
	(void)fcntl(outer->master, F_SETFD, FD_CLOEXEC);
	(void)fcntl(outer->slave, F_SETFD, FD_CLOEXEC);
}

static void outer_close(struct outer *outer)
{
	(void)close(outer->master);
	(void)close(outer->slave);
}

/* The container's side: a new session on the slave, then a shell. */
static void container_run(int slave, const char *script)
{
	struct error err;

	(void)setsid();
	signals_reset();
	if (terminal_take(slave, 0, 0, &err) < 0)
		_exit(70);
	(void)execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	_exit(71);
}

/* `run`: exits as the container does. */
static void run_act(struct outer *outer, const char *script, bool subreaper)
{
	static const struct clone_request request = { .cgroup = -1 };
	struct foreground f = FOREGROUND_EMPTY;
	int master, slave, status, r;
	struct error err;
	pid_t pid;

	(void)setsid();
	(void)ioctl(outer->slave, TIOCSCTTY, 0);
	(void)dup2(outer->slave, 0);
	(void)dup2(outer->slave, 1);
	(void)close(outer->master);
	if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
		_exit(72);
	(void)fcntl(master, F_SETFD, FD_CLOEXEC);
	(void)fcntl(slave, F_SETFD, FD_CLOEXEC);
	f.subreaper = subreaper;
	if (subreaper)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (foreground_open(&f, &err) < 0)
		_exit(73);
	pid = process_clone(&request, &f.pidfd, &err);
	if (pid == 0)
		container_run(slave, script);
	(void)close(slave);
	r = foreground_attach(&f, master, &err);
	if (r >= 0)
		r = foreground_run(&f, pid, &status, &err);
	foreground_done(&f);
	_exit(r < 0 ? 74 : process_exit_code(status));
}

static void outer_begin(struct outer *outer, const char *script, bool subreaper)
{
	outer_open(outer);
	(void)fflush(NULL);
	outer->pid = fork();
	assert_true(outer->pid >= 0);
	if (outer->pid == 0)
		run_act(outer, script, subreaper);
}

/* Reads what the user sees for at most ms, until words appear. */
static bool outer_sees(struct outer *outer, const char *words, int ms)
{
	for (; ms >= 0; ms -= 4) {
		struct pollfd wanted = { .fd = outer->master, .events = POLLIN };

		if (poll(&wanted, 1, 4) > 0) {
			ssize_t n = read(outer->master, outer->said + outer->n,
					 sizeof outer->said - 1 - outer->n);

			outer->n += n > 0 ? (size_t)n : 0;
			outer->said[outer->n] = '\0';
			ms += 4;
			if (n <= 0)
				break;
		}
		if (words && strstr(outer->said, words))
			return true;
	}
	return words && strstr(outer->said, words);
}

static void outer_types(struct outer *outer, const char *words)
{
	assert_int_equal(write(outer->master, words, strlen(words)), (int)strlen(words));
}

/* Waits for `run`, 10 s at most; reads on meanwhile. */
static int outer_ends(struct outer *outer)
{
	int status;

	for (int i = 0; i < 2500; i++) {
		if (waitpid(outer->pid, &status, WNOHANG) == outer->pid) {
			(void)outer_sees(outer, NULL, 4);
			return process_exit_code(status);
		}
		(void)outer_sees(outer, NULL, 0);
	}
	(void)kill(outer->pid, SIGKILL);
	(void)waitpid(outer->pid, &status, 0);
	return -1;
}

static void assert_same_modes(const struct termios *a, const struct termios *b)
{
	assert_int_equal(a->c_iflag, b->c_iflag);
	assert_int_equal(a->c_oflag, b->c_oflag);
	assert_int_equal(a->c_cflag, b->c_cflag);
	assert_int_equal(a->c_lflag, b->c_lflag);
}

static bool is_raw(const struct outer *outer)
{
	struct termios now;

	return tcgetattr(outer->slave, &now) == 0 && !(now.c_lflag & (ICANON | ECHO | ISIG));
}

static bool soon_raw(const struct outer *outer)
{
	for (int i = 0; i < 200; i++) {
		if (is_raw(outer))
			return true;
		(void)usleep(10000);
	}
	return false;
}

static void bytes_go_both_ways_and_modes_come_back(void **state)
{
	static const struct {
		const char *script;
		int want;
	} endings[] = {
		{ "echo ready; read x; echo got $x; exit 5", 5 },
		{ "echo ready; read x; echo got $x; kill -KILL $$", 137 },
		{ "echo ready; read x; echo got $x; sleep 20 & exit 6", 6 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		struct termios after;
		struct outer outer;

		outer_begin(&outer, endings[i].script, true);
		assert_true(soon_raw(&outer));
		assert_true(outer_sees(&outer, "ready", 5000));
		outer_types(&outer, "abc\r");
		assert_true(outer_sees(&outer, "got abc", 5000));
		assert_int_equal(outer_ends(&outer), endings[i].want);
		assert_int_equal(tcgetattr(outer.slave, &after), 0);
		assert_false(is_raw(&outer));
		assert_true(after.c_lflag & ICANON && after.c_lflag & ECHO && after.c_lflag & ISIG);
		assert_true(after.c_oflag & OPOST);
		outer_close(&outer);
	}
}

/* The modes are exactly as they were, odd ones too. */
static void odd_modes_come_back(void **state)
{
	struct termios odd, after;
	struct outer outer;

	(void)state;
	outer_open(&outer);
	assert_int_equal(tcgetattr(outer.slave, &odd), 0);
	odd.c_lflag &= ~(tcflag_t)ECHO;
	odd.c_iflag |= IXANY;
	odd.c_iflag &= ~(tcflag_t)ICRNL;
	assert_int_equal(tcsetattr(outer.slave, TCSANOW, &odd), 0);
	assert_int_equal(tcgetattr(outer.slave, &odd), 0);
	(void)fflush(NULL);
	outer.pid = fork();
	if (outer.pid == 0)
		run_act(&outer, "read x; exit 0", false);
	assert_true(soon_raw(&outer));
	outer_types(&outer, "\r");
	assert_int_equal(outer_ends(&outer), 0);
	assert_int_equal(tcgetattr(outer.slave, &after), 0);
	assert_same_modes(&after, &odd);
	outer_close(&outer);
}

static void the_size_follows(void **state)
{
	struct winsize size = { .ws_row = 12, .ws_col = 34 };
	struct outer outer;

	(void)state;
	outer_begin(&outer,
		    "until test \"$(stty size)\" = '31 97'; do sleep 0.05; done; "
		    "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done",
		    false);
	assert_true(outer_sees(&outer, "ready", 5000));
	assert_int_equal(ioctl(outer.master, TIOCSWINSZ, &size), 0);
	assert_true(outer_sees(&outer, "12 34", 5000));
	assert_int_equal(outer_ends(&outer), 0);
	outer_close(&outer);
}

/* `run` has taken these from what is pending for it, and has done what it does with them. */
static void signals_taken(pid_t pid, uint64_t signals)
{
	uint64_t pending = signals;

	for (int i = 0; i < 10000 && pending & signals; i++) {
		char path[64], line[256];
		unsigned long long value;
		FILE *file;

		(void)snprintf(path, sizeof path, "/proc/%d/status", pid);
		file = fopen(path, "re");
		assert_non_null(file);
		while (fgets(line, sizeof line, file))
			if (sscanf(line, "ShdPnd: %llx", &value) == 1)
				pending = value;
		(void)fclose(file);
		(void)usleep(1000);
	}
	assert_int_equal(pending & signals, 0);
}

/* Signals reach the container; the ones that are our own business do not.  No trap ends the shell:
 * it does those that have come by number, and all of them before it goes on. */
static void signals_are_handed_on(void **state)
{
	static const struct {
		int signal;
		const char *want;
	} cases[] = {
		{ SIGTERM, "got TERM" }, { SIGHUP, "got HUP" },	  { SIGINT, "got INT" },
		{ SIGUSR1, "got USR1" }, { SIGQUIT, "got QUIT" }, { SIGALRM, "got ALRM" },
		{ SIGURG, NULL },	 { SIGPIPE, NULL },
	};
	struct outer outer;
	char *end;

	(void)state;
	outer_begin(&outer,
		    "for s in TERM HUP INT USR1 QUIT ALRM URG PIPE; do trap \"echo got $s.\" $s; "
		    "done; trap end=1 USR2; echo ready; until test $end; do sleep 0.05; done; "
		    "echo bye; exit 9",
		    false);
	assert_true(outer_sees(&outer, "ready", 5000));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(kill(outer.pid, cases[i].signal), 0);
		if (cases[i].want)
			assert_true(outer_sees(&outer, cases[i].want, 5000));
	}
	signals_taken(outer.pid, 1ull << (SIGURG - 1) | 1ull << (SIGPIPE - 1));
	assert_int_equal(kill(outer.pid, SIGUSR2), 0);
	assert_int_equal(outer_ends(&outer), 9);
	end = strstr(outer.said, "bye");
	assert_non_null(end);
	assert_null(strstr(outer.said, "got URG"));
	assert_null(strstr(outer.said, "got PIPE"));
	outer_close(&outer);
}

/* ^C is a byte for the container's terminal, which makes a signal of it. */
static void control_c_is_the_containers(void **state)
{
	struct outer outer;

	(void)state;
	outer_begin(&outer,
		    "trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.05; done",
		    false);
	assert_true(outer_sees(&outer, "ready", 5000));
	assert_true(soon_raw(&outer));
	outer_types(&outer, "\003");
	assert_int_equal(outer_ends(&outer), 3);
	assert_non_null(strstr(outer.said, "interrupted"));
	outer_close(&outer);
}

static void no_output_of_a_short_life_is_lost(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		struct outer outer;

		outer_begin(&outer, "echo last words", i % 2);
		assert_int_equal(outer_ends(&outer), 0);
		assert_non_null(strstr(outer.said, "last words"));
		outer_close(&outer);
	}
}

/* Nobody reads, and no more comes: the terminal is full. */
static void outer_fills(const struct outer *outer)
{
	int n = 0;

	for (int i = 0; i < 10000 && n < 4095; i++) {
		assert_int_equal(ioctl(outer->master, FIONREAD, &n), 0);
		(void)usleep(1000);
	}
	assert_true(n > 2048);
}

/* More than the buffers of both ptys, to a user that reads slowly. */
static void much_output_comes_whole(void **state)
{
	struct outer outer;
	char *end;

	(void)state;
	outer_begin(&outer, "i=0; while [ $i -lt 6000 ]; do echo $i; i=$((i+1)); done; echo end.",
		    false);
	outer_fills(&outer);
	assert_int_equal(outer_ends(&outer), 0);
	end = strstr(outer.said, "end.");
	assert_non_null(end);
	assert_non_null(strstr(outer.said, "\n2999\r\n3000\r\n3001\r\n"));
	assert_int_equal(end - outer.said, 10 * 3 + 90 * 4 + 900 * 5 + 5000 * 6);
	outer_close(&outer);
}

static long cpu_ms(pid_t pid)
{
	char path[64], text[1024] = "";
	unsigned long user = 0, system_ = 0;
	const char *at;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f || !fgets(text, sizeof text, f))
		return -1;
	(void)fclose(f);
	at = strrchr(text, ')');
	if (!at || sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			  &system_) != 2)
		return -1;
	return (long)((user + system_) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
}

/* The container has closed its terminal, and the user's is at its end: both hang up for ever. */
static void a_hang_up_is_no_busy_loop(void **state)
{
	struct outer outer;
	int status;
	long used;

	(void)state;
	outer_begin(&outer, "exec >/dev/null 2>&1 <&1; trap '' HUP; sleep 1.5; exit 4", false);
	assert_true(soon_raw(&outer));
	(void)usleep(1000000);
	used = cpu_ms(outer.pid);
	assert_true(used >= 0 && used < 200);
	assert_int_equal(outer_ends(&outer), 4);
	outer_close(&outer);

	outer_begin(&outer, "trap '' HUP; echo ready; sleep 1.5; exit 4", false);
	assert_true(outer_sees(&outer, "ready", 5000));
	(void)close(outer.slave);
	(void)close(outer.master);
	(void)usleep(1000000);
	used = cpu_ms(outer.pid);
	assert_true(used >= 0 && used < 200);
	assert_int_equal(waitpid(outer.pid, &status, 0), outer.pid);
	assert_int_equal(process_exit_code(status), 4);
}

/* What is reparented to us is reaped while the container runs. */
static void orphans_are_reaped(void **state)
{
	struct outer outer;

	(void)state;
	outer_begin(
		&outer,
		"orphan=$(sleep 0.1 >&2 & echo $!); i=0; "
		"while test -e /proc/$orphan && test $i -lt 200; do sleep 0.05; i=$((i+1)); done; "
		"test -e /proc/$orphan || echo reaped",
		true);
	assert_int_equal(outer_ends(&outer), 0);
	assert_non_null(strstr(outer.said, "reaped"));
	outer_close(&outer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_go_both_ways_and_modes_come_back),
		cmocka_unit_test(odd_modes_come_back),
		cmocka_unit_test(the_size_follows),
		cmocka_unit_test(signals_are_handed_on),
		cmocka_unit_test(control_c_is_the_containers),
		cmocka_unit_test(no_output_of_a_short_life_is_lost),
		cmocka_unit_test(much_output_comes_whole),
		cmocka_unit_test(a_hang_up_is_no_busy_loop),
		cmocka_unit_test(orphans_are_reaped),
	};

	signals_reset(); /* whoever runs the tests may ignore SIGHUP, as nohup does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
