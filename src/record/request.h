/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - the command line, typed: what a caller asks of the runtime
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cgroup_manager;

/* config.json, or the file of exec's --process, as it was read; malloc'ed. */
struct config_text {
	char *text; /* NULL: nothing was read */
	size_t len;
};

struct request {
	const char *root; /* state directory of all containers; never NULL */
	const char *id;
	const char *bundle;   /* as given, "." by default */
	const char *config;   /* --config/-f: instead of BUNDLE/config.json; NULL */
	const char *pid_file; /* NULL: none */
	const char *console_socket;
	const struct cgroup_manager *cgroup_manager; /* for a new container */
	int preserve_fds; /* --preserve-fds N: 3..N+2 go to the container, after LISTEN_FDS */
	int listen_fds;	  /* LISTEN_FDS of the environment, when LISTEN_PID is ours */
	const char *listen_names; /* LISTEN_FDNAMES or NULL */
	bool starts;		  /* run, exec: the program is started by the same call */
	bool detaches;		  /* create, --detach: nobody waits for the program's end */
	bool plans_only;	  /* check: nothing is made */
	bool no_pivot, no_new_keyring, keep, no_subreaper;
	/* run and exec call before_start just before they tell the program to start: all warnings
	 * are known by then, and do not mix with the program's own output.  They call started when
	 * it has started, and nothing can fail any more.  NULL: none. */
	void (*before_start)(void *context), (*started)(void *context);
	void *context;
	/* When the plan is done the config's text goes here: an error's pointer leads into it.
	 * NULL: nobody wants it. */
	struct config_text *text;
};
