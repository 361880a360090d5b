/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup_tree.c - hierarchies in a temporary directory, for tests of what is written where */
#include "cgroup_tree.h"

#include "base/auto.h"
#include "cgroup/discover.h"
#include "cgroup/hierarchy.h"
#include "sys/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *v1, *v2;
} kinds[] = {
	[TREE_V1] = { "cpu cpuset memory devices freezer blkio pids hugetlb net_cls net_prio rdma",
		      NULL },
	[TREE_HYBRID] = { "cpu cpuset devices freezer pids", "memory hugetlb io" },
	[TREE_V2] = { "", "cpu cpuset memory io pids hugetlb rdma" },
};

static void add_hierarchy(const struct tree *tree, const char *name, char *self, char *mounts)
{
	const char *folder = *name ? name : "unified";
	char path[256];

	(void)snprintf(self + strlen(self), 1024 - strlen(self), "1:%s:/\n", name);
	(void)snprintf(mounts + strlen(mounts), 4096 - strlen(mounts),
		       "1 1 0:1 / %s/%s rw - cgroup%s none rw,%s\n", tree->top, folder,
		       *name ? "" : "2", name);
	(void)snprintf(path, sizeof path, "%s/%s", tree->top, folder);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof path, "%s/%s/c", tree->top, folder);
	assert_int_equal(mkdir(path, 0755), 0);
}

void tree_make(struct tree *tree, enum tree_kind kind)
{
	char self[1024] = "", mounts[4096] = "", list[256];
	struct error err;

	memset(tree, 0, sizeof *tree);
	memcpy(tree->top, "/tmp/ocirt-tree-XXXXXX", sizeof "/tmp/ocirt-tree-XXXXXX");
	assert_non_null(mkdtemp(tree->top));
	(void)snprintf(list, sizeof list, "%s", kinds[kind].v1);
	for (char *rest = list, *name; (name = strsep(&rest, " ")) != NULL;)
		if (*name)
			add_hierarchy(tree, name, self, mounts);
	if (kinds[kind].v2)
		add_hierarchy(tree, "", self, mounts);
	assert_int_equal(cgroup_parse_self(&tree->cg, self, &err), 0);
	assert_int_equal(cgroup_parse_mounts(&tree->cg, mounts, &err), 0);
	cgroup_bind(&tree->cg, kinds[kind].v2 ? kinds[kind].v2 : "");
	for (size_t i = 0; i < tree->cg.n; i++) {
		tree->cg.h[i].path = "/c";
		assert_int_equal(hierarchy_open(&tree->cg.h[i], &err), 0);
	}
}

static void file_path(const struct tree *tree, const char *name, char path[512])
{
	const char *slash = strchr(name, '/');

	(void)snprintf(path, 512, "%s/%.*s/c%s", tree->top, (int)(slash - name), name, slash);
}

void tree_touch(const struct tree *tree, const struct tree_file *files, size_t n)
{
	for (size_t i = 0; i < n && files[i].name; i++) {
		char path[512];
		int fd;

		file_path(tree, files[i].name, path);
		fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		close_fd(&fd);
	}
}

void tree_check(const struct tree *tree, const struct tree_file *files, size_t n)
{
	for (size_t i = 0; i < n && files[i].name; i++) {
		auto_free char *text = NULL;
		struct error err;
		char path[512];

		file_path(tree, files[i].name, path);
		assert_int_equal(file_read(AT_FDCWD, path, 4096, &text, NULL, &err), 0);
		if (strcmp(text, files[i].text ? files[i].text : "") != 0)
			print_error("%s\n", files[i].name);
		assert_string_equal(text, files[i].text ? files[i].text : "");
	}
}

void tree_drop(struct tree *tree)
{
	struct error err;

	cgroup_done(&tree->cg);
	assert_int_equal(file_remove_tree(AT_FDCWD, tree->top, &err), 0);
}
