/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manager.h - who makes a container's cgroup
 *
 * A manager is a table of functions.  --cgroup-manager chooses it for a new container, the record
 * remembers it for all later commands, and cg->manager leads to it.  What only looks at a cgroup
 * (is it frozen, who is in it, was it out of memory) does not depend on who made it:
 * cgroup/cgroup.h.
 */
#pragma once
#include "cgroup/cgroup.h"

struct cgroup_manager {
	const char *name; /* the word of --cgroup-manager and of the record */
	/* After cgroup_discover: decides where the cgroup shall be (cgroups_path is the config's,
	 * or NULL), and refuses all of resources that can be known to be wrong before anything is
	 * made (pointers begin with /linux/resources).  resources may be NULL. */
	int (*plan)(struct cgroup *cg, const char *cgroups_path, const char *id,
		    const struct oci_resources *resources, struct error *err);
	/* Makes the directories in the hierarchies of a version (1 or 2).  Partial work is undone
	 * by remove. */
	int (*create)(struct cgroup *cg, int version, struct error *err);
	/* The files by which init enters what it was not cloned into, for cgroup_join; cg owns
	 * them.  Returns their number. */
	int (*enter)(struct cgroup *cg, int fds[CGROUP_HIERARCHIES], struct error *err);
	/* Sets the limits and the device rules: deny by default, also without resources.  Called
	 * when init has been cloned: pids.max may be 0. */
	int (*apply)(const struct cgroup *cg, const struct oci_resources *resources,
		     struct error *err);
	/* The same for a running container: limits alone, its device rules stay. */
	int (*update)(const struct cgroup *cg, const struct oci_resources *resources,
		      struct error *err);
	/* Kills every process in what was made for the container, and waits for that at most
	 * timeout_ms. */
	int (*kill)(struct cgroup *cg, int timeout_ms, struct error *err);
	/* Removes what was made for the container; what is missing is no error. */
	int (*remove)(struct cgroup *cg, int timeout_ms, struct error *err);
};

/* cgroupfs: makes the directories itself.  disabled: makes none, so that all limits are refused;
 * device rules are let through with a warning, since engines always pass them. */
extern const struct cgroup_manager manager_fs, manager_disabled;

/* The manager of this name; NULL: there is none. */
const struct cgroup_manager *manager_find(const char *name);

/* The end of a container whose processes are most likely gone: removes; only what can't be removed
 * at once is killed first. */
int manager_end(struct cgroup *cg, int timeout_ms, struct error *err);
