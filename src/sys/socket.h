/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.h - unix sockets: messages with fds, and sockets at paths of any length
 *
 * All fds are O_CLOEXEC, received ones too.  Abstract sockets are never used: a container that
 * shares the host's network namespace could connect to them (CVE-2020-15257).
 */
#pragma once
#include "base/error.h"

#include <sys/types.h>

enum {
	SOCKET_FDS_MAX = 32,
	SOCKET_CONNECT_S = 10, /* how long a listener may take to accept */
};

/* Makes two connected sockets of type SOCK_SEQPACKET. */
int socket_pair(int ret_pair[2], struct error *err);

/* Sends one message with n_fds fds, which the caller still owns.  SIGPIPE is never raised. */
int socket_send(int sock, const void *data, size_t len, const int *fds, size_t n_fds,
		struct error *err);
/* Waits for one message of at most size bytes.  Returns its length, or 0 at end of file: nobody
 * holds the other end any more.  *n_fds is first the room in fds, then the number of fds received,
 * which the caller owns.  If the message or its fds did not fit, its fds are closed: EMSGSIZE. */
ssize_t socket_receive(int sock, void *data, size_t size, int *fds, size_t *n_fds,
		       struct error *err);

/* Listens on a new socket dirfd/name of type SOCK_SEQPACKET, mode 0600.  The path of the directory
 * may be of any length. */
int socket_listen(int dirfd, const char *name, struct error *err);
/* Connects to dirfd/name; type is SOCK_SEQPACKET or SOCK_STREAM.  A listener that accepts nobody
 * for SOCKET_CONNECT_S is an error, EAGAIN; the same time limits what is sent over it. */
int socket_connect(int dirfd, const char *name, int type, struct error *err);
/* Connects to a socket of the host at a path of any length: --console-socket. */
int socket_connect_path(const char *path, int type, struct error *err);
/* The uid and pid of the process at the other end. */
int socket_peer(int sock, uid_t *ret_uid, pid_t *ret_pid, struct error *err);
