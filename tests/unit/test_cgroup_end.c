/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_end.c - the end of cgroups whose processes multiply, or that are very deep */
#include "cgroup_real.h"

#include "cgroup/hierarchy.h"
#include "cgroup/tree.h"
#include "manager/manager.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Processes in the first hierarchy's cgroup. */
static int members(const struct cgroup *cg)
{
	char path[CGROUP_PATH], file_path[CGROUP_PATH + 16], line[32];
	int n = 0;
	FILE *file;

	(void)snprintf(file_path, sizeof file_path, "%s/cgroup.procs",
		       hierarchy_path(&cg->h[0], path));
	file = fopen(file_path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof line, file))
		n++;
	(void)fclose(file);
	return n;
}

static _Noreturn int multiply(void)
{
	for (;;)
		if (fork() < 0)
			(void)usleep(1000);
}

static void test_fork_bomb(void **state)
{
	struct oci_pids pids = { HAS(pids, limit), 150 };
	const struct oci_resources resources = { .pids = &pids };
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&cg, "bomb", &resources);
	real_must(manager_fs.apply(&cg, &resources, &err), &err);
	pid = real_fork_into(&cg, multiply);
	for (int i = 0; i < 10000 && members(&cg) < 100; i++)
		(void)usleep(1000);
	real_must(cgroup_kill(&cg, 10000, &err), &err);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_drop(&cg);
}

static void make_deep(const struct cgroup_hierarchy *h, int depth)
{
	char path[CGROUP_PATH];
	int fd = open(hierarchy_path(h, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < depth; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "side", 0755), 0);
		assert_int_equal(mkdirat(fd, "d", 0755), 0);
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		(void)close(fd);
		fd = next;
	}
	(void)close(fd);
}

static int count_visits(int fd, void *context, struct error *err)
{
	int *n = context;

	(void)fd;
	(void)err;
	(*n)++;
	return 0;
}

/* The container decides how deep its tree is: deeper than descriptors and paths reach. */
static void test_deep(void **state)
{
	enum { DEPTH = 600 };
	struct cgroup cg = CGROUP_EMPTY;
	struct rlimit few = { 64, 64 }, before;
	struct error err;

	(void)state;
	real_create(&cg, "deep", NULL);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (size_t i = 0; i < cg.n && i < 2; i++) {
		int visits = 0;

		make_deep(&cg.h[i], DEPTH);
		real_must(tree_walk(hierarchy_fd(&cg.h[i], &err), count_visits, &visits, &err),
			  &err);
		assert_int_equal(visits, 1 + 2 * DEPTH);
	}
	real_must(cgroup_remove(&cg, 60000, &err), &err); /* 1,200 cgroups, on a busy machine */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	real_drop(&cg);
}

static int run(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fork_bomb),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return real_run(run);
}
