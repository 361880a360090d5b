/* SPDX-License-Identifier: Apache-2.0 */
/* test_rlimits.c - resource limits, the oom score, kernel parameters */
#include "tests/unit/unit.h"

#include "namespace/sysctl.h"
#include "process/rlimits.h"
#include "sys/procfs.h"
#include "tests/unit/child.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* ---- rlimits and the oom score ---- */
struct rlimit_case {
	struct oci_rlimit limits[3];
	size_t n;
	int oom; /* 0: none */
	const char *want;
};

static void plan_act(void *arg)
{
	struct rlimit_case *c = arg;
	struct oci_process process = { .rlimits = { .n = c->n, .v = c->limits } };
	struct attributes got;
	struct error err;
	int r;

	if (c->oom)
		oci_set(process, &process, oom_score_adj, c->oom);
	r = attributes_plan(&process, NULL, &got, &err);
	child_tell(r, &err);
	for (size_t i = 0; r >= 0 && i < got.n_rlimits; i++)
		(void)printf("%d %llu %llu\n", got.rlimits[i].resource,
			     (unsigned long long)got.rlimits[i].limit.rlim_cur,
			     (unsigned long long)got.rlimits[i].limit.rlim_max);
}

#define LIMIT(type_, soft_, hard_)                                                                 \
	{                                                                                          \
		.type = OCI_rlimit_type_##type_, .soft = soft_, .hard = hard_                      \
	}

static void limits_become_numbers(void **state)
{
	static struct rlimit_case cases[] = {
		{ .want = "fine\n" },
		{ .limits = { LIMIT(RLIMIT_NOFILE, 10, 20), LIMIT(RLIMIT_CORE, 0, 0) },
		  .n = 2,
		  .want = "fine\n7 10 20\n4 0 0\n" },
		{ .limits = { LIMIT(RLIMIT_STACK, 1, UINT64_MAX) },
		  .n = 1,
		  .want = "fine\n3 1 18446744073709551615\n" },
		{ .limits = { LIMIT(RLIMIT_CORE, 0, 0), LIMIT(RLIMIT_NOFILE, 2000, 1000) },
		  .n = 2,
		  .want = "/process/rlimits/1: soft 2000 is over hard 1000\n" },
		{ .limits = { LIMIT(RLIMIT_CORE, 0, 0), LIMIT(RLIMIT_CORE, 0, 0) },
		  .n = 2,
		  .want = "/process/rlimits/1: RLIMIT_CORE is there twice\n" },
		{ .oom = 1000, .want = "fine\n" },
		{ .oom = -1001,
		  .want = "/process/oomScoreAdj: -1001 is not within -1000 and 1000\n" },
		{ .oom = 1001,
		  .want = "/process/oomScoreAdj: 1001 is not within -1000 and 1000\n" },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(plan_act, &cases[i], said, sizeof said), 0);
		assert_string_equal(said, cases[i].want);
	}
}

/* Every word of the specification is a resource of its own. */
static void all_limits_have_a_number(void **state)
{
	bool seen[64] = { false };

	(void)state;
	for (int i = 0; i < OCI_rlimit_type_WORDS; i++) {
		struct oci_rlimit limit = { .type = i };
		struct oci_process process = { .rlimits = { .n = 1, .v = &limit } };
		struct attributes got;
		struct error err;

		assert_int_equal(attributes_plan(&process, NULL, &got, &err), 0);
		assert_false(seen[got.rlimits[0].resource]);
		seen[got.rlimits[0].resource] = true;
	}
}

static void apply_act(void *arg)
{
	struct attributes a = {
		.n_rlimits = 1,
		.rlimits = { { .resource = RLIMIT_NOFILE, .limit = { 100, 200 } } },
	};
	struct rlimit now;
	struct error err;

	(void)arg;
	child_tell(attributes_apply(&a, &err), &err);
	(void)getrlimit(RLIMIT_NOFILE, &now);
	(void)printf("%d %d\n", (int)now.rlim_cur, (int)now.rlim_max);
}

static void attributes_are_applied(void **state)
{
	char said[4096];

	(void)state;
	assert_int_equal(child_says(apply_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "fine\n100 200\n");
}

static int score_now(void)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "re");
	int score = -1;

	if (f && fscanf(f, "%d", &score) != 1)
		score = -2;
	if (f)
		(void)fclose(f);
	return score;
}

/* As nobody, and by a process that hides in between. */
static void score_act(void *arg)
{
	struct attributes a = { .has_oom_score_adj = true, .oom_score_adj = 777 };
	struct oom_score own = { .fd = -1 };
	struct error err;
	int procfs = procfs_open_host(&err), before = score_now();

	(void)arg;
	if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
		_exit(77);
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	child_tell(oom_score_return(&own, &err), &err);
	child_tell(oom_score_take(&a, procfs, &own, &err), &err);
	(void)printf("%d\n", score_now());
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	child_tell(oom_score_return(&own, &err), &err);
	(void)printf("%s %d\n", score_now() == before ? "same" : "other", own.fd);
}

static void the_score_is_taken_on_and_returned(void **state)
{
	char said[4096];
	int r = child_says(score_act, NULL, said, sizeof said);

	(void)state;
	if (r == 77)
		skip();
	assert_int_equal(r, 0);
	assert_string_equal(said, "fine\nfine\n777\nfine\nsame -1\n");
}

/* As nobody, who may neither raise a hard limit nor lower the score. */
static void refused_act(void *arg)
{
	struct attributes limit = {
		.n_rlimits = 1,
		.rlimits = { { .resource = RLIMIT_NOFILE, .index = 3, .limit = { 100, 400 } } },
	};
	struct attributes score = { .has_oom_score_adj = true, .oom_score_adj = -500 };
	struct oom_score own = { .fd = -1 };
	struct rlimit low = { 100, 200 };
	struct error err;
	char advice[ERROR_HINT_MAX];
	int procfs = procfs_open_host(&err);

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &low) < 0 || setresgid(65534, 65534, 65534) < 0 ||
	    setresuid(65534, 65534, 65534) < 0)
		_exit(77);
	/* A change of user made the files in procfs root's. */
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	child_tell(attributes_apply(&limit, &err), &err);
	(void)printf("%s\n", error_advice(&err, advice));
	child_tell(oom_score_take(&score, procfs, &own, &err), &err);
	(void)printf("%s\n", error_advice(&err, advice));
}

static void a_refusal_says_what_it_takes(void **state)
{
	char said[4096];
	int r = child_says(refused_act, NULL, said, sizeof said);

	(void)state;
	if (r == 77)
		skip();
	assert_int_equal(r, 0);
	assert_non_null(strstr(said, "/process/rlimits/3: set RLIMIT_NOFILE to 100:400: refused by "
				     "the kernel (EPERM)\n"
				     "the runtime's own hard limit is 200, to raise it takes "
				     "CAP_SYS_RESOURCE on the host\n"));
	assert_non_null(strstr(said, "/process/oomScoreAdj: set the oom score to -500: "));
	assert_non_null(strstr(said, "takes CAP_SYS_RESOURCE on the host\n"));
}

/* ---- kernel parameters ---- */
struct sysctl_case {
	const char *key, *value;
	struct sysctl_scope scope;
	const char *want; /* "FILE=VALUE", or the error */
};

static void sysctl_act(void *arg)
{
	const struct sysctl_case *c = arg;
	struct oci_pair pair = { .key = c->key, .value = c->value };
	struct oci_linux linux_ = { .sysctl = { .n = 1, .v = &pair } };
	struct oci_config config = { .linux = &linux_, .hostname = "me", .domainname = "here" };
	struct oci_arena *arena = oci_arena_new();
	struct sysctls got;
	struct error err;

	if (sysctls_plan(&config, &c->scope, arena, &got, &err) < 0)
		child_tell(-1, &err);
	else
		(void)printf("%s=%s\n", got.v[0].file, got.v[0].value);
	(void)oci_arena_free(arena);
}

#define NETWORK                                                                                    \
	{                                                                                          \
		.network = true                                                                    \
	}
#define IPC                                                                                        \
	{                                                                                          \
		.ipc = true                                                                        \
	}
#define UTS                                                                                        \
	{                                                                                          \
		.uts = true                                                                        \
	}
#define USER                                                                                       \
	{                                                                                          \
		.user = true                                                                       \
	}
#define OTHERS_THAN_NETWORK                                                                        \
	{                                                                                          \
		.ipc = true, .uts = true, .user = true                                             \
	}
static struct sysctl_case sysctl_cases[] = {
	{ "net.ipv4.ip_forward", "1", NETWORK, "sys/net/ipv4/ip_forward=1\n" },
	{ "net/ipv4/ip_forward", "1", NETWORK, "sys/net/ipv4/ip_forward=1\n" },
	{ "net.ipv4.conf.eth0/100.mtu", "1", NETWORK, "sys/net/ipv4/conf/eth0.100/mtu=1\n" },
	{ "net/ipv4/conf/eth0.100/x", "", NETWORK, "sys/net/ipv4/conf/eth0.100/x=\n\n" },
	{ "kernel.shmmax", "9", IPC, "sys/kernel/shmmax=9\n" },
	{ "kernel.sem", "1 2 3 4", IPC, "sys/kernel/sem=1 2 3 4\n" },
	{ "fs.mqueue.queues_max", "9", IPC, "sys/fs/mqueue/queues_max=9\n" },
	{ "kernel.domainname", "here", UTS, "sys/kernel/domainname=here\n" },
	{ "kernel.hostname", "me", UTS, "sys/kernel/hostname=me\n" },
	{ "user.max_user_namespaces", "3", USER, "sys/user/max_user_namespaces=3\n" },
	{ "net.ipv4.ip_forward", "1", OTHERS_THAN_NETWORK,
	  "/linux/sysctl/net.ipv4.ip_forward: \"net.ipv4.ip_forward\": would change the "
	  "host: the container has no network namespace of its own\n" },
	{ "kernel.shmmax", "1", NETWORK,
	  "/linux/sysctl/kernel.shmmax: \"kernel.shmmax\": would change the host: the "
	  "container has no ipc namespace of its own\n" },
	{ "vm.swappiness", "1", NETWORK,
	  "/linux/sysctl/vm.swappiness: \"vm.swappiness\": would change the host: it "
	  "belongs to no namespace\n" },
	{ "kernel.shmmaxx", "1", IPC,
	  "/linux/sysctl/kernel.shmmaxx: \"kernel.shmmaxx\": would change the host: it "
	  "belongs to no namespace\n" },
	{ "kernel/core_pattern", "|/x", IPC,
	  "/linux/sysctl/kernel~1core_pattern: \"kernel/core_pattern\": would change the "
	  "host: it belongs to no namespace\n" },
	{ "kernel.hostname", "you", UTS,
	  "/linux/sysctl/kernel.hostname: \"kernel.hostname\": belongs into /hostname of "
	  "the "
	  "config\n" },
	{ "net/../kernel/core_pattern", "1", NETWORK,
	  "/linux/sysctl/net~1..~1kernel~1core_pattern: \"net/../kernel/core_pattern\": is "
	  "no name of a kernel parameter\n" },
	{ "net.//.kernel", "1", NETWORK,
	  "/linux/sysctl/net.~1~1.kernel: \"net.//.kernel\": is no name of a kernel "
	  "parameter\n" },
	{ "net", "1", NETWORK,
	  "/linux/sysctl/net: \"net\": would change the host: it belongs to no "
	  "namespace\n" },
	{ "net.", "1", NETWORK,
	  "/linux/sysctl/net.: \"net.\": is no name of a kernel parameter\n" },
	{ "/net/x", "1", NETWORK,
	  "/linux/sysctl/~1net~1x: \"/net/x\": is no name of a kernel parameter\n" },
	{ "", "1", NETWORK, "/linux/sysctl/: \"\": is no name of a kernel parameter\n" },
	{ "net.a b", "1", NETWORK, "/linux/sysctl: a key is no name of a kernel parameter\n" },
};

static void only_parameters_of_own_namespaces(void **state)
{
	char said[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sysctl_cases); i++) {
		assert_int_equal(child_says(sysctl_act, &sysctl_cases[i], said, sizeof said), 0);
		assert_string_equal(said, sysctl_cases[i].want);
	}
}

static void sysctl_apply_act(void *arg)
{
	const struct sysctls wanted = {
		.n = 2,
		.v = { { "net.ipv4.ip_forward", "sys/net/ipv4/ip_forward", "1" },
		       { "net.ipv4.nope", "sys/net/ipv4/nope", "1" } },
	};
	struct error err;
	int procfs;
	char c[8] = "?";

	(void)arg;
	if (unshare(CLONE_NEWNET) < 0)
		_exit(77);
	procfs = procfs_open_host(&err);
	child_tell(sysctls_apply(&wanted, procfs, &err), &err);
	if (procfs_read(procfs, "sys/net/ipv4/ip_forward", c, sizeof c, &err) >= 0)
		(void)printf("%c\n", *c);
}

static void parameters_are_written(void **state)
{
	char said[4096];
	int r = child_says(sysctl_apply_act, NULL, said, sizeof said);

	(void)state;
	if (r == 77)
		skip();
	assert_int_equal(r, 0);
	assert_non_null(
		strstr(said, "/linux/sysctl/net.ipv4.nope: set \"net.ipv4.nope\" to \"1\": "));
	assert_non_null(strstr(said, "is missing (ENOENT)\n1\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_become_numbers),
		cmocka_unit_test(all_limits_have_a_number),
		cmocka_unit_test(attributes_are_applied),
		cmocka_unit_test(the_score_is_taken_on_and_returned),
		cmocka_unit_test(a_refusal_says_what_it_takes),
		cmocka_unit_test(only_parameters_of_own_namespaces),
		cmocka_unit_test(parameters_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
