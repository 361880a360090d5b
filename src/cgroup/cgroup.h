/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup.h - one container's cgroup, in every hierarchy
 *
 * Hybrid is the general case: discovery binds each controller to the hierarchy that holds it;
 * pure v2 is one hierarchy, v1 many, and there is no mode.  The order of life:
 *
 *	cgroup_discover    which hierarchies are there, which controller lives where
 *	cgroup_plan_places where the container's cgroup shall be
 *	cgroup_plan_controllers        whether the cgroups above let it have its limits
 *	cgroup_to_record   before the first directory is made the places are written into the record
 *	cgroup_create      makes the directories of one version; an existing one is used only if it
 *	                   is empty and not frozen, and is never killed, frozen or removed later
 *	cgroup_join        init, by itself, on v1 (on v2 it is cloned into place)
 *	cgroup_kill, cgroup_remove     work from the record alone (cgroup_from_record)
 *
 * These are the functions of the manager "cgroupfs" (manager/manager.h), which the layers above go
 * through; they set the limits of the config (limit/limits.h) between create and join.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum cgroup_controller {
	CGROUP_CPU,
	CGROUP_CPUACCT,
	CGROUP_CPUSET,
	CGROUP_MEMORY,
	CGROUP_DEVICES,
	CGROUP_FREEZER,
	CGROUP_BLKIO,
	CGROUP_PIDS,
	CGROUP_HUGETLB,
	CGROUP_NET_CLS,
	CGROUP_NET_PRIO,
	CGROUP_PERF_EVENT,
	CGROUP_RDMA,
	CGROUP_MISC,
	CGROUP_NAMED, /* v1 name=..., no controller at all */
	CGROUP_CONTROLLERS,
};

enum { CGROUP_HIERARCHIES = 24 };

struct cgroup_hierarchy {
	int version;	      /* 1 or 2 */
	uint32_t controllers; /* bits of enum cgroup_controller that live here */
	/* Never NULL, in the struct cgroup's arena: each page that init touches is copied. */
	const char *name;	/* as in /proc/self/cgroup: "cpu,cpuacct", "name=systemd", "": v2 */
	const char *mountpoint; /* where it is on the host: "/sys/fs/cgroup/memory" */
	const char *root;	/* what of the hierarchy is mounted there (mountinfo's 4th field) */
	const char *self;	/* the caller's own cgroup in it */
	const char *path;	/* the container's, below mountpoint: "/ocirt-ID"; "": none here */
	bool wanted;		/* it was not there when it was planned: ours to make */
	bool made;		/* we made it, or the record says so: ours to kill and to remove */
	uint16_t made_parents;	/* so many directories above it are ours, too */
	bool has_parents; /* some of those were made, whether or not it could be made itself */
	bool gone;	  /* the record names it, but it is not there any more */
	int fd;	   /* the container's directory (O_DIRECTORY), or -1: hierarchy_fd() opens it */
	int tasks; /* its v1 `tasks` file, opened for init by cgroup_v1_fds, or -1 */
};

struct cgroup {
	const struct cgroup_manager *manager; /* who makes it */
	size_t n;
	struct cgroup_hierarchy *h;	 /* n of them */
	struct oci_arena *arena;	 /* theirs */
	int8_t home[CGROUP_CONTROLLERS]; /* index of the hierarchy that holds it, -1: nowhere */
	uint32_t needed;		 /* controllers that the limits ask for */
	uint8_t versions; /* bits 1 << version: the container has, or shall have, a cgroup there */
	/* The caller is no root of the machine (an ordinary user, or root of a user namespace):
	 * hierarchies that refuse us and hold no limit are left out.  Root of the machine never
	 * goes without: where cgroupfs is read-only, its container would have every device open. */
	bool optional;
	struct error_sink *sink; /* who wants every error that planning finds; NULL: nobody */
};

#define CGROUP_EMPTY                                                                               \
	{                                                                                          \
		.n = 0                                                                             \
	}

/* Reads mountinfo and the caller's cgroups through a procfs handle. */
int cgroup_discover(struct cgroup *cg, int procfs, struct error *err);

/* Decides the container's path in each hierarchy: cgroups_path (absolute: from the top of what is
 * mounted; relative: beside the caller), or NULL: "/ocirt-ID" at the top as root, beside the
 * caller else.  Beside the caller is on v1 below its own cgroup; on v2, where a cgroup that holds
 * processes hands no limits down, below the parent of that, unless the parent is not ours.  ".." is
 * refused, and a cgroup that exists and has processes, is frozen or can't take any.  Sets path,
 * wanted and made_parents, so that the record can be written next. */
int cgroup_plan_places(struct cgroup *cg, const char *cgroups_path, const char *id,
		       struct error *err);
/* After cg->needed is known: refuses a limit for which a v2 cgroup above would have to become
 * another kind (it holds processes) or can't hand the controller down (it is threaded).  Changes
 * nothing; the error names that cgroup. */
int cgroup_plan_controllers(const struct cgroup *cg, struct error *err);
/* The container has no cgroup of its own; the hierarchies stay known, for what it may see of them.
 */
void cgroup_plan_nothing(struct cgroup *cg);
/* Does the container have, by its plan or its record, a cgroup in a hierarchy of this version?
 * What an ordinary user's create had to do without counts, too. */
bool cgroup_has_version(const struct cgroup *cg, int version);

/* After cgroup_discover, for a container whose record is lost: opens those of its directories that
 * exist, found by the rules of cgroup_plan_places; returns their number.  made is set for "/ocirt-ID",
 * which nobody but us makes.  A path that the config names may have been there before, and may be
 * others' too: it counts as not made.  Refused if the caller is in the first. */
int cgroup_find(struct cgroup *cg, const char *cgroups_path, const char *id, struct error *err);
/* Some processes of its directories themselves, at most n (0: one outside our pid namespace; one
 * may come again from another hierarchy).  Returns their number. */
int cgroup_some_members(const struct cgroup *cg, pid_t *ret_pids, size_t n, struct error *err);

/* May there be processes in it that our pid namespace does not show?  1 if there are, or if it
 * can't be known (no cgroup, or only v1 ones without the pids controller); 0: there are none;
 * negative. */
int cgroup_hides(const struct cgroup *cg, struct error *err);

/* No directory is made any more: what is wanted and was not made is not ours, and the record has to
 * say so (somebody else's may be there by now). */
void cgroup_want_no_more(struct cgroup *cg);
/* Makes the directories in all hierarchies of a version (1 or 2); v2's fd is kept in cg.  Partial
 * work is undone by cgroup_remove.  cpuset on v1 gets its parent's cpus and mems; on v2 the
 * controllers that limits need are enabled in all ancestors (all of them where nothing lives on
 * v1), and below a threaded cgroup ours are made threaded. */
int cgroup_create(struct cgroup *cg, int version, struct error *err);
/* The v2 directory's fd for CLONE_INTO_CGROUP, or -1 if there is no v2 hierarchy. */
int cgroup_v2_fd(const struct cgroup *cg);

/* The `tasks` files of all v1 cgroups, opened for init; returns their number.  cg owns the fds. */
int cgroup_v1_fds(struct cgroup *cg, int fds[CGROUP_HIERARCHIES], struct error *err);
/* They are with init: ours are closed. */
void cgroup_v1_sent(struct cgroup *cg);
/* In init: the calling, single-threaded process enters each cgroup ("0" to `tasks`, which does
 * not take the kernel's global lock that cgroup.procs takes).  The right to do so is that of the
 * process that opened the files, so user and user namespace of the caller don't matter. */
int cgroup_join(const int *fds, size_t n, struct error *err);
/* For exec: from here on cg is the part of the container's cgroup that `sub` names: "PATH" in every
 * hierarchy, or "CONTROLLER[,CONTROLLER]:PATH" in some v1 ones.  It must exist and lie inside:
 * anything else is refused. */
int cgroup_narrow(struct cgroup *cg, const char *sub, struct error *err);
/* The same, to where a process of the container lives in v2: a cgroup whose controllers were handed
 * down takes no processes itself (EBUSY). */
int cgroup_narrow_to_process(struct cgroup *cg, int procfs, pid_t pid, struct error *err);
/* Puts another process there (fallback where CLONE_INTO_CGROUP is missing): cgroup.procs of v2. */
int cgroup_attach_v2(const struct cgroup *cg, pid_t pid, struct error *err);

/* Kills every process in directories that we made, by cgroup.kill where there is one, else by
 * signals until they are empty (frozen first if they multiply); waits for that at most
 * timeout_ms.  Never touches a directory that existed before. */
int cgroup_kill(struct cgroup *cg, int timeout_ms, struct error *err);
/* Has the container a cgroup anywhere?  (Not with --cgroup-manager=disabled.) */
bool cgroup_is_anywhere(const struct cgroup *cg);
/* Sends a signal to each process of the container's cgroup, children too (kill --all). */
int cgroup_signal(const struct cgroup *cg, int signal, struct error *err);
/* Removes the directories we made (children first, EBUSY retried up to timeout_ms), and parents
 * that we made if they are empty.  Missing ones are no error. */
int cgroup_remove(struct cgroup *cg, int timeout_ms, struct error *err);
/* Removes only those that hold neither processes nor cgroups.  Were all of them like that? */
bool cgroup_remove_empty(struct cgroup *cg);
/* Is the container's cgroup frozen? 1, 0, negative. */
int cgroup_is_frozen(const struct cgroup *cg, struct error *err);
/* Freezes or thaws it. */
int cgroup_freeze(const struct cgroup *cg, bool frozen, struct error *err);
/* Thaws whatever is frozen in it, so that SIGKILL ends it.  On v1 a container that may write to its
 * cgroups can freeze itself in one below its own, and a frozen process does not die; on v2 it does,
 * and thawing the container's own is enough. */
int cgroup_thaw(const struct cgroup *cg, struct error *err);
/* Was something killed by the kernel's OOM killer in it?  Number of kills, negative on error;
 * *ret_limit is the memory limit in bytes (0: none). */
long cgroup_oom_kills(const struct cgroup *cg, uint64_t *ret_limit, struct error *err);

/* The record: hierarchies as list of {name, path, made}. */
struct cgroup_place {
	const char *name, *path;
	bool made;
	uint16_t made_parents;
};
/* After planning; the strings are cg's.  Returns the number of places. */
size_t cgroup_to_record(const struct cgroup *cg, struct cgroup_place places[CGROUP_HIERARCHIES]);
/* Finds the mounts of the recorded hierarchies anew and opens what is still there. */
int cgroup_from_record(struct cgroup *cg, int procfs, const struct cgroup_place *places, size_t n,
		       struct error *err);

/* Closes all fds. */
void cgroup_close(struct cgroup *cg);
/* Closes all fds, forgets all hierarchies. */
void cgroup_done(struct cgroup *cg);
/* The owner in its declaration: auto_cgroup struct cgroup cg = CGROUP_EMPTY; */
#define auto_cgroup __attribute__((cleanup(cgroup_done)))

/* The names of `features` and of messages: "memory". */
const char *cgroup_controller_name(enum cgroup_controller c);
