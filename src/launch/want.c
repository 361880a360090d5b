/* SPDX-License-Identifier: Apache-2.0 */
/*
 * want.c - which steps a launch needs: the conditions of the tables' rows
 *
 * Runtime and child ask the same question of the same plan, each in its own process, so both walk
 * the same steps and neither waits for a message that the other never sends.
 */
#include "launch/want.h"

#include "launch/exec.h"
#include "sys/calls.h"

#include <sched.h>

static const struct namespaces *ns_of(const struct launch *l)
{
	return &l->plan.container.namespaces;
}

static bool want_v2(const struct launch *l)
{
	return cgroup_has_version(&l->plan.container.cgroup, 2);
}

bool want_v1(const struct launch *l)
{
	return cgroup_has_version(&l->plan.container.cgroup, 1);
}

/* init goes on when it is where it belongs: its cgroup namespace begins there. */
bool want_entry(const struct launch *l)
{
	return want_v1(l) || l->moved;
}

bool want_cgroup(const struct launch *l)
{
	return want_v1(l) || want_v2(l);
}

bool want_new_user(const struct launch *l)
{
	return (ns_of(l)->fresh & CLONE_NEWUSER) != 0;
}

bool want_join_user(const struct launch *l)
{
	return (ns_of(l)->joined & CLONE_NEWUSER) != 0;
}

/* Will the process be in a user namespace that is not ours? */
bool want_user(const struct launch *l)
{
	if (l->exec)
		return (l->exec->namespaces & CLONE_NEWUSER) != 0;
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

bool want_hide_first(const struct launch *l)
{
	return ns_of(l)->joined != 0 && !want_new_user(l);
}

/* Whoever enters a created container, a hook inside included, shall not look into init.  Not
 * sooner: a process that is not dumpable gets no id maps from an ordinary user. */
bool want_hide_later(const struct launch *l)
{
	return !want_hide_first(l);
}

bool want_joins(const struct launch *l)
{
	return (ns_of(l)->joined & ~(uint64_t)(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWCGROUP)) !=
	       0;
}

bool want_new_network(const struct launch *l)
{
	return (ns_of(l)->fresh & CLONE_NEWNET) != 0;
}

bool want_new_time(const struct launch *l)
{
	return (ns_of(l)->fresh & CLONE_NEWTIME) != 0;
}

bool want_cgroup_namespace(const struct launch *l)
{
	return namespaces_own(ns_of(l), CLONE_NEWCGROUP);
}

bool want_names(const struct launch *l)
{
	return l->plan.container.hostname || l->plan.container.domainname;
}

bool want_sysctls(const struct launch *l)
{
	return l->plan.container.sysctls.n > 0;
}

bool want_procfs(const struct launch *l)
{
	return want_new_time(l) || want_sysctls(l) || want_label(l);
}

bool want_terminal(const struct launch *l)
{
	return l->plan.process.terminal;
}

bool want_runtime_hooks(const struct launch *l)
{
	return hooks_prestart(l->plan.container.hooks).n > 0 ||
	       hooks_create_runtime(l->plan.container.hooks).n > 0 ||
	       hooks_create_container(l->plan.container.hooks).n > 0; /* they need their pid */
}

bool want_create_container_hooks(const struct launch *l)
{
	return hooks_create_container(l->plan.container.hooks).n > 0;
}

bool want_start_container_hooks(const struct launch *l)
{
	return hooks_start_container(l->plan.container.hooks).n > 0;
}

bool want_masks(const struct launch *l)
{
	return l->plan.container.masks;
}

bool want_keyring(const struct launch *l)
{
	return l->plan.process.keyring != NULL;
}

bool want_oom_score(const struct launch *l)
{
	return l->plan.process.attributes.has_oom_score_adj;
}

bool want_process(const struct launch *l)
{
	return l->plan.process.config != NULL;
}

bool want_initial_cpus(const struct launch *l)
{
	return l->plan.process.schedule.initial.n > 0;
}

bool want_no_new_privileges(const struct launch *l)
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

bool want_pid_file(const struct launch *l)
{
	return l->request->pid_file != NULL;
}

/* Nobody writes the record, or becomes init, before init is ready. */
bool want_prepared_record(const struct launch *l)
{
	return !want_runtime_hooks(l) && !want_join_pid(l) && !want_respawn_early(l);
}

bool want_start_in_advance(const struct launch *l)
{
	return l->request->starts && want_prepared_record(l) && !want_terminal(l) &&
	       !want_pid_file(l) && !want_start_container_hooks(l);
}

bool want_start_in_turn(const struct launch *l)
{
	return !want_start_in_advance(l);
}

bool want_respawn(const struct launch *l)
{
	return l->respawns;
}

bool want_pidfd_socket(const struct launch *l)
{
	return l->exec->request->pidfd_socket != NULL;
}
