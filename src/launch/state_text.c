/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state_text.c - the state that hooks read, written before the clone
 *
 * createContainer and startContainer hooks are run by init, which does not allocate.  So the text
 * is made before the clone, with a placeholder of ten digits where the pid will be.
 */
#include "launch/state_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PID_PLACEHOLDER = 2147483647 };

int state_text_make(const struct record *record, const char *status, struct state_text *ret,
		    struct error *err)
{
	const char *at;

	if (record_state_json(record, status, PID_PLACEHOLDER, &ret->text, &ret->len, err) < 0)
		return error_code(err);
	at = strstr(ret->text, "\"pid\":2147483647");
	if (!at)
		return fail(err, EINVAL, "the container's state has no pid");
	ret->pid_at = (size_t)(at - ret->text) + strlen("\"pid\":");
	return 0;
}

const char *state_text_with_pid(struct state_text *s, pid_t pid)
{
	char number[12];

	(void)snprintf(number, sizeof number, "%-10d", (int)pid);
	for (int i = 0; s->text && i < 10; i++)
		s->text[s->pid_at + (size_t)i] = number[i];
	return s->text;
}
