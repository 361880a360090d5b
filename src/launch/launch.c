/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.c - how a container starts: read this file first
 *
 * The runtime walks runtime_steps, the container's init (its clone) walks init_steps; they talk by
 * the messages of sync.def.  Everything a config can do wrong was refused before, in plan.c, and
 * after the clone nothing is parsed or allocated: the steps walk over memory the plan has made.
 *
 * The order is the kernel's and the specification's:
 *  - the record is written before the first thing is made, so that delete --force finds it all;
 *  - init is cloned with its user and pid namespace only, and makes the others itself while the
 *    runtime makes the v1 cgroups: both take about as long;
 *  - on v2 init is cloned into its cgroup; on v1 it enters by writing "0" to `tasks`, which does
 *    not take the kernel's global lock, and before its cgroup namespace is made, whose root is then
 *    the container's cgroup;
 *  - a namespace that other processes live in is joined non-dumpable (CVE-2016-9962), an existing
 *    pid namespace only when the root has changed; every init is so before others can see it;
 *  - READY is answered by RECORDED: until then init dies with its creator (end of file), and the
 *    record does not say "running": an exec would enter namespaces whose root is still the host's.
 *    Where nothing else is left to do for `run`, init says when the root has changed (INSIDE), and
 *    finds answer and GO in its socket when it is ready: to wake a processor that idles takes as
 *    long as a dozen mounts.
 */
#include "launch/launch.h"

#include "base/auto.h"

#include <sched.h>
#include <stdio.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const struct namespaces *ns_of(const struct launch *l)
{
	return &l->plan.container.namespaces;
}

static bool has_home(const struct launch *l, int version)
{
	const struct cgroup *cg = &l->plan.container.cgroup;

	for (size_t i = 0; !cg->disabled && i < cg->n; i++)
		if (cg->h[i].version == version)
			return true;
	return false;
}

static bool want_v2(const struct launch *l)
{
	return has_home(l, 2);
}

bool want_v1(const struct launch *l)
{
	return has_home(l, 1);
}

/* init goes on when it is where it belongs: its cgroup namespace begins there. */
bool want_entry(const struct launch *l)
{
	return want_v1(l) || l->moved;
}

static bool want_cgroup(const struct launch *l)
{
	return want_v1(l) || want_v2(l);
}

static bool want_new_user(const struct launch *l)
{
	return (ns_of(l)->fresh & CLONE_NEWUSER) != 0;
}

static bool want_join_user(const struct launch *l)
{
	return (ns_of(l)->joined & CLONE_NEWUSER) != 0;
}

static bool want_user(const struct launch *l)
{
	return namespaces_own(ns_of(l), CLONE_NEWUSER);
}

/* A new pid namespace must belong to the user namespace that is joined: made after it. */
bool want_respawn_early(const struct launch *l)
{
	return want_join_user(l) && (ns_of(l)->fresh & CLONE_NEWPID);
}

bool want_join_pid(const struct launch *l)
{
	return (ns_of(l)->joined & CLONE_NEWPID) != 0;
}

static bool want_hide_first(const struct launch *l)
{
	return ns_of(l)->joined != 0 && !want_new_user(l);
}

/* Whoever enters a created container, a hook inside included, shall not look into init.  Not
 * sooner: a process that is not dumpable gets no id maps from an ordinary user. */
static bool want_hide_later(const struct launch *l)
{
	return !want_hide_first(l);
}

static bool want_joins(const struct launch *l)
{
	return (ns_of(l)->joined & ~(uint64_t)(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWCGROUP)) !=
	       0;
}

static bool want_new_network(const struct launch *l)
{
	return (ns_of(l)->fresh & CLONE_NEWNET) != 0;
}

static bool want_new_time(const struct launch *l)
{
	return (ns_of(l)->fresh & CLONE_NEWTIME) != 0;
}

static bool want_cgroup_namespace(const struct launch *l)
{
	return namespaces_own(ns_of(l), CLONE_NEWCGROUP);
}

static bool want_names(const struct launch *l)
{
	return l->plan.container.hostname || l->plan.container.domainname;
}

static bool want_sysctls(const struct launch *l)
{
	return l->plan.container.sysctls.n > 0;
}

static bool want_procfs(const struct launch *l)
{
	return want_new_time(l) || want_sysctls(l) || want_label(l);
}

static bool want_terminal(const struct launch *l)
{
	return l->plan.process.terminal;
}

static bool want_runtime_hooks(const struct launch *l)
{
	return hooks_prestart(l->plan.container.hooks).n > 0 ||
	       hooks_create_runtime(l->plan.container.hooks).n > 0 ||
	       hooks_create_container(l->plan.container.hooks).n > 0; /* they need their pid */
}

static bool want_create_container_hooks(const struct launch *l)
{
	return hooks_create_container(l->plan.container.hooks).n > 0;
}

static bool want_start_container_hooks(const struct launch *l)
{
	return hooks_start_container(l->plan.container.hooks).n > 0;
}

static bool want_masks(const struct launch *l)
{
	return l->plan.container.masks;
}

static bool want_keyring(const struct launch *l)
{
	return l->plan.process.keyring != NULL;
}

static bool want_oom_score(const struct launch *l)
{
	return l->plan.process.attributes.has_oom_score_adj;
}

static bool want_process(const struct launch *l)
{
	return l->plan.process.config != NULL;
}

static bool want_no_new_privileges(const struct launch *l)
{
	return l->plan.process.no_new_privileges;
}

bool want_label(const struct launch *l)
{
	return l->plan.process.lsm.apparmor || l->plan.process.lsm.selinux;
}

/* A terminal whose master nobody else has taken. */
bool want_attach(const struct launch *l)
{
	return l->plan.process.terminal && !l->request->console_socket;
}

static bool want_pid_file(const struct launch *l)
{
	return l->request->pid_file != NULL;
}

/* Nobody writes the record, or becomes init, before init is ready. */
static bool want_prepared_record(const struct launch *l)
{
	return !want_runtime_hooks(l) && !want_join_pid(l) && !want_respawn_early(l);
}

static bool want_start_in_advance(const struct launch *l)
{
	return l->starts && want_prepared_record(l) && !want_terminal(l) && !want_pid_file(l) &&
	       !want_start_container_hooks(l);
}

static bool want_start_in_turn(const struct launch *l)
{
	return !want_start_in_advance(l);
}

/* ---- what the runtime does ---- */
const struct step runtime_steps[] = {
	/* name, wanted, run, undo */
	{ "claim the id", NULL, launch_claim, launch_unclaim },
	{ "make the cgroup", want_cgroup, launch_cgroup_v2, launch_cgroup_undo },
	{ "take on the oom score", want_oom_score, launch_oom_score, launch_oom_score_undo },
	{ "clone init", NULL, launch_clone, launch_kill },
	{ "take our own oom score back", want_oom_score, launch_own_oom_score, NULL },
	{ "write the id maps", want_new_user, launch_map_ids, NULL },
	{ "follow init into its namespace", want_respawn_early, launch_follow, NULL },
	{ "make the v1 cgroups", want_v1, launch_cgroup_v1, NULL },
	{ "limit resources", want_cgroup, launch_limit, NULL },
	{ "let init into the cgroups", want_entry, launch_enter_cgroups, NULL },
	{ "prepare the record", want_prepared_record, launch_prepare_record, NULL },
	{ "wait for the new root", want_start_in_advance, launch_wait_inside, NULL },
	{ "record in advance", want_start_in_advance, launch_record, NULL },
	{ "release init in advance", want_start_in_advance, launch_release_and_go, NULL },
	{ "serve init", NULL, launch_serve, NULL },
	{ "attach our terminal", want_attach, launch_attach, launch_detach },
	{ "record the container", want_start_in_turn, launch_record, NULL },
	{ "write the pid file", want_pid_file, launch_pid_file, launch_pid_file_undo },
	{ "release init", want_start_in_turn, launch_release_init, NULL },
	{ 0 },
};

/* ---- what init does ---- */
const struct step init_steps[] = {
	{ "hide before joining", want_hide_first, init_hide, NULL },
	{ "join the user namespace", want_join_user, init_join_user, NULL },
	{ "make the pid namespace", want_respawn_early, init_continue_in_child, NULL },
	{ "wait for the id maps", want_new_user, init_wait_mapped, NULL },
	{ "become root of the user namespace", want_user, init_become_root, NULL },
	{ "hide from others", want_hide_later, init_hide, NULL },
	{ "join namespaces", want_joins, init_join, NULL },
	{ "make namespaces", NULL, init_unshare, NULL },
	{ "bring up loopback", want_new_network, init_loopback, NULL },
	{ "open procfs", want_procfs, init_procfs, NULL },
	{ "make the time namespace", want_new_time, init_time, NULL },
	{ "set the names", want_names, init_names, NULL },
	{ "prepare the root", NULL, init_rootfs, NULL },
	{ "enter the cgroups", want_entry, init_enter_cgroups, NULL },
	{ "leave the runtime's CPUs", NULL, init_cpus, NULL },
	{ "make the cgroup namespace", want_cgroup_namespace, init_cgroup_namespace, NULL },
	{ "mount file systems", NULL, init_mounts, NULL },
	{ "make devices", NULL, init_devices, NULL },
	{ "open the terminal", want_terminal, init_console, NULL },
	{ "runtime hooks", want_runtime_hooks, init_runtime_hooks, NULL },
	{ "createContainer hooks", want_create_container_hooks, init_create_container_hooks, NULL },
	{ "set sysctls", want_sysctls, init_sysctls, NULL },
	{ "make the working directory", want_process, init_make_cwd, NULL },
	{ "mask paths", want_masks, init_masks, NULL },
	{ "change the root", NULL, init_pivot, NULL },
	{ "report the new root", want_start_in_advance, init_inside, NULL },
	{ "join the pid namespace", want_join_pid, init_join_pid, NULL },
	{ "join a session keyring", want_keyring, init_keyring, NULL },
	{ "set process attributes", want_process, init_attributes, NULL },
	{ "take standard input and output", want_process, init_stdio, NULL },
	{ "enter the working directory", want_process, init_cwd, NULL },
	{ "limit capabilities", want_process, init_bounding, NULL },
	{ "become the user", want_process, init_user, NULL },
	{ "set capabilities", want_process, init_caps, NULL },
	{ "forbid new privileges", want_no_new_privileges, init_no_new_privileges, NULL },
	{ "find the program", want_process, init_find_program, NULL },
	{ "report ready", NULL, init_ready, NULL },
	{ "wait for start", NULL, init_wait_start, NULL },
	{ "startContainer hooks", want_start_container_hooks, init_start_container_hooks, NULL },
	{ "label", want_label, init_label, NULL },
	{ "execute", NULL, init_execute, NULL },
	{ 0 },
};

const char *state_text_with_pid(struct state_text *s, pid_t pid)
{
	char number[12];

	(void)snprintf(number, sizeof number, "%-10d", (int)pid);
	for (int i = 0; s->text && i < 10; i++)
		s->text[s->pid_at + (size_t)i] = number[i];
	return s->text;
}
