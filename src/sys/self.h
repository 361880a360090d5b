/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self.h - what a container sees of our binary is never the host's writable file
 *
 * A process of a container can reach the runtime's executable through /proc/PID/exe while it enters
 * the container (CVE-2019-5736).  So run, create and exec take, before they read anything, the same
 * program from a detached read-only clone of the mount their file lies on (open_tree(2),
 * mount_setattr(2)): mapped over the running one (self_map.h), or, where the kernel refuses that,
 * by starting again (execveat(2)).  The clone's fd is closed then, so the mount is in no namespace
 * and nobody can make it writable again.  Where the kernel refuses the clone (EPERM, ENOSYS) it is
 * a sealed memfd(2); where that fails too it is an error.
 */
#pragma once
#include "base/error.h"

/* Returns 0 when the executable is protected, already or now; else starts argv again from a
 * protected copy and does not return, or fails. */
int self_protect(char **argv, struct error *err);
