/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.c - how a container starts: read this file first
 *
 * The runtime walks runtime_steps, the container's init (its clone) walks init_steps; they talk by
 * the messages of sync.def.  Everything a config can do wrong was refused before, by the parts of
 * plan_parts.c.  After the clone the steps walk over memory that the plan has made: init parses
 * nothing of the config and allocates nothing, with the few exceptions in docs/architecture.md.
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

#include "launch/want.h"

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
