/* SPDX-License-Identifier: Apache-2.0 */
/*
 * level.h - one v2 cgroup on the way down to the container's: what it hands down, and what it may
 */
#pragma once
#include "cgroup/cgroup.h"

/* What cgroup.type says. */
enum level_type {
	LEVEL_TOP,	/* no such file: the top of all, for which the rules below don't count */
	LEVEL_DOMAIN,	/* holds processes, or hands controllers of resources down, not both */
	LEVEL_THREADED, /* it or its threads are in a threaded subtree: cpu, cpuset and pids only */
	LEVEL_INVALID,	/* a domain below a threaded one: takes nobody until it is threaded, too */
};

struct level {
	enum level_type type;
	uint32_t on;  /* controllers that it hands down */
	uint32_t may; /* of those that were asked for: may be switched on */
	int why;      /* errno of why others may not be: EBUSY (it holds processes), EOPNOTSUPP
			 (it is threaded), EACCES, EPERM or EROFS (it is not ours) */
};

/* Those that a threaded cgroup can have. */
#define LEVEL_THREADED_CONTROLLERS (1u << CGROUP_CPU | 1u << CGROUP_CPUSET | 1u << CGROUP_PIDS)

/* Of the directory fd.  Negative if it can't be read. */
int level_type(int fd, struct error *err);
/* Which of `wanted` does the directory hand down, and which may be switched on without changing
 * what the cgroup is to those that live in it?  Nothing is written. */
int level_judge(int fd, uint32_t wanted, struct level *ret, struct error *err);
/* Makes the cgroups that were made for the container threaded, where the kernel wants that because
 * one above them is. */
int level_follow(const struct cgroup_hierarchy *h, struct error *err);
