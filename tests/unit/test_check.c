/* SPDX-License-Identifier: Apache-2.0 */
/* test_check.c - the rules of a process and of the document, and what no rule forbids */
#include "tests/unit/broken.h"

static const struct broken a_process_cases[] = {
	{ { .args = "\"\",\"x\"" }, "/process/args/0", "must not be empty", OCI_ERROR },
	{ { .cwd = "tmp" }, "/process/cwd", "must be an absolute path, is \"tmp\"", OCI_ERROR },
	{ { .process = ",\"env\":[\"A=\",\"PATH\"]" },
	  "/process/env/1",
	  "must be NAME=VALUE, \"PATH\" has no '='",
	  OCI_ERROR },
	{ { .process = ",\"env\":[\"=C:\"]" },
	  "/process/env/0",
	  "must be NAME=VALUE, \"=C:\" has no name",
	  OCI_ERROR },
	{ { .user = "\"uid\":4294967295,\"gid\":0" },
	  "/process/user/uid",
	  "must be below 4294967295: to the kernel that is \"no id\"",
	  OCI_ERROR },
	{ { .user = "\"uid\":0,\"gid\":4294967295" },
	  "/process/user/gid",
	  "must be below 4294967295: to the kernel that is \"no id\"",
	  OCI_ERROR },
	{ { .user = "\"uid\":0,\"gid\":0,\"additionalGids\":[1,4294967295]" },
	  "/process/user/additionalGids/1",
	  "must be below 4294967295: to the kernel that is \"no id\"",
	  OCI_ERROR },
	{ { .process = ",\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":2000,\"hard\":"
		       "1000}]" },
	  "/process/rlimits/0",
	  "soft 2000 is over hard 1000",
	  OCI_ERROR },
	{ { .process = ",\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},"
		       "{\"type\":\"RLIMIT_AS\",\"soft\":1,\"hard\":1},"
		       "{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1}]" },
	  "/process/rlimits/2",
	  "RLIMIT_CPU is set already, by entry 0",
	  OCI_ERROR },
	{ { .process = ",\"oomScoreAdj\":1001" },
	  "/process/oomScoreAdj",
	  "must be a number from -1000 to 1000, is 1001",
	  OCI_ERROR },
	{ { .process = ",\"ioPriority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}" },
	  "/process/ioPriority/priority",
	  "must be a number from 0 to 7, is 8",
	  OCI_ERROR },
	{ { .process = ",\"execCPUAffinity\":{\"initial\":\"0-3\",\"final\":\"a\"}" },
	  "/process/execCPUAffinity/final",
	  "must be a list of CPUs (\"0-3,7\"), is \"a\"",
	  OCI_ERROR },
	{ { .process = ",\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"priority\":5}" },
	  "/process/scheduler/priority",
	  "is for SCHED_FIFO and SCHED_RR, not for SCHED_OTHER",
	  OCI_ERROR },
	{ { .process = ",\"scheduler\":{\"policy\":\"SCHED_RR\"}" },
	  "/process/scheduler/priority",
	  "must be a number from 1 to 99, is 0",
	  OCI_ERROR },
	{ { .process = ",\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"nice\":20}" },
	  "/process/scheduler/nice",
	  "must be a number from -20 to 19, is 20",
	  OCI_ERROR },
	{ { .process = ",\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"runtime\":9,"
		       "\"deadline\":8}" },
	  "/process/scheduler",
	  "SCHED_DEADLINE needs runtime <= deadline <= period, runtime above 0",
	  OCI_ERROR },
	{ { .process = ",\"scheduler\":{\"policy\":\"SCHED_BATCH\",\"runtime\":9}" },
	  "/process/scheduler",
	  "runtime, deadline and period are for SCHED_DEADLINE, not for SCHED_BATCH",
	  OCI_ERROR },
};

static void a_process(void **state)
{
	(void)state;
	EXPECT(a_process_cases);
}

static const struct broken a_config_cases[] = {
	{ { .version = "9.9.9" }, "/ociVersion", "\"9.9.9\" is not supported (1.x is)", OCI_ERROR },
	{ { .version = "0.5.0" }, "/ociVersion", "\"0.5.0\" is not supported (1.x is)", OCI_ERROR },
	{ { .version = "1.4.0" },
	  "/ociVersion",
	  "\"1.4.0\" is newer than 1.3: what it added is not known here",
	  OCI_WARNING },
	{ { .version = "1.0" }, "/ociVersion", "must be MAJOR.MINOR.PATCH, is \"1.0\"", OCI_ERROR },
	{ { .version = "1.0.0-" },
	  "/ociVersion",
	  "must be MAJOR.MINOR.PATCH, is \"1.0.0-\"",
	  OCI_ERROR },
	{ { .version = "v1.0.0" },
	  "/ociVersion",
	  "must be MAJOR.MINOR.PATCH, is \"v1.0.0\"",
	  OCI_ERROR },
	{ { .version = "1.01.0" },
	  "/ociVersion",
	  "must be MAJOR.MINOR.PATCH, is \"1.01.0\"",
	  OCI_ERROR },
	{ { .root = "" }, "/root", "missing, required on Linux", OCI_ERROR },
	{ { .root = ",\"root\":{\"path\":\"\"}" }, "/root/path", "must not be empty", OCI_ERROR },
	{ { .top = ",\"annotations\":{\"\":\"x\"}" },
	  "/annotations",
	  "has an empty key",
	  OCI_ERROR },
	{ { .top = ",\"hostname\":\"h\"", .namespaces = "\"pid\"" },
	  "/hostname",
	  "needs a uts namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .top = ",\"domainname\":\"d\"", .namespaces = "\"pid\"" },
	  "/domainname",
	  "needs a uts namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .top = ",\"hooks\":{\"poststop\":[{\"path\":\"/a\"},{\"path\":\"b\"}]}" },
	  "/hooks/poststop/1/path",
	  "must be an absolute path, is \"b\"",
	  OCI_ERROR },
	{ { .top = ",\"hooks\":{\"createContainer\":[{\"path\":\"/a\",\"env\":[\"b\"]}]}" },
	  "/hooks/createContainer/0/env/0",
	  "must be NAME=VALUE, \"b\" has no '='",
	  OCI_ERROR },
	{ { .top = ",\"mounts\":[{\"destination\":\"proc\"}]" },
	  "/mounts/0/destination",
	  "must be an absolute path, \"proc\" is taken from /",
	  OCI_WARNING },
	{ { .top = ",\"mounts\":[{\"destination\":\"\"}]" },
	  "/mounts/0/destination",
	  "must not be empty",
	  OCI_ERROR },
	{ { .top = ",\"mounts\":[{\"destination\":\"/"
		   "a\",\"uidMappings\":[{\"containerID\":0,"
		   "\"hostID\":1,\"size\":1}]}]" },
	  "/mounts/0/gidMappings",
	  "missing, uidMappings is set",
	  OCI_ERROR },
	{ { .top = ",\"mounts\":[{\"destination\":\"/"
		   "a\",\"options\":[\"rbind\",\"ridmap\"]}]" },
	  "/mounts/0/options",
	  "idmap needs uidMappings and gidMappings, or a user namespace",
	  OCI_ERROR },
};

static void a_config(void **state)
{
	(void)state;
	EXPECT(a_config_cases);
}

/* For each limit that a rule has, the last value on its good side. */
static void what_is_allowed(void **state)
{
	static const struct parts table[] = {
		{ 0 },
		{ .version = "1.0.0" },
		{ .version = "1.3.99" },
		{ .version = "1.1.0+dev" },
		{ .version = "1.0.0-rc.1-x+b.2" },
		{ .user = "\"uid\":4294967294,\"gid\":4294967294" },
		{ .process = ",\"env\":[\"A=\",\"B==\"],\"oomScoreAdj\":-1000" },
		{ .process = ",\"rlimits\":[{\"type\":\"RLIMIT_CPU\",\"soft\":5,\"hard\":5}]" },
		{ .process = ",\"scheduler\":{\"policy\":\"SCHED_FIFO\",\"priority\":99,\"nice\":-"
			     "20}" },
		{ .process =
			  ",\"consoleSize\":{\"width\":1,\"height\":1},\"ioPriority\":{\"class\":"
			  "\"IOPRIO_CLASS_IDLE\"}" },
		{ .top = ",\"hostname\":\"\"", .namespaces = "\"pid\"" },
		{ .top = ",\"hostname\":\"h\"",
		  .namespaces = "\"uts\",\"path\":\"/proc/1/ns/uts\"" },
		{ .top = ",\"windows\":{},\"mounts\":[{\"destination\":\"/\"}]" },
		{ .namespaces = "\"user\"", .linux = MAPS, .user = "\"uid\":9,\"gid\":9" },
		{ .namespaces = "\"user\",\"path\":\"/u\"", .user = "\"uid\":9,\"gid\":9" },
		{ .linux = ",\"devices\":[{\"type\":\"p\",\"path\":\"/"
			   "x\"},{\"type\":\"c\",\"path\":\"/y\","
			   "\"major\":0,\"minor\":1048575}]" },
		{ .linux = ",\"sysctl\":{\"net.ipv4.ip_forward\":\"1\",\"net/ipv4/conf/eth0.1/"
			   "x\":\"\","
			   "\"kernel.shm_rmid_forced\":\"1\",\"fs.mqueue.msg_max\":\"1\"}" },
		{ .linux = ",\"memoryPolicy\":{\"mode\":\"MPOL_DEFAULT\"}" },
		{ .linux =
			  ",\"resources\":{\"memory\":{\"limit\":-1,\"swap\":-1,\"reservation\":0},"
			  "\"cpu\":{\"quota\":-1,\"burst\":5},\"hugepageLimits\":[{\"pageSize\":"
			  "\"64KB\","
			  "\"limit\":0}],\"devices\":[{\"allow\":false,\"access\":\"rwm\"},"
			  "{\"allow\":true,\"type\":\"a\",\"major\":-1,\"minor\":-1,\"access\":"
			  "\"\"}],"
			  "\"unified\":{\"hugetlb.1GB.max\":\"1\\n2\"}}" },
		{ .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":"
			   "38,"
			   "\"listenerPath\":\"/"
			   "s\",\"listenerMetadata\":\"m\",\"syscalls\":[{\"names\":"
			   "[\"a\"],\"action\":\"SCMP_ACT_NOTIFY\"},{\"names\":[\"b\"],\"action\":"
			   "\"SCMP_ACT_TRACE\",\"errnoRet\":65535}]}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct collect got;

		check(&got, &table[i]);
		if (got.n > 0)
			print_error("case %zu: %s: %s\n", i, got.problems[0].pointer,
				    got.problems[0].text);
		assert_int_equal(got.n, 0);
	}
}

static void a_process_by_itself(void **state)
{
	struct oci_arena *arena = oci_arena_new();
	struct collect got;
	const struct oci_process *process;

	(void)state;
	collect_begin(&got);
	process = collect_parse(&got, &oci_process_type, "{\"cwd\":\"x\",\"args\":[\"a\"]}", arena);
	assert_false(oci_check_process(process, "", &got.sink));
	assert_int_equal(got.n, 1);
	assert_string_equal(got.problems[0].pointer, "/cwd");
	oci_arena_free(arena);
}

/* If the sink says no, checking ends; objects that are missing in a document do no harm. */
static void the_sink_may_stop_it_and_holes_do_no_harm(void **state)
{
	static const char json[] =
		"{\"process\":{\"cwd\":1,\"env\":[\"a\",\"b\"],\"rlimits\":[{}],"
		"\"scheduler\":{}},\"mounts\":[{}],\"hooks\":{\"prestart\":[{}]},"
		"\"linux\":{\"namespaces\":[{},{\"type\":\"x\"}],\"devices\":[{}],"
		"\"seccomp\":{\"syscalls\":[{}]},\"memoryPolicy\":{},\"resources\":"
		"{\"hugepageLimits\":[{}],\"devices\":[{}],\"rdma\":{\"a\":{}}}}}";
	struct oci_arena *arena = oci_arena_new();
	struct collect got;
	const struct oci_config *config;

	(void)state;
	collect_begin(&got);
	config = collect_parse(&got, &oci_config_type, json, arena);
	assert_non_null(config);
	assert_false(oci_check_config(config, &got.sink));
	collect_begin(&got);
	got.stop_at_error = true;
	assert_false(oci_check_config(config, &got.sink));
	assert_int_equal(got.n, 1);
	assert_string_equal(got.problems[0].pointer, "/process/env/0");
	assert_false(oci_check_config(config, NULL));
	oci_arena_free(arena);
}

static bool hear_one(struct oci_sink *sink, const struct oci_problem *problem)
{
	*(size_t *)sink->context += 1;
	assert_int_equal(problem->severity, OCI_WARNING);
	return false;
}

/* A sink that wants to hear no more has not heard that all is well. */
static void a_warning_may_stop_it(void **state)
{
	const char *json = "{\"ociVersion\":\"1.4.0\",\"root\":{\"path\":\"r\"},"
			   "\"linux\":{\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"X\"]}}}";
	struct oci_arena *arena = oci_arena_new();
	struct collect got;
	size_t n = 0;
	struct oci_sink sink = { .take = hear_one, .context = &n };
	const struct oci_config *config;

	(void)state;
	collect_begin(&got);
	config = collect_parse(&got, &oci_config_type, json, arena);
	assert_non_null(config);
	assert_true(oci_check_config(config, &got.sink));
	assert_int_equal(got.n, 2);
	assert_false(oci_check_config(config, &sink));
	assert_int_equal(n, 1);
	assert_false(sink.failed);
	oci_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process),
		cmocka_unit_test(a_config),
		cmocka_unit_test(what_is_allowed),
		cmocka_unit_test(a_process_by_itself),
		cmocka_unit_test(the_sink_may_stop_it_and_holes_do_no_harm),
		cmocka_unit_test(a_warning_may_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
