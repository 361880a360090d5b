/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec.c - a second process in a running container
 *
 * The same design as a start: two tables over the functions of launch, with a process half only.
 *
 *  - The runtime is non-dumpable before anything of it can be seen inside (CVE-2016-9962).
 *  - The child is cloned into the container's v2 cgroup, enters those of v1 by `tasks`, and takes
 *    all namespaces by one setns(2) on the pidfd of the container's init, leaving out those that
 *    are ours already: the kernel refuses a user namespace one is in.
 *  - A pid namespace counts for its children only, so nobody in the container sees it.  When its
 *    root is the container's and its descriptors are closed, it clones the process that is seen: a
 *    program with CAP_SYS_PTRACE reaches through the root, the working directory and the
 *    descriptors of all that it sees, dumpable or not.
 *  - End of file by close-on-exec says that execve(2) has succeeded; only then is the pid file
 *    written.
 */
#include "launch/exec.h"

#include "base/auto.h"
#include "base/retry.h"
#include "life/lifecycle.h"
#include "record/record_cgroups.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/procfs.h"
#include "sys/socket.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

enum { KILL_WAIT_MS = 5000 };

/* ---- finding the container ---- */

static int not_possible(const struct exec *e, enum container_status status, struct error *err)
{
	if (status == CONTAINER_STOPPED) {
		(void)fail(err, 0, "container not running (stopped)");
		err->phrase = ERROR_PHRASE_NOT_RUNNING;
		return error_code(err);
	}
	if (status == CONTAINER_PAUSED && !e->request->ignore_paused) {
		(void)fail(err, 0, "cannot exec in a paused container");
		return hint(err, HINT_PAUSED, NULL, NULL);
	}
	if (status == CONTAINER_CREATING)
		return fail(err, 0, "the container is still being created");
	return 0;
}

/* Which namespaces of the container's init are not ours? */
static int namespaces_differ(struct exec *e, pid_t pid, struct error *err)
{
	static const struct {
		const char *file;
		uint64_t flag;
	} kinds[] = {
		{ "user", CLONE_NEWUSER },     { "mnt", CLONE_NEWNS },	  { "pid", CLONE_NEWPID },
		{ "net", CLONE_NEWNET },       { "ipc", CLONE_NEWIPC },	  { "uts", CLONE_NEWUTS },
		{ "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME },
	};
	int procfs = e->launch.plan.procfs;
	dev_t dev, own_dev;
	ino_t ino, own_ino;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (procfs_namespace(procfs, 0, kinds[i].file, &own_dev, &own_ino, err) < 0) {
			if (err->errno_value == ENOENT)
				continue; /* this kernel has no such namespaces */
			return error_code(err);
		}
		if (procfs_namespace(procfs, pid, kinds[i].file, &dev, &ino, err) < 0)
			return error_code(err);
		if (dev != own_dev || ino != own_ino)
			e->namespaces |= kinds[i].flag;
	}
	return 0;
}

/* The pid is looked at while the pidfd is held; still alive afterwards, it was the right process.
 * */
static int find_init(struct exec *e, struct error *err)
{
	struct launch *l = &e->launch;
	int alive = record_alive(&l->record, l->plan.procfs, &e->target, err);

	if (alive == 0)
		return not_possible(e, CONTAINER_STOPPED, err);
	if (alive < 0 || namespaces_differ(e, l->record.data.pid, err) < 0)
		return error_code(err);
	e->root = procfs_root_open(l->plan.procfs, l->record.data.pid, err);
	if (e->root < 0)
		return e->root;
	if (process_signal(e->target, 0, err) < 0)
		return not_possible(e, CONTAINER_STOPPED, err);
	l->respawns = (e->namespaces & CLONE_NEWPID) != 0;
	return 0;
}

static int find_container(struct exec *e, struct error *err)
{
	struct launch *l = &e->launch;
	enum container_status status;

	if (record_load(l->request->root, l->request->id, &l->record, err) < 0)
		return error_code(err);
	l->plan.procfs = procfs_open_host(err);
	if (l->plan.procfs < 0 || record_status(&l->record, l->plan.procfs, &status, err) < 0)
		return error_code(err);
	if (not_possible(e, status, err) < 0 || find_init(e, err) < 0)
		return error_code(err);
	if (cgroups_from_record(&l->plan.container.cgroup, &l->record.data, l->plan.procfs, err) <
	    0)
		return error_code(err);
	if (!e->request->cgroup)
		return 0;
	return cgroup_narrow(&l->plan.container.cgroup, e->request->cgroup, err);
}

/* ---- steps ---- */

static int exec_hide(struct launch *l, struct error *err)
{
	return dumpable_set(false, err);
}

static bool want_respawn(const struct launch *l)
{
	return l->respawns;
}

static bool want_user(const struct launch *l)
{
	return (((const struct exec *)l)->namespaces & CLONE_NEWUSER) != 0;
}

static bool want_terminal(const struct launch *l)
{
	return l->plan.process.terminal;
}

static bool want_keyring(const struct launch *l)
{
	return l->plan.process.keyring != NULL;
}

static bool want_oom_score(const struct launch *l)
{
	return l->plan.process.attributes.has_oom_score_adj;
}

static bool want_no_new_privileges(const struct launch *l)
{
	return l->plan.process.no_new_privileges;
}

static bool want_pid_file(const struct launch *l)
{
	return l->request->pid_file != NULL;
}

static bool want_pidfd_socket(const struct launch *l)
{
	return ((const struct exec *)l)->request->pidfd_socket != NULL;
}

static bool want_initial_cpus(const struct launch *l)
{
	return l->plan.process.schedule.initial.n > 0;
}

/* Where the process waits until it is in the container's cgroup. */
static int exec_initial_cpus(struct launch *l, struct error *err)
{
	return schedule_on_cpus(&l->plan.process.schedule.initial,
				"/process/execCPUAffinity/initial", err);
}

/* From there on: the CPUs the config names, or all that the container's cpuset has; what the
 * runtime was confined to is not handed on. */
static int exec_final_cpus(struct launch *l, struct error *err)
{
	return schedule_on_cpus(&l->plan.process.schedule.final, "/process/execCPUAffinity/final",
				err);
}

/* On v2 a cgroup that has handed controllers down takes no processes itself: then init's own part
 * of it is where the container's processes live (a container that runs systemd). */
static pid_t clone_into_part(struct launch *l, struct clone_request *r, struct error *err)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	pid_t pid = process_clone(r, &l->pidfd, err);

	if (pid >= 0 || r->cgroup < 0 || err->errno_value != EBUSY)
		return pid;
	if (cgroup_narrow_to_process(cg, l->plan.procfs, l->record.data.pid, err) < 0)
		return error_code(err);
	r->cgroup = cgroup_v2_fd(cg);
	return process_clone(r, &l->pidfd, err);
}

static int exec_clone(struct launch *l, struct error *err)
{
	struct clone_request r = { .cgroup = cgroup_v2_fd(&l->plan.container.cgroup) };
	int pair[2];
	pid_t pid;

	if (exec_of(l)->namespaces & CLONE_NEWUSER)
		attributes_make_room(&l->plan.process.attributes);
	if (socket_pair(pair, err) < 0)
		return error_code(err);
	l->sync.fd = pair[0];
	l->init_end = pair[1];
	pid = clone_into_part(l, &r, err);
	if (pid < 0 && r.cgroup >= 0 && err->errno_value == EOPNOTSUPP) {
		r.cgroup = -1;
		pid = process_clone(&r, &l->pidfd, err);
		if (pid > 0) {
			l->init = pid;
			if (cgroup_attach_v2(&l->plan.container.cgroup, pid, err) < 0)
				return error_code(err);
		}
	}
	if (pid == 0)
		exec_main(l);
	close_fd(&l->init_end);
	if (pid < 0)
		return error_code(err);
	l->init = pid;
	return 0;
}

/* Only the process that was made: the container goes on.  One that somebody froze dies when it is
 * thawed, with nobody waiting. */
static void exec_kill(struct launch *l)
{
	struct error ignored;
	int status;

	close_fd(&l->sync.fd);
	if (l->pidfd >= 0 && !l->reaped) {
		(void)process_signal(l->pidfd, SIGKILL, &ignored);
		if (process_wait_end(l->pidfd, KILL_WAIT_MS, &ignored) > 0)
			(void)process_wait(l->pidfd, &status, &ignored);
		l->reaped = true;
	}
	close_fd(&l->pidfd);
}

/* End of file is the answer that is wanted: execve(2) has closed the socket. */
static int exec_wait(struct launch *l, struct error *err)
{
	struct sync_message m;
	int r = sync_receive(&l->sync, 0, &m, err);

	close_fd(&l->sync.fd);
	return r;
}

static int exec_send_pidfd(struct launch *l, struct error *err)
{
	const char *path = exec_of(l)->request->pidfd_socket;
	auto_fd int sock = socket_connect_path(path, SOCK_STREAM, err);

	if (sock < 0 || socket_send(sock, "pidfd", 5, &l->pidfd, 1, err) < 0)
		return within(err, "--pidfd-socket");
	return 0;
}

const struct step exec_steps[] = {
	{ "take on the oom score", want_oom_score, launch_oom_score, launch_oom_score_undo },
	{ "hide from the container", NULL, exec_hide, NULL },
	{ "start on the initial CPUs", want_initial_cpus, exec_initial_cpus, NULL },
	{ "clone the process", NULL, exec_clone, exec_kill },
	{ "take our own oom score back", want_oom_score, launch_own_oom_score, NULL },
	{ "let it into the cgroups", want_entry, launch_enter_cgroups, NULL },
	{ "serve the process", NULL, launch_serve, NULL },
	{ "attach our terminal", want_attach, launch_attach, launch_detach },
	{ "release the process", NULL, launch_release_init, NULL },
	{ "wait until it executes", NULL, exec_wait, NULL },
	{ "send the pidfd", want_pidfd_socket, exec_send_pidfd, NULL },
	{ "write the pid file", want_pid_file, launch_pid_file, launch_pid_file_undo },
	{ 0 },
};

const struct step exec_process_steps[] = {
	{ "enter the cgroups", want_entry, init_enter_cgroups, NULL },
	{ "go on on the final CPUs", NULL, exec_final_cpus, NULL },
	{ "join the namespaces", NULL, exec_join, NULL },
	{ "make the process", want_respawn, exec_respawn, NULL },
	{ "open procfs", want_label, init_procfs, NULL },
	{ "become root of the user namespace", want_user, init_become_root, NULL },
	{ "open a terminal", want_terminal, exec_console, NULL },
	{ "join the session keyring", want_keyring, init_keyring, NULL },
	{ "set process attributes", NULL, init_attributes, NULL },
	{ "take standard input and output", NULL, init_stdio, NULL },
	{ "enter the working directory", NULL, init_cwd, NULL },
	{ "limit capabilities", NULL, init_bounding, NULL },
	{ "become the user", NULL, init_user, NULL },
	{ "set capabilities", NULL, init_caps, NULL },
	{ "forbid new privileges", want_no_new_privileges, init_no_new_privileges, NULL },
	{ "find the program", NULL, init_find_program, NULL },
	{ "report ready", NULL, init_ready, NULL },
	{ "label", want_label, init_label, NULL },
	{ "execute", NULL, init_execute, NULL },
	{ 0 },
};

/* ---- the command ---- */

static void exec_done(struct exec *e)
{
	struct launch *l = &e->launch;

	close_fd(&e->root);
	close_fd(&e->target);
	launch_done(l);
}

static int exec_prepare(struct exec *e, struct error *err)
{
	struct launch *l = &e->launch;
	const struct oci_config *kept;

	l->plan.arena = oci_arena_new();
	if (!l->plan.arena)
		return fail(err, ENOMEM, "plan");
	if (find_container(e, err) < 0)
		return error_code(err);
	kept = container_kept_config(&l->record);
	if (!kept)
		return fail(err, 0, "the container's kept config.json is gone or unreadable");
	l->plan.bundle = l->record.data.bundle;
	if (exec_plan(e, kept, err) < 0)
		return error_code(err);
	if (l->record.data.no_new_keyring)
		l->plan.process.keyring = NULL;
	return 0;
}

/* A process file is the process itself: its pointers do not begin with /process. */
static void point_into_file(const struct exec *e, struct error *err)
{
	static const char prefix[] = "/process";
	size_t n = sizeof prefix - 1;

	if (!err->has_pointer)
		return;
	if (e->request->process && strncmp(err->pointer, prefix, n) == 0)
		memmove(err->pointer, err->pointer + n, strlen(err->pointer + n) + 1);
	if (!*err->file && e->launch.plan.config_name)
		(void)snprintf(err->file, sizeof err->file, "%s", e->launch.plan.config_name);
}

static int exec_run(struct exec *e, int *ret_exit, struct error *err)
{
	struct launch *l = &e->launch;

	if (exec_prepare(e, err) < 0)
		return error_code(err);
	if (!l->request->detach && foreground_open(&l->foreground, err) < 0)
		return error_code(err);
	if (steps_run(exec_steps, l, err) < 0)
		return error_code(err);
	if (l->request->started)
		l->request->started(l->request->context);
	*ret_exit = 0;
	return l->request->detach ? 0 : launch_foreground(l, ret_exit, err);
}

int container_exec(const struct request *request, const struct exec_request *exec, int *ret_exit,
		   struct error *err)
{
	struct exec e = { .request = exec, .target = -1, .root = -1 };
	int r = launch_init(&e.launch, request, err);

	e.launch.starts = true; /* nobody else will say when */
	if (r >= 0)
		r = exec_run(&e, ret_exit, err);
	if (r < 0)
		point_into_file(&e, err);
	exec_done(&e);
	return r;
}
