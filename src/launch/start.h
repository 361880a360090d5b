/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.h - what start and run share: the program of an init that is ready is let go
 */
#pragma once
#include "base/error.h"
#include "launch/sync.h"
#include "record/record.h"

/* Says GO to an init that is ready and waits until it has executed its program or failed.  Another
 * start that was faster is an error. */
int start_go(struct sync *sync, struct error *err);
/* The same where GO was said before. */
int start_wait(struct sync *sync, struct error *err);
/* Runs the poststart hooks; if one fails the caller ends the container and deletes it, as the
 * specification says. */
int start_finish(struct record *record, const struct oci_hooks *hooks, struct error *err);
