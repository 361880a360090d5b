/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_limits.c - limits and device rules on the kernel we run on: v1, v2 or both */
#include "cgroup_real.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "limit/limits.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

static void check_file(const struct cgroup *cg, enum cgroup_controller c, const char *v1,
		       const char *v2, const char *want)
{
	const struct cgroup_hierarchy *h = cgroup_home(cg, c);
	char text[CGROUP_TEXT];
	struct error err;

	assert_non_null(h);
	real_must(cgroup_file_read(h->fd, h->version == 1 ? v1 : v2, text, sizeof text, &err),
		  &err);
	assert_string_equal(text, want);
}

static void test_limits(void **state)
{
	struct oci_memory memory = { .has = HAS(memory, limit), .limit = 64 * MIB };
	struct oci_cpu cpu = {
		.has = HAS(cpu, shares) | HAS(cpu, quota) | HAS(cpu, period) | HAS(cpu, cpus),
		.shares = 1024,
		.quota = 50000,
		.period = 100000,
		.cpus = "0",
	};
	struct oci_pids pids = { HAS(pids, limit), 7 };
	const struct oci_resources resources = { .memory = &memory, .cpu = &cpu, .pids = &pids };
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	(void)state;
	real_create(&cg, "a/b/limits", &resources);
	real_must(limits_apply(&cg, &resources, &err), &err);
	check_file(&cg, CGROUP_MEMORY, "memory.limit_in_bytes", "memory.max", "67108864");
	check_file(&cg, CGROUP_PIDS, "pids.max", "pids.max", "7");
	check_file(&cg, CGROUP_CPUSET, "cpuset.cpus", "cpuset.cpus", "0");
	if (cgroup_home(&cg, CGROUP_CPU)->version == 1) {
		check_file(&cg, CGROUP_CPU, "cpu.shares", "", "1024");
		check_file(&cg, CGROUP_CPU, "cpu.cfs_quota_us", "", "50000");
	} else {
		check_file(&cg, CGROUP_CPU, "", "cpu.weight", "100");
		check_file(&cg, CGROUP_CPU, "", "cpu.max", "50000 100000");
	}
	real_drop(&cg);
}

/* Each step must pass whatever the step before left: raised, lowered, with burst and without. */
static void test_updates(void **state)
{
	static const struct {
		int64_t quota, limit, swap;
		uint64_t period, burst;
	} steps[] = {
		{ 50000, 64 * MIB, 64 * MIB, 100000, 40000 },
		{ 200000, 256 * MIB, 512 * MIB, 1000000, 180000 },
		{ 10000, 16 * MIB, 16 * MIB, 20000, 5000 },
		{ -1, 32 * MIB, -1, 100000, 0 },
		{ 5000, 16 * MIB, 24 * MIB, 10000, 0 },
	};
	struct oci_cpu cpu = { .has = HAS(cpu, quota) | HAS(cpu, period) | HAS(cpu, burst) };
	struct oci_memory memory = { .has = HAS(memory, limit) | HAS(memory, swap) };
	const struct oci_resources resources = { .cpu = &cpu, .memory = &memory };
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	(void)state;
	memory.limit = memory.swap = -1;
	real_create(&cg, "updates", &resources);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		char want[32];

		cpu.quota = steps[i].quota;
		cpu.period = steps[i].period;
		cpu.burst = steps[i].burst;
		memory.limit = steps[i].limit;
		memory.swap = steps[i].swap;
		real_must(limits_update(&cg, &resources, &err), &err);
		(void)snprintf(want, sizeof want, "%lld", (long long)steps[i].limit);
		check_file(&cg, CGROUP_MEMORY, "memory.limit_in_bytes", "memory.max", want);
		(void)snprintf(want, sizeof want, "%llu", (unsigned long long)steps[i].burst);
		check_file(&cg, CGROUP_CPU, "cpu.cfs_burst_us", "cpu.max.burst", want);
	}
	real_drop(&cg);
}

static void test_cpus_outside(void **state)
{
	struct oci_cpu cpu = { .has = HAS(cpu, cpus), .cpus = "0-9999" };
	const struct oci_resources resources = { .cpu = &cpu };
	struct cgroup cg = CGROUP_EMPTY;
	char words[2048];
	struct error err;

	(void)state;
	real_create(&cg, "cpus", &resources);
	assert_true(limits_apply(&cg, &resources, &err) < 0);
	assert_string_equal(err.pointer, "/linux/resources/cpu/cpus");
	error_words(&err, words, sizeof words);
	assert_int_equal(strncmp(words, "\"0-9999\" is not within 0", 24), 0);
	assert_string_equal(words + strlen(words) - 9, " (ERANGE)");
	real_drop(&cg);
}

/* What no file offers: the error names property, value and file. */
static void test_refused_by_kernel(void **state)
{
	struct oci_cpu cpu = { .has = HAS(cpu, period), .period = 5 };
	const struct oci_resources resources = { .cpu = &cpu };
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	(void)state;
	real_create(&cg, "period", &resources);
	assert_true(limits_apply(&cg, &resources, &err) < 0);
	assert_int_equal(err.errno_value, EINVAL);
	assert_string_equal(err.pointer, "/linux/resources/cpu/period");
	assert_non_null(strstr(err.text, "5\" into \"/"));
	assert_non_null(strstr(err.text, "/period/cpu."));
	real_drop(&cg);
}

static void test_huge_pages(void **state)
{
	struct oci_hugepage_limit limit = { 3, "2MB", 2 * MIB };
	const struct oci_resources resources = { .hugepage_limits = { 1, &limit } };
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	(void)state;
	real_discover(&cg);
	if (cg.home[CGROUP_HUGETLB] < 0)
		skip();
	real_create(&cg, "huge", &resources);
	real_must(limits_apply(&cg, &resources, &err), &err);
	check_file(&cg, CGROUP_HUGETLB, "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max", "2097152");
	check_file(&cg, CGROUP_HUGETLB, "hugetlb.2MB.rsvd.limit_in_bytes", "hugetlb.2MB.rsvd.max",
		   "2097152");
	real_drop(&cg);
}

static int open_devices(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	int denied = log < 0 && errno == EPERM;
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	return (null >= 0) | (log >= 0) << 1 | denied << 2 | (zero >= 0) << 3;
}

enum { NULL_OPENS = 1, LOG_OPENS = 2, LOG_DENIED = 4, ZERO_OPENS = 8 };

static void check_devices(enum cgroup_controller forced, const struct oci_resources *resources,
			  int want)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	real_create(&cg, "devices", NULL);
	for (size_t i = 0; i < cg.n; i++)
		if (forced == CGROUP_DEVICES && cg.h[i].version == 2)
			cg.home[CGROUP_DEVICES] = (int8_t)i;
	real_must(limits_apply(&cg, resources, &err), &err);
	assert_int_equal(real_exit_status(real_fork_into(&cg, open_devices)), want);
	real_drop(&cg);
}

#define DEVICES(...)                                                                               \
	{                                                                                          \
		.devices = {                                                                       \
			sizeof((struct oci_device_rule[]){ __VA_ARGS__ }) /                        \
				sizeof(struct oci_device_rule),                                    \
			(struct oci_device_rule[]){ __VA_ARGS__ }                                  \
		}                                                                                  \
	}
#define RULE(yes, t, maj, min, acc)                                                                \
	{                                                                                          \
		.has = 31, .allow = yes, .type = t, .major = maj, .minor = min, .access = acc      \
	}

static void check_all_devices(enum cgroup_controller forced)
{
	const struct oci_resources log_writable =
		DEVICES(RULE(false, "a", -1, -1, "rwm"), RULE(true, "c", 1, 11, "w"));
	const struct oci_resources log_readable = DEVICES(RULE(true, "c", 1, 11, "r"));
	const struct oci_resources all = DEVICES(RULE(true, "a", -1, -1, "rwm"));
	const struct oci_resources all_but =
		DEVICES(RULE(true, "a", -1, -1, "rwm"), RULE(false, "c", 1, 11, "w"));
	const struct oci_resources no_zero = DEVICES(RULE(false, "c", 1, 5, "r"));

	check_devices(forced, NULL, NULL_OPENS | LOG_DENIED | ZERO_OPENS);
	check_devices(forced, &log_writable, NULL_OPENS | LOG_OPENS | ZERO_OPENS);
	check_devices(forced, &log_readable, NULL_OPENS | LOG_DENIED | ZERO_OPENS);
	check_devices(forced, &all, NULL_OPENS | LOG_OPENS | ZERO_OPENS);
	check_devices(forced, &all_but, NULL_OPENS | LOG_DENIED | ZERO_OPENS);
	check_devices(forced, &no_zero, NULL_OPENS | LOG_DENIED);
}

static void test_devices(void **state)
{
	(void)state;
	if (!(open_devices() & LOG_OPENS))
		skip();
	check_all_devices(CGROUP_NAMED);
}

/* The same by a program, also where v1 could do it. */
static void test_devices_by_program(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	bool v2 = false;

	(void)state;
	real_discover(&cg);
	for (size_t i = 0; i < cg.n; i++)
		v2 = v2 || cg.h[i].version == 2;
	if (!v2 || !(open_devices() & LOG_OPENS))
		skip();
	check_all_devices(CGROUP_DEVICES);
}

static int eat_memory(void)
{
	return mmap(NULL, 64 * MIB, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) == MAP_FAILED;
}

static void test_oom(void **state)
{
	struct oci_memory memory = { .has = HAS(memory, limit) | HAS(memory, swap),
				     .limit = 16 * MIB,
				     .swap = 16 * MIB };
	const struct oci_resources resources = { .memory = &memory };
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	uint64_t limit;

	(void)state;
	real_create(&cg, "oom", &resources);
	assert_int_equal(cgroup_oom_kills(&cg, &limit, &err), 0);
	assert_int_equal(limit, 0);
	real_must(limits_apply(&cg, &resources, &err), &err);
	assert_int_equal(real_exit_status(real_fork_into(&cg, eat_memory)), 128 + SIGKILL);
	assert_int_equal(cgroup_oom_kills(&cg, &limit, &err), 1);
	assert_int_equal(limit, 16 * MIB);
	real_drop(&cg);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_limits),
	cmocka_unit_test(test_updates),
	cmocka_unit_test(test_cpus_outside),
	cmocka_unit_test(test_refused_by_kernel),
	cmocka_unit_test(test_huge_pages),
	cmocka_unit_test(test_devices),
	cmocka_unit_test(test_devices_by_program),
	cmocka_unit_test(test_oom),
};

static int run(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return real_run(run);
}
