/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self_map.h - the running program mapped anew, from another file with the same bytes
 *
 * What starting again from a protected copy would give, without starting again: that costs a second
 * dynamic loader, start of the C library and all their page faults, more than half a millisecond.
 *
 *	1. every segment that is never written is mapped anew from the other file, over itself;
 *	   the bytes are the same, so the running code does not notice;
 *	2. every other segment is copied into memory without a file, and that put in its place;
 *	3. nothing of the old file is mapped now, and prctl(2), PR_SET_MM_MAP may name the other
 *	   file as the executable (proc_pid_exe(5)).
 *
 * The kernel refuses step 3 as long as anything of the old file is mapped (prctl(2), EBUSY), so a
 * segment that was forgotten can't go unnoticed.
 */
#pragma once
#include <stdbool.h>

/* file: a readable, executable fd of the very file that runs, by another mount; argv: main's.
 * Only to be called first in main: one thread, nothing allocated.  False where the kernel or the
 * layout of the program does not allow it; it still runs then, from its old executable. */
bool self_map_from(int file, char **argv);
