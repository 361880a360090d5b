/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - options and environment become a request
 *
 * Engines say a few things by the environment: sockets to be passed on (LISTEN_FDS) and, for an
 * ordinary user, where the state is kept (XDG_RUNTIME_DIR).  These are read here and nowhere else.
 */
#include "cli/job.h"

#include "base/auto.h"
#include "base/retry.h"
#include "manager/manager.h"
#include "record/record.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LISTEN_FDS_MAX = 4096 };

/* Root of the machine, or only of a user namespace?  In doubt the former. */
static bool is_machine_root(void)
{
	struct error ignored;
	auto_fd int procfs = -1;

	if (geteuid() != 0)
		return false;
	procfs = procfs_open_host(&ignored);
	return procfs < 0 || procfs_user_is_initial(procfs);
}

static void default_root(struct job *job)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (is_machine_root())
		(void)snprintf(job->root, sizeof job->root, "/run/ocirt");
	else if (runtime && *runtime == '/' && strlen(runtime) < sizeof job->root - 8)
		(void)snprintf(job->root, sizeof job->root, "%s/ocirt", runtime);
	else
		(void)snprintf(job->root, sizeof job->root, "/run/user/%u/ocirt", geteuid());
	job->request.root = job->root;
}

/* A decimal number of the environment, or -1. */
static long number_of(const char *name, long max)
{
	const char *text = getenv(name);
	char *end;
	long value;

	if (!text || *text < '0' || *text > '9')
		return -1;
	errno = 0;
	value = strtol(text, &end, 10);
	return errno || *end || value > max ? -1 : value;
}

/* sd_listen_fds(3): the variables count only if LISTEN_PID is this process. */
static void environment_read(struct request *request)
{
	long fds = number_of("LISTEN_FDS", LISTEN_FDS_MAX);

	if (fds > 0 && number_of("LISTEN_PID", INT_MAX) == getpid()) {
		request->listen_fds = (int)fds;
		request->listen_names = getenv("LISTEN_FDNAMES");
	}
}

int job_inherited_check(const struct options *options, struct error *err)
{
	struct request request = { .preserve_fds = options->preserve_fds };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (retry(fcntl(fd, F_GETFD)) < 0)
			return fail(err, errno, "descriptor %d is closed and could not be replaced",
				    fd);
	environment_read(&request);
	if (request.preserve_fds > INT_MAX - LISTEN_FDS_MAX - 3)
		return fail_usage(err, "option \"--preserve-fds\" takes no number like %d",
				  request.preserve_fds);
	for (int i = 0; i < request.listen_fds + request.preserve_fds; i++)
		if (retry(fcntl(STDERR_FILENO + 1 + i, F_GETFD)) < 0)
			return fail(err, errno, "descriptor %d, of the %d asked for by %s",
				    STDERR_FILENO + 1 + i,
				    request.listen_fds + request.preserve_fds,
				    i < request.listen_fds ? "LISTEN_FDS" : "--preserve-fds");
	return 0;
}

/* Which manager do the options ask for?  The words' order is that of options.def.  The systemd
 * driver is missing: who only looks at containers, or ends them, goes by their records. */
static int manager_choose(const struct options *options, struct request *request, struct error *err)
{
	enum { CGROUPFS, SYSTEMD, DISABLED };
	int choice = options->systemd_cgroup ? SYSTEMD : options->cgroup_manager;

	request->cgroup_manager = choice == DISABLED ? &manager_disabled : &manager_fs;
	if (choice != SYSTEMD || !(options->command->flags & PROTECT))
		return 0;
	(void)fail(err, 0, "the systemd cgroup driver is not built yet");
	return hint(err, HINT_CGROUPFS, NULL, NULL);
}

/* An empty name would be the current directory to one call and nothing to another. */
static int root_refuse_empty(const struct options *options, struct error *err)
{
	if (!options->root || *options->root)
		return 0;
	return fail_usage(err, "option \"--root\" is empty; it names the folder of the state");
}

static void request_fill(struct request *r, const struct options *options)
{
	r->root = options->root;
	/* check plans a container that will never be: any id will do */
	r->id = options->command->flags & TAKES_ID ? options->arguments[0] : options->command->name;
	r->bundle = options->bundle;
	r->config = options->config;
	r->pid_file = options->pid_file;
	r->console_socket = options->console_socket;
	r->preserve_fds = options->preserve_fds;
	r->starts = options->command->flags & STARTS;
	r->detaches = options->detach || options->command->flags & DETACHES;
	r->plans_only = options->command->flags & PLANS_ONLY;
	r->no_pivot = options->no_pivot;
	r->no_new_keyring = options->no_new_keyring;
	r->keep = options->keep;
	r->no_subreaper = options->no_subreaper;
}

int job_init(struct job *job, const struct options *options, struct error *err)
{
	struct request *r = &job->request;

	*job = (struct job){ 0 };
	request_fill(r, options);
	environment_read(r);
	if (root_refuse_empty(options, err) < 0)
		return error_code(err);
	if (!r->root)
		default_root(job);
	if (options->command->flags & TAKES_ID && container_id_check(r->id, err) < 0)
		return error_code(err);
	return manager_choose(options, r, err);
}
