/* SPDX-License-Identifier: Apache-2.0 */
/* cgroup_real.c - tests that make cgroups in the kernel's own hierarchies, and leave none */
#include "cgroup_real.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "manager/manager.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>

char real_parent[64]; /* "/ocirt-test-RANDOM", in every hierarchy; removed in the end */

void real_must(long result, const struct error *err)
{
	char words[2048];

	if (result >= 0)
		return;
	print_error("%s: %s\n", err->pointer, error_words(err, words, sizeof words));
	_fail(__FILE__, __LINE__);
}

void real_discover(struct cgroup *cg)
{
	struct error err;
	int procfs = procfs_open_host(&err);

	real_must(procfs, &err);
	real_must(cgroup_discover(cg, procfs, &err), &err);
	cg->manager = &manager_fs;
	close_fd(&procfs);
}

/* A planned cgroup below the test's own. */
void real_plan(struct cgroup *cg, const char *name, const struct oci_resources *resources)
{
	struct error err;
	char path[128];

	real_discover(cg);
	(void)snprintf(path, sizeof path, "%s/%s", real_parent, name);
	real_must(manager_fs.plan(cg, path, "unused", resources, &err), &err);
}

void real_create(struct cgroup *cg, const char *name, const struct oci_resources *resources)
{
	struct error err;

	real_plan(cg, name, resources);
	for (int version = 1; version <= 2; version++)
		real_must(cgroup_create(cg, version, &err), &err);
}

bool real_exists(const struct cgroup_hierarchy *h)
{
	char path[CGROUP_PATH];

	return access(hierarchy_path(h, path), F_OK) == 0;
}

/* A child that enters the cgroup as init does, on v2 by cgroup.procs, and runs body. */
pid_t real_fork_into(struct cgroup *cg, int (*body)(void))
{
	int fds[CGROUP_HIERARCHIES], ready[2], n;
	struct error err;
	char c = 0;
	pid_t pid;

	n = cgroup_v1_fds(cg, fds, &err);
	real_must(n, &err);
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

_Noreturn int real_sleep(void)
{
	for (;;)
		pause();
}

int real_exit_status(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void real_drop(struct cgroup *cg)
{
	struct error err;

	real_must(cgroup_kill(cg, 30000, &err), &err);
	real_must(cgroup_remove(cg, 30000, &err), &err);
	for (size_t i = 0; i < cg->n; i++)
		assert_false(real_exists(&cg->h[i]));
	cgroup_done(cg);
}

/* ---- the v2 top is left as it was found ---- */

static void read_enabled(const struct cgroup *top, char text[CGROUP_TEXT], char path[CGROUP_PATH])
{
	struct error err;

	*text = '\0';
	for (size_t i = 0; i < top->n; i++)
		if (top->h[i].version == 2) {
			(void)snprintf(path, CGROUP_PATH, "%s/cgroup.subtree_control",
				       top->h[i].mountpoint);
			(void)cgroup_file_read(AT_FDCWD, path, text, CGROUP_TEXT, &err);
		}
}

/* What somebody else uses by now stays (EBUSY). */
static void put_back(const struct cgroup *top, const char *before)
{
	char now[CGROUP_TEXT], path[CGROUP_PATH], word[64];

	read_enabled(top, now, path);
	for (char *rest = now, *name; (name = strsep(&rest, " ")) != NULL;)
		if (*name && !strstr(before, name)) {
			struct error err;

			(void)snprintf(word, sizeof word, "-%s", name);
			(void)file_poke(AT_FDCWD, path, word, &err);
		}
}

/* ---- the tests run in a child: whatever happens to it, nothing is left of them ---- */

static pid_t running;

static void end_running(int signal)
{
	(void)signal;
	(void)kill(running, SIGKILL);
}

static int run_in_child(int (*tests)(void))
{
	const struct sigaction end = { .sa_handler = end_running, .sa_flags = SA_RESTART };

	running = fork();
	if (running == 0)
		_exit(tests());
	(void)sigaction(SIGINT, &end, NULL);
	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGHUP, &end, NULL);
	return real_exit_status(running);
}

static int complain(const char *what, const struct error *err)
{
	char words[2048];

	print_error("%s: %s\n", what, error_words(err, words, sizeof words));
	return 1;
}

/* ---- a name of our own ---- */

static void random_word(char *ret, size_t size)
{
	unsigned number = 0;

	(void)!getrandom(&number, sizeof number, 0);
	(void)snprintf(ret, size, "%08x", number);
}

static int discover(struct cgroup *top, struct error *err)
{
	auto_fd int procfs = procfs_open_host(err);

	return procfs < 0 ? procfs : cgroup_discover(top, procfs, err);
}

/* EEXIST or EBUSY: somebody has a cgroup of this name. */
static int parent_try(struct cgroup *top, const char *path, struct error *err)
{
	if (discover(top, err) < 0 || cgroup_plan_places(top, path, "x", err) < 0)
		return -1;
	for (size_t i = 0; i < top->n; i++)
		if (*top->h[i].path && !top->h[i].wanted)
			return fail(err, EEXIST, "\"%s\" is there", path);
	return cgroup_create(top, 1, err) < 0 ? -1 : cgroup_create(top, 2, err);
}

int real_claim(struct cgroup *top, char path[64], real_namer *namer, struct error *err)
{
	for (int tries = 0; tries < 100; tries++) {
		struct error later;
		char word[32];

		namer(word, sizeof word);
		(void)snprintf(path, 64, "/ocirt-test-%s", word);
		if (parent_try(top, path, err) >= 0)
			return 0;
		(void)cgroup_remove(top, 30000, &later);
		cgroup_done(top);
		if (err->errno_value != EEXIST && err->errno_value != EBUSY)
			return -1;
	}
	return -1;
}

/* No assertion here: they end the program. */
int real_run(int (*tests)(void))
{
	char before[CGROUP_TEXT], path[CGROUP_PATH];
	struct cgroup top = CGROUP_EMPTY;
	struct error err;
	int status;

	if (geteuid() != 0)
		return 77;
	if (discover(&top, &err) < 0)
		return complain("discover", &err);
	read_enabled(&top, before, path);
	cgroup_done(&top);
	if (real_claim(&top, real_parent, random_word, &err) < 0)
		return complain("create", &err);
	(void)printf("# in the cgroups %s\n", real_parent);
	(void)fflush(stdout);
	status = run_in_child(tests);
	if (cgroup_kill(&top, 30000, &err) < 0 || cgroup_remove(&top, 30000, &err) < 0)
		status = complain("cgroups are left", &err);
	put_back(&top, before);
	cgroup_done(&top);
	return status;
}
