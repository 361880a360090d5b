/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_discover.c - hierarchies and homes from the texts of several kinds of hosts */
#include "unit.h"

#include "base/auto.h"
#include "cgroup/discover.h"
#include "cgroup/hierarchy.h"

#include <string.h>

/* Each v1 controller for itself and hugetlb on v2, as old init systems and containers do it. */
static const char hybrid_self[] = "3:name=systemd:/\n2:memory:/user/a:b\n1:cpu,cpuacct:/\n0::/\n";
static const char hybrid_mounts[] =
	"23 1 0:21 / / rw - ext4 /dev/vda rw\n"
	"31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup "
	"rw,cpu,cpuacct\n"
	"35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
	"40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd\n"
	"41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

static const char v2_self[] = "0::/user.slice/user-1000.slice\n";
static const char v2_mounts[] =
	"30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

/* Inside a container with the host's cgroup namespace: its own part is all that is mounted. */
static const char inside_self[] = "5:memory:/docker/abc/sub\n4:pids:/docker/abc\n";
static const char inside_mounts[] =
	"60 50 0:29 / /other/memory rw - tmpfs cgroup rw,memory\n"
	"61 50 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
	"62 50 0:35 /docker/xyz /mnt/foreign rw - cgroup cgroup rw,pids\n"
	"63 50 0:35 /docker/abc /mnt/with\\040blank\\134 rw - cgroup cgroup rw,pids\n";

struct expected_hierarchy {
	const char *name;
	int version;
	const char *mountpoint, *root, *self;
};

static const struct {
	const char *title, *self, *mounts, *offered;
	size_t n;
	struct expected_hierarchy h[4];
	const char *memory, *cpu, *hugetlb, *freezer; /* names of their homes; NULL: nowhere */
} hosts[] = {
	{
		"hybrid",
		hybrid_self,
		hybrid_mounts,
		"hugetlb memory",
		4,
		{
			{ "name=systemd", 1, "/sys/fs/cgroup/systemd", "/", "/" },
			{ "memory", 1, "/sys/fs/cgroup/memory", "/", "/user/a:b" },
			{ "cpu,cpuacct", 1, "/sys/fs/cgroup/cpu,cpuacct", "/", "/" },
			{ "", 2, "/sys/fs/cgroup/unified", "/", "/" },
		},
		"memory",
		"cpu,cpuacct",
		"",
		"",
	},
	{
		"v2",
		v2_self,
		v2_mounts,
		"cpuset cpu io memory pids",
		1,
		{ { "", 2, "/sys/fs/cgroup", "/", "/user.slice/user-1000.slice" } },
		"",
		"",
		NULL,
		"",
	},
	{
		"inside a container",
		inside_self,
		inside_mounts,
		"",
		2,
		{
			{ "memory", 1, "/sys/fs/cgroup/memory", "/docker/abc", "/docker/abc/sub" },
			{ "pids", 1, "/mnt/with blank\\", "/docker/abc", "/docker/abc" },
		},
		"memory",
		NULL,
		NULL,
		NULL,
	},
	{
		"v2 in the kernel but not mounted",
		hybrid_self,
		"35 31 0:32 / /memory rw - cgroup cgroup rw,memory\n",
		"",
		1,
		{ { "memory", 1, "/memory", "/", "/user/a:b" } },
		"memory",
		NULL,
		NULL,
		NULL,
	},
	{ "no cgroups at all",
	  "",
	  "23 1 0:21 / / rw - ext4 /dev/vda rw\n",
	  "",
	  0,
	  { { 0 } },
	  NULL,
	  NULL,
	  NULL,
	  NULL },
};

static void check_home(const struct cgroup *cg, enum cgroup_controller c, const char *name)
{
	if (!name) {
		assert_int_equal(cg->home[c], -1);
		return;
	}
	assert_in_range(cg->home[c], 0, cg->n - 1);
	assert_string_equal(cg->h[cg->home[c]].name, name);
}

static void test_hosts(void **state)
{
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct cgroup cg = CGROUP_EMPTY;

		print_message("%s\n", hosts[i].title);
		assert_int_equal(cgroup_parse_self(&cg, hosts[i].self, &err), 0);
		assert_int_equal(cgroup_parse_mounts(&cg, hosts[i].mounts, &err), 0);
		cgroup_bind(&cg, hosts[i].offered);
		assert_int_equal(cg.n, hosts[i].n);
		for (size_t k = 0; k < cg.n; k++) {
			const struct expected_hierarchy *want = &hosts[i].h[k];

			assert_string_equal(cg.h[k].name, want->name);
			assert_int_equal(cg.h[k].version, want->version);
			assert_string_equal(cg.h[k].mountpoint, want->mountpoint);
			assert_string_equal(cg.h[k].root, want->root);
			assert_string_equal(cg.h[k].self, want->self);
			assert_int_equal(cg.h[k].fd, -1);
		}
		check_home(&cg, CGROUP_MEMORY, hosts[i].memory);
		check_home(&cg, CGROUP_CPU, hosts[i].cpu);
		check_home(&cg, CGROUP_HUGETLB, hosts[i].hugetlb);
		check_home(&cg, CGROUP_FREEZER, hosts[i].freezer);
		check_home(&cg, CGROUP_DEVICES, hosts[i].freezer);
		cgroup_done(&cg);
	}
}

/* The mounts of containers' own file systems show hierarchies again, with paths of any length. */
static void test_mounted_twice(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	char mounts[2048], longest[600];
	struct error err;

	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	(void)snprintf(mounts, sizeof mounts,
		       "35 31 0:32 / /%s rw - cgroup cgroup rw,memory\n"
		       "35 31 0:32 / /first rw - cgroup cgroup rw,memory\n"
		       "36 31 0:32 / /second rw - cgroup cgroup rw,memory\n"
		       "37 31 0:32 /%s /third rw - cgroup cgroup rw,memory\n",
		       longest, longest);
	assert_int_equal(cgroup_parse_self(&cg, "2:memory:/\n", &err), 0);
	assert_int_equal(cgroup_parse_mounts(&cg, mounts, &err), 0);
	assert_int_equal(cg.n, 1);
	assert_string_equal(cg.h[0].mountpoint, "/first");
	cgroup_done(&cg);
}

static void test_refused(void **state)
{
	static const char *const texts[] = { "2:memory\n", "memory\n", "2:memory:/\nx" };
	char many[1024] = "", longest[1300];
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_true(cgroup_parse_self(&cg, texts[i], &err) < 0);
	for (int i = 0; i <= CGROUP_HIERARCHIES; i++)
		(void)snprintf(many + strlen(many), sizeof many - strlen(many), "%d:name=x%d:/\n",
			       i, i);
	assert_true(cgroup_parse_self(&cg, many, &err) < 0);
	assert_int_equal(err.errno_value, E2BIG);
	memset(longest, 'x', sizeof longest);
	memcpy(longest, "2:memory:/", 10);
	longest[sizeof longest - 1] = '\0';
	assert_true(cgroup_parse_self(&cg, longest, &err) < 0);
	assert_int_equal(err.errno_value, ENAMETOOLONG);
	cgroup_done(&cg);
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(cgroup_controller_bits("cpu,io,name=x,unknown", ","),
			 1u << CGROUP_CPU | 1u << CGROUP_BLKIO | 1u << CGROUP_NAMED);
	for (int c = 0; c < CGROUP_NAMED; c++)
		assert_int_equal(cgroup_controller_bits(
					 cgroup_controller_name((enum cgroup_controller)c), ","),
				 1u << c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_mounted_twice),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
