/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mountinfo.h - the lines of /proc/PID/mountinfo (proc_pid_mountinfo(5))
 *
 *	36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *	         3 root  4 mount point             type, source, options of the super block
 *
 * The file is read as one text; what is wanted of it is found with strstr(3), because hosts with
 * thousands of mounts have as many lines.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { MOUNTINFO_ROOT = 3, MOUNTINFO_POINT = 4 };

/* The field with this number, counted from 0 and from `at`; the end of the line or of the text if
 * there is none.  It ends at the next space or newline. */
const char *mountinfo_field(const char *at, unsigned number);
/* Copies a field, its "\040" and the like made characters again.  False if buf is too small. */
bool mountinfo_copy(const char *field, char *buf, size_t size);
