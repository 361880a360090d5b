/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_plan.c - where the container's cgroup goes, what is ours to make, what is refused */
#include "unit.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "cgroup_tree.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *wanted, *self, *root, *path; /* path NULL: refused */
	uint16_t made_parents;
} paths[] = {
	{ "/x", "/", "/", "/x", 0 },
	{ NULL, "/", "/", "/ocirt-id", 0 },
	{ "", "/", "/", "/ocirt-id", 0 },
	{ "/a/b/x", "/elsewhere", "/", "/a/b/x", 2 },
	{ "//a/.//x/", "/", "/", "/a/x", 1 },
	{ "/c/x", "/", "/", "/c/x", 0 },
	{ "a:b:c", "/", "/", "/a:b:c", 0 },
	{ "x", "/own/place", "/", "/own/place/x", 2 },
	{ "x/y", "/docker/abc/sub", "/docker/abc", "/sub/x/y", 2 },
	{ "x", "/docker/abc", "/docker/abc", "/x", 0 },
	{ "/x", "/docker/abc", "/docker/abc", "/x", 0 },
	{ "x", "/docker/abcd", "/docker/abc", NULL, 0 },
	{ "x", "/../other", "/", NULL, 0 },
	{ "/", "/", "/", NULL, 0 },
	{ "//.", "/", "/", NULL, 0 },
	{ ".", "/own", "/", NULL, 0 },
	{ "/a/../x", "/", "/", NULL, 0 },
	{ "..", "/own", "/", NULL, 0 },
	{ "/a/..", "/", "/", NULL, 0 },
};

static void test_paths(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree, TREE_V2);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct cgroup_hierarchy *h = &tree.cg.h[0];
		struct error err = { 0 };
		int r;

		h->self = paths[i].self;
		h->root = paths[i].root;
		r = cgroup_plan_places(&tree.cg, paths[i].wanted, "id", &err);
		if (paths[i].path) {
			if (r < 0)
				print_error("%s: %s\n", paths[i].wanted, err.text);
			assert_int_equal(r, 0);
			assert_string_equal(h->path, paths[i].path);
			assert_true(h->wanted);
			assert_false(h->made);
			assert_int_equal(h->made_parents, paths[i].made_parents);
		} else {
			assert_true(r < 0);
			assert_string_equal(err.pointer, "/linux/cgroupsPath");
		}
	}
	tree_drop(&tree);
}

static void test_too_long(void **state)
{
	char name[300], deep[1600] = "";
	struct tree tree;
	struct error err;

	(void)state;
	memset(name, 'x', sizeof name);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	tree_make(&tree, TREE_V1);
	assert_true(cgroup_plan_places(&tree.cg, name, "id", &err) < 0);
	assert_int_equal(err.errno_value, ENAMETOOLONG);
	while (strlen(deep) < 1500)
		(void)snprintf(deep + strlen(deep), 8, "/abc");
	assert_true(cgroup_plan_places(&tree.cg, deep, "id", &err) < 0);
	assert_int_equal(err.errno_value, ENAMETOOLONG);
	tree_drop(&tree);
}

static void write_file(struct tree *tree, const char *name, const char *text)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", tree->top, name);
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close_fd(&fd);
}

/* v2 hands nothing down from a cgroup that holds processes, as the caller's own does: a relative
 * path is one below the parent, unless no process may be let in there. */
static void test_beside_the_caller(void **state)
{
	struct cgroup_hierarchy *h;
	struct tree tree;
	struct error err;
	char path[128];

	(void)state;
	tree_make(&tree, TREE_V2);
	h = &tree.cg.h[0];
	h->self = "/c/own";
	(void)snprintf(path, sizeof path, "%s/unified/c/own", tree.top);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(cgroup_plan_places(&tree.cg, "x", "id", &err), 0);
	assert_string_equal(h->path, "/c/own/x");
	write_file(&tree, "unified/c/cgroup.procs", "");
	assert_int_equal(cgroup_plan_places(&tree.cg, "x", "id", &err), 0);
	assert_string_equal(h->path, "/c/x");
	assert_int_equal(cgroup_plan_places(&tree.cg, "/x", "id", &err), 0);
	assert_string_equal(h->path, "/x");
	assert_true(cgroup_plan_places(&tree.cg, ".", "id", &err) < 0);
	tree.cg.optional = true;
	assert_int_equal(cgroup_plan_places(&tree.cg, NULL, "id", &err), 0);
	assert_string_equal(h->path, "/c/ocirt-id");
	tree_drop(&tree);

	tree_make(&tree, TREE_V1);
	h = &tree.cg.h[0];
	h->self = "/c/own";
	write_file(&tree, "cpu/c/cgroup.procs", "");
	assert_int_equal(cgroup_plan_places(&tree.cg, "x", "id", &err), 0);
	assert_string_equal(h->path, "/c/own/x");
	tree_drop(&tree);
}

/* All that was made for a path goes with it, however many there are. */
static void test_many_parents(void **state)
{
	char deep[701] = "", path[128];
	struct tree tree;
	struct error err;

	(void)state;
	for (size_t i = 0; i < 350; i++)
		memcpy(deep + 2 * i, "/a", 3);
	tree_make(&tree, TREE_V2);
	assert_int_equal(cgroup_plan_places(&tree.cg, deep, "id", &err), 0);
	assert_int_equal(tree.cg.h[0].made_parents, 349);
	assert_int_equal(cgroup_create(&tree.cg, 2, &err), 0);
	(void)snprintf(path, sizeof path, "%s/unified/a", tree.top);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(cgroup_remove(&tree.cg, 0, &err), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	tree_drop(&tree);
}

/* What was there before is used only if nobody lives in it, and is never ours. */
static void test_existing(void **state)
{
	struct tree tree;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_V2);
	write_file(&tree, "unified/c/cgroup.procs", "");
	write_file(&tree, "unified/c/cgroup.events", "populated 0\nfrozen 0\n");
	write_file(&tree, "unified/c/cgroup.freeze", "0\n");
	assert_int_equal(cgroup_plan_places(&tree.cg, "/c", "id", &err), 0);
	assert_false(tree.cg.h[0].wanted);
	assert_int_equal(tree.cg.h[0].made_parents, 0);

	write_file(&tree, "unified/c/cgroup.events", "populated 1\nfrozen 0\n");
	assert_true(cgroup_plan_places(&tree.cg, "/c", "id", &err) < 0);
	assert_string_equal(err.text, "the cgroup \"/c\" has processes already");

	write_file(&tree, "unified/c/cgroup.events", "populated 0\nfrozen 0\n");
	write_file(&tree, "unified/c/cgroup.type", "domain invalid\n");
	assert_true(cgroup_plan_places(&tree.cg, "/c", "id", &err) < 0);
	assert_int_equal(err.errno_value, EOPNOTSUPP);
	write_file(&tree, "unified/c/cgroup.type", "threaded\n");
	assert_int_equal(cgroup_plan_places(&tree.cg, "/c", "id", &err), 0);

	write_file(&tree, "unified/c/cgroup.events", "populated 0\nfrozen 1\n");
	write_file(&tree, "unified/c/cgroup.freeze", "1\n");
	assert_true(cgroup_plan_places(&tree.cg, "/c", "id", &err) < 0);
	assert_string_equal(err.text, "the cgroup \"/c\" is frozen");
	tree_drop(&tree);
}

static void test_existing_v1(void **state)
{
	static const char *const folders[] = { "cpu",	  "cpuset",   "memory", "devices",
					       "freezer", "blkio",    "pids",	"hugetlb",
					       "net_cls", "net_prio", "rdma" };
	struct tree tree;
	struct error err;
	char name[64];

	(void)state;
	tree_make(&tree, TREE_V1);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		(void)snprintf(name, sizeof name, "%s/c/cgroup.procs", folders[i]);
		write_file(&tree, name, "");
	}
	write_file(&tree, "freezer/c/freezer.state", "THAWED\n");
	assert_int_equal(cgroup_plan_places(&tree.cg, "/c", "id", &err), 0);
	write_file(&tree, "freezer/c/freezer.state", "FREEZING\n");
	assert_true(cgroup_plan_places(&tree.cg, "/c", "id", &err) < 0);
	assert_string_equal(err.text, "the cgroup \"/c\" is frozen");
	write_file(&tree, "freezer/c/freezer.state", "THAWED\n");
	write_file(&tree, "pids/c/cgroup.procs", "1\n");
	assert_true(cgroup_plan_places(&tree.cg, "/c", "id", &err) < 0);
	assert_string_equal(err.text, "the cgroup \"/c\" has processes already");
	tree_drop(&tree);
}

/* Made after the plan by somebody else: an error, and not ours to remove. */
static void test_overtaken(void **state)
{
	struct cgroup_hierarchy *h;
	struct tree tree;
	struct error err;
	char path[CGROUP_PATH];

	(void)state;
	tree_make(&tree, TREE_V2);
	assert_int_equal(cgroup_plan_places(&tree.cg, "/late", "id", &err), 0);
	h = &tree.cg.h[0];
	assert_int_equal(mkdir(hierarchy_path(h, path), 0755), 0);
	assert_true(cgroup_create(&tree.cg, 2, &err) < 0);
	assert_int_equal(err.errno_value, EEXIST);
	assert_false(h->made);
	assert_int_equal(cgroup_remove(&tree.cg, 0, &err), 0);
	assert_int_equal(access(hierarchy_path(h, path), F_OK), 0);
	tree_drop(&tree);
}

static void test_parents(void **state)
{
	struct tree tree;
	struct error err;
	char path[128];

	(void)state;
	tree_make(&tree, TREE_V2);
	assert_int_equal(cgroup_plan_places(&tree.cg, "/a/b/x", "id", &err), 0);
	assert_true(cgroup_has_version(&tree.cg, 2));
	assert_false(cgroup_has_version(&tree.cg, 1));
	assert_int_equal(cgroup_create(&tree.cg, 2, &err), 0);
	assert_true(cgroup_v2_fd(&tree.cg) >= 0);
	(void)snprintf(path, sizeof path, "%s/unified/a/other", tree.top);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(cgroup_remove(&tree.cg, 0, &err), 0);
	/* /a/b is gone, /a is used by somebody else now. */
	assert_int_equal(access(path, F_OK), 0);
	(void)snprintf(path, sizeof path, "%s/unified/a/b", tree.top);
	assert_int_not_equal(access(path, F_OK), 0);
	tree_drop(&tree);
}

static void test_record_paths(void **state)
{
	static const char *const bad[] = { "x", "/", "/../x", "/a/..", "/a/../b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct cgroup_hierarchy h = { .fd = -1, .tasks = -1 };
		struct cgroup cg = CGROUP_EMPTY;
		struct cgroup_place place = { "", bad[i], true, 0 };
		struct error err;

		assert_true(cgroup_take_place(&cg, &h, &place, &err) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),	     cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_existing),     cmocka_unit_test(test_existing_v1),
		cmocka_unit_test(test_overtaken),    cmocka_unit_test(test_parents),
		cmocka_unit_test(test_record_paths), cmocka_unit_test(test_beside_the_caller),
		cmocka_unit_test(test_many_parents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
