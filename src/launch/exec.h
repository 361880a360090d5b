/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec.h - what the steps of exec share beyond a launch
 */
#pragma once
#include "launch/container.h"
#include "launch/launch.h"

/* The member exec of a struct launch, whose plan (the process half), record, sync and child are
 * those of the new process. */
struct exec {
	const struct exec_request *request;
	int target;	     /* pidfd of the container's init */
	int root;	     /* its root directory: passwd and group are read there */
	uint64_t namespaces; /* CLONE_NEW... that are not ours already */
};

/* The two tables (exec.c). */
extern const struct step exec_steps[], exec_process_steps[];

/* ---- exec_plan.c ---- */
/* The process that shall run: --process FILE, or the container's own changed by the command line;
 * then the process half of the plan. */
int exec_plan(struct launch *l, const struct oci_config *kept, struct error *err);

/* ---- exec_user.c ---- */
/* UID[:GID], decimal, or names of the container's passwd and group files. */
int exec_user(int root, const char *words, struct oci_user *ret, struct error *err);

/* ---- exec_process.c: the child's own steps ---- */
int exec_join(struct launch *l, struct error *err);
int exec_respawn(struct launch *l, struct error *err);
int exec_console(struct launch *l, struct error *err);
