/* SPDX-License-Identifier: Apache-2.0 */
/* seed.h - random numbers that can be drawn again: of OCIRT_SEED, which tests/unit/run sets */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed_state;

/* The same row of numbers for the same OCIRT_SEED (printed, since a failure may depend on it) and
 * purpose. */
static inline void seed_begin(const char *purpose)
{
	const char *texts[] = { getenv("OCIRT_SEED"), purpose };

	seed_state = 0xcbf29ce484222325;
	for (int i = 0; i < 2; i++)
		for (const char *c = texts[i] ? texts[i] : "none"; *c; c++)
			seed_state = (seed_state ^ (unsigned char)*c) * 0x100000001b3;
	seed_state |= 1;
	(void)printf("# %s by lot: OCIRT_SEED=%s\n", purpose, texts[0] ? texts[0] : "none");
	(void)fflush(stdout);
}

/* From 0 to n - 1. */
static inline unsigned seed_pick(unsigned n)
{
	seed_state ^= seed_state << 13;
	seed_state ^= seed_state >> 7;
	seed_state ^= seed_state << 17;
	return (unsigned)(seed_state % n);
}
