/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container.h - what the runtime can do, for the command line
 *
 * A struct request is the command line, typed; the functions below are the commands.  Each returns
 * 0 or more, or a negative number with err filled in.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum cgroup_manager { CGROUP_MANAGER_CGROUPFS, CGROUP_MANAGER_SYSTEMD, CGROUP_MANAGER_DISABLED };

struct request {
	const char *command; /* "create" */
	const char *root;    /* state directory of all containers; never NULL */
	const char *id;
	const char *bundle;   /* as given, "." by default */
	const char *config;   /* --config/-f: instead of BUNDLE/config.json; NULL */
	const char *pid_file; /* NULL: none */
	const char *console_socket;
	enum cgroup_manager cgroup_manager;
	int preserve_fds; /* --preserve-fds N: 3..N+2 go to the container, after LISTEN_FDS */
	int listen_fds;	  /* LISTEN_FDS of the environment, when LISTEN_PID is ours */
	const char *listen_names; /* LISTEN_FDNAMES or NULL */
	bool detach, no_pivot, no_new_keyring, keep, no_subreaper;
	/* run and exec call the one before they tell the program to start: all that can be warned
	 * of is known, and will not stand among the program's own words; the other when it has
	 * started: nothing can fail any more.  NULL: none. */
	void (*before_start)(void *context), (*started)(void *context);
	void *context;
};

/* ---- run and create (launch.c, run.c) ---- */
/* Makes the container; its init waits for start. */
int container_create(const struct request *request, struct error *err);
/* create and start; in the foreground waits and hands on signals: *ret_exit is the exit code of the
 * process (128 + signal). */
int container_run(const struct request *request, int *ret_exit, struct error *err);

/* ---- the life of a container (lifecycle.c) ---- */
int container_start(const struct request *request, struct error *err);
/* all: every process of the container. */
int container_kill(const struct request *request, int signal, bool all, struct error *err);
/* force: kill it first, work from the record alone, a missing id is no error. */
int container_delete(const struct request *request, bool force, struct error *err);

/* ---- exec (exec.c) ---- */
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

/* ---- looking (record.c) ---- */
enum container_status {
	CONTAINER_CREATING,
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,
	CONTAINER_STOPPED
};
const char *container_status_name(enum container_status status);

struct container_view {
	enum container_status status;
	pid_t pid;						  /* 0 when stopped */
	const char *id, *bundle, *rootfs, *created, *oci_version; /* created: RFC 3339 */
	const char *owner; /* user name or number that made it */
	const struct oci_map *annotations;
};
/* The container's state; strings live in the arena. */
int container_view(const struct request *request, struct oci_arena *arena,
		   struct container_view *ret, struct error *err);
/* All containers below request->root, by id.  A record that can't be read is skipped with a
 * warning. Returns their number. */
int container_list(const struct request *request, struct oci_arena *arena,
		   struct container_view **ret, struct error *err);

/* ---- check (plan.c) ---- */
/* Everything that is wrong with the bundle, by the code that create uses, each to the sink: first
 * the document (parse and rules), then what planning finds.  Returns the number of errors seen, or
 * a negative number if the file could not be read. The text of the config file is kept in *ret_json
 * (malloc'ed, for the place of each problem). */
int container_check(const struct request *request, struct oci_sink *sink, char **ret_json,
		    size_t *ret_len, struct error *err);

/* Properties that are parsed but not applied yet, as JSON pointers with "*" for list places and map
 * keys: refused by create, listed by `features` as an annotation.  NULL terminated. */
const char *const *container_not_yet(void);

/* An id is [a-zA-Z0-9_+-][a-zA-Z0-9_+.-]*, at most 255 bytes. */
int container_id_check(const char *id, struct error *err);

/* All steps, for fault injection: "TABLE<tab>STEP" lines, TABLE being runtime or init (run, create
 * and start), exec or process (exec). */
void container_print_steps(FILE *out);
/* The config text that the last failed create or run read, for the place of an error's pointer
 * (NULL when there is none). Owned by the container layer. */
const char *container_config_text(size_t *ret_len);
