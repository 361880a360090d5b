/* SPDX-License-Identifier: Apache-2.0 */
/* test_check_linux.c - the rules of /linux */
#include "tests/unit/broken.h"

static const struct broken namespaces_and_ids_cases[] = {
	{ { .namespaces = ALL "},{\"type\":\"pid\"" },
	  "/linux/namespaces/5",
	  "\"pid\" is there already, as entry 1",
	  OCI_ERROR },
	{ { .namespaces = ALL "},{\"type\":\"cgroup\",\"path\":\"x\"" },
	  "/linux/namespaces/5/path",
	  "must be an absolute path, is \"x\"",
	  OCI_ERROR },
	{ { .namespaces = "\"pid\"", .top = ",\"mounts\":[{\"destination\":\"/a\"}]" },
	  "/mounts",
	  "needs a mount namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .namespaces = "\"pid\"", .linux = ",\"maskedPaths\":[\"/a\"]" },
	  "/linux/maskedPaths",
	  "needs a mount namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .namespaces = "\"pid\"", .linux = ",\"readonlyPaths\":[\"/a\"]" },
	  "/linux/readonlyPaths",
	  "needs a mount namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .namespaces = "\"pid\"", .linux = ",\"rootfsPropagation\":\"slave\"" },
	  "/linux/rootfsPropagation",
	  "needs a mount namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .namespaces = "\"user\"",
	    .linux = ",\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]" },
	  "/linux/uidMappings",
	  "missing, a new user namespace needs them",
	  OCI_ERROR },
	{ { .linux = ",\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1}]" },
	  "/linux/uidMappings",
	  "needs a user namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .namespaces = "\"user\",\"path\":\"/u\"",
	    .linux = ",\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":0}]" },
	  "/linux/uidMappings/0",
	  "size must be above 0",
	  OCI_ERROR },
	{ { .namespaces = "\"user\",\"path\":\"/u\"",
	    .linux = ",\"uidMappings\":[{\"containerID\":1,\"hostID\":0,\"size\":"
		     "4294967295}]" },
	  "/linux/uidMappings/0",
	  "containerID 1 and size 4294967295 go beyond 4294967294",
	  OCI_ERROR },
	{ { .namespaces = "\"user\",\"path\":\"/u\"",
	    .linux = ",\"gidMappings\":[{\"containerID\":0,\"hostID\":10,\"size\":10},"
		     "{\"containerID\":10,\"hostID\":19,\"size\":1}]" },
	  "/linux/gidMappings/1",
	  "overlaps with entry 0",
	  OCI_ERROR },
	{ { .namespaces = "\"user\"", .linux = MAPS, .user = "\"uid\":10,\"gid\":9" },
	  "/process/user/uid",
	  "10 is not in /linux/uidMappings",
	  OCI_ERROR },
	{ { .namespaces = "\"user\"",
	    .linux = MAPS,
	    .user = "\"uid\":1,\"gid\":0,\"additionalGids\":[3,11]" },
	  "/process/user/additionalGids/1",
	  "11 is not in /linux/gidMappings",
	  OCI_ERROR },
	{ { .linux = ",\"timeOffsets\":{\"boottime\":{\"secs\":1}}" },
	  "/linux/timeOffsets",
	  "needs a time namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .namespaces = "\"time\",\"path\":\"/t\"",
	    .linux = ",\"timeOffsets\":{\"boottime\":{\"secs\":1}}" },
	  "/linux/timeOffsets",
	  "needs a new time namespace, and /linux/namespaces joins one",
	  OCI_ERROR },
	{ { .namespaces = "\"time\"",
	    .linux = ",\"timeOffsets\":{\"monotonic\":{\"nanosecs\":1000000000}}" },
	  "/linux/timeOffsets/monotonic/nanosecs",
	  "must be a number from 0 to 999999999",
	  OCI_ERROR },
	{ { .namespaces = "\"pid\"", .linux = ",\"netDevices\":{\"eth0\":{}}" },
	  "/linux/netDevices",
	  "needs a network namespace, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .linux = ",\"netDevices\":{\"eth0\":{\"name\":\"a/b\"}}" },
	  "/linux/netDevices/eth0",
	  "\"a/b\" can't be the name of an interface",
	  OCI_ERROR },
	{ { .linux = ",\"netDevices\":{\"abcdefghijklmnop\":{}}" },
	  "/linux/netDevices/abcdefghijklmnop",
	  "\"abcdefghijklmnop\" can't be the name of an interface",
	  OCI_ERROR },
};

static void namespaces_and_ids(void **state)
{
	(void)state;
	EXPECT(namespaces_and_ids_cases);
}

static const struct broken the_rest_of_linux_cases[] = {
	{ { .linux = ",\"devices\":[{\"type\":\"c\",\"path\":\"dev/"
		     "x\",\"major\":1,\"minor\":3}]" },
	  "/linux/devices/0/path",
	  "must be an absolute path, is \"dev/x\"",
	  OCI_ERROR },
	{ { .linux = ",\"devices\":[{\"type\":\"b\",\"path\":\"/x\",\"minor\":3}]" },
	  "/linux/devices/0/major",
	  "missing, type b needs it",
	  OCI_ERROR },
	{ { .linux = ",\"devices\":[{\"type\":\"u\",\"path\":\"/"
		     "x\",\"major\":1,\"minor\":-1}]" },
	  "/linux/devices/0/minor",
	  "minor must be a number from 0 to 1048575, is -1",
	  OCI_ERROR },
	{ { .linux = ",\"maskedPaths\":[\"/a\",\"b\"]" },
	  "/linux/maskedPaths/1",
	  "must be an absolute path, is \"b\"",
	  OCI_ERROR },
	{ { .linux = ",\"readonlyPaths\":[\"\"]" },
	  "/linux/readonlyPaths/0",
	  "must be an absolute path, is \"\"",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"kernel.panic\":\"1\"}" },
	  "/linux/sysctl/kernel.panic",
	  "belongs to no namespace, it would change the host",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"net..x\":\"1\"}" },
	  "/linux/sysctl/net..x",
	  "\"net..x\" can't be a parameter of the kernel",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"net/../../x\":\"1\"}" },
	  "/linux/sysctl/net~1..~1..~1x",
	  "\"net/../../x\" can't be a parameter of the kernel",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"net.x\":\"1\\n2\"}" },
	  "/linux/sysctl/net.x",
	  "must not contain a newline",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"kernel.shmmax\":\"1\"}", .namespaces = "\"pid\"" },
	  "/linux/sysctl/kernel.shmmax",
	  "needs a namespace of type ipc, and /linux/namespaces has none",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"kernel/hostname\":\"1\"}" },
	  "/linux/sysctl/kernel~1hostname",
	  "is set by /hostname",
	  OCI_ERROR },
	{ { .linux = ",\"sysctl\":{\"kernel.shmmaxx\":\"1\"}" },
	  "/linux/sysctl/kernel.shmmaxx",
	  "belongs to no namespace, it would change the host",
	  OCI_ERROR },
	{ { .linux = ",\"memoryPolicy\":{\"mode\":\"MPOL_BIND\"}" },
	  "/linux/memoryPolicy/nodes",
	  "missing, MPOL_BIND needs them",
	  OCI_ERROR },
	{ { .linux = ",\"memoryPolicy\":{\"mode\":\"MPOL_LOCAL\",\"nodes\":\"0\"}" },
	  "/linux/memoryPolicy/nodes",
	  "MPOL_LOCAL takes none",
	  OCI_ERROR },
	{ { .linux = ",\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"X\"]}" },
	  "/linux/personality/flags",
	  "\"X\" is ignored, no flag is defined",
	  OCI_WARNING },
	{ { .linux = ",\"intelRdt\":{\"closID\":\"..\"}" },
	  "/linux/intelRdt/closID",
	  "\"..\" can't be the name of a directory",
	  OCI_ERROR },
	{ { .linux = ",\"intelRdt\":{\"memBwSchema\":\"L3:0=f\"}" },
	  "/linux/intelRdt/memBwSchema",
	  "must start with \"MB:\", is \"L3:0=f\"",
	  OCI_ERROR },
	{ { .linux = ",\"intelRdt\":{\"schemata\":[\"L3:0=f\\nMB:0=1\"]}" },
	  "/linux/intelRdt/schemata/0",
	  "must not contain a newline",
	  OCI_ERROR },
};

static void the_rest_of_linux(void **state)
{
	(void)state;
	EXPECT(the_rest_of_linux_cases);
}

static const struct broken resources_cases[] = {
	{ { .linux = ",\"resources\":{\"devices\":[{\"allow\":true,\"type\":\"u\"}]}" },
	  "/linux/resources/devices/0/type",
	  "\"u\" is not one of a, b, c",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"devices\":[{\"allow\":true,\"access\":\"rwx\"}]}" },
	  "/linux/resources/devices/0/access",
	  "\"rwx\" must be made of r, w and m",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"devices\":[{\"allow\":true,\"major\":-2}]}" },
	  "/linux/resources/devices/0/major",
	  "must be -1 (any) or more, is -2",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"memory\":{\"limit\":-2}}" },
	  "/linux/resources/memory/limit",
	  "must be -1 (unlimited) or more, is -2",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"memory\":{\"limit\":2,\"swap\":1}}" },
	  "/linux/resources/memory/swap",
	  "1 is memory and swap together, and below limit 2",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"memory\":{\"swappiness\":101}}" },
	  "/linux/resources/memory/swappiness",
	  "must be a number from 0 to 100, is 101",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"cpu\":{\"quota\":5,\"burst\":6}}" },
	  "/linux/resources/cpu/burst",
	  "6 is over quota 5",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"cpu\":{\"idle\":2}}" },
	  "/linux/resources/cpu/idle",
	  "must be 0 or 1, is 2",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"blockIO\":{\"weightDevice\":[{\"major\":8,"
		     "\"minor\":0}]}}" },
	  "/linux/resources/blockIO/weightDevice/0",
	  "weight or leafWeight missing",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"hugepageLimits\":[{\"pageSize\":\"2mb\",\"limit\":"
		     "1}]}" },
	  "/linux/resources/hugepageLimits/0/pageSize",
	  "must be a size such as 64KB, 2MB or 1GB, is \"2mb\"",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"hugepageLimits\":[{\"pageSize\":\"02MB\",\"limit\":"
		     "1}]}" },
	  "/linux/resources/hugepageLimits/0/pageSize",
	  "must be a size such as 64KB, 2MB or 1GB, is \"02MB\"",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"rdma\":{\"mlx\":{}}}" },
	  "/linux/resources/rdma/mlx",
	  "hcaHandles or hcaObjects missing",
	  OCI_ERROR },
	{ { .linux = ",\"resources\":{\"unified\":{\"../x\":\"1\"}}" },
	  "/linux/resources/unified/..~1x",
	  "\"../x\" can't be a file of the cgroup",
	  OCI_ERROR },
};

static void resources(void **state)
{
	(void)state;
	EXPECT(resources_cases);
}

static const struct broken seccomp_cases[] = {
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\","
		     "\"defaultErrnoRet\":1}" },
	  "/linux/seccomp/defaultErrnoRet",
	  "is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not for SCMP_ACT_ALLOW",
	  OCI_ERROR },
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}" },
	  "/linux/seccomp/defaultAction",
	  "SCMP_ACT_NOTIFY would stop the container's start itself",
	  OCI_ERROR },
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_KILL\","
		     "\"listenerMetadata\":\"x\"}" },
	  "/linux/seccomp/listenerMetadata",
	  "must not be set without listenerPath",
	  OCI_ERROR },
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
		     "\"names\":"
		     "[\"a\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}" },
	  "/linux/seccomp/syscalls/0/action",
	  "SCMP_ACT_NOTIFY needs /linux/seccomp/listenerPath",
	  OCI_ERROR },
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
		     "\"names\":"
		     "[\"a\"],\"action\":\"SCMP_ACT_LOG\",\"errnoRet\":0}]}" },
	  "/linux/seccomp/syscalls/0/errnoRet",
	  "is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not for SCMP_ACT_LOG",
	  OCI_ERROR },
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
		     "\"names\":"
		     "[\"a\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":4096}]}" },
	  "/linux/seccomp/syscalls/0/errnoRet",
	  "must be a number from 0 to 4095, is 4096",
	  OCI_ERROR },
	{ { .linux = ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{"
		     "\"names\":"
		     "[\"a\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":6,"
		     "\"value\":0,"
		     "\"op\":\"SCMP_CMP_EQ\"}]}]}" },
	  "/linux/seccomp/syscalls/0/args/0/index",
	  "must be a number from 0 to 5, is 6",
	  OCI_ERROR },
};

static void seccomp(void **state)
{
	(void)state;
	EXPECT(seccomp_cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(namespaces_and_ids),
		cmocka_unit_test(the_rest_of_linux),
		cmocka_unit_test(resources),
		cmocka_unit_test(seccomp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
