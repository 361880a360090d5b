/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self.h - runs ocirt from a file that a container can't write to
 *
 * While the runtime enters a container, a process inside can open the runtime's executable through
 * /proc/PID/exe and overwrite it.  The next container is then started by the attacker's program, as
 * root of the host (CVE-2019-5736).  So run, create and exec exchange their executable before they
 * read anything:
 *
 *	1. Clone the mount that the executable is on (open_tree(2)) and make the clone read-only
 *	   (mount_setattr(2)).  The file is the same, but this mount does not let it be written to.
 *	2. Map the running program from that file (self_map.h).  If the kernel refuses that, start
 *	   again from the clone (execveat(2)).
 *	3. Close the clone's fd.  The mount is in no mount namespace then, so nobody can find it and
 *	   make it writable again.
 *
 * Where the kernel refuses the clone (EPERM, ENOSYS), start again from a copy in memory that is
 * sealed against writing (memfd_create(2)).  Where that fails, too, the command fails.
 */
#pragma once
#include "base/error.h"

/* Protects the running executable.  Returns 0 when it is protected.  If that takes a new start, it
 * starts argv again from the protected file and does not return. */
int self_protect(char **argv, struct error *err);
