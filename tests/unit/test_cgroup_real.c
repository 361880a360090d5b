/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_real.c - cgroups of the kernel we run on: v1, hybrid or v2, whatever it has */
#include "unit.h"

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "cgroup/hierarchy.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

static char parent[64]; /* "/ocirt-test-PID", in every hierarchy; removed in the end */

static void must(long result, const struct error *err)
{
	char words[2048];

	if (result >= 0)
		return;
	print_error("%s: %s\n", err->pointer, error_words(err, words, sizeof words));
	_fail(__FILE__, __LINE__);
}

static void discover(struct cgroup *cg)
{
	struct error err;
	int procfs = procfs_open_host(&err);

	must(procfs, &err);
	must(cgroup_discover(cg, procfs, &err), &err);
	close_fd(&procfs);
}

/* A planned cgroup below the test's own. */
static void plan(struct cgroup *cg, const char *name, const struct oci_resources *resources)
{
	struct error err;
	char path[128];

	discover(cg);
	(void)snprintf(path, sizeof path, "%s/%s", parent, name);
	must(cgroup_plan(cg, path, "unused", resources, &err), &err);
}

static void create(struct cgroup *cg, const char *name, const struct oci_resources *resources)
{
	struct error err;

	plan(cg, name, resources);
	for (int version = 1; version <= 2; version++)
		must(cgroup_create(cg, version, &err), &err);
}

static bool exists(const struct cgroup_hierarchy *h)
{
	char path[CGROUP_PATH];

	return access(hierarchy_path(h, path), F_OK) == 0;
}

/* A child that enters the cgroup as init does, on v2 by cgroup.procs, and runs body. */
static pid_t fork_into(struct cgroup *cg, int (*body)(void))
{
	int fds[CGROUP_HIERARCHIES], ready[2], n;
	struct error err;
	char c = 0;
	pid_t pid;

	n = cgroup_v1_fds(cg, fds, &err);
	must(n, &err);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (cgroup_join(fds, (size_t)n, &err) < 0 ||
		    cgroup_attach_v2(cg, getpid(), &err) < 0)
			_exit(99);
		(void)!write(ready[1], "!", 1);
		_exit(body());
	}
	close_fd(&ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close_fd(&ready[0]);
	return pid;
}

static _Noreturn int sleep_long(void)
{
	for (;;)
		pause();
}

static int exit_status(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void drop(struct cgroup *cg)
{
	struct error err;

	must(cgroup_kill(cg, 5000, &err), &err);
	must(cgroup_remove(cg, 5000, &err), &err);
	for (size_t i = 0; i < cg->n; i++)
		assert_false(exists(&cg->h[i]));
	cgroup_done(cg);
}

/* ---- tests ---- */

static void test_life(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	create(&cg, "life", NULL);
	assert_true(cg.n > 0);
	for (size_t i = 0; i < cg.n; i++) {
		assert_true(exists(&cg.h[i]));
		assert_true(cg.h[i].made);
		assert_int_equal(cg.h[i].made_parents, 0);
	}
	must(cgroup_apply(&cg, NULL, &err), &err);
	pid = fork_into(&cg, sleep_long);
	for (size_t i = 0; i < cg.n; i++) {
		char text[64];

		assert_true(cgroup_file_read(cg.h[i].fd, "cgroup.procs", text, sizeof text, &err) >
			    0);
		assert_int_equal(strtol(text, NULL, 10), pid);
	}
	must(cgroup_kill(&cg, 5000, &err), &err);
	assert_int_equal(exit_status(pid), 128 + SIGKILL);
	drop(&cg);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_life),
};

/* The tests run in a child: whatever happens to it, nothing is left of them. */
int main(void)
{
	struct cgroup top = CGROUP_EMPTY;
	struct error err;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return 77;
	(void)snprintf(parent, sizeof parent, "/ocirt-test-%d", (int)getpid());
	create(&top, ".", NULL);
	pid = fork();
	if (pid == 0)
		_exit(cmocka_run_group_tests(tests, NULL, NULL));
	status = exit_status(pid);
	if (cgroup_kill(&top, 5000, &err) < 0 || cgroup_remove(&top, 5000, &err) < 0) {
		print_error("cgroups are left: %s\n", err.text);
		status = 1;
	}
	cgroup_done(&top);
	return status;
}
