/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup_real.h - tests that make cgroups in the kernel's own hierarchies, and leave none
 *
 * All are made below "/ocirt-test-RANDOM" in whatever hierarchies there are.  A pid would be no
 * name: it is the same in each new pid namespace, and programs that run side by side would share a
 * cgroup.
 */
#pragma once
#include "unit.h"

#include "cgroup/cgroup.h"

#include <sys/types.h>

extern char real_parent[64];

/* Runs the tests in a child: whatever happens to it, nothing is left of them.  77: not root. */
int real_run(int (*tests)(void));

/* The end of a name that shall be tried next. */
typedef void real_namer(char *ret, size_t size);
/* Makes a cgroup of which nobody else has the name, in all hierarchies, and sets path to it: a name
 * that is taken in one of them is given up, and left alone, for the namer's next one. */
int real_claim(struct cgroup *top, char path[64], real_namer *namer, struct error *err);

/* Fails the test with the error's words if the result is negative. */
void real_must(long result, const struct error *err);
void real_discover(struct cgroup *cg);
/* Below the test's own cgroup. */
void real_plan(struct cgroup *cg, const char *name, const struct oci_resources *resources);
void real_create(struct cgroup *cg, const char *name, const struct oci_resources *resources);
bool real_exists(const struct cgroup_hierarchy *h);
/* A child that is in the cgroup when this returns, and runs body. */
pid_t real_fork_into(struct cgroup *cg, int (*body)(void));
_Noreturn int real_sleep(void);
/* Waits for a child: its exit code, or 128 + signal. */
int real_exit_status(pid_t pid);
/* Kills, removes, and looks that nothing is left. */
void real_drop(struct cgroup *cg);

#define HAS(o, m) (UINT64_C(1) << OCI_##o##_##m)
#define MIB	  (INT64_C(1) << 20)
