/* SPDX-License-Identifier: Apache-2.0 */
/* bench_spawn.c - runs one command and says what it took */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT = 20 };

void bench_die(const char *what, const char *name)
{
	(void)fprintf(stderr, "bench: %s: %s (errno %d)\n", name, what, errno);
	exit(1);
}

static void floor_command(struct bench_command *c, const struct bench *b, const char *id)
{
	(void)snprintf(c->text[0], BENCH_TEXT, "%s/bundle/rootfs", b->work);
	(void)snprintf(c->text[1], BENCH_TEXT, "%s", id);
	c->argv[1] = c->text[0];
	c->argv[2] = c->text[1];
	c->argv[3] = "/bin/true";
}

void bench_command_make(struct bench_command *c, const struct bench *b,
			const struct bench_runtime *r, const char *verb, const char *id)
{
	int n = 4;

	*c = (struct bench_command){ .argv = { r->path } };
	if (r->is_floor) {
		floor_command(c, b, id);
		return;
	}
	(void)snprintf(c->text[0], BENCH_TEXT, "%s/state/%s", b->work, r->name);
	(void)snprintf(c->text[1], BENCH_TEXT, "%s/bundle", b->work);
	(void)snprintf(c->text[2], BENCH_TEXT, "%s/pid", b->work);
	(void)snprintf(c->text[3], BENCH_TEXT, "%s", id);
	c->argv[1] = "--root";
	c->argv[2] = c->text[0];
	c->argv[3] = verb;
	if (strcmp(verb, "run") == 0 || strcmp(verb, "create") == 0) {
		c->argv[n++] = "--bundle";
		c->argv[n++] = c->text[1];
	}
	if (strcmp(verb, "create") == 0) {
		c->argv[n++] = "--pid-file";
		c->argv[n++] = c->text[2];
	}
	c->argv[n++] = c->text[3];
	if (strcmp(verb, "exec") == 0)
		c->argv[n] = "/bin/true";
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[BENCH_TEXT];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		bench_die("can't be written", path);
	(void)close(fd);
}

_Noreturn static void become(const struct bench_command *c, const char *cgroup)
{
	int null = open("/dev/null", O_RDWR);
	bool show = getenv("BENCH_VERBOSE") != NULL;

	if (cgroup)
		write_file(cgroup, "cgroup.procs", "0");
	(void)dup2(null, 0);
	if (!show) {
		(void)dup2(null, 1);
		(void)dup2(null, 2);
	}
	if (null > 2)
		(void)close(null);
	(void)execv(c->argv[0], (char *const *)(uintptr_t)c->argv);
	_exit(127);
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* The alarm's handler; it only interrupts wait4. */
static void wake(int signal)
{
	(void)signal;
}

static int wait_for(pid_t pid, struct bench_sample *sum)
{
	struct sigaction action = { .sa_handler = wake };
	struct rusage used;
	int status;

	(void)sigaction(SIGALRM, &action, NULL);
	(void)alarm(TIMEOUT);
	while (wait4(pid, &status, 0, &used) < 0) {
		if (errno != EINTR)
			bench_die("can't be waited for", "child");
		(void)kill(pid, SIGKILL);
	}
	(void)alarm(0);
	sum->cpu += seconds(used.ru_utime) + seconds(used.ru_stime);
	return status;
}

int bench_spawn(const struct bench_command *c, const char *cgroup, struct bench_sample *sum)
{
	double start = now();
	pid_t pid = cgroup ? fork() : vfork();
	int status;

	if (pid < 0)
		bench_die("fork failed", c->argv[0]);
	if (pid == 0)
		become(c, cgroup);
	status = wait_for(pid, sum);
	sum->wall += now() - start;
	return status;
}

const char *bench_word(const struct bench *b)
{
	const char *dot = strrchr(b->work, '.');

	return dot ? dot + 1 : "0";
}

static void id_make(struct bench *b, char id[32])
{
	(void)snprintf(id, 32, "bench-%.10s-%u", bench_word(b), b->serial++);
}

/* What a failed or killed run may have left, or a container that still runs. */
static void clean(const struct bench *b, const struct bench_runtime *r, const char *id)
{
	struct bench_sample ignored = { 0 };
	struct bench_command c;

	if (r->is_floor)
		return;
	bench_command_make(&c, b, r, "delete", id);
	c.argv[5] = c.argv[4];
	c.argv[4] = "--force";
	(void)bench_spawn(&c, NULL, &ignored);
}

int bench_run_once(struct bench *b, const struct bench_runtime *r, const char *cgroup,
		   struct bench_sample *ret)
{
	struct bench_command c;
	char id[32];
	int status;

	id_make(b, id);
	*ret = (struct bench_sample){ 0 };
	bench_command_make(&c, b, r, "run", id);
	status = bench_spawn(&c, cgroup, ret);
	if (status != 0)
		clean(b, r, id);
	return status;
}

static pid_t pid_read(const struct bench *b)
{
	char path[BENCH_TEXT];
	long pid = 0;
	FILE *in;

	(void)snprintf(path, sizeof path, "%s/pid", b->work);
	in = fopen(path, "re");
	if (!in || fscanf(in, "%ld", &pid) != 1 || pid <= 0)
		bench_die("holds no pid", path);
	(void)fclose(in);
	return (pid_t)pid;
}

int bench_life_once(struct bench *b, const struct bench_runtime *r, struct bench_sample *ret)
{
	static const char *const verbs[] = { "create", "start", "delete" };
	struct bench_command c;
	char id[32];
	int status = 0;

	id_make(b, id);
	*ret = (struct bench_sample){ 0 };
	for (int i = 0; i < 3 && status == 0; i++) {
		bench_command_make(&c, b, r, verbs[i], id);
		status = bench_spawn(&c, NULL, ret);
		/* The runtime is gone: its container's init is ours, as subreaper. */
		if (i == 1 && status == 0)
			status = wait_for(pid_read(b), ret);
	}
	if (status != 0)
		clean(b, r, id);
	return status;
}

void bench_sleeper_start(struct bench *b, struct bench_runtime *r)
{
	static const char *const verbs[] = { "create", "start" };
	struct bench_sample ignored;
	struct bench_command c;

	id_make(b, r->sleeper);
	for (int i = 0; i < 2; i++) {
		bench_command_make(&c, b, r, verbs[i], r->sleeper);
		(void)snprintf(c.text[1], BENCH_TEXT, "%s/sleeper", b->work);
		if (bench_spawn(&c, NULL, &ignored) != 0)
			bench_die("has no container to enter", r->name);
	}
}

void bench_sleeper_end(struct bench *b, struct bench_runtime *r)
{
	clean(b, r, r->sleeper);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue; /* its init was ours, as subreaper */
}

int bench_exec_once(struct bench *b, const struct bench_runtime *r, struct bench_sample *ret)
{
	struct bench_command c;

	*ret = (struct bench_sample){ 0 };
	bench_command_make(&c, b, r, "exec", r->sleeper);
	return bench_spawn(&c, NULL, ret);
}
