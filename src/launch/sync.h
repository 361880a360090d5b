/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.h - messages between the runtime and the container's init: see sync.def for the conversation
 */
#pragma once
#include "base/error.h"
#include "sys/socket.h"

#include <stdint.h>
#include <sys/types.h>

struct sync_nothing {
	uint32_t zero;
};
struct sync_pid {
	int32_t pid;
};

enum sync_type {
#define MESSAGE(name, from, payload, fds, times, meaning) SYNC_##name,
#include "launch/sync.def"
#undef MESSAGE
	SYNC_TYPES,
};

/* Who sends a message: the first column of sync.def. */
enum sync_side { SYNC_RUNTIME, SYNC_INIT };

/* One end of the conversation. */
struct sync {
	int fd;		     /* -1: closed */
	enum sync_side side; /* whose end it is: the other side's messages come, ours go */
	uint32_t seen;	     /* bits of the messages that came: a ONCE message comes once */
	int signals;	     /* signalfd of those that end a wait for a message; -1: none does */
};

struct sync_message {
	enum sync_type type;
	pid_t pid; /* of sync_pid messages */
	size_t n_fds;
	int fds[SOCKET_FDS_MAX]; /* the receiver's */
};

/* Sends a message of this side (another is refused, EPROTO); pid is used by those that carry one.
 * fds stay the caller's. */
int sync_send(const struct sync *sync, enum sync_type type, pid_t pid, const int *fds, size_t n_fds,
	      struct error *err);
/* Sends FAILED with the error; nothing can be done if that fails. */
void sync_send_failed(const struct sync *sync, const struct error *what);

/* Receives one of the messages in the mask `allowed` (1 << SYNC_X | ...).  1: it is in *ret.  0:
 * end of file (a documented answer: the caller knows what it means).  Negative: another message,
 * one of our own side, a malformed one, or FAILED, whose error is then err as it was sent; or a
 * signal came first (err->signal). */
int sync_receive(struct sync *sync, uint32_t allowed, struct sync_message *ret, struct error *err);
/* Waits until the other side is gone: what it has said is read without a wait then.  So one call,
 * and one time that we are woken, stand for all its messages.  A signal ends the wait
 * (err->signal); where none can, nothing is waited for here. */
int sync_wait_end(struct sync *sync, struct error *err);
/* Receives exactly this message; end of file is an error ("the runtime is gone", ECONNRESET). */
int sync_expect(struct sync *sync, enum sync_type type, struct sync_message *ret,
		struct error *err);
