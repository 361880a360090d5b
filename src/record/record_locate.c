/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_locate.c - what a record's processes are called here, and whether there can be any left
 *
 * Docker in docker, kind and many a build machine run the runtime in a pid namespace that ends
 * before its state directory does.  Its records hold pids of that namespace, which are other
 * processes' pids for everybody else.  A record must not become one that no command can use: what
 * we can see is looked for; and where nothing is found, that the cgroups hide nothing is the proof
 * that the container has stopped.
 */
#include "record/record.h"

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "record/record_cgroups.h"
#include "sys/procfs.h"
#include "sys/procfs_world.h"

#include <stdio.h>
#include <string.h>

struct wanted {
	unsigned long long dev, ino; /* of the pid namespace that pid is of */
	const struct record *record;
	pid_t pid;
	long long start_time;
	pid_t found;
	bool doubt; /* one may be it, and we may not ask */
};

/* One of its pids is cheap to compare, so that comes first. */
static int is_wanted(int procfs, pid_t pid, void *context, struct error *err)
{
	struct wanted *w = context;
	pid_t pids[PROCFS_LEVELS];
	int n = procfs_pids(procfs, pid, pids, err), level;
	bool maybe = false;
	long long more;

	for (int i = 1; i < n; i++)
		maybe = maybe || pids[i] == w->pid;
	if (n < 0)
		w->doubt = true;
	if (!maybe)
		return n < 0 && err->errno_value == ENOMEM ? n : 0;
	level = procfs_levels_below(procfs, pid, (dev_t)w->dev, (ino_t)w->ino);
	if (level == -1 || level >= n || (level >= 0 && pids[n - 1 - level] != w->pid))
		return 0;
	more = procfs_start_time(procfs, pid, NULL, err);
	if (more <= 0)
		return (int)more;
	more -= w->record->time_offset + w->start_time;
	if (more < -w->record->loose || more > w->record->loose)
		return 0;
	if (level < 0) {
		w->doubt = true;
		return 0;
	}
	w->found = pid;
	return 1;
}

/* A record whose pid namespace can't be read names one that nobody is in. */
static int search(struct record *record, int procfs, pid_t pid, long long start_time, pid_t *ret,
		  struct error *err)
{
	struct wanted w = { .record = record, .pid = pid, .start_time = start_time };
	int r;

	*ret = 0;
	if (pid <= 0 || sscanf(record->data.pid_namespace, "%llu:%llu", &w.dev, &w.ino) != 2)
		return 0;
	r = procfs_each(procfs, is_wanted, &w, err);
	*ret = w.found;
	record->unseen = record->unseen || (w.doubt && !w.found);
	return r < 0 ? r : 0;
}

/* Nobody was found.  1: there may be somebody whom we can't see. */
static int may_be_unseen(const struct record *record, int procfs, bool sees_all, struct error *err)
{
	auto_cgroup struct cgroup cg = CGROUP_EMPTY;

	if (sees_all)
		return 0;
	if (cgroups_from_record(&cg, record, procfs, err) < 0)
		return error_code(err);
	return cgroup_hides(&cg, err);
}

static int locate_elsewhere(struct record *record, int procfs, bool sees_all, struct error *err)
{
	const struct oci_record *data = &record->data;
	int r;

	if (data->pid <= 0 && strcmp(data->status, "creating") != 0)
		return 0; /* it has never run, or was kept after a failed start */
	if (search(record, procfs, data->pid, data->start_time, &record->pid, err) < 0)
		return error_code(err);
	if (strcmp(data->status, "creating") == 0 &&
	    search(record, procfs, data->creator, data->creator_start_time, &record->creator, err) <
		    0)
		return error_code(err);
	if (record->pid > 0 || record->creator > 0)
		record->unseen = false;
	if (record->pid > 0 || record->creator > 0 || record->unseen)
		return 0;
	r = may_be_unseen(record, procfs, sees_all, err);
	record->unseen = r > 0;
	return r < 0 ? r : 0;
}

int record_is_of_this_boot(const struct record *record, int procfs, struct error *err)
{
	char boot[37];

	if (procfs_boot_id(procfs, boot, err) < 0)
		return error_code(err);
	return strcmp(boot, record->data.boot_id) == 0;
}

int record_locate(struct record *record, int procfs, struct error *err)
{
	const struct oci_record *data = &record->data;
	int same_boot = record_is_of_this_boot(record, procfs, err);
	struct procfs_world world;
	char ours[48];

	if (same_boot < 0)
		return same_boot;
	record->located = true;
	if (!same_boot)
		return 0; /* both have ended */
	if (procfs_world(procfs, &world, err) < 0)
		return error_code(err);
	record->time_offset = world.time_offset;
	record->other_view = oci_has(record, data, cgroup_namespace) &&
			     data->cgroup_namespace != world.cgroup_ino;
	record->loose = world.time_ino != data->time_namespace;
	(void)snprintf(ours, sizeof ours, "%llu:%llu", (unsigned long long)world.pid_dev,
		       (unsigned long long)world.pid_ino);
	if (strcmp(ours, data->pid_namespace) != 0)
		return locate_elsewhere(record, procfs, world.sees_all, err);
	record->pid = data->pid;
	record->creator = data->creator;
	return 0;
}
