/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle.h - what start, run and delete share
 */
#pragma once
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "container/record.h"
#include "container/sync.h"

/* Says GO to an init that is ready and waits until it has executed its program or failed.  Another
 * start that was faster is an error. */
int start_go(struct sync *sync, struct error *err);
/* The same where GO was said before. */
int start_wait(struct sync *sync, struct error *err);
/* Runs the poststart hooks; if one fails the container is ended and deleted, as the specification
 * says, and the hook's error is returned. */
int start_finish(struct record *record, const struct oci_hooks *hooks, struct error *err);

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
/* Gives the id up, runs the poststop hooks and removes the record of what has ended already. */
int container_give_up(struct record *record, const struct oci_hooks *hooks, struct error *err);
/* The config kept in the container's directory, for its hooks, in the record's arena; NULL (with a
 * warning) when it is gone or unreadable. */
const struct oci_config *container_kept_config(struct record *record);
