/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_level.c - which controllers v2 cgroups may be made to hand down to the container's */
#include "unit.h"

#include "base/auto.h"
#include "cgroup/enable.h"
#include "cgroup/hierarchy.h"
#include "cgroup/level.h"
#include "cgroup_tree.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define BIT(c) (1u << CGROUP_##c)
#define ALL_ON "+cpu +cpuset +memory +io +pids +hugetlb +rdma"

/* What the cgroup /c is like, what the limits of /c/x need, what comes of it. */
static const struct {
	const char *type, *procs, *on; /* type NULL: the top of all has no such file */
	uint32_t needed;
	int errno_value;
	const char *missing; /* the controller that the error names */
	const char *after;   /* of cgroup.subtree_control; NULL: as it was */
} cases[] = {
	{ "domain", "", "", BIT(MEMORY) | BIT(PIDS), 0, NULL, ALL_ON },
	{ "domain", "", "", 0, 0, NULL, ALL_ON },
	{ "domain", "", "memory", BIT(PIDS), 0, NULL, "+cpu +cpuset +io +pids +hugetlb +rdma" },
	{ NULL, "1\n", "", BIT(MEMORY), 0, NULL, ALL_ON },
	/* in use: neither resources nor, which the kernel would take, threaded ones alone */
	{ "domain", "7\n", "", BIT(MEMORY), EBUSY, "memory", NULL },
	{ "domain", "7\n", "", BIT(PIDS), EBUSY, "pids", NULL },
	{ "domain", "0\n", "", BIT(CPU), EBUSY, "cpu", NULL },
	{ "domain", "7\n", "", 0, 0, NULL, NULL },
	{ "domain", "7\n", "", BIT(DEVICES) | BIT(FREEZER), 0, NULL, NULL },
	/* threaded already: threaded ones alone */
	{ "domain threaded", "7\n", "cpu", BIT(MEMORY), EOPNOTSUPP, "memory", NULL },
	{ "domain threaded", "7\n", "cpu", BIT(PIDS), 0, NULL, "+pids" },
	{ "domain threaded", "7\n", "cpuset cpu pids", BIT(PIDS), 0, NULL, NULL },
	{ "threaded", "", "", BIT(CPU), 0, NULL, "+cpu" },
	{ "threaded", "", "", 0, 0, NULL, NULL },
	{ "domain invalid", "", "", BIT(CPU), EOPNOTSUPP, "cpu", NULL },
};

static void write_file(const struct tree *tree, const char *name, const char *text)
{
	char path[256];
	int fd;

	(void)snprintf(path, sizeof path, "%s/unified/%s", tree->top, name);
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close_fd(&fd);
}

static void make_levels(struct tree *tree, const char *type, const char *procs, const char *on)
{
	char path[256];

	tree_make(tree, TREE_V2);
	write_file(tree, "cgroup.subtree_control", "cpu cpuset memory io pids hugetlb rdma");
	write_file(tree, "c/cgroup.procs", procs);
	write_file(tree, "c/cgroup.subtree_control", on);
	if (type)
		write_file(tree, "c/cgroup.type", type);
	(void)snprintf(path, sizeof path, "%s/unified/c/x", tree->top);
	assert_int_equal(mkdir(path, 0755), 0);
	write_file(tree, "c/x/cgroup.controllers", "cpu cpuset memory io pids hugetlb rdma");
	write_file(tree, "c/x/cgroup.events", "populated 0\n");
	write_file(tree, "c/x/cgroup.freeze", "0\n");
}

static void check_error(const struct tree *tree, const struct error *err, size_t i)
{
	char text[512];

	assert_int_equal(err->errno_value, cases[i].errno_value);
	(void)snprintf(text, sizeof text,
		       "controller \"%s\" can't be enabled: the cgroup \"%s/unified/c\" %s",
		       cases[i].missing, tree->top,
		       cases[i].errno_value == EBUSY ? "holds processes" : "is threaded");
	assert_string_equal(err->text, text);
	assert_string_equal(err->pointer, controllers_pointer(cases[i].needed));
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_free char *after = NULL;
		struct tree tree;
		struct cgroup *cg = &tree.cg;
		struct error err = { 0 };
		char path[256];
		int planned, enabled;

		make_levels(&tree, cases[i].type, cases[i].procs, cases[i].on);
		assert_int_equal(cgroup_plan_places(cg, "/c/x", "id", &err), 0);
		assert_int_equal(hierarchy_open(&cg->h[0], &err), 0);
		cg->needed = cases[i].needed;
		planned = cgroup_plan_controllers(cg, &err);
		if (cases[i].errno_value)
			check_error(&tree, &err, i);
		enabled = enable_controllers(cg, &cg->h[0], &err);
		if (cases[i].errno_value)
			check_error(&tree, &err, i);
		assert_int_equal(planned < 0, cases[i].missing != NULL);
		assert_int_equal(enabled < 0, cases[i].missing != NULL);
		(void)snprintf(path, sizeof path, "%s/unified/c/cgroup.subtree_control", tree.top);
		assert_int_equal(file_read(AT_FDCWD, path, 4096, &after, NULL, &err), 0);
		assert_string_equal(after, cases[i].after ? cases[i].after : cases[i].on);
		tree_drop(&tree);
	}
}

/* Where one further down stands in the way of a limit, those above it are left as they are, too. */
static void test_nothing_above_is_written(void **state)
{
	auto_free char *after = NULL;
	struct tree tree;
	struct error err;
	char path[256];

	(void)state;
	make_levels(&tree, "domain", "7\n", "");
	write_file(&tree, "cgroup.subtree_control", "cpu");
	assert_int_equal(cgroup_plan_places(&tree.cg, "/c/x", "id", &err), 0);
	assert_int_equal(hierarchy_open(&tree.cg.h[0], &err), 0);
	tree.cg.needed = BIT(PIDS);
	assert_true(enable_controllers(&tree.cg, &tree.cg.h[0], &err) < 0);
	(void)snprintf(path, sizeof path, "%s/unified/cgroup.subtree_control", tree.top);
	assert_int_equal(file_read(AT_FDCWD, path, 4096, &after, NULL, &err), 0);
	assert_string_equal(after, "cpu");
	tree_drop(&tree);
}

/* Below a threaded cgroup the kernel calls new ones invalid: ours become threaded, from above. */
static void test_follow(void **state)
{
	static const char *const names[] = { "c/x", "c/x/y", "c/x/y/z" };
	const char *const wanted[] = { "domain invalid", "threaded", "threaded" };
	struct tree tree;
	struct cgroup_hierarchy *h;
	struct error err;
	char path[256];

	(void)state;
	make_levels(&tree, "threaded", "", "");
	h = &tree.cg.h[0];
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof path, "%s/unified/%s", tree.top, names[i]);
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		(void)snprintf(path, sizeof path, "%s/cgroup.type", names[i]);
		write_file(&tree, path, "domain invalid");
	}
	h->path = "/c/x/y/z";
	h->made_parents = 1;
	assert_int_equal(hierarchy_open(h, &err), 0);
	assert_int_equal(level_follow(h, &err), 0); /* was there before: not ours to change */
	h->made = true;
	assert_int_equal(level_follow(h, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		auto_free char *type = NULL;

		(void)snprintf(path, sizeof path, "%s/unified/%s/cgroup.type", tree.top, names[i]);
		assert_int_equal(file_read(AT_FDCWD, path, 64, &type, NULL, &err), 0);
		assert_int_equal(strncmp(type, wanted[i], strlen(wanted[i])), 0);
	}
	tree_drop(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nothing_above_is_written),
		cmocka_unit_test(test_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
