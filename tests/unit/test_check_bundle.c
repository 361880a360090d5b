/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_check_bundle.c - check goes through the parts of a plan although the document has errors
 *
 * A config that uses every property is spoilt in one place after the other.  A sanitizer sees what
 * meets a NULL; that nothing is said twice is seen here.
 */
#include "tests/unit/collect.h"

#include "base/auto.h"
#include "libocispec/walk.h"
#include "manager/manager.h"
#include "plan/plan.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Nearly all of it is right, because `check` leaves out the parts that read what is wrong. */
static const char whole[] =
	"{\"ociVersion\":\"1.3.0\",\"hostname\":\"h\",\"domainname\":\"d\",\"root\":{\"path\":"
	"\"rootfs\","
	"\"readonly\":true},\"annotations\":{\"a\":\"b\"},\"process\":{\"terminal\":false,"
	"\"consoleSize\":{"
	"\"height\":1,\"width\":2},\"user\":{\"uid\":0,\"gid\":0,\"umask\":18,\"additionalGids\":["
	"1,2]},"
	"\"args\":[\"a\",\"b\"],\"env\":[\"A=b\",\"C=d\"],\"cwd\":\"/"
	"\",\"capabilities\":{\"bounding\":["
	"\"CAP_KILL\",\"CAP_X\"],\"permitted\":[\"CAP_KILL\"],\"effective\":[\"CAP_KILL\"],"
	"\"inheritable\":"
	"[\"CAP_KILL\"],\"ambient\":[\"CAP_KILL\"]},\"rlimits\":[{\"type\":\"RLIMIT_CORE\","
	"\"soft\":1,"
	"\"hard\":2},{\"type\":\"RLIMIT_AS\",\"soft\":1,\"hard\":2}],\"noNewPrivileges\":true,"
	"\"apparmorProfile\":\"p\",\"selinuxLabel\":\"l\",\"oomScoreAdj\":1,\"scheduler\":{"
	"\"policy\":"
	"\"SCHED_OTHER\",\"nice\":1,\"flags\":[\"SCHED_FLAG_RESET_ON_FORK\"]},\"ioPriority\":{"
	"\"class\":"
	"\"IOPRIO_CLASS_BE\",\"priority\":3},\"execCPUAffinity\":{\"initial\":\"0\",\"final\":\"0-"
	"1\"}},"
	"\"hooks\":{\"prestart\":[{\"path\":\"/"
	"h\",\"args\":[\"h\"],\"env\":[\"A=b\"],\"timeout\":1}],"
	"\"poststop\":[{\"path\":\"/h\"}]},\"mounts\":[{\"destination\":\"/"
	"p\",\"type\":\"proc\",\"source\":"
	"\"proc\"},{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"ro\","
	"\"size=1m\",\"mode=0\"]},{\"destination\":\"/"
	"c\",\"type\":\"cgroup\",\"source\":\"c\",\"options\":["
	"\"ro\"]},{\"destination\":\"/b\",\"type\":\"bind\",\"source\":\"/nope/"
	"b\",\"options\":[\"rbind\","
	"\"ro\",\"copy-symlink\"]},{\"destination\":\"/"
	"i\",\"source\":\"rootfs\",\"options\":[\"bind\","
	"\"idmap\"],\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}],\"gidMappings\":["
	"{"
	"\"containerID\":0,\"hostID\":1,\"size\":1}]},{\"destination\":\"/"
	"p\",\"options\":[\"remount\"]},{"
	"\"destination\":\"/dev\",\"source\":\"/"
	"dev\",\"options\":[\"bind\"]}],\"linux\":{\"uidMappings\":[{"
	"\"containerID\":0,\"hostID\":1,\"size\":9}],\"gidMappings\":[{\"containerID\":0,"
	"\"hostID\":1,"
	"\"size\":9}],\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"network\",\"path\":\"/nope/"
	"n\"},{"
	"\"type\":\"uts\"},{\"type\":\"user\"},{\"type\":\"time\"}],\"timeOffsets\":{\"monotonic\":"
	"{\"secs\":1,"
	"\"nanosecs\":2},\"boottime\":{\"secs\":1}},\"devices\":[{\"type\":\"c\",\"path\":\"/dev/"
	"x\",\"major\":1,"
	"\"minor\":3,\"fileMode\":384,\"uid\":1,\"gid\":1},{\"type\":\"p\",\"path\":\"/"
	"y\"}],\"cgroupsPath\":"
	"\"/ocirt-check-bundle/"
	"x\",\"sysctl\":{\"net.ipv4.ip_forward\":\"1\",\"net.core.somaxconn\":\"h\"},"
	"\"rootfsPropagation\":\"slave\",\"maskedPaths\":[\"/m\"],\"readonlyPaths\":[\"/"
	"r\"],\"mountLabel\":"
	"\"l\",\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"f\"]},\"seccomp\":{"
	"\"defaultAction\":"
	"\"SCMP_ACT_ALLOW\"},\"intelRdt\":{\"closID\":\"c\"},\"memoryPolicy\":{\"mode\":\"MPOL_"
	"BIND\","
	"\"nodes\":\"0\"},\"netDevices\":{\"eth0\":{\"name\":\"e\"}},\"resources\":{\"unified\":{"
	"\"memory.high\":\"1\",\"cgroup.max.depth\":\"1\"},\"devices\":[{\"allow\":false},{"
	"\"allow\":true,"
	"\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rwm\"}],\"pids\":{\"limit\":1},"
	"\"blockIO\":{"
	"\"weight\":10,\"leafWeight\":10,\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":10}]"
	","
	"\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":1}]},\"cpu\":{\"shares\":2,"
	"\"quota\":"
	"1000,\"burst\":1,\"period\":1000,\"cpus\":\"0\",\"mems\":\"0\",\"idle\":1},"
	"\"hugepageLimits\":[{"
	"\"pageSize\":\"2MB\",\"limit\":1}],\"memory\":{\"limit\":1,\"reservation\":1,\"swap\":2,"
	"\"swappiness\":1},\"network\":{\"classID\":1,\"priorities\":[{\"name\":\"eth0\","
	"\"priority\":1}]},"
	"\"rdma\":{\"m\":{\"hcaHandles\":1}}}}}";

static struct collect got;
static size_t n_cases, n_from_parts;

static void nothing_is_said_twice(const char *json)
{
	for (size_t i = 0; i < got.n && i < COLLECT_MAX; i++) {
		const struct oci_problem *a = &got.problems[i];

		n_from_parts += strstr(a->text, "/nope") != NULL;
		for (size_t k = 0; k < i; k++) {
			const struct oci_problem *b = &got.problems[k];

			if (strcmp(a->pointer, b->pointer) || strcmp(a->text, b->text))
				continue;
			print_error("%s\ntwice: %s: %s\n", json, a->pointer, a->text);
			assert_true(false);
		}
	}
}

static void check(const char *json)
{
	const struct request request = { .plans_only = true,
					 .bundle = ".",
					 .cgroup_manager = &manager_fs };
	auto_free char *text = NULL;
	auto_fd int fd = open("config.json", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct error err;
	size_t len;

	assert_int_equal(write(fd, json, strlen(json)), (ssize_t)strlen(json));
	collect_begin(&got);
	assert_true(container_check(&request, &got.sink, &text, &len, &err) > 0);
	nothing_is_said_twice(json);
	n_cases++;
}

/* The whole with `value` instead of what stands from start to end. */
static void spoil(size_t start, size_t end, const char *value)
{
	char json[sizeof whole + 64];

	(void)snprintf(json, sizeof json, "%.*s%s%s", (int)start, whole, value, whole + end);
	check(json);
}

/* No string of the whole has a bracket. */
static size_t end_of_brackets(size_t at)
{
	int depth = 0;

	do
		depth += strchr("{[", whole[at]) ? 1 : strchr("}]", whole[at]) ? -1 : 0;
	while (whole[at++] && depth);
	return at;
}

static void no_error_trips_the_parts_up(void **state)
{
	static const char *const values[] = {
		"null", "true", "-1", "\"\"", "\"x/y\"", "[]", "18446744073709551615",
		"{}",	"[{}]", "[7]"
	};
	struct oci_walk walk;
	enum oci_token token;

	(void)state;
	check(whole);
	oci_walk_begin(&walk, whole, strlen(whole));
	while ((token = oci_walk_next(&walk)) != OCI_TOKEN_END) {
		size_t end = token == OCI_TOKEN_OPEN ? end_of_brackets(walk.start) : walk.at;

		assert_int_not_equal(token, OCI_TOKEN_BAD);
		if (token == OCI_TOKEN_KEY)
			spoil(walk.start, end, "\"missing\"");
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			if (token == OCI_TOKEN_OPEN || token == OCI_TOKEN_SCALAR)
				spoil(walk.start, end, values[i]);
	}
	assert_true(n_cases > 2000);
	assert_true(n_from_parts > n_cases); /* two in each, but where it is they that are spoilt */
}

static int enter_bundle(void **state)
{
	static char bundle[] = "/tmp/check-bundle-XXXXXX";

	*state = bundle;
	return mkdtemp(bundle) && chdir(bundle) == 0 && mkdir("rootfs", 0755) == 0 ? 0 : -1;
}

static int leave_bundle(void **state)
{
	(void)unlink("config.json");
	(void)rmdir("rootfs");
	return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_error_trips_the_parts_up, enter_bundle,
						leave_bundle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
