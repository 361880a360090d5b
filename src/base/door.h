/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door.h - doors for tests
 *
 * The test build (ocirt-test, compiled with OCIRT_TESTING) can be told by its environment to fail
 * at a step, to skip a property or to miss a system call.  In the program that is installed a door
 * is always shut, and the compiler removes what stands behind it.
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

/* Does the door name this word? */
static inline bool door_is(const char *name, const char *word)
{
	const char *value = door(name);

	return value && strcmp(value, word) == 0;
}
