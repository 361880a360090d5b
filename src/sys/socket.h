/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.h - SEQPACKET datagrams with fds, and unix sockets at long paths
 *
 * All fds are O_CLOEXEC (MSG_CMSG_CLOEXEC for received ones).  Never abstract sockets
 * (CVE-2020-15257).
 */
#pragma once
#include "base/error.h"

#include <sys/types.h>

enum { SOCKET_FDS_MAX = 32 };

/* A connected SOCK_SEQPACKET pair. */
int socket_pair(int ret_pair[2], struct error *err);

/* One datagram with n_fds fds (they stay the caller's).  EINTR retried, SIGPIPE never raised. */
int socket_send(int sock, const void *data, size_t len, const int *fds, size_t n_fds,
		struct error *err);
/* One datagram of at most size bytes.  Returns its length, 0 at end of file.  *n_fds holds the room
 * in fds before and the number received after (owned by the caller); a datagram or fd list that
 * was cut off is an error (EMSGSIZE) and its fds are closed.  Waits until there is
 * one: the other side's end is end of file. */
ssize_t socket_receive(int sock, void *data, size_t size, int *fds, size_t *n_fds,
		       struct error *err);

/* A listening SEQPACKET socket at dirfd/name (mode 0600), reached through the fd's /proc path so
 * that the length of the directory's name does not matter. */
int socket_listen(int dirfd, const char *name, struct error *err);
/* Connects to dirfd/name, type SOCK_SEQPACKET or SOCK_STREAM. */
int socket_connect(int dirfd, const char *name, int type, struct error *err);
/* Connects to a host path of any length (opened O_PATH first): --console-socket. */
int socket_connect_path(const char *path, int type, struct error *err);
/* uid and pid of the peer. */
int socket_peer(int sock, uid_t *ret_uid, pid_t *ret_pid, struct error *err);
