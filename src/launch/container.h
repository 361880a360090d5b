/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container.h - the commands that start something: create, run, start, exec
 *
 * Each returns 0 or more, or a negative number with err filled in.
 */
#pragma once
#include "base/error.h"
#include "record/request.h"

#include <stdbool.h>
#include <stdio.h>

/* Makes the container; its init waits for start. */
int container_create(const struct request *request, struct error *err);
/* create and start; in the foreground waits and hands on signals: *ret_exit is the exit code of the
 * process (128 + signal). */
int container_run(const struct request *request, int *ret_exit, struct error *err);
/* Lets the init of a created container execute its program. */
int container_start(const struct request *request, struct error *err);

/* ---- exec ---- */
struct exec_request {
	const char *process; /* --process FILE: an oci_process in JSON; NULL: by the words below */
	const char *const *args; /* NULL terminated */
	const char *cwd, *user;	 /* user: UID[:GID] or a name of the container's passwd */
	const char *const *env, *const *groups, *const *caps; /* added to the container's */
	size_t n_args, n_env, n_groups, n_caps;
	const char *apparmor, *label, *cgroup, *pidfd_socket; /* NULL: none */
	bool terminal, no_new_privileges, ignore_paused;
};
/* Runs a second process in a running container; in the foreground *ret_exit is its exit code (128 +
 * signal). */
int container_exec(const struct request *request, const struct exec_request *exec, int *ret_exit,
		   struct error *err);

/* All steps, for fault injection: "TABLE<tab>STEP" lines, TABLE being runtime or init (run, create
 * and start), exec or process (exec). */
void container_print_steps(FILE *out);
