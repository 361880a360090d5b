/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door.h - doors: environment variables by which a test changes what ocirt-test does
 *
 * The test build (ocirt-test, compiled with OCIRT_TESTING) can be told to fail at a step or to wait
 * there for a debugger, to leave out a property or to pretend that a system call is missing.  The
 * program that is installed reads none of these variables: there door() is always NULL, and the
 * compiler removes what depends on it.  docs/debugging.md lists the doors.
 */
#pragma once
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef OCIRT_TESTING
static inline const char *door(const char *name)
{
	return getenv(name);
}
#else
static inline const char *door(const char *name)
{
	(void)name;
	return NULL;
}
#endif

/* Is the variable set to exactly this word? */
static inline bool door_is(const char *name, const char *word)
{
	const char *value = door(name);

	return value && strcmp(value, word) == 0;
}
