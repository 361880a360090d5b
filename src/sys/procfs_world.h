/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs_world.h - what pids and start times mean: the caller's pid and time namespaces, and others
 *
 * The same process has a pid in each pid namespace from its own up to the machine's first one
 * (pid_namespaces(7)), and its start time in /proc/PID/stat is counted from the boot time of the
 * reader's time namespace (time_namespaces(7)).  So neither number is worth anything without the
 * namespace that it was read in.
 */
#pragma once
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct procfs_world {
	dev_t pid_dev; /* of the caller's pid namespace */
	ino_t pid_ino;
	ino_t cgroup_ino;      /* of its cgroup namespace; 0: there are none (before Linux 4.6) */
	ino_t time_ino;	       /* of its time namespace; 0: the machine's first one */
	long long time_offset; /* clock ticks that a start time read here is ahead of the first's */
	bool sees_all;	       /* every process of the machine is in this pid namespace */
};
int procfs_world(int procfs, struct procfs_world *ret, struct error *err);

/* The pids of a process, from its pid in the pid namespace of the procfs to that in its own
 * (NSpid of its status file, Linux 4.1).  Returns how many; 0 if there is no such process. */
enum { PROCFS_LEVELS = 33 /* the kernel's MAX_PID_NS_LEVEL, and the first */ };
int procfs_pids(int procfs, pid_t pid, pid_t ret[PROCFS_LEVELS], struct error *err);
/* How many levels below the pid namespace with these numbers is that of the process?  0: it is the
 * same.  -1: it is not below it, or the process is gone; -2: we may not ask. */
int procfs_levels_below(int procfs, pid_t pid, dev_t dev, ino_t ino);
/* Calls visit for each process that the procfs shows, until it returns something else than 0, which
 * is the result. */
typedef int procfs_visit(int procfs, pid_t pid, void *context, struct error *err);
int procfs_each(int procfs, procfs_visit *visit, void *context, struct error *err);
