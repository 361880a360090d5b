/* SPDX-License-Identifier: Apache-2.0 */
/*
 * liveness.c - is the process of a record still there, and what is the status of its container?
 *
 * A pid alone proves nothing: its process may have ended and another one have got the pid.  So the
 * process's start time is compared, too.  (After a reboot, and in another pid namespace, the pid is
 * another process's: record_locate.c has seen to that.)
 */
#include "record/record.h"

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "record/record_cgroups.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

const char *container_status_name(enum container_status status)
{
	static const char *const names[] = { "creating", "created", "running",
					     "paused",	 "stopped", "unknown" };

	return names[status];
}

int container_id_check(const char *id, struct error *err)
{
	size_t n = strlen(id);
	char buf[FOREIGN_BUF];

	if (n == 0)
		return fail_usage(err, "the container id is empty");
	if (n > 255)
		return fail_usage(err, "the container id has %zu bytes, 255 are allowed", n);
	for (size_t i = 0; i < n; i++) {
		char c[2] = { id[i], '\0' };

		if (isascii(id[i]) &&
		    (isalnum(id[i]) || strchr("_+-", id[i]) || (i && id[i] == '.')))
			continue;
		return fail_usage(
			err,
			"container id \"%s\": '%s' at %zu is not allowed (letters, digits, "
			"_ + - and, after the first, . are)",
			foreign(id, buf), isprint(id[i]) ? c : "a byte", i + 1);
	}
	return 0;
}

/* Is the process of this pid still the one that was started at start_time? */
static int same_process(const struct record *record, pid_t pid, long long start_time, int procfs,
			struct error *err)
{
	char letter = 0;
	long long start = procfs_start_time(procfs, pid, &letter, err), more;

	if (start <= 0)
		return (int)start;
	more = start - record->time_offset - start_time;
	return more >= -record->loose && more <= record->loose && letter != 'Z' && letter != 'X';
}

static int unseen(const struct record *record, struct error *err)
{
	(void)fail(err, 0,
		   "container \"%s\" was made in another pid namespace, where its pid is %d; from "
		   "here its processes can't be seen",
		   record->data.id, record->data.pid);
	return hint(err, HINT_OTHER_WORLD, record->data.id, NULL);
}

static int process_alive(const struct record *record, pid_t pid, long long start_time, int procfs,
			 int *ret_pidfd, struct error *err)
{
	auto_fd int pidfd = -1;
	int r;

	if (!record->located)
		return fail(err, EINVAL, "the record's processes were not looked for");
	if (record->unseen)
		return unseen(record, err);
	if (pid <= 0)
		return 0;
	/* The pidfd first: if the start time is right afterwards, it is no other process's. */
	pidfd = process_open(pid, err);
	if (pidfd < 0)
		return err->errno_value == ESRCH ? 0 : error_code(err);
	r = same_process(record, pid, start_time, procfs, err);
	if (r > 0 && ret_pidfd)
		*ret_pidfd = take_fd(&pidfd);
	return r;
}

int record_alive(const struct record *record, int procfs, int *ret_pidfd, struct error *err)
{
	return process_alive(record, record->pid, record->data.start_time, procfs, ret_pidfd, err);
}

int record_creator_alive(const struct record *record, int procfs, int *ret_pidfd, struct error *err)
{
	return process_alive(record, record->creator, record->data.creator_start_time, procfs,
			     ret_pidfd, err);
}

static int status_of_living(const struct record *record, int procfs, enum container_status *ret,
			    struct error *err)
{
	auto_cgroup struct cgroup cg = CGROUP_EMPTY;
	int frozen;

	if (strcmp(record->data.status, "creating") == 0)
		*ret = CONTAINER_CREATING;
	else
		*ret = strcmp(record->data.status, "created") == 0 ? CONTAINER_CREATED
								   : CONTAINER_RUNNING;
	if (cgroups_from_record(&cg, record, procfs, err) < 0)
		return error_code(err);
	frozen = cgroup_is_frozen(&cg, err);
	if (frozen > 0)
		*ret = CONTAINER_PAUSED;
	return frozen < 0 ? frozen : 0;
}

int record_status(const struct record *record, int procfs, enum container_status *ret,
		  struct error *err)
{
	int alive = record_alive(record, procfs, NULL, err);

	if (alive < 0)
		return alive;
	if (alive)
		return status_of_living(record, procfs, ret, err);
	*ret = CONTAINER_STOPPED;
	if (strcmp(record->data.status, "creating") != 0 || record->data.pid > 0)
		return 0;
	alive = record_creator_alive(record, procfs, NULL, err);
	if (alive > 0)
		*ret = CONTAINER_CREATING;
	return alive < 0 ? alive : 0;
}

int record_find(const char *root, const char *id, struct record *ret, int *ret_procfs,
		struct error *err)
{
	if (container_id_check(id, err) < 0 || record_load(root, id, ret, err) < 0)
		return error_code(err);
	*ret_procfs = procfs_open_host(err);
	return *ret_procfs < 0 ? *ret_procfs : record_locate(ret, *ret_procfs, err);
}
