/* SPDX-License-Identifier: Apache-2.0 */
/* alarms.h - signals without SA_RESTART interrupt a wait, whose end comes after some of them */
#pragma once
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic int *alarms; /* so many came; a child sees them, too */

static inline void alarms_count(int signal)
{
	(void)signal;
	(*alarms)++;
}

/* Once; ualarm(3) makes them come. */
static inline void alarms_begin(void)
{
	const struct sigaction action = { .sa_handler = alarms_count };

	alarms = mmap(NULL, sizeof *alarms, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	assert_true(alarms != MAP_FAILED);
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
}

/* In the child that the parent waits for: it has been interrupted by now.  10 s at most. */
static inline void alarms_awaited(void)
{
	for (int i = 0; i < 10000 && *alarms < 10; i++)
		(void)usleep(1000);
}
