/* SPDX-License-Identifier: Apache-2.0 */
/* test_socket.c - datagrams with fds, sockets at paths of any length */
#include "tests/unit/sandbox.h"

#include "sys/network.h"
#include "sys/socket.h"
#include "tests/unit/alarms.h"

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void pair_make(int pair[2])
{
	struct error err;

	assert_int_equal(socket_pair(pair, &err), 0);
	assert_int_equal(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
}

static void pair_close(int pair[2])
{
	close_fd(&pair[0]);
	close_fd(&pair[1]);
}

static void fds_travel_with_a_message(void **state)
{
	struct sandbox *box = *state;
	int pair[2], fds[SOCKET_FDS_MAX], sent[SOCKET_FDS_MAX];
	struct stat ours, theirs;
	char data[16];
	struct error err;

	pair_make(pair);
	for (int i = 0; i < SOCKET_FDS_MAX; i++)
		sent[i] = box->fd;
	for (size_t n = 0; n <= SOCKET_FDS_MAX; n += n < 2 ? 1 : 15) {
		size_t got = SOCKET_FDS_MAX;

		assert_int_equal(socket_send(pair[0], "hello", 5, sent, n, &err), 0);
		assert_int_equal(socket_receive(pair[1], data, sizeof data, fds, &got, &err), 5);
		assert_memory_equal(data, "hello", 5);
		assert_int_equal(got, n);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
			assert_int_equal(fstat(fds[i], &theirs) | fstat(box->fd, &ours), 0);
			assert_int_equal(ours.st_ino, theirs.st_ino);
			close_fd(&fds[i]);
		}
	}
	assert_int_equal(socket_send(pair[0], "x", 1, sent, SOCKET_FDS_MAX + 1, &err), -EMSGSIZE);
	pair_close(pair);
}

/* sandbox_end sees that no fd of a refused message stays open. */
static void what_was_cut_off_is_refused(void **state)
{
	struct sandbox *box = *state;
	int pair[2], sent[] = { box->fd, box->fd, box->fd }, fds[3];
	char data[4];
	struct error err;
	size_t room;

	pair_make(pair);
	for (size_t n = 0; n < 3; n++) {
		room = n;
		assert_int_equal(socket_send(pair[0], "abc", 3, sent, 3, &err), 0);
		assert_int_equal(socket_receive(pair[1], data, 4, fds, &room, &err), -EMSGSIZE);
	}
	assert_int_equal(socket_send(pair[0], "abc", 3, sent, 3, &err), 0);
	assert_int_equal(socket_receive(pair[1], data, 4, NULL, NULL, &err), -EMSGSIZE);
	room = 3;
	assert_int_equal(socket_send(pair[0], "abcde", 5, sent, 3, &err), 0);
	assert_int_equal(socket_receive(pair[1], data, 4, fds, &room, &err), -EMSGSIZE);
	pair_close(pair);
}

static void the_other_side_has_closed(void **state)
{
	int pair[2];
	char data[4];
	struct error err;

	(void)state;
	pair_make(pair);
	close_fd(&pair[0]);
	assert_int_equal(socket_receive(pair[1], data, 4, NULL, NULL, &err), 0);
	assert_int_equal(socket_send(pair[1], "x", 1, NULL, 0, &err), -EPIPE);
	pair_close(pair);
}

static void interrupted_waits_go_on(void **state)
{
	int pair[2], status;
	char data[4];
	struct error err;
	pid_t pid;

	(void)state;
	alarms_begin();
	pair_make(pair);
	pid = fork();
	if (pid == 0) {
		alarms_awaited();
		_exit(socket_send(pair[0], "ok", 2, NULL, 0, &err) != 0);
	}
	(void)ualarm(1000, 1000);
	assert_int_equal(socket_receive(pair[1], data, 4, NULL, NULL, &err), 2);
	(void)ualarm(0, 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	pair_close(pair);
}

/* A folder whose path alone is longer than a socket's address may be. */
static int long_folder(const struct sandbox *box)
{
	char name[201];
	int fd;

	memset(name, 'n', 200);
	name[200] = '\0';
	assert_int_equal(mkdirat(box->fd, name, 0755), 0);
	fd = openat(box->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void long_paths_are_no_obstacle(void **state)
{
	struct sandbox *box = *state;
	auto_fd int folder = long_folder(box), server = -1, client = -1, other = -1, peer = -1;
	char path[PATH_MAX], name[201] = "";
	struct error err;
	struct stat st;
	uid_t uid = 12345;
	pid_t pid = 0;

	server = socket_listen(folder, "control", &err);
	assert_true(server >= 0);
	assert_int_equal(fstatat(folder, "control", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0600);
	client = socket_connect(folder, "control", SOCK_SEQPACKET, &err);
	assert_true(client >= 0);
	peer = accept(server, NULL, NULL);
	assert_int_equal(socket_peer(peer, &uid, &pid, &err), 0);
	assert_int_equal(uid, getuid());
	assert_int_equal(pid, getpid());
	memset(name, 'n', 200);
	(void)snprintf(path, sizeof path, "%s/%s/control", box->path, name);
	other = socket_connect_path(path, SOCK_SEQPACKET, &err);
	assert_true(other >= 0);
	assert_int_equal(fcntl(other, F_GETFD), FD_CLOEXEC);
}

static void a_socket_that_is_not_there(void **state)
{
	struct sandbox *box = *state;
	auto_fd int server = -1;
	char path[PATH_MAX];
	struct error err;

	(void)snprintf(path, sizeof path, "%s/gone", box->path);
	assert_int_equal(socket_connect_path(path, SOCK_STREAM, &err), -ENOENT);
	assert_non_null(strstr(sandbox_words(&err), path));
	sandbox_write(box->fd, "file", "");
	(void)snprintf(path, sizeof path, "%s/file", box->path);
	assert_int_equal(socket_connect_path(path, SOCK_STREAM, &err), -ECONNREFUSED);
	server = socket_listen(box->fd, "s", &err);
	assert_int_equal(socket_connect(box->fd, "s", SOCK_STREAM, &err), -EPROTOTYPE);
	assert_int_equal(socket_listen(box->fd, "s", &err), -EADDRINUSE);
	close_fd(&server);
	assert_int_equal(socket_connect(box->fd, "s", SOCK_SEQPACKET, &err), -ECONNREFUSED);
}

/* connect(2) would wait for ever. */
static void a_listener_that_accepts_nobody(void **state)
{
	struct sandbox *box = *state;
	auto_fd int server = socket_listen(box->fd, "s", &(struct error){ 0 });
	int clients[64], n = 0;
	char path[PATH_MAX];
	struct error err;

	assert_true(server >= 0);
	(void)snprintf(path, sizeof path, "%s/s", box->path);
	(void)alarm(60);
	while (n < 64 && (clients[n] = socket_connect_path(path, SOCK_SEQPACKET, &err)) >= 0)
		n++;
	(void)alarm(0);
	assert_in_range(n, 8, 63);
	assert_int_equal(clients[n], -EAGAIN);
	assert_non_null(strstr(sandbox_words(&err), path));
	assert_non_null(strstr(sandbox_words(&err), "who listens has accepted nobody for 10 s"));
	while (n > 0)
		close_fd(&clients[--n]);
}

static int network_child(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct error err;
	int sock;

	if (unshare(CLONE_NEWNET) < 0)
		return 77;
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ioctl(sock, SIOCGIFFLAGS, &request) < 0 || request.ifr_flags & IFF_UP)
		return 1;
	if (network_loopback_up(&err) != 0)
		return 2;
	if (ioctl(sock, SIOCGIFFLAGS, &request) < 0)
		return 3;
	return request.ifr_flags & IFF_UP && request.ifr_flags & IFF_LOOPBACK ? 0 : 4;
}

static void the_loopback_device_comes_up(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(network_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(fds_travel_with_a_message),
		sandbox_test(what_was_cut_off_is_refused),
		sandbox_test(the_other_side_has_closed),
		sandbox_test(interrupted_waits_go_on),
		sandbox_test(long_paths_are_no_obstacle),
		sandbox_test(a_socket_that_is_not_there),
		sandbox_test(a_listener_that_accepts_nobody),
		sandbox_test(the_loopback_device_comes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
