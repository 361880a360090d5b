/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hierarchy.h - the container's cgroup in one hierarchy: its path and its small files
 *
 * cgroupfs holds no symbolic links and its mounts are the host's own, so paths from the mountpoint
 * are as good as fds here.
 */
#pragma once
#include "cgroup/cgroup.h"

#include <errno.h>

enum {
	CGROUP_NAME_MAX = 64,	 /* of a hierarchy */
	CGROUP_MOUNT_MAX = 256,	 /* a mountpoint, or what is mounted there */
	CGROUP_PLACE_MAX = 1024, /* a cgroup in its hierarchy */
	CGROUP_PATH = CGROUP_MOUNT_MAX + CGROUP_PLACE_MAX + 256, /* both and a file's name */
	CGROUP_TEXT = 4096, /* what a kernel file of limits can hold */
};

/* Sets a text of a hierarchy to a copy, in the arena, of at most max - 1 bytes. */
int hierarchy_set(struct cgroup *cg, const char **field, const char *from, size_t n, size_t max,
		  struct error *err);
/* "/sys/fs/cgroup/memory/ocirt-ID".  Returns buf. */
char *hierarchy_path(const struct cgroup_hierarchy *h, char buf[CGROUP_PATH]);
/* The hierarchy that holds the controller, or NULL. */
struct cgroup_hierarchy *cgroup_home(const struct cgroup *cg, enum cgroup_controller c);
/* Has the container a path in the hierarchy?  Then its version counts (cgroup_has_version). */
void hierarchy_count(struct cgroup *cg, const struct cgroup_hierarchy *h);
/* The controllers in a list like "cpu,cpuacct"; unknown ones are left out. */
uint32_t cgroup_controller_bits(const char *list, const char *separators);
/* Opens the container's directory into h->fd; the caller names the noun. */
int hierarchy_open(struct cgroup_hierarchy *h, struct error *err);
/* h->fd, opened now if it was not before. */
int hierarchy_fd(struct cgroup_hierarchy *h, struct error *err);
/* Does the error say that the cgroup was removed meanwhile?  What is opened in it is missing, what
 * was open before answers ENODEV. */
static inline bool cgroup_is_gone(const struct error *err)
{
	return err->errno_value == ENOENT || err->errno_value == ENODEV;
}
/* Can it be used by h->fd?  False for NULL, too. */
bool hierarchy_is_there(struct cgroup_hierarchy *h);

/* Fills in what the record says and opens the directory if it is there. */
int cgroup_take_place(struct cgroup *cg, struct cgroup_hierarchy *h,
		      const struct cgroup_place *place, struct error *err);

/* Reads a file of a cgroup directory (at most size - 1 bytes, then a NUL); trailing newlines are
 * cut.  Returns the length. */
ssize_t cgroup_file_read(int dirfd, const char *name, char *buf, size_t size, struct error *err);
/* The number after `key` at a line's beginning ("populated 1"); fallback if there is none. */
uint64_t cgroup_file_field(const char *text, const char *key, uint64_t fallback);

/* Is the cgroup with this fd (which has a freezer) frozen or freezing?  1, 0, negative. */
int cgroup_frozen_at(int dirfd, int version, struct error *err);

/* Time limits: a deadline in ms of CLOCK_MONOTONIC, and a sleep that doubles up to 10 ms; false
 * once the deadline has passed. */
int64_t cgroup_deadline(int timeout_ms);
bool cgroup_back_off(int64_t deadline, unsigned *microseconds);
