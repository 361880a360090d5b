/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.c - the conversation's messages: their table, sending, receiving, refusing
 *
 * Who can trace init can write into its socket.  So nothing that comes from it is taken on trust:
 * not the length, the turn or the number of descriptors, nor that a text ends.
 */
#include "launch/sync.h"

#include "base/auto.h"
#include "base/log.h"
#include "sys/interrupt.h"

#include <errno.h>
#include <string.h>

enum times { ONCE, MANY };

static const struct {
	const char *name, *meaning;
	enum sync_side from;
	enum times times;
	uint16_t size;
	uint16_t most_fds;
} messages[] = {
#define MESSAGE(name, from, payload, fds, times, meaning)                                          \
	{ #name, meaning, SYNC_##from, times, sizeof(payload), fds },
#include "launch/sync.def"
#undef MESSAGE
};

struct packet {
	uint32_t type;
	union {
		struct sync_nothing nothing;
		struct sync_pid pid;
		struct error error;
	} body;
};

static size_t packet_size(enum sync_type type)
{
	return offsetof(struct packet, body) + messages[type].size;
}

int sync_send(const struct sync *sync, enum sync_type type, pid_t pid, const int *fds, size_t n_fds,
	      struct error *err)
{
	struct packet p = { .type = type };

	if (messages[type].from != sync->side)
		return fail(err, EPROTO, "%s is not for this side to send", messages[type].name);
	if (messages[type].size == sizeof(struct sync_pid))
		p.body.pid.pid = pid;
	if (socket_send(sync->fd, &p, packet_size(type), fds, n_fds, err) < 0)
		return within(err, "send %s (%s)", messages[type].name, messages[type].meaning);
	return 0;
}

void sync_send_failed(const struct sync *sync, const struct error *what)
{
	struct packet p = { .type = SYNC_FAILED };
	struct error ignored;

	p.body.error = *what;
	(void)socket_send(sync->fd, &p, packet_size(SYNC_FAILED), NULL, 0, &ignored);
}

static void drop_fds(struct sync_message *m)
{
	while (m->n_fds)
		close_fd(&m->fds[--m->n_fds]);
}

/* Is the packet one that may come now? */
static int packet_check(struct sync *sync, uint32_t allowed, const struct packet *p, ssize_t len,
			size_t n_fds, struct error *err)
{
	uint32_t bit;

	if (len < (ssize_t)sizeof p->type || p->type >= SYNC_TYPES)
		return fail(err, EPROTO, "a message of %zd bytes that is none", len);
	bit = 1u << p->type;
	if (messages[p->type].from == sync->side)
		return fail(err, EPROTO, "%s is this side's to send, and came",
			    messages[p->type].name);
	if ((size_t)len != packet_size(p->type) || n_fds > messages[p->type].most_fds)
		return fail(err, EPROTO, "%s has %zd bytes and %zu descriptors",
			    messages[p->type].name, len, n_fds);
	if (!((allowed | 1u << SYNC_FAILED) & bit))
		return fail(err, EPROTO, "%s is out of turn", messages[p->type].name);
	if (messages[p->type].times == ONCE && (sync->seen & bit))
		return fail(err, EPROTO, "%s came twice", messages[p->type].name);
	sync->seen |= bit;
	return 0;
}

/* An error that came over the socket is ours from here on: its strings must end. */
static int failed(const struct packet *p, struct error *err)
{
	*err = p->body.error;
	err->operation[sizeof err->operation - 1] = '\0';
	err->id[sizeof err->id - 1] = '\0';
	err->step[sizeof err->step - 1] = '\0';
	err->syscall[sizeof err->syscall - 1] = '\0';
	err->file[sizeof err->file - 1] = '\0';
	err->pointer[sizeof err->pointer - 1] = '\0';
	err->text[sizeof err->text - 1] = '\0';
	err->function[sizeof err->function - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(err->words); i++)
		err->words[i][sizeof err->words[i] - 1] = '\0';
	err->signal = 0; /* init is not who was asked to end */
	if (err->hint >= HINTS)
		err->hint = HINT_NONE;
	return error_code(err);
}

/* Until there is something to read (POLLIN) or only until the other side is gone (0), or until a
 * signal says that we shall not wait. */
static int message_wait(const struct sync *sync, short events, struct error *err)
{
	struct pollfd wanted[] = { { .fd = sync->signals, .events = POLLIN },
				   { .fd = sync->fd, .events = events } };
	int r = 0;

	while (sync->signals >= 0 && r == 0)
		r = interrupt_poll(wanted, ARRAY_SIZE(wanted), -1, err);
	return r;
}

int sync_wait_end(struct sync *sync, struct error *err)
{
	int r = message_wait(sync, 0, err);

	sync->signals = -1;
	return r < 0 ? r : 0;
}

int sync_receive(struct sync *sync, uint32_t allowed, struct sync_message *ret, struct error *err)
{
	struct packet p;
	ssize_t n;

	memset(ret, 0, sizeof *ret);
	memset(&p, 0, sizeof p);
	if (message_wait(sync, POLLIN, err) < 0)
		return error_code(err);
	ret->n_fds = ARRAY_SIZE(ret->fds);
	n = socket_receive(sync->fd, &p, sizeof p, ret->fds, &ret->n_fds, err);
	if (n < 0 && err->errno_value == ECONNRESET) {
		/* The other end went with messages of ours unread.  The kernel says that once, and
		 * before what the other end had sent: FAILED may still be there. */
		ret->n_fds = ARRAY_SIZE(ret->fds);
		n = socket_receive(sync->fd, &p, sizeof p, ret->fds, &ret->n_fds, err);
	}
	if (n <= 0) {
		ret->n_fds = 0;
		return (int)n;
	}
	if (packet_check(sync, allowed, &p, n, ret->n_fds, err) < 0) {
		drop_fds(ret);
		return error_code(err);
	}
	log_debug("received %s: %s", messages[p.type].name, messages[p.type].meaning);
	if (p.type == SYNC_FAILED) {
		drop_fds(ret);
		return failed(&p, err);
	}
	ret->type = p.type;
	ret->pid = messages[p.type].size == sizeof(struct sync_pid) ? p.body.pid.pid : 0;
	return 1;
}

int sync_expect(struct sync *sync, enum sync_type type, struct sync_message *ret, struct error *err)
{
	int r = sync_receive(sync, 1u << type, ret, err);

	if (r == 0)
		return fail(err, ECONNRESET, "wait for %s", messages[type].name);
	return r < 0 ? r : 0;
}
