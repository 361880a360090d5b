/* SPDX-License-Identifier: Apache-2.0 */
/* steps.c - runs a table of steps: context, timing, undo, and doors for tests */
#include "launch/steps.h"

#include "base/clock.h"
#include "base/door.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

/* A debugger attaches meanwhile and says `set variable step_wait::waits = 0` (docs/debugging.md).
 * Inlined, the variable would lose that name.  And pid 1 of a namespace can't stop itself by a
 * signal, so this is a loop. */
__attribute__((noinline)) static void step_wait(const char *name)
{
	static volatile bool waits = true;

	log_debug("step \"%s\": waits for a debugger", name);
	while (waits)
		(void)poll(NULL, 0, 20);
}

static int step_run(const struct step *s, struct launch *launch, struct error *err)
{
	long long begin = 0;
	int r;

	if (door_is("OCIRT_SKIP", s->name))
		return 0;
	if (door_is("OCIRT_WAIT_AT", s->name))
		step_wait(s->name);
	if (door_is("OCIRT_FAIL_AT", s->name))
		return fail_call(err, ECANCELED, "door", "told to fail");
	if (log_level_now() >= LOG_LEVEL_DEBUG)
		begin = monotonic_us();
	r = s->run(launch, err);
	if (r < 0)
		return r;
	if (begin)
		log_debug("step \"%s\": %lld us", s->name, monotonic_us() - begin);
	if (door_is("OCIRT_FAIL_AFTER", s->name))
		return fail_call(err, ECANCELED, "door", "told to fail after it");
	return 0;
}

/* An error with a JSON pointer, or in words of our own, says enough.  One of a system call, and a
 * signal, do not say what it was for, so the step's name goes into their text. */
static void name_step(struct error *err, const char *name)
{
	if (*err->step)
		return;
	(void)snprintf(err->step, sizeof err->step, "%s", name);
	if ((*err->syscall || err->signal) && !err->has_pointer && !err->phrase)
		(void)within(err, "%s", name);
}

static void undo_from(const struct step *steps, const struct step *last, struct launch *launch)
{
	for (const struct step *s = last;; s--) {
		if (s->undo && (!s->wanted || s->wanted(launch)))
			s->undo(launch);
		if (s == steps)
			return;
	}
}

int steps_run(const struct step *steps, struct launch *launch, struct error *err)
{
	for (const struct step *s = steps; s->name; s++) {
		if (s->wanted && !s->wanted(launch))
			continue;
		if (step_run(s, launch, err) < 0) {
			name_step(err, s->name);
			undo_from(steps, s, launch);
			return error_code(err);
		}
	}
	return 0;
}

void steps_undo(const struct step *steps, struct launch *launch)
{
	const struct step *last = steps;

	while (last[1].name)
		last++;
	undo_from(steps, last, launch);
}
