/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps_played.h - a libcap that is older or newer than the kernel, and memory that runs out
 *
 * Its programs are linked with --wrap: what is asked of libcap and of malloc(3) lands here first.
 */
#pragma once
#include <sys/capability.h>

extern struct caps_played {
	cap_value_t named;    /* how many capabilities libcap has names for; 0: as it is */
	cap_value_t counted;  /* how many it has found in the kernel; 0: as it is */
	long allocations;     /* so far */
	long allocations_max; /* the next ones fail; -1: none does */
} played;
