/* SPDX-License-Identifier: Apache-2.0 */
/* test_schedule.c - lists of CPUs, scheduler, io priority and personality: words to numbers, and
 * what the kernel then says of the process */
#include "tests/unit/unit.h"

#include "process/schedule.h"
#include "sys/procfs.h"
#include "tests/unit/child.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCHED_POINTER "/process/scheduler"

static bool has_cpu(const struct cpus *cpus, unsigned cpu)
{
	const unsigned bits = 8 * sizeof *cpus->mask;

	return cpu / 8 < cpus->n && (cpus->mask[cpu / bits] >> cpu % bits & 1);
}

static void lists_become_masks(void **state)
{
	static const struct {
		const char *list;
		unsigned cpus[8]; /* in order, ended by 0 but for the first */
		size_t n, bytes;
	} cases[] = {
		{ "", { 0 }, 0, 0 },
		{ "0", { 0 }, 1, 8 },
		{ "3", { 3 }, 1, 8 },
		{ "0-3", { 0, 1, 2, 3 }, 4, 8 },
		{ "0-1,7", { 0, 1, 7 }, 3, 8 },
		{ "7,0-1,1", { 0, 1, 7 }, 3, 8 },
		{ "5-5", { 5 }, 1, 8 },
		{ "63-64", { 63, 64 }, 2, 16 },
		{ "1, 2 3", { 1, 2, 3 }, 3, 8 },
		{ "0,8191", { 0, 8191 }, 2, 1024 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cpus cpus;
		struct error err;
		size_t n = 0;

		assert_int_equal(schedule_parse_cpus(cases[i].list, &cpus, &err), 0);
		assert_int_equal(cpus.n, cases[i].bytes);
		for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
			n += has_cpu(&cpus, cpu);
		assert_int_equal(n, cases[i].n);
		for (size_t k = 0; k < cases[i].n; k++)
			assert_true(has_cpu(&cpus, cases[i].cpus[k]));
	}
}

static void other_lists_are_refused(void **state)
{
	static const char *const lists[] = {
		"x",
		"-",
		"1-",
		"-1",
		"3-1",
		"8192",
		"0-8192",
		"1-2-3",
		"+1",
		"0x1",
		"1;2",
		"1,2,x",
		"1.5",
		"1\n",
		"99999999999",
		"4294967296",
		"0-4294967296",
		"00000000000000000000000000000000000001",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct oci_cpu_affinity affinity[] = { { .initial = lists[i] },
						       { .final = lists[i] } };
		static const char *const pointers[] = { "/process/execCPUAffinity/initial",
							"/process/execCPUAffinity/final" };

		for (size_t k = 0; k < ARRAY_SIZE(affinity); k++) {
			const struct oci_process process = { .exec_cpu_affinity = &affinity[k] };
			struct schedule s = { 0 };
			struct error err;

			assert_true(schedule_plan(&process, NULL, NULL, &s, &err) < 0);
			assert_string_equal(err.pointer, pointers[k]);
		}
	}
}

static void numbers_out_of_range_are_refused(void **state)
{
	static struct oci_scheduler schedulers[] = {
		{ .nice = 20 }, { .nice = -21 }, { .priority = 100 }, { .priority = -1 }
	};
	static struct oci_io_priority priorities[] = { { .priority = 8 }, { .priority = -1 } };
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(schedulers); i++) {
		const struct oci_process process = { .scheduler = &schedulers[i] };
		struct schedule s = { 0 };

		assert_true(schedule_plan(&process, NULL, NULL, &s, &err) < 0);
		assert_string_equal(err.pointer,
				    i < 2 ? SCHED_POINTER "/nice" : SCHED_POINTER "/priority");
		assert_false(s.has_scheduler);
	}
	for (size_t i = 0; i < ARRAY_SIZE(priorities); i++) {
		const struct oci_process process = { .io_priority = &priorities[i] };
		struct schedule s = { 0 };

		assert_true(schedule_plan(&process, NULL, NULL, &s, &err) < 0);
		assert_string_equal(err.pointer, "/process/ioPriority/priority");
		assert_false(s.has_io_priority);
	}
}

static void a_personality_has_no_flags(void **state)
{
	const char *flags[] = { "ADDR_NO_RANDOMIZE" };
	struct oci_personality personality = { .domain = OCI_personality_domain_LINUX32,
					       .flags = { .n = 1, .v = flags } };
	const struct oci_linux config = { .personality = &personality };
	const struct oci_process process = { 0 };
	struct schedule s = { 0 };
	struct error err;

	(void)state;
	assert_true(schedule_plan(&process, &config, NULL, &s, &err) < 0);
	assert_string_equal(err.pointer, "/linux/personality/flags/0");
	personality.flags.n = 0;
	assert_int_equal(schedule_plan(&process, &config, NULL, &s, &err), 0);
	assert_true(s.has_personality);
	assert_int_equal(s.personality, PER_LINUX32);
}

static void nothing_asked_for_is_nothing_done(void **state)
{
	const struct oci_process process = { 0 };
	const struct oci_linux config = { 0 };
	struct schedule s = { 0 };
	struct error err;

	(void)state;
	assert_int_equal(schedule_plan(&process, NULL, NULL, &s, &err), 0);
	assert_int_equal(schedule_plan(&process, &config, NULL, &s, &err), 0);
	assert_false(s.has_scheduler || s.has_io_priority || s.has_personality);
	assert_int_equal(s.initial.n + s.final.n, 0);
}

/* The child becomes what is asked for and says what the kernel made of it. */
static void apply_act(void *arg)
{
	struct oci_scheduler scheduler = { .policy = OCI_scheduler_policy_SCHED_BATCH, .nice = 7 };
	struct oci_io_priority io = { .class = OCI_io_priority_class_IOPRIO_CLASS_BE,
				      .priority = 6 };
	struct oci_personality domain = { .domain = OCI_personality_domain_LINUX32 };
	struct oci_cpu_affinity affinity = { .final = arg };
	const struct oci_process process = { .scheduler = &scheduler,
					     .io_priority = &io,
					     .exec_cpu_affinity = &affinity };
	const struct oci_linux config = { .personality = &domain };
	struct schedule s = { 0 };
	struct error err;
	cpu_set_t set;

	if (schedule_plan(&process, &config, NULL, &s, &err) < 0 || schedule_apply(&s, &err) < 0 ||
	    schedule_on_cpus(&s.final, "/there", &err) < 0) {
		child_tell(-1, &err);
		return;
	}
	(void)sched_getaffinity(0, sizeof set, &set);
	(void)printf("policy %d nice %ld io %ld personality %d cpus %d first %d\n",
		     sched_getscheduler(0), 20 - syscall(SYS_getpriority, 0, 0),
		     syscall(SYS_ioprio_get, 1, 0), personality(0xffffffff), CPU_COUNT(&set),
		     CPU_ISSET(0, &set) != 0);
}

static void the_kernel_takes_it(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(child_says(apply_act, "0", said, sizeof said), 0);
	assert_string_equal(said, "policy 3 nice 7 io 16390 personality 8 cpus 1 first 1\n");
	assert_int_equal(child_says(apply_act, "8000", said, sizeof said), 0);
	assert_memory_equal(said, "/there: ", 8);
}

/* Back from one CPU to all there are. */
static void all_act(void *arg)
{
	struct cpus one, none = { 0 };
	struct error err;
	cpu_set_t set;
	int before;

	(void)arg;
	(void)sched_getaffinity(0, sizeof set, &set);
	before = CPU_COUNT(&set);
	if (schedule_parse_cpus("0", &one, &err) < 0 || schedule_on_cpus(&one, "/a", &err) < 0 ||
	    schedule_on_cpus(&none, "/b", &err) < 0) {
		child_tell(-1, &err);
		return;
	}
	(void)sched_getaffinity(0, sizeof set, &set);
	(void)printf("%s\n", CPU_COUNT(&set) >= before ? "all" : "fewer");
}

static void no_list_is_every_cpu(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(child_says(all_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "all\n");
}

/* ---- where a new process begins ---- */

struct beginning {
	int before, after, child; /* CPUs: the parent's around its call, the child's first */
	bool idle, mask_kept;
};

/* The machine is what it is: a round counts if only the parent and the child wanted a CPU, and
 * the parent stayed where it was. */
static struct beginning begin_once(int procfs, volatile int *seen)
{
	struct beginning b = { .child = -1 };
	struct error err;
	cpu_set_t own, its;
	pid_t pid;

	*seen = -1;
	b.idle = procfs_running(procfs, &err) == 1;
	b.before = sched_getcpu();
	pid = fork();
	if (pid == 0) {
		*seen = sched_getcpu();
		for (;;)
			(void)pause();
	}
	schedule_elsewhere(procfs, pid);
	b.after = sched_getcpu();
	assert_int_equal(sched_getaffinity(0, sizeof own, &own), 0);
	assert_int_equal(sched_getaffinity(pid, sizeof its, &its), 0);
	b.mask_kept = CPU_EQUAL(&own, &its);
	for (int i = 0; i < 10000 && *seen < 0; i++)
		(void)usleep(100);
	b.child = *seen;
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return b;
}

static void a_new_process_begins_on_an_idle_cpu(void **state)
{
	volatile int *seen =
		mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int counted = 0, elsewhere = 0, procfs;
	struct error err;
	cpu_set_t own;

	(void)state;
	assert_true(seen != MAP_FAILED);
	procfs = procfs_open_host(&err);
	assert_true(procfs >= 0);
	for (int i = 0; i < 100; i++) {
		struct beginning b = begin_once(procfs, seen);

		assert_true(b.mask_kept);
		assert_true(b.child >= 0);
		if (!b.idle || b.before != b.after)
			continue;
		counted++;
		elsewhere += b.child != b.before;
	}
	(void)close(procfs);
	(void)munmap((void *)seen, sizeof *seen);
	assert_int_equal(sched_getaffinity(0, sizeof own, &own), 0);
	print_message("%d of %d began elsewhere\n", elsewhere, counted);
	if (CPU_COUNT(&own) < 2 || counted < 20) {
		print_message("skipped: one CPU only, or a machine that is too busy\n");
		skip();
	}
	assert_true(elsewhere * 10 >= counted * 7);
}

static void alone_on_one_cpu_it_begins_there(void **state)
{
	volatile int *seen =
		mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct beginning b;
	struct error err;
	cpu_set_t old, one;
	int procfs = procfs_open_host(&err);

	(void)state;
	assert_true(seen != MAP_FAILED && procfs >= 0);
	assert_int_equal(sched_getaffinity(0, sizeof old, &old), 0);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	b = begin_once(procfs, seen);
	assert_int_equal(sched_setaffinity(0, sizeof old, &old), 0);
	assert_int_equal(b.child, b.before);
	assert_true(b.mask_kept);
	(void)close(procfs);
	(void)munmap((void *)seen, sizeof *seen);
}

/* A procfs whose loadavg says that nobody else runs: schedule_elsewhere() does its work then,
 * however busy this machine is.  Returns its fd. */
static int quiet_procfs(char folder[32])
{
	static const char loadavg[] = "0.00 0.00 0.00 1/80 1\n";
	int procfs, file;

	memcpy(folder, "/tmp/ocirt-quiet-XXXXXX", sizeof "/tmp/ocirt-quiet-XXXXXX");
	assert_non_null(mkdtemp(folder));
	procfs = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(procfs >= 0);
	file = openat(procfs, "loadavg", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, loadavg, sizeof loadavg - 1), (ssize_t)sizeof loadavg - 1);
	(void)close(file);
	return procfs;
}

/* Init would stay off the runtime's CPU for good if the mask were not given back. */
static void its_cpus_are_all_again_afterwards(void **state)
{
	cpu_set_t own, its;
	char folder[32];
	int procfs;
	pid_t pid;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof own, &own), 0);
	if (CPU_COUNT(&own) < 2)
		skip();
	procfs = quiet_procfs(folder);
	pid = fork();
	while (pid == 0)
		(void)pause();
	schedule_elsewhere(procfs, pid);
	assert_int_equal(sched_getaffinity(pid, sizeof its, &its), 0);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)unlinkat(procfs, "loadavg", 0);
	(void)rmdir(folder);
	(void)close(procfs);
	assert_true(CPU_EQUAL(&own, &its));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_become_masks),
		cmocka_unit_test(other_lists_are_refused),
		cmocka_unit_test(numbers_out_of_range_are_refused),
		cmocka_unit_test(a_personality_has_no_flags),
		cmocka_unit_test(nothing_asked_for_is_nothing_done),
		cmocka_unit_test(the_kernel_takes_it),
		cmocka_unit_test(no_list_is_every_cpu),
		cmocka_unit_test(a_new_process_begins_on_an_idle_cpu),
		cmocka_unit_test(its_cpus_are_all_again_afterwards),
		cmocka_unit_test(alone_on_one_cpu_it_begins_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
