/* SPDX-License-Identifier: Apache-2.0 */
/*
 * level.c - one v2 cgroup on the way down to the container's: what it hands down, and what it may
 *
 * A cgroup that holds processes can't hand down memory, io and the like: the kernel says EBUSY.
 * But cpu, cpuset and pids it takes, and the cgroup is "domain threaded" from then on: its owner
 * can make no ordinary cgroup below it any more, and those that are there take no process.  So it
 * is looked at before anything is written into it.
 */
#include "cgroup/level.h"

#include "base/auto.h"
#include "base/retry.h"
#include "cgroup/hierarchy.h"
#include "sys/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int level_type(int fd, struct error *err)
{
	char text[CGROUP_TEXT];

	if (cgroup_file_read(fd, "cgroup.type", text, sizeof text, err) < 0)
		return err->errno_value == ENOENT ? LEVEL_TOP : error_code(err);
	if (strcmp(text, "domain") == 0)
		return LEVEL_DOMAIN;
	return strcmp(text, "domain invalid") == 0 ? LEVEL_INVALID : LEVEL_THREADED;
}

/* Processes that the caller's pid namespace does not show are in the list as 0. */
static int holds_processes(int fd, struct error *err)
{
	char text[CGROUP_TEXT];

	return (int)cgroup_file_read(fd, "cgroup.procs", text, sizeof text, err);
}

static int judge_missing(int fd, uint32_t missing, struct level *l, struct error *err)
{
	int r = level_type(fd, err);

	if (r < 0)
		return r;
	l->type = (enum level_type)r;
	r = l->type == LEVEL_DOMAIN ? holds_processes(fd, err) : 0;
	if (r < 0)
		return r;
	l->why = r > 0 ? EBUSY : l->type >= LEVEL_THREADED ? EOPNOTSUPP : 0;
	if (l->type == LEVEL_THREADED)
		l->may = missing & LEVEL_THREADED_CONTROLLERS;
	else if (l->why == 0)
		l->may = missing;
	if (l->may && retry(faccessat(fd, "cgroup.subtree_control", W_OK, 0)) != 0) {
		l->may = 0;
		l->why = errno;
	}
	return 0;
}

int level_judge(int fd, uint32_t wanted, struct level *ret, struct error *err)
{
	char text[CGROUP_TEXT];

	*ret = (struct level){ 0 };
	if (cgroup_file_read(fd, "cgroup.subtree_control", text, sizeof text, err) < 0)
		return error_code(err);
	ret->on = cgroup_controller_bits(text, " ");
	return wanted & ~ret->on ? judge_missing(fd, wanted & ~ret->on, ret, err) : 0;
}

static int follow_one(const char *path, struct error *err)
{
	auto_fd int fd = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, err);
	int type = fd < 0 ? fd : level_type(fd, err);

	if (type != LEVEL_INVALID)
		return type;
	return file_poke(fd, "cgroup.type", "threaded", err);
}

int level_follow(const struct cgroup_hierarchy *h, struct error *err)
{
	char path[CGROUP_PATH], *at, cut;
	int type = level_type(h->fd, err);

	if (type != LEVEL_INVALID || !h->made)
		return type < 0 ? type : 0;
	hierarchy_path(h, path);
	at = path + strlen(path);
	for (int n = 0; n < h->made_parents; n++)
		at = memrchr(path, '/', (size_t)(at - path));
	/* The uppermost of ours first: one can be threaded only if the one above it is. */
	do {
		cut = *at;
		*at = '\0';
		if (follow_one(path, err) < 0)
			return within(err, "cgroup \"%s\"", path);
		*at = cut;
		at = strchrnul(at + 1, '/');
	} while (cut);
	return 0;
}
