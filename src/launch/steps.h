/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps.h - a sequence of named steps with undo
 *
 * The start of a container is two tables of steps (launch.c).  steps_run() gives each of them its
 * place in errors, its time in the debug log, its undo when a later one fails, and to tests the
 * doors OCIRT_FAIL_AT (fail instead of the step), OCIRT_FAIL_AFTER (fail when it is done),
 * OCIRT_SKIP (leave it out) and OCIRT_WAIT_AT (wait before it for a debugger).
 */
#pragma once
#include "base/error.h"

#include <stdbool.h>

struct launch;

struct step {
	const char *name;
	bool (*wanted)(const struct launch *launch); /* NULL: always */
	int (*run)(struct launch *launch, struct error *err);
	/* Undoes what run did, also half of it: it is called for the step that failed, too. */
	void (*undo)(struct launch *launch);
};

/* Runs the steps in order, up to a row without a name.  After a failure the undo of the failed step
 * and of all before it run in reverse order; err->step names the step (an inner name stays). */
int steps_run(const struct step *steps, struct launch *launch, struct error *err);
/* Undoes all steps of the table in reverse order. */
void steps_undo(const struct step *steps, struct launch *launch);
