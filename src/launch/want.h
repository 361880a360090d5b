/* SPDX-License-Identifier: Apache-2.0 */
/*
 * want.h - which steps a launch needs
 *
 * Each is a condition of rows in the step tables (launch.c, exec.c); what a name does not say is
 * said in want.c.
 */
#pragma once
#include <stdbool.h>

struct launch;

bool want_v1(const struct launch *l);
bool want_entry(const struct launch *l);
bool want_cgroup(const struct launch *l);
bool want_new_user(const struct launch *l);
bool want_join_user(const struct launch *l);
bool want_user(const struct launch *l);
bool want_respawn_early(const struct launch *l);
bool want_join_pid(const struct launch *l);
bool want_hide_first(const struct launch *l);
bool want_hide_later(const struct launch *l);
bool want_joins(const struct launch *l);
bool want_new_network(const struct launch *l);
bool want_new_time(const struct launch *l);
bool want_cgroup_namespace(const struct launch *l);
bool want_names(const struct launch *l);
bool want_sysctls(const struct launch *l);
bool want_procfs(const struct launch *l);
bool want_terminal(const struct launch *l);
bool want_runtime_hooks(const struct launch *l);
bool want_create_container_hooks(const struct launch *l);
bool want_start_container_hooks(const struct launch *l);
bool want_masks(const struct launch *l);
bool want_keyring(const struct launch *l);
bool want_oom_score(const struct launch *l);
bool want_process(const struct launch *l);
bool want_initial_cpus(const struct launch *l);
bool want_no_new_privileges(const struct launch *l);
bool want_label(const struct launch *l);
bool want_attach(const struct launch *l);
bool want_pid_file(const struct launch *l);
bool want_prepared_record(const struct launch *l);
bool want_start_in_advance(const struct launch *l);
bool want_start_in_turn(const struct launch *l);
bool want_respawn(const struct launch *l);
bool want_pidfd_socket(const struct launch *l);
