/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.h - options and environment become a request
 */
#pragma once
#include "base/error.h"
#include "cli/options.h"
#include "record/request.h"

/* The command line as the layers below want it. */
struct job {
	struct request request;
	char root[512]; /* where request.root points by default */
};
/* Fills it in, with what the environment says: the default root, passed-on sockets.  The id is
 * checked. */
int job_init(struct job *job, const struct options *options, struct error *err);

/* Are all the descriptors there that the container gets: stdio, and what LISTEN_FDS and
 * --preserve-fds hand on?  Asked before a file of our own could take the place of one that is
 * not. */
int job_inherited_check(const struct options *options, struct error *err);
