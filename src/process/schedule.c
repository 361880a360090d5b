/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule.c - scheduler, io priority, CPUs, personality
 *
 * The config's words become the kernel's numbers in the runtime; the calls are made in init.  They
 * are made by number: C libraries have no functions for sched_setattr(2) and ioprio_set(2), and
 * their cpu_set_t ends at 1024 CPUs.
 */
#include "process/schedule.h"

#include "base/auto.h"
#include "base/decimal.h"
#include "base/retry.h"
#include "sys/procfs.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IO_CLASS_SHIFT = 13, IO_WHO_PROCESS = 1, IO_LEVELS = 8 };

/* ---- planning ---- */

/* The words of enums.def stand in the kernel's order: SCHED_OTHER is 0, SCHED_DEADLINE 6; the n-th
 * flag is bit n. */
_Static_assert(OCI_scheduler_policy_SCHED_DEADLINE == 6 && OCI_scheduler_policy_SCHED_IDLE == 5,
	       "SCHED_... of the kernel");
_Static_assert(OCI_scheduler_flag_SCHED_FLAG_UTIL_CLAMP_MAX == 6, "SCHED_FLAG_... of the kernel");

static int scheduler_plan(const struct oci_scheduler *c, struct schedule *ret, struct error *err)
{
	if (!c)
		return 0;
	if (c->nice < -20 || c->nice > 19) {
		(void)fail(err, 0, "%d is not within -20 and 19", c->nice);
		return fail_at(err, "/process/scheduler/nice");
	}
	if (c->priority < 0 || c->priority > 99) {
		(void)fail(err, 0, "%d is not within 0 and 99", c->priority);
		return fail_at(err, "/process/scheduler/priority");
	}
	ret->has_scheduler = true;
	ret->attributes.size = sizeof ret->attributes;
	ret->attributes.policy = (uint32_t)c->policy;
	ret->attributes.nice = c->nice;
	ret->attributes.priority = (uint32_t)c->priority;
	ret->attributes.runtime = c->runtime;
	ret->attributes.deadline = c->deadline;
	ret->attributes.period = c->period;
	for (size_t i = 0; i < c->flags.n; i++)
		ret->attributes.flags |= UINT64_C(1) << c->flags.v[i];
	return 0;
}

static int io_priority_plan(const struct oci_io_priority *c, struct schedule *ret,
			    struct error *err)
{
	if (!c)
		return 0;
	if (c->priority < 0 || c->priority >= IO_LEVELS) {
		(void)fail(err, 0, "%d is not within 0 and %d", c->priority, IO_LEVELS - 1);
		return fail_at(err, "/process/ioPriority/priority");
	}
	ret->has_io_priority = true;
	ret->io_priority = (c->class + 1) << IO_CLASS_SHIFT | c->priority; /* RT is class 1 */
	return 0;
}

static int personality_plan(const struct oci_personality *c, struct schedule *ret,
			    struct error *err)
{
	if (!c)
		return 0;
	if (c->flags.n) {
		(void)fail(err, 0, "no flag is known (the specification names none)");
		return fail_at(err, "/linux/personality/flags/0");
	}
	ret->has_personality = true;
	ret->personality = c->domain == OCI_personality_domain_LINUX32 ? PER_LINUX32 : PER_LINUX;
	return 0;
}

static bool cpus_add(struct cpus *cpus, uint32_t first, uint32_t last)
{
	const size_t bits = 8 * sizeof *cpus->mask;

	if (first > last || last >= CPUS_MAX)
		return false;
	for (uint32_t cpu = first; cpu <= last; cpu++)
		cpus->mask[cpu / bits] |= 1UL << cpu % bits;
	if (cpus->n < (last / bits + 1) * sizeof *cpus->mask)
		cpus->n = (last / bits + 1) * sizeof *cpus->mask;
	return true;
}

/* "3" or "0-3" in word. */
static bool cpus_word(struct cpus *cpus, char *word)
{
	char *dash = strchr(word, '-');
	uint32_t first, last;

	if (dash)
		*dash = '\0';
	if (!parse_u32(word, &first))
		return false;
	last = first;
	return (!dash || parse_u32(dash + 1, &last)) && cpus_add(cpus, first, last);
}

int schedule_parse_cpus(const char *list, struct cpus *ret, struct error *err)
{
	const char *at = list;
	char word[32], buf[FOREIGN_BUF];

	*ret = (struct cpus){ 0 };
	while (*at) {
		size_t n = strcspn(at, ", ");

		if (n >= sizeof word)
			n = sizeof word - 1;
		memcpy(word, at, n);
		word[n] = '\0';
		if (n && !cpus_word(ret, word))
			return fail(err, 0, "\"%s\" is no list of CPUs below %d (as 0-3,7)",
				    foreign(list, buf), CPUS_MAX);
		at += n;
		at += strspn(at, ", ");
	}
	return 0;
}

static int affinity_plan(const struct oci_cpu_affinity *c, struct error_sink *sink,
			 struct schedule *ret, struct error *err)
{
	if (c && c->initial && schedule_parse_cpus(c->initial, &ret->initial, err) < 0) {
		(void)fail_at(err, "/process/execCPUAffinity/initial");
		if (error_more(sink, err) < 0)
			return error_code(err);
	}
	if (c && c->final && schedule_parse_cpus(c->final, &ret->final, err) < 0)
		return fail_at(err, "/process/execCPUAffinity/final");
	return 0;
}

int schedule_plan(const struct oci_process *process, const struct oci_linux *config,
		  struct error_sink *sink, struct schedule *ret, struct error *err)
{
	if (scheduler_plan(process->scheduler, ret, err) < 0 && error_more(sink, err) < 0)
		return error_code(err);
	if (io_priority_plan(process->io_priority, ret, err) < 0 && error_more(sink, err) < 0)
		return error_code(err);
	if (personality_plan(config ? config->personality : NULL, ret, err) < 0 &&
	    error_more(sink, err) < 0)
		return error_code(err);
	return affinity_plan(process->exec_cpu_affinity, sink, ret, err);
}

/* ---- applying ---- */

static int scheduler_apply(const struct schedule *s, struct error *err)
{
	if (retry(syscall(SYS_sched_setattr, 0, &s->attributes, 0)) == 0)
		return 0;
	(void)fail_call(err, errno, "sched_setattr", "set %s",
			oci_scheduler_policy_enum.words[s->attributes.policy]);
	if (err->errno_value == EPERM)
		(void)hint(err, HINT_SCHEDULER, NULL, NULL);
	return fail_at(err, "/process/scheduler");
}

int schedule_apply(const struct schedule *s, struct error *err)
{
	if (s->has_personality && retry(personality(s->personality)) < 0) {
		(void)fail_call(err, errno, "personality", "set 0x%lx", s->personality);
		return fail_at(err, "/linux/personality/domain");
	}
	if (s->has_io_priority &&
	    retry(syscall(SYS_ioprio_set, IO_WHO_PROCESS, 0, s->io_priority)) < 0) {
		(void)fail_call(err, errno, "ioprio_set", "set 0x%x", (unsigned)s->io_priority);
		return fail_at(err, "/process/ioPriority");
	}
	return s->has_scheduler ? scheduler_apply(s, err) : 0;
}

int schedule_on_cpus(const struct cpus *cpus, const char *pointer, struct error *err)
{
	struct cpus all;

	if (cpus->n == 0) {
		memset(&all, 0xff, sizeof all);
		all.n = sizeof all.mask;
		cpus = &all;
	}
	if (retry(syscall(SYS_sched_setaffinity, 0, cpus->n, cpus->mask)) == 0)
		return 0;
	(void)fail_call(err, errno, "sched_setaffinity", "run on the CPUs asked for");
	return fail_at(err, "%s", pointer);
}

/* Does the caller run alone, or nearly so?  Then any other CPU is idle, or will be in a moment.
 * Two of the running tasks are the caller and its new child; of others there may be one for each 16
 * CPUs. */
static bool others_are_idle(int procfs, const struct cpus *cpus)
{
	struct error ignored;
	int usable = 0, running = procfs_running(procfs, &ignored);

	for (size_t i = 0; i < cpus->n / sizeof *cpus->mask; i++)
		usable += __builtin_popcountl(cpus->mask[i]);
	return running >= 0 && (running - 2) * 16 <= usable - 2;
}

/* In a virtual machine the kernel may take an idle CPU for one that the host has preempted
 * (available_idle_cpu()).  It then queues the new process behind its parent, and for half a
 * millisecond the two take turns, until the load balancer moves one.  So the child's mask is set to
 * all other CPUs, which moves it at once, and then set back: it stays where it is queued, and may
 * run anywhere later.  If the other CPUs are busy the child would wait longer there than here, so
 * nothing is done. */
void schedule_elsewhere(int procfs, pid_t pid)
{
	enum { BITS = 8 * sizeof(unsigned long) };
	struct cpus all, others;
	int cpu = sched_getcpu();
	long n = retry(syscall(SYS_sched_getaffinity, 0, sizeof all.mask, all.mask));

	if (n <= 0 || cpu < 0 || cpu >= 8 * n)
		return;
	all.n = (size_t)n;
	if (!others_are_idle(procfs, &all))
		return;
	memcpy(others.mask, all.mask, all.n);
	others.mask[cpu / BITS] &= ~(1UL << cpu % BITS);
	if (retry(syscall(SYS_sched_setaffinity, pid, all.n, others.mask)) == 0)
		(void)retry(syscall(SYS_sched_setaffinity, pid, all.n, all.mask));
}
