/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.c - unix sockets: messages with fds, and sockets at paths of any length
 *
 * The address of a unix socket has room for a path of 107 bytes, and a state directory's path may
 * be longer.  So the directory is opened first, and the address is "/proc/self/fd/N/name".
 *
 * SOCK_SEQPACKET keeps the borders of messages: one send is one receive, and a message that was cut
 * or an fd too many is noticed.  The other side may be a process of the container.
 */
#include "sys/socket.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* Room for the control message, aligned as the kernel wants it. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * SOCKET_FDS_MAX)];
};

int socket_pair(int ret_pair[2], struct error *err)
{
	if (retry(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_pair)) < 0)
		return fail_call(err, errno, "socketpair", "make a pair of sockets");
	return 0;
}

int socket_send(int sock, const void *data, size_t len, const int *fds, size_t n_fds,
		struct error *err)
{
	union control control;
	struct iovec part = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (n_fds > SOCKET_FDS_MAX)
		return fail(err, EMSGSIZE, "send %zu file descriptors", n_fds);
	if (n_fds > 0) {
		memset(&control, 0, sizeof control);
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * n_fds);
	}
	if (retry(sendmsg(sock, &message, MSG_NOSIGNAL)) < 0)
		return fail_call(err, errno, "sendmsg", "send a message");
	return 0;
}

static void close_fds(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close_fd(&fds[i]);
}

/* Takes the fds out of a received message.  Keeps at most `room` of them and closes the others.
 * Returns how many there were. */
static size_t take_fds(struct msghdr *message, int *fds, size_t room)
{
	size_t total = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++, total++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (total < room)
				fds[total] = fd;
			else
				close_fd(&fd);
		}
	}
	return total;
}

ssize_t socket_receive(int sock, void *data, size_t size, int *fds, size_t *n_fds,
		       struct error *err)
{
	union control control;
	struct iovec part = { .iov_base = data, .iov_len = size };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	size_t room = n_fds ? *n_fds : 0, got;
	ssize_t n;

	n = retry(recvmsg(sock, &message, MSG_CMSG_CLOEXEC));
	if (n < 0)
		return fail_call(err, errno, "recvmsg", "receive a message");
	got = take_fds(&message, fds, room);
	if (got > room || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		close_fds(fds, got < room ? got : room);
		return fail(err, EMSGSIZE, "receive a message of %zd bytes, %zu fds", n, got);
	}
	if (n_fds)
		*n_fds = got;
	return n;
}

/* Makes the address "/proc/self/fd/N/name"; with an empty name, of the fd itself. */
static int address_of(int dirfd, const char *name, struct sockaddr_un *address, struct error *err)
{
	char folder[PROCFS_FD_PATH];
	int n;

	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	n = snprintf(address->sun_path, sizeof address->sun_path, "%s%s%s",
		     procfs_fd_path(folder, dirfd), *name ? "/" : "", name);
	if (n < 0 || (size_t)n >= sizeof address->sun_path)
		return fail(err, ENAMETOOLONG, "socket \"%s\"", name);
	return 0;
}

static int socket_make(int type, struct error *err)
{
	int sock = retry(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));

	if (sock < 0)
		return fail_call(err, errno, "socket", "make a unix socket");
	return sock;
}

/* bind(2) makes the socket's file with the mode of the socket itself, less the umask.  So the mode
 * is set on the socket before: a chmod(2) afterwards would leave a moment in which others could
 * connect. */
int socket_listen(int dirfd, const char *name, struct error *err)
{
	auto_fd int sock = socket_make(SOCK_SEQPACKET, err);
	struct sockaddr_un address;

	if (sock < 0 || address_of(dirfd, name, &address, err) < 0)
		return error_code(err);
	if (retry(fchmod(sock, 0600)) < 0)
		return fail_call(err, errno, "fchmod", "set the mode of socket \"%s\"", name);
	if (retry(bind(sock, (struct sockaddr *)&address, sizeof address)) < 0)
		return fail_call(err, errno, "bind", "make socket \"%s\"", name);
	if (retry(listen(sock, 8)) < 0)
		return fail_call(err, errno, "listen", "listen on socket \"%s\"", name);
	return take_fd(&sock);
}

/* connect(2) waits while as many as the listener has room for wait to be accepted, for ever if it
 * accepts none.  A unix socket can't be polled for that, and it counts as sending. */
static int patience_set(int sock, struct error *err)
{
	const struct timeval limit = { .tv_sec = SOCKET_CONNECT_S };

	if (retry(setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit)) < 0)
		return fail_call(err, errno, "setsockopt", "limit the time of a socket");
	return 0;
}

/* Of a listener that accepts nobody; what the name was, the caller knows better. */
static int not_accepted(const char *name, struct error *err)
{
	char shown[FOREIGN_BUF];

	(void)fail_call(err, EAGAIN, "connect",
			"connect to socket \"%s\": who listens has accepted nobody for %d s",
			foreign(name, shown), SOCKET_CONNECT_S);
	err->spelt = true;
	return hint(err, HINT_LISTENER, NULL, NULL);
}

/* A connect(2) to a unix socket that a signal interrupts has done nothing yet, so it can be called
 * again. */
int socket_connect(int dirfd, const char *name, int type, struct error *err)
{
	auto_fd int sock = socket_make(type, err);
	struct sockaddr_un address;

	if (sock < 0 || patience_set(sock, err) < 0 || address_of(dirfd, name, &address, err) < 0)
		return error_code(err);
	if (retry(connect(sock, (struct sockaddr *)&address, sizeof address)) < 0)
		return errno == EAGAIN
			       ? not_accepted(name, err)
			       : fail_call(err, errno, "connect", "connect to socket \"%s\"", name);
	return take_fd(&sock);
}

int socket_connect_path(const char *path, int type, struct error *err)
{
	auto_fd int file = retry(open(path, O_PATH | O_CLOEXEC));
	int sock;

	if (file < 0)
		return fail_call(err, errno, "open", "open socket \"%s\"", path);
	sock = socket_connect(file, "", type, err);
	if (sock < 0 && err->errno_value == EAGAIN)
		return not_accepted(path, err);
	if (sock < 0 && err->errno_value)
		return fail_call(err, err->errno_value, "connect", "connect to socket \"%s\"",
				 path);
	return sock;
}

int socket_peer(int sock, uid_t *ret_uid, pid_t *ret_pid, struct error *err)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (retry(getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &len)) < 0)
		return fail_call(err, errno, "getsockopt", "ask who is on the other side");
	*ret_uid = peer.uid;
	*ret_pid = peer.pid;
	return 0;
}
