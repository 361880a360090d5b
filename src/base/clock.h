/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - time that nobody can set: for deadlines and for how long something took */
#pragma once
#include <stdint.h>
#include <time.h>

/* Microseconds of CLOCK_MONOTONIC.  It does not run while the machine is suspended, and setting the
 * time of day does not change it (clock_gettime(2)). */
static inline int64_t monotonic_us(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The same in milliseconds. */
static inline int64_t monotonic_ms(void)
{
	return monotonic_us() / 1000;
}
