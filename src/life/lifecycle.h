/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle.h - commands that work from the record, and what they share with run and start
 */
#pragma once
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "record/record.h"
#include "record/request.h"

/* ---- kill and delete ---- */
/* all: every process of the container. */
int container_kill(const struct request *request, int signal, bool all, struct error *err);
/* force: kill it first, work from the record alone, a missing id is no error. */
int container_delete(const struct request *request, bool force, struct error *err);

/* ---- state and list (list.c) ---- */
struct container_view {
	enum container_status status;
	pid_t pid; /* 0 when stopped */
	/* created: RFC 3339.  All but the id are NULL where the status is unknown. */
	const char *id, *bundle, *rootfs, *created, *oci_version;
	const char *owner; /* user name or number that made it */
	const struct oci_map *annotations;
};
/* The container's state; strings live in the arena. */
int container_view(const struct request *request, struct oci_arena *arena,
		   struct container_view *ret, struct error *err);
/* All containers below request->root, by id.  A record that can't be read or understood
 * is in it with the status "unknown", and a warning.  Returns their number. */
int container_list(const struct request *request, struct oci_arena *arena,
		   struct container_view **ret, struct error *err);

/* ---- the end of a container, for run, start and delete ---- */
/* Kills what is left in the container, removes its cgroups, gives its id up and runs the poststop
 * hooks.  Works from the record alone. */
int container_destroy(struct record *record, struct error *err);
/* The same for one who made the container and has waited for its init: the cgroups are at hand, and
 * nothing is read again. */
int container_destroy_ended(struct record *record, struct cgroup *cg, const struct oci_hooks *hooks,
			    struct error *err);
/* Of a container whose record can't be read: ends what its kept config leads to, where that can
 * only be its own; what may be left is said in warnings. */
int container_end_broken(struct record *record, const char *id, struct error *err);
/* Why an init that was killed does not end: an error (ETIMEDOUT) that names the process it waits
 * for and the parent outside that does not reap it; 0 if that is not the reason. */
int container_unreaped(int procfs, pid_t init, struct error *err);
/* Gives the id up, runs the poststop hooks and removes the record of what has ended already. */
int container_give_up(struct record *record, const struct oci_hooks *hooks, struct error *err);
