/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreground.c - `run` and `exec` in the foreground: bytes, window sizes and signals, handed on
 *
 * One poll loop does it all.  It must not block: while it waited for somebody who does not read our
 * stdout, no signal would reach the container.  So what can't be written yet stays in a buffer, and
 * its source is not read meanwhile.  Only the flush of stdout at the very end waits.
 *
 * A side that is closed is left out of the poll, because poll(2) would report its hang-up at once,
 * again and again.
 */
#include "process/terminal.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/interrupt.h"
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

enum {
	HUNG_UP_RETRY_MS = 500, /* nobody has the slave open: how often to look again */
	DRAIN_MAX = 1 << 20,	/* more than a pty holds */
};

/* Bytes on their way; the source is read again when all are written. */
struct relay {
	char data[4096];
	size_t start, n;
	bool ended; /* nothing more comes */
};

struct loop {
	struct foreground *f;
	pid_t pid;
	bool ended;
	int status;
	bool hung_up; /* no slave of the pty is open */
	struct relay in, out;
};

/* ---- signals ---- */
int foreground_open(struct foreground *f, struct error *err)
{
	f->master = -1;
	f->raw = false;
	f->signals = interrupts_open(true, err);
	return f->signals < 0 ? f->signals : 0;
}

/* The program runs: from now on all signals are for it. */
static int listen_to_all(const struct foreground *f, struct error *err)
{
	sigset_t all;

	(void)sigfillset(&all);
	if (retry(signalfd(f->signals, &all, 0)) < 0)
		return fail_call(err, errno, "signalfd", "listen to signals");
	return 0;
}

/* The process may be gone already, or belong to another user by now: then there is nobody to
 * tell. */
static void hand_on(const struct loop *loop, int signal)
{
	struct error ignored;

	(void)process_signal(loop->f->pidfd, signal, &ignored);
}

/* Reaps what has ended.  As a subreaper we are the parent of the container's orphans, too; else
 * only its init is our child. */
static int reap(struct loop *loop, struct error *err)
{
	pid_t which = loop->f->subreaper ? -1 : loop->pid, pid;
	int status;

	while (!loop->ended) {
		pid = retry(waitpid(which, &status, WNOHANG | __WALL));
		if (pid < 0)
			return fail_call(err, errno, "waitpid", "wait for the container");
		if (pid == 0)
			break;
		if (pid == loop->pid) {
			loop->ended = true;
			loop->status = status;
		}
	}
	return 0;
}

/* ---- our terminal ---- */
static void size_copy(const struct foreground *f)
{
	struct winsize size;

	if (f->master >= 0 && retry(ioctl(STDIN_FILENO, TIOCGWINSZ, &size)) == 0 && size.ws_row > 0)
		(void)retry(ioctl(f->master, TIOCSWINSZ, &size));
}

/* Is the terminal another job's now?  Then its modes are not ours to set. */
static bool is_in_background(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group > 0 && group != getpgrp();
}

static void raw_set(struct foreground *f)
{
	struct termios raw = f->saved;

	if (is_in_background())
		return;
	cfmakeraw(&raw);
	f->raw = retry(tcsetattr(STDIN_FILENO, TCSANOW, &raw)) == 0;
}

int foreground_attach(struct foreground *f, int master, struct error *err)
{
	int flags = retry(fcntl(master, F_GETFL));

	f->master = master;
	if (flags < 0 || retry(fcntl(master, F_SETFL, flags | O_NONBLOCK)) < 0)
		return fail(err, errno, "make the terminal's master non-blocking");
	if (retry(tcgetattr(STDIN_FILENO, &f->saved)) < 0) {
		(void)fail(err, 0, "true but stdin is not a terminal");
		return fail_at(err, "/process/terminal");
	}
	size_copy(f);
	raw_set(f);
	return 0;
}

void foreground_done(struct foreground *f)
{
	if (f->raw && !is_in_background())
		(void)retry(tcsetattr(STDIN_FILENO, TCSANOW, &f->saved));
	f->raw = false;
	close_fd(&f->master);
	close_fd(&f->signals);
}

/* ---- bytes ---- */
static void relay_read(struct relay *relay, int from)
{
	ssize_t n = retry(read(from, relay->data, sizeof relay->data));

	relay->start = 0;
	relay->n = n > 0 ? (size_t)n : 0;
	relay->ended = n == 0 || (n < 0 && errno != EAGAIN);
}

/* What nobody takes (a closed stdout, a pty without a slave) is thrown away: the container must not
 * hang for it. */
static void relay_write(struct relay *relay, int to)
{
	ssize_t n = retry(write(to, relay->data + relay->start, relay->n));

	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0)
		n = (ssize_t)relay->n;
	relay->start += (size_t)n;
	relay->n -= (size_t)n;
}

/* The program has ended: hands on what the pty still holds.  After the last byte read(2) says EIO,
 * or EAGAIN as long as some other process has the slave open.  Nobody may read our stdout any more,
 * so a signal ends it. */
static void drain(struct loop *loop)
{
	struct relay *out = &loop->out;

	for (size_t total = 0; loop->f->master >= 0 && total < DRAIN_MAX;) {
		while (out->n > 0) {
			struct pollfd wanted[] = {
				{ .fd = STDOUT_FILENO, .events = POLLOUT },
				{ .fd = loop->f->signals, .events = POLLIN },
			};

			(void)retry(poll(wanted, 2, -1));
			if (wanted[0].revents)
				relay_write(out, STDOUT_FILENO);
			else if (wanted[1].revents && interrupt_take(loop->f->signals))
				return;
		}
		relay_read(out, loop->f->master);
		if (out->n == 0)
			return;
		total += out->n;
	}
}

/* ---- the loop ---- */

/* SIGCONT: we are in the foreground again.  The shell has set the terminal's modes back, and a
 * read(2) that failed in the background may work now. */
static void resume(struct loop *loop)
{
	loop->in.ended = false;
	if (loop->f->master >= 0)
		raw_set(loop->f);
}

static int take_signal(struct loop *loop, const struct signalfd_siginfo *info, struct error *err)
{
	int signal = (int)info->ssi_signo;

	switch (signal) {
	case SIGCHLD:
		return reap(loop, err);
	case SIGWINCH:
		size_copy(loop->f);
		return 0;
	case SIGHUP: /* nohup: the program shall outlive the terminal, too */
		if (signal_is_ignored(signal))
			return 0;
		break;
	case SIGURG:
	case SIGPIPE: /* of our own stdout */
		return 0;
	case SIGTTIN:
	case SIGTTOU:
		/* from the kernel, because we used our terminal in the background */
		if (info->ssi_code > 0)
			return 0;
		break;
	case SIGCONT:
		resume(loop);
		break;
	default:
		break;
	}
	hand_on(loop, signal);
	return 0;
}

static int take_signals(struct loop *loop, struct error *err)
{
	struct signalfd_siginfo info;
	int r = 0;

	while (r >= 0 && retry(read(loop->f->signals, &info, sizeof info)) == sizeof info)
		r = take_signal(loop, &info, err);
	return r;
}

/* fd, or -1 (left out) when nothing is wanted of it. */
static struct pollfd watch(int fd, bool read, bool write)
{
	return (struct pollfd){
		.fd = read || write ? fd : -1,
		.events = (short)((read ? POLLIN : 0) | (write ? POLLOUT : 0)),
	};
}

static void move_bytes(struct loop *loop, const struct pollfd *stdin_fd,
		       const struct pollfd *master_fd, const struct pollfd *stdout_fd)
{
	int master = loop->f->master;

	if (stdin_fd->revents)
		relay_read(&loop->in, STDIN_FILENO);
	if (stdout_fd->revents)
		relay_write(&loop->out, STDOUT_FILENO);
	if (master_fd->revents && loop->in.n > 0)
		relay_write(&loop->in, master);
	if (master_fd->revents & ~POLLOUT && loop->out.n == 0) {
		relay_read(&loop->out, master);
		loop->hung_up = loop->out.ended;
	}
}

/* One turn of the loop. */
static int turn(struct loop *loop, struct error *err)
{
	struct foreground *f = loop->f;
	bool up = f->master >= 0 && !loop->hung_up;
	struct pollfd fds[] = {
		watch(f->signals, true, false),
		watch(f->pidfd, true, false),
		watch(STDIN_FILENO, f->master >= 0 && !loop->in.ended && loop->in.n == 0, false),
		watch(f->master, up && loop->out.n == 0, up && loop->in.n > 0),
		watch(STDOUT_FILENO, false, loop->out.n > 0),
	};
	int n = poll(fds, ARRAY_SIZE(fds), loop->hung_up ? HUNG_UP_RETRY_MS : -1), r = 0;

	if (n < 0 && errno != EINTR)
		return fail_call(err, errno, "poll", "wait for the container");
	if (n == 0)
		loop->hung_up = false;
	if (n <= 0)
		return 0;
	move_bytes(loop, &fds[2], &fds[3], &fds[4]);
	if (fds[0].revents)
		r = take_signals(loop, err);
	if (r >= 0 && fds[1].revents)
		r = reap(loop, err);
	return r;
}

int foreground_run(struct foreground *f, pid_t pid, int *ret_status, struct error *err)
{
	struct loop loop = { .f = f, .pid = pid };
	int r = listen_to_all(f, err);

	while (r >= 0 && !loop.ended)
		r = turn(&loop, err);
	if (r < 0)
		return r;
	drain(&loop);
	*ret_status = loop.status;
	return 0;
}
