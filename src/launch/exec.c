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
#include "launch/want.h"
#include "record/record_cgroups.h"
#include "sys/file.h"
#include "sys/interrupt.h"
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

/* ---- finding the container ---- */

static int not_possible(const struct launch *l, enum container_status status, struct error *err)
{
	if (status == CONTAINER_STOPPED) {
		(void)fail(err, 0, "container not running (stopped)");
		err->phrase = ERROR_PHRASE_NOT_RUNNING;
		return error_code(err);
	}
	if (status == CONTAINER_PAUSED && !l->exec->request->ignore_paused) {
		(void)fail(err, 0, "cannot exec in a paused container");
		return hint(err, HINT_PAUSED, NULL, NULL);
	}
	if (status == CONTAINER_CREATING)
		return fail(err, 0, "the container is still being created");
	return 0;
}

/* A dying process gives up its namespaces and its root before it is a zombie: they are missing
 * then, while it still looks alive. */
static bool is_gone(const struct error *err)
{
	return err->errno_value == ENOENT || err->errno_value == ESRCH;
}

static int look_at_init(struct launch *l, struct error *err)
{
	pid_t pid = l->record.pid;

	if (namespaces_differ(l->plan.procfs, pid, &l->exec->namespaces, err) < 0)
		return error_code(err);
	l->exec->root = procfs_root_open(l->plan.procfs, pid, err);
	return l->exec->root < 0 ? l->exec->root : 0;
}

/* Files of a pid are read while its pidfd is held.  If the process behind the pidfd is still alive
 * afterwards, the pid can't have become another process's meanwhile. */
static int find_init(struct launch *l, struct error *err)
{
	int alive = record_alive(&l->record, l->plan.procfs, &l->exec->target, err);

	if (alive == 0)
		return not_possible(l, CONTAINER_STOPPED, err);
	if (alive < 0)
		return alive;
	if (look_at_init(l, err) < 0)
		return is_gone(err) ? not_possible(l, CONTAINER_STOPPED, err) : error_code(err);
	if (process_signal(l->exec->target, 0, err) < 0)
		return not_possible(l, CONTAINER_STOPPED, err);
	l->respawns = (l->exec->namespaces & CLONE_NEWPID) != 0;
	return 0;
}

/* A process that is not in the container's cgroup would have none of its limits. */
static int find_cgroup(struct launch *l, struct error *err)
{
	struct cgroup *cg = &l->plan.container.cgroup;
	bool has_any = false;

	if (cgroups_from_record(cg, &l->record, l->plan.procfs, err) < 0)
		return error_code(err);
	for (size_t i = 0; i < l->record.data.cgroups.n; i++)
		has_any = has_any || *l->record.data.cgroups.v[i].path;
	if (!has_any || cgroup_is_anywhere(cg))
		return 0;
	return fail(err, 0,
		    "container \"%s\" has its cgroup in another view of the cgroups than ours",
		    l->record.data.id);
}

static int find_container(struct launch *l, struct error *err)
{
	enum container_status status;

	if (record_find(l->request->root, l->request->id, &l->record, &l->plan.procfs, err) < 0 ||
	    record_status(&l->record, l->plan.procfs, &status, err) < 0)
		return error_code(err);
	if (not_possible(l, status, err) < 0 || find_init(l, err) < 0)
		return error_code(err);
	if (find_cgroup(l, err) < 0)
		return error_code(err);
	if (!l->exec->request->cgroup)
		return 0;
	return cgroup_narrow(&l->plan.container.cgroup, l->exec->request->cgroup, err);
}

/* ---- steps ---- */

static int exec_hide(struct launch *l, struct error *err)
{
	return dumpable_set(false, err);
}

/* The child inherits these CPUs and waits on them until it is in the container's cgroup. */
static int exec_initial_cpus(struct launch *l, struct error *err)
{
	return schedule_on_cpus(&l->plan.process.schedule.initial,
				"/process/execCPUAffinity/initial", err);
}

/* Then it gets the CPUs that the config names, or all that the container's cpuset has.  What the
 * runtime itself is confined to is not handed on. */
static int exec_final_cpus(struct launch *l, struct error *err)
{
	return schedule_on_cpus(&l->plan.process.schedule.final, "/process/execCPUAffinity/final",
				err);
}

/* execve(2) closes the child's end of the socket (close-on-exec), so end of file says that it has
 * succeeded; a message would be FAILED. */
static int exec_wait(struct launch *l, struct error *err)
{
	struct sync_message m;
	int r = sync_receive(&l->sync, 0, &m, err);

	close_fd(&l->sync.fd);
	return r;
}

static int exec_send_pidfd(struct launch *l, struct error *err)
{
	const char *path = l->exec->request->pidfd_socket;
	auto_fd int sock = socket_connect_path(path, SOCK_STREAM, err);

	if (sock < 0 || socket_send(sock, "pidfd", 5, &l->pidfd, 1, err) < 0)
		return within(err, "--pidfd-socket");
	return 0;
}

const struct step exec_steps[] = {
	{ "take on the oom score", want_oom_score, launch_oom_score, launch_oom_score_undo },
	{ "hide from the container", NULL, exec_hide, NULL },
	{ "start on the initial CPUs", want_initial_cpus, exec_initial_cpus, NULL },
	{ "clone the process", NULL, launch_clone, launch_kill },
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

/* The container's own, by the name in its record.  One that was made before there was such a name
 * is called by the id alone. */
static int exec_keyring(struct launch *l, struct error *err)
{
	const struct oci_record *data = &l->record.data;
	size_t size = strlen(data->id) + sizeof "_ses.";
	char *name;

	l->plan.process.keyring = data->no_new_keyring ? NULL : data->keyring;
	if (data->no_new_keyring || data->keyring)
		return 0;
	name = oci_arena_get(l->plan.arena, size);
	if (!name)
		return fail(err, ENOMEM, "keyring");
	(void)snprintf(name, size, "_ses.%s", data->id);
	l->plan.process.keyring = name;
	return 0;
}

static int exec_prepare(struct launch *l, struct error *err)
{
	const struct oci_config *kept;

	l->plan.arena = oci_arena_new();
	if (!l->plan.arena)
		return fail(err, ENOMEM, "plan");
	if (find_container(l, err) < 0)
		return error_code(err);
	kept = container_kept_config(&l->record);
	if (!kept)
		return fail(err, 0, "the container's kept config.json is gone or unreadable");
	l->plan.bundle = l->record.data.bundle;
	if (exec_plan(l, kept, err) < 0)
		return error_code(err);
	return exec_keyring(l, err);
}

/* A process file is the process itself: its pointers do not begin with /process. */
static void point_into_file(const struct launch *l, struct error *err)
{
	static const char prefix[] = "/process";
	size_t n = sizeof prefix - 1;

	if (!err->has_pointer)
		return;
	if (l->exec->request->process && strncmp(err->pointer, prefix, n) == 0)
		memmove(err->pointer, err->pointer + n, strlen(err->pointer + n) + 1);
	if (!*err->file && l->plan.config_name)
		(void)snprintf(err->file, sizeof err->file, "%s", l->plan.config_name);
}

static int exec_run(struct launch *l, int *ret_exit, struct error *err)
{
	if (exec_prepare(l, err) < 0)
		return error_code(err);
	if (l->request->detaches)
		l->foreground.signals = interrupts_open(false, err);
	else if (foreground_open(&l->foreground, err) < 0)
		return error_code(err);
	if (l->foreground.signals < 0)
		return l->foreground.signals;
	if (steps_run(exec_steps, l, err) < 0)
		return error_code(err);
	if (l->request->started)
		l->request->started(l->request->context);
	*ret_exit = 0;
	return l->request->detaches ? 0 : launch_foreground(l, ret_exit, err);
}

enum { INIT_ENDS_MS = 2000 };

int container_exec(const struct request *request, const struct exec_request *exec, int *ret_exit,
		   struct error *err)
{
	struct exec e = { .request = exec, .target = -1, .root = -1 };
	auto_launch struct launch l;
	struct error ignored;
	int r = launch_init(&l, request, err);

	l.exec = &e;
	l.inner = exec_process_steps;
	if (r >= 0)
		r = exec_run(&l, ret_exit, err);
	/* The end of a pid namespace's init kills our process first, and init ends after it. */
	if (r < 0 && e.target >= 0 &&
	    process_wait_end(e.target, l.killed ? INIT_ENDS_MS : 0, &ignored) > 0)
		r = not_possible(&l, CONTAINER_STOPPED, err); /* it ended under our hands */
	if (r < 0)
		point_into_file(&l, err);
	close_fd(&e.root);
	close_fd(&e.target);
	return r;
}
