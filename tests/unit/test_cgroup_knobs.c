/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_knobs.c - which limit goes into which file, as what, and which are refused */
#include "unit.h"

#include "base/auto.h"
#include "cgroup_tree.h"
#include "limit/knob.h"
#include "limit/limits.h"
#include "manager/manager.h"

#include <string.h>

#define HAS(o, m) (UINT64_C(1) << OCI_##o##_##m)
#define CPU(...)                                                                                   \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.cpu = &(struct oci_cpu)                                                           \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define MEMORY(...)                                                                                \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.memory = &(struct oci_memory)                                                     \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define PIDS(n)                                                                                    \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.pids = &(struct oci_pids)                                                         \
		{                                                                                  \
			HAS(pids, limit), n                                                        \
		}                                                                                  \
	}
#define BLOCK(...)                                                                                 \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.block_io = &(struct oci_block_io)                                                 \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define LIST(type, ...)                                                                            \
	{                                                                                          \
		.n = 1, .v = &(struct type)                                                        \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define PAGES(size, bytes)                                                                         \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.hugepage_limits = LIST(oci_hugepage_limit, 3, size, bytes)                        \
	}
#define UNIFIED(k, text)                                                                           \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.unified = { 1, &(struct oci_pair){ k, text } }                                    \
	}
#define MIB (INT64_C(1) << 20)

struct knob_case {
	const char *title;
	enum tree_kind kind;
	const struct oci_resources *resources;
	struct tree_file files[4]; /* all that may be written */
};

static const struct knob_case cases[] = {
	{ "nothing", TREE_V1, &(struct oci_resources){ 0 }, { { 0 } } },
	{ "shares v1",
	  TREE_V1,
	  CPU(.has = HAS(cpu, shares), .shares = 512),
	  { { "cpu/cpu.shares", "512" } } },
	{ "shares v2",
	  TREE_V2,
	  CPU(.has = HAS(cpu, shares), .shares = 1024),
	  { { "unified/cpu.weight", "100" } } },
	{ "shares 0 is none",
	  TREE_V1,
	  CPU(.has = HAS(cpu, shares)),
	  { { "cpu/cpu.shares", NULL } } },
	{ "quota and period v1",
	  TREE_V1,
	  CPU(.has = HAS(cpu, quota) | HAS(cpu, period), .quota = 50000, .period = 200000),
	  { { "cpu/cpu.cfs_quota_us", "50000" }, { "cpu/cpu.cfs_period_us", "200000" } } },
	{ "no quota v1",
	  TREE_HYBRID,
	  CPU(.has = HAS(cpu, quota), .quota = -5),
	  { { "cpu/cpu.cfs_quota_us", "-1" } } },
	{ "quota and period v2",
	  TREE_V2,
	  CPU(.has = HAS(cpu, quota) | HAS(cpu, period), .quota = 50000, .period = 200000),
	  { { "unified/cpu.max", "50000 200000" } } },
	{ "period v2",
	  TREE_V2,
	  CPU(.has = HAS(cpu, period), .period = 200000),
	  { { "unified/cpu.max", "max 200000" } } },
	{ "no quota v2",
	  TREE_V2,
	  CPU(.has = HAS(cpu, quota), .quota = -1),
	  { { "unified/cpu.max", "max" } } },
	{ "burst v1",
	  TREE_V1,
	  CPU(.has = HAS(cpu, burst), .burst = 1000),
	  { { "cpu/cpu.cfs_burst_us", "1000" } } },
	{ "burst v2",
	  TREE_V2,
	  CPU(.has = HAS(cpu, burst), .burst = 0),
	  { { "unified/cpu.max.burst", "0" } } },
	{ "real time",
	  TREE_V1,
	  CPU(.has = HAS(cpu, realtime_period) | HAS(cpu, realtime_runtime),
	      .realtime_period = 1000000, .realtime_runtime = 950000),
	  { { "cpu/cpu.rt_period_us", "1000000" }, { "cpu/cpu.rt_runtime_us", "950000" } } },
	{ "idle", TREE_V2, CPU(.has = HAS(cpu, idle), .idle = 1), { { "unified/cpu.idle", "1" } } },
	{ "not idle", TREE_V1, CPU(.has = HAS(cpu, idle), .idle = 0), { { "cpu/cpu.idle", "0" } } },
	{ "cpuset",
	  TREE_HYBRID,
	  CPU(.has = HAS(cpu, cpus) | HAS(cpu, mems), .cpus = "0-1,3", .mems = "0"),
	  { { "cpuset/cpuset.cpus", "0-1,3" }, { "cpuset/cpuset.mems", "0" } } },
	{ "empty cpuset is none",
	  TREE_V2,
	  CPU(.has = HAS(cpu, cpus) | HAS(cpu, mems), .cpus = "", .mems = ""),
	  { { 0 } } },

	{ "memory v1",
	  TREE_V1,
	  MEMORY(.has = HAS(memory, limit) | HAS(memory, swap), .limit = 64 * MIB,
		 .swap = 96 * MIB),
	  { { "memory/memory.limit_in_bytes", "67108864" },
	    { "memory/memory.memsw.limit_in_bytes", "100663296" } } },
	{ "memory v2: swap is the difference",
	  TREE_V2,
	  MEMORY(.has = HAS(memory, limit) | HAS(memory, swap), .limit = 64 * MIB,
		 .swap = 96 * MIB),
	  { { "unified/memory.max", "67108864" }, { "unified/memory.swap.max", "33554432" } } },
	{ "memory on hybrid",
	  TREE_HYBRID,
	  MEMORY(.has = HAS(memory, limit) | HAS(memory, swap) | HAS(memory, reservation),
		 .limit = 64 * MIB, .swap = 64 * MIB, .reservation = MIB),
	  { { "unified/memory.max", "67108864" },
	    { "unified/memory.swap.max", "0" },
	    { "unified/memory.low", "1048576" } } },
	{ "no limits v1",
	  TREE_V1,
	  MEMORY(.has = HAS(memory, limit) | HAS(memory, swap) | HAS(memory, reservation),
		 .limit = -1, .swap = -1, .reservation = -1),
	  { { "memory/memory.limit_in_bytes", "-1" },
	    { "memory/memory.memsw.limit_in_bytes", "-1" },
	    { "memory/memory.soft_limit_in_bytes", "-1" } } },
	{ "no limits v2",
	  TREE_V2,
	  MEMORY(.has = HAS(memory, limit) | HAS(memory, swap) | HAS(memory, reservation),
		 .limit = -1, .swap = -1, .reservation = -1),
	  { { "unified/memory.max", "max" },
	    { "unified/memory.swap.max", "max" },
	    { "unified/memory.low", "max" } } },
	{ "v1 alone",
	  TREE_V1,
	  MEMORY(.has = HAS(memory, swappiness) | HAS(memory, disable_oom_killer) |
			HAS(memory, use_hierarchy) | HAS(memory, kernel),
		 .swappiness = 0, .disable_oom_killer = true, .use_hierarchy = true, .kernel = MIB),
	  { { "memory/memory.swappiness", "0" },
	    { "memory/memory.oom_control", "1" },
	    { "memory/memory.use_hierarchy", "1" },
	    { "memory/memory.kmem.limit_in_bytes", "1048576" } } },
	{ "kernel TCP",
	  TREE_V1,
	  MEMORY(.has = HAS(memory, kernel_tcp), .kernel_tcp = MIB),
	  { { "memory/memory.kmem.tcp.limit_in_bytes", "1048576" } } },
	{ "what engines always pass",
	  TREE_V2,
	  MEMORY(.has = HAS(memory, disable_oom_killer) | HAS(memory, use_hierarchy),
		 .disable_oom_killer = false, .use_hierarchy = true),
	  { { 0 } } },

	{ "pids", TREE_V1, PIDS(100), { { "pids/pids.max", "100" } } },
	{ "pids 0 is a limit", TREE_V2, PIDS(0), { { "unified/pids.max", "0" } } },
	{ "pids -1", TREE_V1, PIDS(-1), { { "pids/pids.max", "max" } } },
	{ "huge pages v1",
	  TREE_V1,
	  PAGES("2MB", 4 << 20),
	  { { "hugetlb/hugetlb.2MB.limit_in_bytes", "4194304" },
	    { "hugetlb/hugetlb.2MB.rsvd.limit_in_bytes", "4194304" } } },
	{ "huge pages v2, old kernel",
	  TREE_HYBRID,
	  PAGES("2MB", 0),
	  { { "unified/hugetlb.2MB.max", "0" } } },

	{ "weight v1", TREE_V1, BLOCK(.weight = 500), { { "blkio/blkio.weight", "500" } } },
	{ "weight v1 by BFQ",
	  TREE_V1,
	  BLOCK(.weight = 10),
	  { { "blkio/blkio.bfq.weight", "10" } } },
	{ "weight v2", TREE_V2, BLOCK(.weight = 1000), { { "unified/io.weight", "10000" } } },
	{ "weight v2 by BFQ",
	  TREE_HYBRID,
	  BLOCK(.weight = 10),
	  { { "unified/io.bfq.weight", "10" }, { "unified/io.weight", NULL } } },
	{ "weight 0 is none", TREE_V2, BLOCK(.weight = 0, .leaf_weight = 0), { { 0 } } },
	{ "leaf weight",
	  TREE_V1,
	  BLOCK(.leaf_weight = 20),
	  { { "blkio/blkio.leaf_weight", "20" } } },
	{ "weight of a device",
	  TREE_V1,
	  BLOCK(.weight_device = LIST(oci_weight_device, 7, 8, 16, 300, 30)),
	  { { "blkio/blkio.weight_device", "8:16 300" },
	    { "blkio/blkio.leaf_weight_device", "8:16 30" } } },
	{ "rates v1",
	  TREE_V1,
	  BLOCK(.read_bps = LIST(oci_throttle_device, 7, 8, 0, 1000),
		.write_bps = LIST(oci_throttle_device, 7, 8, 0, 2000),
		.read_iops = LIST(oci_throttle_device, 7, 8, 0, 30),
		.write_iops = LIST(oci_throttle_device, 7, 8, 0, 0)),
	  { { "blkio/blkio.throttle.read_bps_device", "8:0 1000" },
	    { "blkio/blkio.throttle.write_bps_device", "8:0 2000" },
	    { "blkio/blkio.throttle.read_iops_device", "8:0 30" },
	    { "blkio/blkio.throttle.write_iops_device", "8:0 0" } } },
	{ "read rate v2",
	  TREE_V2,
	  BLOCK(.read_bps = LIST(oci_throttle_device, 7, 8, 0, 1000)),
	  { { "unified/io.max", "8:0 rbps=1000" } } },
	{ "no rate v2",
	  TREE_V2,
	  BLOCK(.write_iops = LIST(oci_throttle_device, 7, 8, 0, 0)),
	  { { "unified/io.max", "8:0 wiops=max" } } },
	{ "network v1",
	  TREE_V1,
	  &(struct oci_resources){
		  .network = &(struct oci_network){ HAS(network, class_id), 1048577,
						    LIST(oci_interface_priority, 3, "eth0", 5) } },
	  { { "net_cls/net_cls.classid", "1048577" },
	    { "net_prio/net_prio.ifpriomap", "eth0 5" } } },
	{ "unified",
	  TREE_V2,
	  UNIFIED("memory.high", "5000"),
	  { { "unified/memory.high", "5000" } } },
	{ "unified on hybrid, on v2",
	  TREE_HYBRID,
	  UNIFIED("memory.high", "max"),
	  { { "unified/memory.high", "max" } } },
	{ "unified without a controller",
	  TREE_HYBRID,
	  UNIFIED("cgroup.max.depth", "3"),
	  { { "unified/cgroup.max.depth", "3" } } },
};

static void run_case(const struct knob_case *c)
{
	char words[2048];
	struct tree tree;
	struct error err;
	int r;

	tree_make(&tree, c->kind);
	tree_touch(&tree, c->files, ARRAY_SIZE(c->files));
	r = limits_check(&tree.cg, c->resources, &err);
	if (r >= 0)
		tree_check(&tree, (struct tree_file[]){ { 0 } }, 1);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(c->files) && c->files[i].name; i++)
		tree_check(&tree, &(struct tree_file){ c->files[i].name, NULL }, 1);
	if (r >= 0)
		r = limits_update(&tree.cg, c->resources, &err);
	if (r < 0)
		print_error("%s: %s: %s\n", c->title, err.pointer,
			    error_words(&err, words, sizeof words));
	assert_true(r >= 0);
	tree_check(&tree, c->files, ARRAY_SIZE(c->files));
	tree_drop(&tree);
}

static void test_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		run_case(&cases[i]);
}

static void test_rdma(void **state)
{
	const struct tree_file file = { "rdma/rdma.max", "mlx4_0 hca_handle=2 hca_object=2000" };
	struct oci_resources r = { 0 };
	__typeof__(r.rdma.v[0]) limit = { "mlx4_0", { 3, 2, 2000 } };
	struct tree tree;
	struct error err;

	(void)state;
	r.rdma.n = 1;
	r.rdma.v = &limit;
	tree_make(&tree, TREE_V1);
	tree_touch(&tree, &file, 1);
	assert_int_equal(limits_update(&tree.cg, &r, &err), 0);
	tree_check(&tree, &file, 1);
	limit.key = "two words";
	assert_true(limits_check(&tree.cg, &r, &err) < 0);
	assert_string_equal(err.pointer, "/linux/resources/rdma/two words");
	tree_drop(&tree);
}

/* ---- refused ---- */

static const struct {
	enum tree_kind kind;
	const struct oci_resources *resources;
	const char *pointer, *text; /* below /linux/resources */
} refused[] = {
	{ TREE_V1, MEMORY(.has = HAS(memory, limit), .limit = 1000), "memory/limit",
	  "1000 bytes is less than one page" },
	{ TREE_V2, MEMORY(.has = HAS(memory, limit), .limit = 0), "memory/limit",
	  "0 bytes is less than one page" },
	{ TREE_V1, MEMORY(.has = 5, .limit = 2 * MIB, .swap = MIB), "memory/swap",
	  "1048576 bytes of memory and swap is less than the memory limit" },
	{ TREE_V2, MEMORY(.has = HAS(memory, swap), .swap = MIB), "memory/swap",
	  "needs \"limit\": cgroup v2 takes the difference" },
	{ TREE_V2, MEMORY(.has = HAS(memory, kernel), .kernel = MIB), "memory/kernel",
	  "can't be set: cgroup v2 has no such limit" },
	{ TREE_V2, MEMORY(.has = HAS(memory, kernel_tcp), .kernel_tcp = MIB), "memory/kernelTCP",
	  "can't be set: cgroup v2 has no such limit" },
	{ TREE_HYBRID, MEMORY(.has = HAS(memory, swappiness), .swappiness = 60),
	  "memory/swappiness", "can't be set: cgroup v2 has no such limit" },
	{ TREE_V1, MEMORY(.has = HAS(memory, swappiness), .swappiness = 201), "memory/swappiness",
	  "must be 0 to 200, is 201" },
	{ TREE_V2, MEMORY(.has = HAS(memory, disable_oom_killer), .disable_oom_killer = true),
	  "memory/disableOOMKiller", "can't be set: cgroup v2 has no such limit" },
	{ TREE_V2, MEMORY(.has = HAS(memory, use_hierarchy), .use_hierarchy = false),
	  "memory/useHierarchy", "can't be set: cgroup v2 has no such limit" },
	{ TREE_V2, CPU(.has = HAS(cpu, realtime_runtime), .realtime_runtime = 10),
	  "cpu/realtimeRuntime", "can't be set: cgroup v2 has no such limit" },
	{ TREE_V1, CPU(.has = HAS(cpu, idle), .idle = 2), "cpu/idle", "must be 0 or 1, is 2" },
	{ TREE_V1, CPU(.has = HAS(cpu, cpus), .cpus = "0-x"), "cpu/cpus",
	  "must be a list like \"0-3,7\"" },
	{ TREE_V1, BLOCK(.weight = 9), "blockIO/weight", "must be 10 to 1000, is 9" },
	{ TREE_V2, BLOCK(.leaf_weight = 20), "blockIO/leafWeight",
	  "can't be set: cgroup v2 has no such limit" },
	{ TREE_HYBRID,
	  &(struct oci_resources){
		  .network = &(struct oci_network){ HAS(network, class_id), 5, { 0 } } },
	  "network", "no cgroup to apply it in" },
	{ TREE_V1, UNIFIED("memory.high", "5"), "unified/memory.high",
	  "cannot use unified on cgroup v1: no cgroup2 is mounted" },
	{ TREE_HYBRID, UNIFIED("cpu.weight", "5"), "unified/cpu.weight",
	  "cannot use unified on cgroup v1: controller \"cpu\" lives there" },
	{ TREE_V2, UNIFIED("../x/memory.high", "5"), "unified/..~1x~1memory.high",
	  "\"../x/memory.high\" can't be set by name" },
	{ TREE_V2, UNIFIED("cgroup.procs", "1"), "unified/cgroup.procs",
	  "\"cgroup.procs\" can't be set by name" },
	{ TREE_V2, UNIFIED("cgroup.threads", "1"), "unified/cgroup.threads",
	  "\"cgroup.threads\" can't be set by name" },
	{ TREE_V2, UNIFIED("cgroup.kill", "1"), "unified/cgroup.kill",
	  "\"cgroup.kill\" can't be set by name" },
	{ TREE_V2, UNIFIED("cgroup.freeze", "1"), "unified/cgroup.freeze",
	  "\"cgroup.freeze\" can't be set by name" },
	{ TREE_V2, UNIFIED(".", "1"), "unified/.", "\".\" can't be set by name" },
	{ TREE_V2, UNIFIED("", "1"), "unified/", "\"\" can't be set by name" },
	{ TREE_V2, UNIFIED("misc.max", "res 1"), "unified", "no cgroup to apply it in" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		char pointer[256], words[2048];
		struct tree tree;
		struct error err = { 0 };

		tree_make(&tree, refused[i].kind);
		(void)snprintf(pointer, sizeof pointer, "/linux/resources/%s", refused[i].pointer);
		assert_true(limits_check(&tree.cg, refused[i].resources, &err) < 0);
		assert_string_equal(err.pointer, pointer);
		assert_string_equal(error_words(&err, words, sizeof words), refused[i].text);
		tree_drop(&tree);
	}
}

static void test_page_size(void **state)
{
	struct tree tree;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_V1);
	assert_true(limits_check(&tree.cg, PAGES("3MB", MIB), &err) < 0);
	assert_string_equal(err.pointer, "/linux/resources/hugepageLimits/0/pageSize");
	assert_non_null(strstr(err.text, "3MB is not offered ("));
	assert_non_null(strstr(err.text, "2MB"));
	tree_drop(&tree);
}

/* A file that is not there is named, with the value. */
static void test_missing_file(void **state)
{
	char words[2048], wanted[256];
	struct tree tree;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_V1);
	assert_true(limits_update(&tree.cg, CPU(.has = HAS(cpu, burst), .burst = 7), &err) < 0);
	assert_string_equal(err.pointer, "/linux/resources/cpu/burst");
	(void)snprintf(wanted, sizeof wanted,
		       "\"7\" can't be set: \"%s/cpu/c/cpu.cfs_burst_us\": is missing (ENOENT)",
		       tree.top);
	assert_string_equal(error_words(&err, words, sizeof words), wanted);
	tree_drop(&tree);
}

/* checkBeforeUpdate looks at the container's file, which a plan does not: nothing is in it yet. */
static void test_usage(void **state)
{
	const struct oci_resources *limit =
		MEMORY(.has = HAS(memory, limit), .limit = MIB, .check_before_update = true);
	const struct tree_file files[] = { { "unified/memory.max", NULL },
					   { "unified/memory.current", NULL } };
	char path[256];
	struct tree tree;
	struct error err;
	FILE *f;

	(void)state;
	tree_make(&tree, TREE_V2);
	tree_touch(&tree, files, ARRAY_SIZE(files));
	(void)snprintf(path, sizeof path, "%s/unified/c/memory.current", tree.top);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs("5000000\n", f) >= 0 && fclose(f) == 0);
	assert_int_equal(limits_check(&tree.cg, limit, &err), 0);
	assert_true(limits_update(&tree.cg, limit, &err) < 0);
	assert_int_equal(err.errno_value, EBUSY);
	assert_string_equal(err.pointer, "/linux/resources/memory/limit");
	assert_string_equal(err.text, "1048576 bytes is less than the 5000000 in use");
	tree_check(&tree, files, 1);
	tree_drop(&tree);
}

/* No cgroup is made, but the hierarchies stay known. */
static void test_disabled(void **state)
{
	const struct cgroup_manager *m = manager_find("disabled");
	struct oci_resources devices = { .devices = LIST(oci_device_rule, .allow = false) };
	const struct oci_resources *limits[] = { PIDS(5), UNIFIED("memory.high", "5"),
						 UNIFIED("cgroup.procs", "5"), PAGES("2MB", MIB),
						 BLOCK(.weight = 10) };
	const char *pointers[] = { "pids", "unified", "unified", "hugepageLimits", "blockIO" };
	int fds[CGROUP_HIERARCHIES];
	struct tree tree;
	struct cgroup *cg = &tree.cg;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_HYBRID);
	assert_int_equal(manager_fs.plan(cg, "/a/b", "x", NULL, &err), 0);
	assert_true(cgroup_has_version(cg, 1) && cgroup_has_version(cg, 2));
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		char pointer[64];

		(void)snprintf(pointer, sizeof pointer, "/linux/resources/%s", pointers[i]);
		assert_true(m->plan(cg, NULL, "x", limits[i], &err) < 0);
		assert_string_equal(err.text, "no cgroup to apply it in");
		assert_int_equal(err.hint, HINT_NONE);
		assert_string_equal(err.pointer, pointer);
		assert_true(m->update(cg, limits[i], &err) < 0);
		assert_string_equal(err.pointer, pointer);
	}
	assert_int_equal(m->plan(cg, NULL, "x", NULL, &err), 0);
	assert_int_equal(m->plan(cg, "/a/b", "x", &devices, &err), 0);
	assert_false(cgroup_has_version(cg, 1) || cgroup_has_version(cg, 2));
	for (int version = 1; version <= 2; version++)
		assert_int_equal(m->create(cg, version, &err), 0);
	assert_int_equal(m->enter(cg, fds, &err), 0);
	assert_int_equal(m->apply(cg, &devices, &err), 0);
	assert_int_equal(m->kill(cg, 0, &err), 0);
	assert_int_equal(m->remove(cg, 0, &err), 0);
	assert_true(cg->n > 0);
	for (size_t i = 0; i < cg->n; i++) {
		char path[300];

		assert_string_equal(cg->h[i].path, "");
		(void)snprintf(path, sizeof path, "%s/a", cg->h[i].mountpoint);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	tree_drop(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),	     cmocka_unit_test(test_rdma),
		cmocka_unit_test(test_refused),	     cmocka_unit_test(test_page_size),
		cmocka_unit_test(test_missing_file), cmocka_unit_test(test_disabled),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
