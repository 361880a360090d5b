/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_life.c - cgroups made, entered, killed and removed on the kernel we run on */
#include "cgroup_real.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "cgroup/tree.h"
#include "manager/manager.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_life(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&cg, "life", NULL);
	assert_true(cg.n > 0);
	for (size_t i = 0; i < cg.n; i++) {
		assert_true(real_exists(&cg.h[i]));
		assert_true(cg.h[i].made);
		assert_int_equal(cg.h[i].made_parents, 0);
	}
	real_must(manager_fs.apply(&cg, NULL, &err), &err);
	pid = real_fork_into(&cg, real_sleep);
	for (size_t i = 0; i < cg.n; i++) {
		char text[64];

		real_must(hierarchy_fd(&cg.h[i], &err), &err);
		assert_true(cgroup_file_read(cg.h[i].fd, "cgroup.procs", text, sizeof text, &err) >
			    0);
		assert_int_equal(strtol(text, NULL, 10), pid);
	}
	real_must(cgroup_kill(&cg, 5000, &err), &err);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_drop(&cg);
}

/* The right to enter is the opener's: a child that gave up all of its own gets in. */
static void test_join_unprivileged(void **state)
{
	int fds[CGROUP_HIERARCHIES], n;
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&cg, "join", NULL);
	n = cgroup_v1_fds(&cg, fds, &err);
	real_must(n, &err);
	if (n == 0)
		skip();
	pid = fork();
	if (pid == 0) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(98);
		_exit(cgroup_join(fds, (size_t)n, &err) < 0 ? 99 : 0);
	}
	assert_int_equal(real_exit_status(pid), 0);
	real_drop(&cg);
}

/* An ordinary user whom no hierarchy belongs to: fine without limits, an error with one. */
static int run_unprivileged(void)
{
	struct oci_memory memory = { .has = HAS(memory, limit), .limit = 64 * MIB };
	const struct oci_resources resources = { .memory = &memory };
	struct cgroup cg = CGROUP_EMPTY;
	int fds[CGROUP_HIERARCHIES];
	struct error err;

	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 1;
	real_discover(&cg);
	if (manager_fs.plan(&cg, NULL, "unprivileged", NULL, &err) < 0 ||
	    cgroup_create(&cg, 2, &err) < 0 || cgroup_create(&cg, 1, &err) < 0 ||
	    manager_fs.apply(&cg, NULL, &err) < 0)
		return 2;
	if (cgroup_v1_fds(&cg, fds, &err) != 0 || cgroup_v2_fd(&cg) >= 0 ||
	    cgroup_kill(&cg, 0, &err) < 0 || cgroup_remove(&cg, 0, &err) < 0)
		return 3;
	if (manager_fs.plan(&cg, NULL, "unprivileged", &resources, &err) >= 0 &&
	    cgroup_create(&cg, 2, &err) >= 0 && cgroup_create(&cg, 1, &err) >= 0)
		return 4;
	if (strcmp(err.pointer, "/linux/resources/memory") != 0 ||
	    strcmp(err.text, "no cgroup to apply it in") != 0)
		return 5;
	return 0;
}

static void test_unprivileged(void **state)
{
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0)
		_exit(run_unprivileged());
	assert_int_equal(real_exit_status(pid), 0);
}

static void test_clone_into(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct clone_request request = { 0 };
	struct error err;
	char text[64];
	int pidfd, status;
	pid_t pid;

	(void)state;
	real_create(&cg, "clone", NULL);
	request.cgroup = cgroup_v2_fd(&cg);
	if (request.cgroup < 0) {
		real_drop(&cg);
		skip();
	}
	pid = process_clone(&request, &pidfd, &err);
	real_must(pid, &err);
	if (pid == 0)
		real_sleep();
	assert_true(cgroup_file_read(request.cgroup, "cgroup.procs", text, sizeof text, &err) > 0);
	assert_int_equal(strtol(text, NULL, 10), pid);
	real_must(cgroup_kill(&cg, 5000, &err), &err);
	real_must(process_wait(pidfd, &status, &err), &err);
	close_fd(&pidfd);
	real_drop(&cg);
}

/* As a container does it: on v2 no controller is enabled on the way, for "nest" has processes. */
static void create_inside(struct cgroup *cg, const char *name)
{
	struct error err;

	real_plan(cg, name, NULL);
	real_must(cgroup_create(cg, 1, &err), &err);
	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		char path[CGROUP_PATH];

		if (h->version != 2)
			continue;
		hierarchy_path(h, path);
		for (char *at = path + strlen(h->mountpoint); (at = strchr(at + 1, '/')) != NULL;) {
			*at = '\0';
			(void)mkdir(path, 0755);
			*at = '/';
		}
		assert_int_equal(mkdir(path, 0755), 0);
		real_must(hierarchy_open(h, &err), &err);
	}
}

/* A container that makes cgroups of its own and spreads over them. */
static void test_nested(void **state)
{
	struct cgroup cg = CGROUP_EMPTY, inner = CGROUP_EMPTY;
	struct error err;
	pid_t outer_pid, inner_pid;

	(void)state;
	real_create(&cg, "nest", NULL);
	create_inside(&inner, "nest/x/y/z");
	outer_pid = real_fork_into(&cg, real_sleep);
	inner_pid = real_fork_into(&inner, real_sleep);
	cgroup_done(&inner);
	assert_true(cgroup_remove(&cg, 10, &err) < 0);
	assert_int_equal(err.errno_value, EBUSY);
	real_must(cgroup_signal(&cg, SIGTERM, &err), &err);
	assert_int_equal(real_exit_status(outer_pid), 128 + SIGTERM);
	assert_int_equal(real_exit_status(inner_pid), 128 + SIGTERM);
	real_drop(&cg);
}

static void test_kill_frozen(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&cg, "frozen", NULL);
	pid = real_fork_into(&cg, real_sleep);
	assert_int_equal(cgroup_is_frozen(&cg, &err), 0);
	real_must(cgroup_freeze(&cg, true, &err), &err);
	assert_int_equal(cgroup_is_frozen(&cg, &err), 1);
	real_must(cgroup_freeze(&cg, false, &err), &err);
	assert_int_equal(cgroup_is_frozen(&cg, &err), 0);
	real_must(cgroup_freeze(&cg, true, &err), &err);
	real_must(cgroup_kill(&cg, 5000, &err), &err);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_drop(&cg);
}

/* ---- what is ours and what is not ---- */

static void test_existing_is_kept(void **state)
{
	struct cgroup first = CGROUP_EMPTY, second = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&first, "old", NULL);
	real_create(&second, "old", NULL);
	for (size_t i = 0; i < second.n; i++)
		assert_false(second.h[i].made);
	pid = real_fork_into(&second, real_sleep);
	real_must(cgroup_kill(&second, 100, &err), &err);
	real_must(cgroup_remove(&second, 100, &err), &err);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	for (size_t i = 0; i < first.n; i++)
		assert_true(real_exists(&first.h[i]));
	cgroup_done(&second);
	/* With a process in it, or frozen, it is refused. */
	real_discover(&second);
	assert_true(cgroup_plan_places(&second, first.h[0].path, "x", &err) < 0);
	assert_int_equal(err.errno_value, EBUSY);
	assert_string_equal(err.pointer, "/linux/cgroupsPath");
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_must(cgroup_freeze(&first, true, &err), &err);
	assert_true(cgroup_plan_places(&second, first.h[0].path, "x", &err) < 0);
	assert_non_null(strstr(err.text, "is frozen"));
	real_must(cgroup_freeze(&first, false, &err), &err);
	real_drop(&first);
}

/* The last of a/b/c can't be made: a and b, which were made for it, go. */
static void test_parents_of_a_failure(void **state)
{
	struct cgroup top = CGROUP_EMPTY, deep = CGROUP_EMPTY;
	struct cgroup_hierarchy *v2 = NULL;
	char path[PATH_MAX];
	struct error err;

	(void)state;
	real_create(&top, "shallow", NULL);
	for (size_t i = 0; i < top.n; i++)
		if (top.h[i].version == 2)
			v2 = &top.h[i];
	if (!v2) {
		real_drop(&top);
		skip();
	}
	(void)snprintf(path, sizeof path, "%s%s/cgroup.max.depth", v2->mountpoint, v2->path);
	real_must(file_poke(AT_FDCWD, path, "2", &err), &err);
	real_plan(&deep, "shallow/a/b/c", NULL);
	assert_true(cgroup_create(&deep, 2, &err) < 0);
	assert_int_equal(err.errno_value, EAGAIN);
	real_must(cgroup_remove(&deep, 100, &err), &err);
	(void)snprintf(path, sizeof path, "%s%s/a", v2->mountpoint, v2->path);
	assert_int_equal(access(path, F_OK), -1);
	cgroup_done(&deep);
	real_drop(&top);
}

/* Somebody makes the same cgroups between plan and create: ours are those that we made. */
static void test_overtaken(void **state)
{
	struct cgroup ours = CGROUP_EMPTY, theirs = CGROUP_EMPTY;
	struct cgroup_place places[CGROUP_HIERARCHIES];
	struct error err;
	pid_t pid;

	(void)state;
	real_plan(&ours, "race", NULL);
	real_create(&theirs, "race", NULL);
	pid = real_fork_into(&theirs, real_sleep);
	assert_true(cgroup_create(&ours, 1, &err) < 0 || cgroup_create(&ours, 2, &err) < 0);
	assert_int_equal(err.errno_value, EEXIST);
	cgroup_want_no_more(&ours);
	for (size_t i = 0, n = cgroup_to_record(&ours, places); i < n; i++)
		assert_false(places[i].made);
	real_must(cgroup_kill(&ours, 100, &err), &err);
	real_must(cgroup_remove(&ours, 100, &err), &err);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	for (size_t i = 0; i < theirs.n; i++)
		assert_true(real_exists(&theirs.h[i]));
	cgroup_done(&ours);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_drop(&theirs);
}

/* A cgroup is not free whose children hold processes. */
static void test_existing_with_busy_child(void **state)
{
	struct cgroup outer = CGROUP_EMPTY, inner = CGROUP_EMPTY, again = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&outer, "full", NULL);
	create_inside(&inner, "full/x/y");
	pid = real_fork_into(&inner, real_sleep);
	real_discover(&again);
	assert_true(cgroup_plan_places(&again, outer.h[0].path, "x", &err) < 0);
	assert_int_equal(err.errno_value, EBUSY);
	cgroup_done(&again);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	cgroup_done(&inner);
	real_drop(&outer);
}

/* `delete --force` has nothing but the record. */
static void test_from_record(void **state)
{
	struct cgroup_place places[CGROUP_HIERARCHIES];
	struct cgroup cg = CGROUP_EMPTY, again = CGROUP_EMPTY;
	struct error err;
	int procfs = procfs_open_host(&err);
	size_t n;
	pid_t pid;

	(void)state;
	real_must(procfs, &err);
	real_create(&cg, "p/q/record", NULL);
	n = cgroup_to_record(&cg, places);
	assert_int_equal(n, cg.n);
	pid = real_fork_into(&cg, real_sleep);
	real_must(cgroup_from_record(&again, procfs, places, n, &err), &err);
	assert_int_equal(again.n, n);
	assert_int_equal(again.versions, cg.versions);
	real_must(cgroup_kill(&again, 5000, &err), &err);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_must(cgroup_remove(&again, 5000, &err), &err);
	cgroup_done(&again);
	for (size_t i = 0; i < n; i++) {
		char path[CGROUP_PATH];

		(void)snprintf(path, sizeof path, "%s%s/p", cg.h[i].mountpoint, real_parent);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	/* Twice is no error. */
	real_must(cgroup_from_record(&again, procfs, places, n, &err), &err);
	real_must(cgroup_kill(&again, 0, &err), &err);
	real_must(cgroup_remove(&again, 0, &err), &err);
	cgroup_done(&again);
	cgroup_done(&cg);
	close_fd(&procfs);
}

static void test_end(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	pid_t pid;

	(void)state;
	real_create(&cg, "end", NULL);
	real_must(manager_end(&cg, 0, &err), &err);
	cgroup_done(&cg);
	real_create(&cg, "end", NULL);
	pid = real_fork_into(&cg, real_sleep);
	real_must(manager_end(&cg, 5000, &err), &err);
	assert_int_equal(real_exit_status(pid), 128 + SIGKILL);
	real_drop(&cg);
}

static long rounds = 1000; /* of races */

static int leave(void)
{
	return 0;
}

/* rmdir races with the last steps of an exit, whoever waited for what. */
static void test_remove_race(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	(void)state;
	for (long round = 0; round < rounds; round++) {
		pid_t pid;

		real_create(&cg, "race", NULL);
		pid = real_fork_into(&cg, leave);
		if (round & 1)
			assert_int_equal(real_exit_status(pid), 0);
		real_must(cgroup_remove(&cg, 5000, &err), &err);
		if (!(round & 1))
			assert_int_equal(real_exit_status(pid), 0);
		cgroup_done(&cg);
	}
}

static long count_entries(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_nlink : -1;
}

/* A failed create leaves what it made to cgroup_remove, and nothing after it. */
static void test_half_made(void **state)
{
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;
	char path[CGROUP_PATH];
	long before;

	(void)state;
	real_plan(&cg, "h/half", NULL);
	(void)snprintf(path, sizeof path, "%s%s", cg.h[0].mountpoint, real_parent);
	before = count_entries(path);
	for (size_t i = 0; i < cg.n; i++)
		if (i == cg.n / 2)
			cg.h[i].mountpoint = "/nowhere";
	assert_true(cgroup_create(&cg, 1, &err) < 0 || cgroup_create(&cg, 2, &err) < 0);
	real_must(cgroup_remove(&cg, 100, &err), &err);
	assert_int_equal(count_entries(path), before);
	cgroup_done(&cg);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_life),
	cmocka_unit_test(test_join_unprivileged),
	cmocka_unit_test(test_unprivileged),
	cmocka_unit_test(test_clone_into),
	cmocka_unit_test(test_nested),
	cmocka_unit_test(test_kill_frozen),
	cmocka_unit_test(test_existing_is_kept),
	cmocka_unit_test(test_from_record),
	cmocka_unit_test(test_end),
	cmocka_unit_test(test_remove_race),
	cmocka_unit_test(test_half_made),
	cmocka_unit_test(test_parents_of_a_failure),
	cmocka_unit_test(test_overtaken),
	cmocka_unit_test(test_existing_with_busy_child),
};

static int run(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		rounds = strtol(argv[1], NULL, 10);
	return real_run(run);
}
