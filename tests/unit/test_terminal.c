/* SPDX-License-Identifier: Apache-2.0 */
/* test_terminal.c - the master by --console-socket, and the foreground without a terminal */
#include "tests/unit/unit.h"

#include "process/terminal.h"
#include "sys/process.h"
#include "tests/unit/child.h"

#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* ---- without a terminal ---- */

/* The shell says by its fd 3 that it has its trap.  The signal waits, blocked, until the loop hands
 * it on. */
static void signal_when_ready(int ready)
{
	char c;

	if (read(ready, &c, 1) != 1)
		_exit(70);
	(void)kill(getpid(), SIGUSR1);
}

static void plain_act(void *arg)
{
	static const struct clone_request request = { .cgroup = -1 };
	struct foreground f = FOREGROUND_EMPTY;
	int status = -1, ready[2], r;
	struct error err;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		_exit(72);
	r = foreground_open(&f, &err);
	pid = process_clone(&request, &f.pidfd, &err);
	if (pid == 0) {
		signals_reset();
		(void)dup2(ready[1], 3);
		(void)execl("/bin/sh", "sh", "-c", (char *)arg, (char *)NULL);
		_exit(71);
	}
	(void)close(ready[1]);
	signal_when_ready(ready[0]);
	if (r >= 0)
		r = foreground_run(&f, pid, &status, &err);
	foreground_done(&f);
	child_tell(r, &err);
	(void)printf("%d\n", process_exit_code(status));
}

static void without_a_terminal_only_signals_matter(void **state)
{
	static const struct {
		const char *script, *want;
	} cases[] = {
		{ "trap 'exit 8' USR1; echo ready >&3; while :; do sleep 0.02; done", "fine\n8\n" },
		{ "trap 'kill -SEGV $$' USR1; echo ready >&3; while :; do sleep 0.02; done",
		  "fine\n139\n" },
		{ "trap came=1 USR1; echo ready >&3; until test $came; do sleep 0.02; done; exit 3",
		  "fine\n3\n" },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(plain_act, (void *)cases[i].script, said, sizeof said),
				 0);
		assert_string_equal(said, cases[i].want);
	}
}

static void attach_act(void *arg)
{
	struct foreground f = FOREGROUND_EMPTY;
	int master, slave;
	struct error err;

	(void)arg;
	(void)dup2(open("/dev/null", O_RDWR | O_CLOEXEC), 0);
	if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
		_exit(72);
	child_tell(foreground_attach(&f, master, &err), &err);
	foreground_done(&f);
	(void)printf("%d\n", fcntl(master, F_GETFD));
}

static void stdin_has_to_be_a_terminal(void **state)
{
	char said[4096];

	(void)state;
	assert_int_equal(child_says(attach_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "/process/terminal: true but stdin is not a terminal\n-1\n");
}

/* ---- --console-socket ---- */
static void the_master_is_sent_with_a_name(void **state)
{
	char folder[] = "/tmp/ocirt-terminal-XXXXXX", path[512], name[64];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { name, sizeof name };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), pair[2], peer, got, here;
	struct error err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	/* Longer than sun_path can hold. */
	(void)snprintf(path, sizeof path, "%s/%0120d", folder, 0);
	assert_int_equal(mkdir(path, 0700), 0);
	here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(chdir(path), 0);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "console.sock");
	assert_int_equal(bind(sock, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(sock, 1), 0);
	assert_int_equal(fchdir(here), 0);
	(void)close(here);
	(void)snprintf(path + strlen(path), 32, "/console.sock");
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	assert_int_equal(terminal_send_master(path, pair[1], &err), 0);
	peer = accept4(sock, NULL, NULL, SOCK_CLOEXEC);
	assert_true(recvmsg(peer, &message, MSG_CMSG_CLOEXEC) >= 1);
	assert_int_equal(control.header.cmsg_type, SCM_RIGHTS);
	memcpy(&got, CMSG_DATA(&control.header), sizeof got);
	assert_int_equal(write(got, "x", 1), 1);
	assert_int_equal(read(pair[0], name, 1), 1);
	assert_int_equal(name[0], 'x');
	(void)close(got);
	(void)close(peer);
	(void)close(sock);
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)unlink(path);
	*strrchr(path, '/') = '\0';
	(void)rmdir(path);
	(void)rmdir(folder);
	assert_true(terminal_send_master("/nope/console.sock", 0, &err) < 0);
	assert_non_null(strstr(err.text, "--console-socket"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_terminal_only_signals_matter),
		cmocka_unit_test(stdin_has_to_be_a_terminal),
		cmocka_unit_test(the_master_is_sent_with_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
