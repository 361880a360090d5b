/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - the config, understood: all that can be refused is refused here, before clone
 *
 * A plan has two halves: the container (namespaces, mounts, cgroup, ...) and the process (its
 * program, ids, capabilities, ...).  exec makes only the second, with another process.  The parts
 * are a table (plan_parts.c): create stops at the first problem, check goes through all of them and
 * hears of every error (plan->sink).
 * All memory is the arena's; all fds are O_CLOEXEC and the plan's.
 */
#pragma once
#include "base/error.h"
#include "cgroup/cgroup.h"
#include "libocispec/ocispec.h"
#include "mount/mount.h"
#include "namespace/namespaces.h"
#include "namespace/sysctl.h"
#include "process/hooks.h"
#include "process/program.h"
#include "process/rlimits.h"
#include "process/schedule.h"
#include "record/request.h"
#include "security/security.h"

struct plan_container {
	struct namespaces namespaces;
	struct mounts mounts;
	struct devices devices;
	struct cgroup cgroup;
	struct sysctls sysctls;
	const char *hostname, *domainname; /* NULL: untouched */
	const struct oci_hooks *hooks;	   /* NULL: none */
	bool masks;			   /* there are masked or readonly paths */
};

struct plan_process {
	const struct oci_process *config; /* NULL: the bundle has no process; start is refused */
	struct program program;
	struct caps caps;
	struct ids ids;
	struct lsm lsm;
	struct attributes attributes;
	struct schedule schedule;
	bool no_new_privileges, terminal;
	uint64_t rows, columns;
	const char *keyring; /* name of the session keyring; NULL: keep the caller's */
};

/* What init keeps open: stdio, then LISTEN_FDS, then --preserve-fds; everything else is ours and
 * O_CLOEXEC. */
struct fd_table {
	int listen, preserve; /* how many of each, from fd 3 on */
};

struct plan {
	const struct request *request;
	struct oci_arena *arena;
	char *json; /* config.json as read (malloc'ed) */
	size_t json_len;
	const char *config_name; /* for messages: "config.json" */
	const char *bundle;	 /* absolute */
	const struct oci_config *config;
	int procfs; /* the host's, checked */
	/* Who wants every error of the parts: check.  NULL: the first one ends. */
	struct error_sink *sink;
	struct plan_container container;
	struct plan_process process;
	struct fd_table fds;
};

#define PLAN_EMPTY(r)                                                                              \
	{                                                                                          \
		.request = (r), .procfs = -1, .fds = { (r)->listen_fds, (r)->preserve_fds },       \
		.container = {                                                                     \
			.mounts = MOUNTS_EMPTY                                                     \
		}                                                                                  \
	}

/* Reads the bundle and makes the plan.  plan_done() takes *ret after a failure, too. */
int plan_make(const struct request *request, struct plan *ret, struct error *err);
/* Closes and frees all; the config's text goes to request->text. */
void plan_done(struct plan *plan);
/* The owner in its declaration; plan_begin() must be the first thing that is done to it. */
#define auto_plan __attribute__((cleanup(plan_done)))
/* For check, which goes on after a problem: reads the bundle's config.json, unparsed; then the
 * parts of a plan, one by one. */
int plan_begin(const struct request *request, struct plan *ret, struct error *err);
enum plan_half { PLAN_CONTAINER, PLAN_PROCESS };
struct plan_part {
	const char *name;
	enum plan_half half;
	int (*make)(struct plan *plan, struct error *err);
	/* JSON pointers of what it reads as a whole, space separated.  check leaves a part out
	 * where an error lies in one of them or around it: the part would meet a NULL, or report
	 * an echo.  Where it goes through elements, it asks error_known() about each. */
	const char *reads;
};
extern const struct plan_part plan_parts[];
extern const size_t plan_parts_count;
/* Only the half that is the process, from plan->config->process: for exec. */
int plan_process_half(struct plan *plan, struct error *err);

/* Refuses a property that is parsed but not applied yet (not_yet.c).  sink: who wants every error,
 * or NULL. */
int not_yet_check(const struct oci_config *config, struct error_sink *sink, struct error *err);

/* ---- check ---- */
/* Everything that is wrong with the bundle, by the code that create uses, each to the sink: first
 * the document (parse and rules), then what planning finds.  Returns the number of errors seen, or
 * a negative number if the file could not be read. The text of the config file is kept in *ret_json
 * (malloc'ed, for the place of each problem). */
int container_check(const struct request *request, struct oci_sink *sink, char **ret_json,
		    size_t *ret_len, struct error *err);

/* Properties that are parsed but not applied yet, as JSON pointers with "*" for list places and map
 * keys: refused by create, listed by `features` as an annotation.  NULL terminated. */
const char *const *container_not_yet(void);
