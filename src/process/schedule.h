/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule.h - how the kernel runs the process: scheduler, io priority, CPUs, personality
 *
 * schedule_plan in the runtime turns words into numbers; the others make the calls.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdint.h>
#include <sys/types.h>

enum { CPUS_MAX = 8192 }; /* what the kernel can be built for */

/* A CPU mask as sched_setaffinity(2) wants it. */
struct cpus {
	size_t n; /* bytes in use; 0: none was named */
	unsigned long mask[CPUS_MAX / (8 * sizeof(unsigned long))];
};

struct schedule {
	bool has_scheduler, has_io_priority, has_personality;
	struct { /* struct sched_attr, sched(7) */
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
		uint32_t util_min, util_max;
	} attributes;
	int io_priority;	    /* ioprio_set(2): class << 13 | level */
	unsigned long personality;  /* personality(2) */
	struct cpus initial, final; /* process.execCPUAffinity: exec only */
};

/* Refuses io levels beyond 0 to 7, nice beyond -20 to 19, flags of a personality (the specification
 * knows none), and lists of CPUs that are none.  sink: who wants every error, or NULL. */
int schedule_plan(const struct oci_process *process, const struct oci_linux *config,
		  struct error_sink *sink, struct schedule *ret, struct error *err);
/* In init or an exec'd process, with its privileges still there. */
int schedule_apply(const struct schedule *schedule, struct error *err);
/* The calling process runs on these CPUs; an empty mask: on all that its cpuset has. */
int schedule_on_cpus(const struct cpus *cpus, const char *pointer, struct error *err);
/* The process pid, just cloned by the caller, begins on another CPU than the caller's if the
 * machine has an idle one that both may use; its mask is as before then.  Else it begins here.
 * procfs: a handle on it (procfs.h). */
void schedule_elsewhere(int procfs, pid_t pid);
/* "0-3,7" as a mask. */
int schedule_parse_cpus(const char *list, struct cpus *ret, struct error *err);
