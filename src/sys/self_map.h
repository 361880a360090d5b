/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self_map.h - exchanges the file of the running program, without starting it again
 *
 * Starting again from the protected file works, too, but it runs the dynamic loader and the start
 * of the C library a second time, with all their page faults: more than half a millisecond.
 * Instead:
 *
 *	1. Each segment that is never written (code, constants) is mapped from the other file, over
 *	   itself.  The bytes are the same, so the running code does not notice.
 *	2. Each other segment (data) is copied into memory that belongs to no file, and the copy is
 *	   moved to its place.
 *	3. Nothing of the old file is mapped any more.  Now prctl(2) with PR_SET_MM_MAP can name the
 *	   other file as the executable, which /proc/PID/exe shows from then on.
 *
 * The kernel refuses step 3 with EBUSY as long as anything of the old file is mapped, so a segment
 * that was forgotten can't stay unnoticed.
 *
 * A debugger's breakpoints are lost in step 1: they were written into the old pages.
 */
#pragma once
#include <stdbool.h>

/* file is an fd, open for reading, of the file that runs, opened through another mount; argv is
 * that of main().  Must be called at the beginning of main(): with one thread and nothing
 * allocated.  False if the kernel or the layout of the program does not allow it.  The program
 * still runs then, from its old file. */
bool self_map_from(int file, char **argv);
