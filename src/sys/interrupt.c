/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interrupt.c - the four signals that ask a command to end
 *
 * They are blocked instead of handled, so none can come between a look and the wait that follows
 * it.  A blocked signal is queued even if it is ignored (the kernel can't know whether that will
 * change), so what the caller has ignored is asked only when such a signal comes.
 */
#include "sys/interrupt.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/process.h"

#include <signal.h>
#include <sys/signalfd.h>

static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void set_fill(sigset_t *set)
{
	(void)sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++)
		(void)sigaddset(set, interrupts[i]);
}

int interrupts_open(bool block_all, struct error *err)
{
	sigset_t blocked, four;
	int fd;

	set_fill(&four);
	blocked = four;
	if (block_all)
		(void)sigfillset(&blocked);
	if (retry(sigprocmask(SIG_BLOCK, &blocked, NULL)) < 0)
		return fail_call(err, errno, "sigprocmask", "block signals");
	fd = retry(signalfd(-1, &four, SFD_CLOEXEC | SFD_NONBLOCK));
	return fd < 0 ? fail_call(err, errno, "signalfd", "listen to signals") : fd;
}

int interrupts_if_blocked(void)
{
	sigset_t now, four;

	set_fill(&four);
	if (retry(sigprocmask(SIG_BLOCK, NULL, &now)) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++)
		if (sigismember(&now, interrupts[i]) != 1)
			return -1;
	return retry(signalfd(-1, &four, SFD_CLOEXEC | SFD_NONBLOCK));
}

bool signal_is_ignored(int signal)
{
	struct sigaction now;

	return retry(sigaction(signal, NULL, &now)) == 0 && now.sa_handler == SIG_IGN;
}

int interrupt_take(int signals)
{
	struct signalfd_siginfo info;
	int signal;

	if (retry(read(signals, &info, sizeof info)) != sizeof info)
		return 0;
	signal = (int)info.ssi_signo;
	for (size_t i = 0; i < ARRAY_SIZE(interrupts); i++)
		if (interrupts[i] == signal)
			return signal_is_ignored(signal) ? 0 : signal;
	return 0;
}

int interrupt_poll(struct pollfd *fds, size_t n, int timeout_ms, struct error *err)
{
	int ready = poll(fds, n, timeout_ms), signal = 0;

	if (ready < 0 && errno != EINTR)
		return fail_call(err, errno, "poll", "wait");
	if (ready <= 0)
		return 0;
	if (fds[0].revents == 0 || fds[1].revents)
		return ready - (fds[0].revents != 0);
	signal = interrupt_take(fds[0].fd);
	if (signal == 0)
		return ready - 1;
	(void)fail(err, 0, "interrupted by %s", signal_name(signal));
	err->signal = (uint8_t)signal;
	return error_code(err);
}

void interrupts_forget(void)
{
	const struct timespec now = { 0 };
	sigset_t four;

	set_fill(&four);
	while (retry(sigtimedwait(&four, NULL, &now)) > 0)
		;
}

void interrupts_end(void)
{
	sigset_t four;

	interrupts_forget();
	set_fill(&four);
	(void)retry(sigprocmask(SIG_UNBLOCK, &four, NULL));
}
