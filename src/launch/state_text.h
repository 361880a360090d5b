/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state_text.h - the container's state in JSON, for hooks
 */
#pragma once
#include "base/error.h"
#include "record/record.h"

#include <sys/types.h>

/* State for hooks in JSON with room for a pid that is known only after clone. */
struct state_text {
	char *text;
	size_t len, pid_at; /* where the ten characters of the pid are */
};
/* Makes the text (malloc'ed, the caller's) of a container whose pid is not known yet. */
int state_text_make(const struct record *record, const char *status, struct state_text *ret,
		    struct error *err);
/* The text with this pid in it. */
const char *state_text_with_pid(struct state_text *s, pid_t pid);
