/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.c - the names and numbers of signals, and their default handling
 *
 * sigabbrev_np(3) is new and knows no real-time signals, so the names are a table.
 */
#include "base/auto.h"
#include "base/decimal.h"
#include "base/retry.h"
#include "sys/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SIGCLD
#define SIGCLD SIGCHLD
#endif

static const char *const names[] = {
#define SIGNAL(name) "SIG" #name,
#include "sys/signals.def"
#undef SIGNAL
};

static const int numbers[] = {
#define SIGNAL(name) SIG##name,
#include "sys/signals.def"
#undef SIGNAL
};

/* The number of "RTMIN+3", "RTMAX-1", "RTMIN" or "RTMAX"; -1 for any other word. */
static int realtime_number(const char *word)
{
	bool from_min = strncasecmp(word, "RTMIN", 5) == 0;
	uint32_t offset = 0;
	int number;

	if (!from_min && strncasecmp(word, "RTMAX", 5) != 0)
		return -1;
	word += 5;
	if (*word && (*word != (from_min ? '+' : '-') || !parse_u32(word + 1, &offset)))
		return -1;
	if (offset > (uint32_t)(SIGRTMAX - SIGRTMIN))
		return -1;
	number = from_min ? SIGRTMIN + (int)offset : SIGRTMAX - (int)offset;
	return number;
}

int signal_number(const char *word)
{
	uint32_t number;

	if (parse_u32(word, &number))
		return number <= (uint32_t)SIGRTMAX ? (int)number : -1;
	if (strncasecmp(word, "SIG", 3) == 0)
		word += 3;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(names[i] + 3, word) == 0)
			return numbers[i];
	return realtime_number(word);
}

/* The name of a real-time signal, written into a static buffer of its own. */
static const char *realtime_name(int signal)
{
	static char made[128][16];
	char *name = made[signal];

	if (signal == SIGRTMIN)
		return "SIGRTMIN";
	if (signal == SIGRTMAX)
		return "SIGRTMAX";
	(void)snprintf(name, sizeof made[0], "SIGRTMIN+%d", signal - SIGRTMIN);
	return name;
}

const char *signal_name(int signal)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i] == signal)
			return names[i];
	if (signal >= SIGRTMIN && signal <= SIGRTMAX && signal < 128)
		return realtime_name(signal);
	return "signal ?";
}

const char *const *signal_names(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(names);
	return names;
}

void signals_of_writing(bool deadly)
{
	struct sigaction action = { .sa_handler = deadly ? SIG_DFL : SIG_IGN };

	(void)sigaction(SIGPIPE, &action, NULL);
	(void)sigaction(SIGXFSZ, &action, NULL);
}

/* By system call, because sigaction(3) refuses the two real-time signals that the C library uses
 * itself.  Our caller may have handed down even these ignored, and the program would inherit
 * that. */
void signals_reset(void)
{
	const unsigned char all_default[64] = { 0 }; /* struct kernel_sigaction of SIG_DFL */
	sigset_t none;

	for (int i = 1; i < _NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP && i != SIGPIPE && i != SIGXFSZ)
			(void)retry(syscall(SYS_rt_sigaction, i, all_default, NULL, _NSIG / 8));
	(void)sigemptyset(&none);
	(void)retry(sigprocmask(SIG_SETMASK, &none, NULL));
}
