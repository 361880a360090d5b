/* SPDX-License-Identifier: Apache-2.0 */
/* test_limit_properties.c - which limit is which property of a systemd unit, with type and value */
#include "unit.h"

#include "base/auto.h"
#include "cgroup_tree.h"
#include "limit/limits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define HAS(o, m) (UINT64_C(1) << OCI_##o##_##m)
#define OBJECT(name, ...)                                                                          \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.name = &(struct oci_##name)                                                       \
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
#define UNIFIED(k, text)                                                                           \
	&(struct oci_resources)                                                                    \
	{                                                                                          \
		.unified = { 1, &(struct oci_pair){ k, text } }                                    \
	}
#define MIB (INT64_C(1) << 20)

static void print_value(char *to, size_t size, const struct property *p)
{
	size_t n = 0;

	if (strcmp(p->type, "t") == 0 && p->number == PROPERTY_INFINITY)
		(void)snprintf(to, size, "infinity");
	else if (strcmp(p->type, "t") == 0)
		(void)snprintf(to, size, "%" PRIu64, p->number);
	else if (strcmp(p->type, "s") == 0)
		(void)snprintf(to, size, "%s", p->word);
	for (size_t i = 0; i < p->n && n < size; i++) {
		const struct property_entry *e = p->entries ? &p->entries[i] : NULL;

		if (strcmp(p->type, "ay") == 0)
			n += (size_t)snprintf(to + n, size - n, "%02x", p->bytes[i]);
		else if (strcmp(p->type, "a(ss)") == 0)
			n += (size_t)snprintf(to + n, size - n, "(%s %s)", e->path, e->word);
		else if (e->number == PROPERTY_INFINITY)
			n += (size_t)snprintf(to + n, size - n, "(%s infinity)", e->path);
		else
			n += (size_t)snprintf(to + n, size - n, "(%s %" PRIu64 ")", e->path,
					      e->number);
	}
}

/* "NAME TYPE VALUE, ...; POINTER ..." with what is left to the files behind the semicolon. */
static void print_list(char *to, size_t size, const struct properties *list, bool devices)
{
	size_t n = 0;

	*to = '\0';
	for (size_t i = 0; i < list->n; i++) {
		const struct property *p = &list->v[i];
		char value[1024] = "";

		if ((strncmp(p->name, "Device", 6) == 0) != devices)
			continue;
		print_value(value, sizeof value, p);
		n += (size_t)snprintf(to + n, size - n, "%s%s %s %s", n ? ", " : "", p->name,
				      p->type, value);
	}
	for (size_t i = 0; i < list->n_left; i++)
		n += (size_t)snprintf(to + n, size - n, "%s%s", i ? " " : ";", list->left[i]);
}

static void check_list(struct tree *tree, const struct oci_resources *resources, bool devices,
		       const char *want)
{
	struct properties list = { .arena = oci_arena_new() };
	char text[2048], words[2048];
	struct error err;
	int r = limits_properties(&tree->cg, resources, &list, &err);

	if (r < 0)
		print_error("%s: %s\n", err.pointer, error_words(&err, words, sizeof words));
	assert_int_equal(r, 0);
	print_list(text, sizeof text, &list, devices);
	assert_string_equal(text, want);
	list.arena = oci_arena_free(list.arena);
}

static const struct {
	enum tree_kind kind;
	const struct oci_resources *resources;
	const char *want;
} cases[] = {
	{ TREE_V2, &(struct oci_resources){ 0 }, "" },

	/* cpu */
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, shares), .shares = 1024), "CPUWeight t 100" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, shares), .shares = 1024), "CPUShares t 1024" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, shares), .shares = 1), ";cpu/shares" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, shares), .shares = 262145), ";cpu/shares" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, idle), .idle = 1), "CPUWeight t 0" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, idle) | HAS(cpu, shares), .idle = 1, .shares = 1024),
	  "CPUWeight t 0" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, idle), .idle = 0), ";cpu/idle" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, idle), .idle = 1), ";cpu/idle" },
	{ TREE_V2,
	  OBJECT(cpu, .has = HAS(cpu, quota) | HAS(cpu, period), .quota = 50000, .period = 200000),
	  "CPUQuotaPeriodUSec t 200000, CPUQuotaPerSecUSec t 250000" },
	{ TREE_V1,
	  OBJECT(cpu, .has = HAS(cpu, quota) | HAS(cpu, period), .quota = 50000, .period = 200000),
	  "CPUQuotaPeriodUSec t 200000, CPUQuotaPerSecUSec t 250000" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, quota), .quota = 150000),
	  "CPUQuotaPerSecUSec t 1500000" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, quota), .quota = 150000),
	  "CPUQuotaPerSecUSec t 1500000" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, quota), .quota = 33001),
	  "CPUQuotaPerSecUSec t 340000" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, quota), .quota = -1),
	  "CPUQuotaPerSecUSec t infinity" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, quota), .quota = -7),
	  "CPUQuotaPerSecUSec t infinity" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, quota), .quota = INT64_C(5) << 60), ";cpu/quota" },
	{ TREE_V2,
	  OBJECT(cpu, .has = HAS(cpu, quota) | HAS(cpu, period),
		 .quota = INT64_C(500000000000000007), .period = UINT64_C(900000000000000007)),
	  ";cpu/quota" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, period), .period = 200000),
	  "CPUQuotaPeriodUSec t 200000, CPUQuotaPerSecUSec t infinity" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, period), .period = 200000),
	  "CPUQuotaPeriodUSec t 200000" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, burst), .burst = 1000), ";cpu/burst" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, realtime_runtime), .realtime_runtime = 9),
	  ";cpu/realtimeRuntime" },
	{ TREE_V2,
	  OBJECT(cpu, .has = HAS(cpu, cpus) | HAS(cpu, mems), .cpus = "0-2,8", .mems = "0"),
	  "AllowedCPUs ay 0701, AllowedMemoryNodes ay 01" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, cpus), .cpus = "7,15"), "AllowedCPUs ay 8080" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, cpus), .cpus = "16,1"), "AllowedCPUs ay 020001" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, cpus), .cpus = "0-7:1/2"), ";cpu/cpus" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, cpus), .cpus = "3-1"), ";cpu/cpus" },
	{ TREE_V2, OBJECT(cpu, .has = HAS(cpu, cpus), .cpus = "0-8192"), ";cpu/cpus" },
	{ TREE_V1, OBJECT(cpu, .has = HAS(cpu, cpus), .cpus = "0"), ";cpu/cpus" },

	/* memory, pids */
	{ TREE_V2,
	  OBJECT(memory, .has = HAS(memory, limit) | HAS(memory, swap) | HAS(memory, reservation),
		 .limit = 64 * MIB, .swap = 96 * MIB, .reservation = MIB),
	  "MemoryMax t 67108864, MemorySwapMax t 33554432, MemoryLow t 1048576" },
	{ TREE_V2,
	  OBJECT(memory, .has = HAS(memory, limit) | HAS(memory, swap), .limit = MIB, .swap = MIB),
	  "MemoryMax t 1048576, MemorySwapMax t 0" },
	{ TREE_V2, OBJECT(memory, .has = HAS(memory, limit), .limit = -1), "MemoryMax t infinity" },
	{ TREE_V1,
	  OBJECT(memory, .has = HAS(memory, limit) | HAS(memory, swap) | HAS(memory, reservation),
		 .limit = 64 * MIB, .swap = 96 * MIB, .reservation = MIB),
	  "MemoryLimit t 67108864;memory/swap memory/reservation" },
	{ TREE_V1, OBJECT(memory, .has = HAS(memory, limit), .limit = -1),
	  "MemoryLimit t infinity" },
	{ TREE_HYBRID, OBJECT(memory, .has = HAS(memory, limit), .limit = MIB),
	  "MemoryMax t 1048576" },
	{ TREE_V1,
	  OBJECT(memory, .has = HAS(memory, swappiness) | HAS(memory, kernel), .swappiness = 5,
		 .kernel = MIB),
	  ";memory/kernel memory/swappiness" },
	{ TREE_V1, OBJECT(pids, HAS(pids, limit), 100), "TasksMax t 100" },
	{ TREE_V2, OBJECT(pids, HAS(pids, limit), -1), "TasksMax t infinity" },
	{ TREE_V2, OBJECT(pids, HAS(pids, limit), 0), ";pids/limit" },

	/* block devices */
	{ TREE_V1, OBJECT(block_io, .weight = 500, .leaf_weight = 20),
	  "BlockIOWeight t 500;blockIO/leafWeight" },
	{ TREE_V2, OBJECT(block_io, .weight = 500), "IOWeight t 4500" },
	{ TREE_V2, OBJECT(block_io, .weight = 100), "IOWeight t 100" },
	{ TREE_V2, OBJECT(block_io, .weight = 1000), "IOWeight t 10000" },
	{ TREE_V2, OBJECT(block_io, .weight_device = LIST(oci_weight_device, 7, 8, 16, 300, 0)),
	  "IODeviceWeight a(st) (/dev/block/8:16 2300)" },
	{ TREE_V1, OBJECT(block_io, .weight_device = LIST(oci_weight_device, 7, 8, 16, 300, 30)),
	  "BlockIODeviceWeight a(st) (/dev/block/8:16 300);blockIO/weightDevice/0/leafWeight" },
	{ TREE_V2,
	  OBJECT(block_io, .read_bps = LIST(oci_throttle_device, 7, 8, 0, 1000),
		 .write_bps = LIST(oci_throttle_device, 7, 8, 0, 0),
		 .read_iops = LIST(oci_throttle_device, 7, 8, 0, 30),
		 .write_iops = LIST(oci_throttle_device, 7, 253, 1, 40)),
	  "IOReadBandwidthMax a(st) (/dev/block/8:0 1000), "
	  "IOWriteBandwidthMax a(st) (/dev/block/8:0 infinity), "
	  "IOReadIOPSMax a(st) (/dev/block/8:0 30), "
	  "IOWriteIOPSMax a(st) (/dev/block/253:1 40)" },
	{ TREE_V1,
	  OBJECT(block_io, .read_bps = LIST(oci_throttle_device, 7, 8, 0, 1000),
		 .write_bps = LIST(oci_throttle_device, 7, 8, 0, 0),
		 .read_iops = LIST(oci_throttle_device, 7, 8, 0, 30),
		 .write_iops = LIST(oci_throttle_device, 7, 8, 0, 40)),
	  "BlockIOReadBandwidth a(st) (/dev/block/8:0 1000), "
	  "BlockIOWriteBandwidth a(st) (/dev/block/8:0 infinity);"
	  "blockIO/throttleReadIOPSDevice/0 blockIO/throttleWriteIOPSDevice/0" },

	/* what systemd has no word for */
	{ TREE_V2,
	  &(struct oci_resources){ .hugepage_limits = LIST(oci_hugepage_limit, 3, "2MB", 0) },
	  ";hugepageLimits/0/limit" },
	{ TREE_V1,
	  &(struct oci_resources){
		  .network = &(struct oci_network){ HAS(network, class_id), 5,
						    LIST(oci_interface_priority, 3, "eth0", 5) } },
	  ";network/classID network/priorities/0" },

	/* unified */
	{ TREE_V2, UNIFIED("memory.high", "5000"), "MemoryHigh t 5000" },
	{ TREE_HYBRID, UNIFIED("memory.high", "max"), "MemoryHigh t infinity" },
	{ TREE_V2, UNIFIED("memory.high", "0"), ";unified/memory.high" },
	{ TREE_V2, UNIFIED("memory.max", "1G"), ";unified/memory.max" },
	{ TREE_V2, UNIFIED("memory.max", "99999999999999999999"), ";unified/memory.max" },
	{ TREE_V2, UNIFIED("memory.min", "0"), "MemoryMin t 0" },
	{ TREE_V2, UNIFIED("memory.low", "1"), "MemoryLow t 1" },
	{ TREE_V2, UNIFIED("memory.swap.max", "0"), "MemorySwapMax t 0" },
	{ TREE_V2, UNIFIED("memory.zswap.max", "max"), "MemoryZSwapMax t infinity" },
	{ TREE_V2, UNIFIED("memory.oom.group", "1"), ";unified/memory.oom.group" },
	{ TREE_V2, UNIFIED("pids.max", "5"), "TasksMax t 5" },
	{ TREE_V2, UNIFIED("cpu.weight", "10001"), ";unified/cpu.weight" },
	{ TREE_V2, UNIFIED("cpu.weight", "10000"), "CPUWeight t 10000" },
	{ TREE_V2, UNIFIED("cpu.idle", "1"), "CPUWeight t 0" },
	{ TREE_V2, UNIFIED("cpu.max", "max 50000"),
	  "CPUQuotaPeriodUSec t 50000, CPUQuotaPerSecUSec t infinity" },
	{ TREE_V2, UNIFIED("cpu.max", "10000"), "CPUQuotaPerSecUSec t 100000" },
	{ TREE_V2, UNIFIED("cpu.max", "10000 0"), ";unified/cpu.max" },
	{ TREE_V2, UNIFIED("cpu.max", "1 2 3"), ";unified/cpu.max" },
	{ TREE_V2, UNIFIED("cpuset.cpus", "1"), "AllowedCPUs ay 02" },
	{ TREE_V2, UNIFIED("cpuset.mems", "0"), "AllowedMemoryNodes ay 01" },
	{ TREE_V2, UNIFIED("cpuset.cpus", "all"), ";unified/cpuset.cpus" },
	{ TREE_V2, UNIFIED("io.weight", "default 5000"), "IOWeight t 5000" },
	{ TREE_V2, UNIFIED("io.weight", "8:0 5000"), ";unified/io.weight" },
	{ TREE_V2, UNIFIED("io.bfq.weight", "200"), "IOWeight t 1200" },
	{ TREE_V2, UNIFIED("io.max", "8:0 rbps=1"), ";unified/io.max" },
};

static void test_properties(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tree tree;

		print_message("%s\n", cases[i].want);
		tree_make(&tree, cases[i].kind);
		check_list(&tree, cases[i].resources, false, cases[i].want);
		tree_drop(&tree);
	}
}

/* Two values for one device and one property: systemd would take the last. */
static void test_once(void **state)
{
	struct oci_throttle_device twice[] = { { 7, 8, 0, 1000 },
					       { 7, 8, 1, 5 },
					       { 7, 8, 0, 2000 } };
	struct oci_block_io io = { .read_bps = { 3, twice } };
	const struct oci_resources resources = { .block_io = &io };
	struct tree tree;

	(void)state;
	tree_make(&tree, TREE_V2);
	check_list(&tree, &resources, false,
		   "IOReadBandwidthMax a(st) (/dev/block/8:0 2000)(/dev/block/8:1 5)");
	tree_drop(&tree);
}

/* A quota alone is for the period that there is, which an update finds in the file. */
static void test_period(void **state)
{
	static const struct {
		enum tree_kind kind;
		const char *file, *text;
	} files[] = {
		{ TREE_V2, "unified/c/cpu.max", "max 20000\n" },
		{ TREE_V1, "cpu/c/cpu.cfs_period_us", "20000\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct tree tree;
		char path[512];
		int fd;

		tree_make(&tree, files[i].kind);
		(void)snprintf(path, sizeof path, "%s/%s", tree.top, files[i].file);
		fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
		assert_int_equal(write(fd, files[i].text, strlen(files[i].text)),
				 strlen(files[i].text));
		close_fd(&fd);
		check_list(&tree, OBJECT(cpu, .has = HAS(cpu, quota), .quota = 10000), false,
			   "CPUQuotaPerSecUSec t 500000");
		tree_drop(&tree);
	}
}

/* ---- device rules ---- */

#define RULE(yes, t, maj, min, acc)                                                                \
	{                                                                                          \
		.has = 31, .allow = yes, .type = t, .major = maj, .minor = min, .access = acc      \
	}
#define DENY_ALL  RULE(false, "a", -1, -1, "rwm")
#define ALLOW_ALL RULE(true, "a", -1, -1, "rwm")
#define OWN                                                                                        \
	"(/dev/char/1:3 rwm)(/dev/char/1:5 rwm)(/dev/char/1:7 rwm)(/dev/char/1:8 rwm)"             \
	"(/dev/char/1:9 rwm)(/dev/char/5:0 rwm)(/dev/char/5:1 rwm)(/dev/char/5:2 rwm)"             \
	"(char-136 rwm)"
#define STRICT(chars, blocks, more)                                                                \
	"DevicePolicy s strict, DeviceAllow a(ss) (char-* " chars ")(block-* " blocks ")" OWN more

static const struct {
	enum tree_kind kind;
	struct oci_device_rule rules[4];
	size_t n;
	const char *want;
} devices[] = {
	{ TREE_V1, { DENY_ALL }, 1, STRICT("m", "m", "") },
	{ TREE_V2, { DENY_ALL }, 1, STRICT("m", "m", "") },
	{ TREE_V2, { ALLOW_ALL }, 1, "DevicePolicy s auto, DeviceAllow a(ss) " },
	{ TREE_V2,
	  { ALLOW_ALL, RULE(false, "b", 8, 0, "w") },
	  2,
	  "DevicePolicy s auto, DeviceAllow a(ss) ;devices" },
	{ TREE_V2,
	  { RULE(true, "c", 10, 229, "rw"), RULE(true, "b", 8, -1, "r") },
	  2,
	  STRICT("m", "m", "(/dev/char/10:229 rw)(block-8 r)") },
	/* one pattern is one entry */
	{ TREE_V2,
	  { RULE(true, "c", 10, 229, "r"), RULE(true, "c", 10, 229, "w"),
	    RULE(true, "c", -1, -1, "r") },
	  3,
	  STRICT("rm", "m", "(/dev/char/10:229 rw)") },
	/* an exception: v2's list allows too much, our own program does not; v1 takes it away */
	{ TREE_V2, { RULE(false, "c", 1, 5, "w") }, 1, STRICT("m", "m", ";devices") },
	{ TREE_V1,
	  { RULE(true, "b", 8, 0, "rw"), RULE(false, "b", 8, 0, "w") },
	  2,
	  STRICT("m", "m", "(/dev/block/8:0 r)") },
	/* a minor number of all majors */
	{ TREE_V2, { RULE(true, "b", -1, 3, "r") }, 1, STRICT("m", "rm", ";devices") },
	{ TREE_V1, { RULE(true, "b", -1, 3, "r") }, 1, STRICT("m", "m", ";devices") },
};

static void test_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		struct oci_resources r = {
			.devices = { devices[i].n, (struct oci_device_rule *)devices[i].rules }
		};
		struct tree tree;

		tree_make(&tree, devices[i].kind);
		check_list(&tree, &r, true, devices[i].want);
		tree_drop(&tree);
	}
}

/* What a plan refuses is no property either. */
static void test_refused(void **state)
{
	struct properties list = { .arena = oci_arena_new() };
	struct tree tree;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_V2);
	assert_true(limits_properties(&tree.cg, OBJECT(memory, .has = HAS(memory, swappiness)),
				      &list, &err) < 0);
	assert_string_equal(err.pointer, "/linux/resources/memory/swappiness");
	assert_string_equal(err.text, "can't be set: cgroup v2 has no such limit");
	tree_drop(&tree);
	list.arena = oci_arena_free(list.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_properties), cmocka_unit_test(test_once),
		cmocka_unit_test(test_period),	   cmocka_unit_test(test_devices),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
