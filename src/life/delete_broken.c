/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delete_broken.c - delete --force of a container whose record can't be read
 *
 * The kept config says where its cgroup was to be, not whether we made it.  "/ocirt-ID" is made by
 * us alone, but maybe for a container of the same id and another --root.  The init of this one was
 * started when its config had just been kept, so what runs there is killed only if the oldest
 * process is of that age.  Everything else is left as it is, and said in a warning.
 */
#include "life/lifecycle.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "manager/manager.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

enum { END_TIMEOUT_MS = 10000, MEMBERS = 512 };
/* How far init's start may be from the config's time: the clocks' grain, and a busy machine. */
enum { EARLIER_MS = 1000, LATER_MS = 30000 };

static int64_t ms_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000;
}

/* When the config was kept, in ms since boot.  If the clock was set since then the result is wrong,
 * and nothing is killed. */
static int kept_at(const struct record *record, int64_t *ret_ms, struct error *err)
{
	struct timespec now, up;
	struct stat st;

	if (retry(fstatat(record->dir, "config.json", &st, AT_SYMLINK_NOFOLLOW)) < 0)
		return fail_call(err, errno, "fstatat", "kept config.json");
	if (clock_gettime(CLOCK_REALTIME, &now) < 0 || clock_gettime(CLOCK_BOOTTIME, &up) < 0)
		return fail_call(err, errno, "clock_gettime", "the time since boot");
	*ret_ms = ms_of(&st.st_mtim) - ms_of(&now) + ms_of(&up);
	return 0;
}

/* When the oldest process of the cgroup began, in ms since boot: INT64_MAX if there is none,
 * negative if that can't be known (one of another pid namespace). */
static int64_t oldest_member(const struct cgroup *cg, int procfs)
{
	long ticks = sysconf(_SC_CLK_TCK);
	int64_t oldest = INT64_MAX;
	struct error ignored;
	pid_t pids[MEMBERS];
	int n = cgroup_some_members(cg, pids, MEMBERS, &ignored);

	for (int i = 0; i < n; i++) {
		long long start = pids[i] ? procfs_start_time(procfs, pids[i], NULL, &ignored) : -1;

		if (start < 0)
			return -1;
		if (start == 0)
			continue;
		if (start * 1000 / ticks < oldest)
			oldest = start * 1000 / ticks;
	}
	return n < 0 ? -1 : oldest;
}

static bool is_its_own(const struct record *record, const struct cgroup *cg, int procfs)
{
	struct error ignored;
	int64_t oldest = oldest_member(cg, procfs), kept;

	if (oldest < 0 || kept_at(record, &kept, &ignored) < 0)
		return false;
	return oldest >= kept - EARLIER_MS && oldest <= kept + LATER_MS;
}

static int end_found(const struct record *record, struct cgroup *cg, int procfs, const char *id,
		     struct error *err)
{
	if (is_its_own(record, cg, procfs))
		return manager_end(cg, END_TIMEOUT_MS, err);
	if (!cgroup_remove_empty(cg))
		warn("the cgroup \"/ocirt-%s\" is left: its processes may be another container's",
		     id);
	return 0;
}

int container_end_broken(struct record *record, const char *id, struct error *err)
{
	const struct oci_config *config = container_kept_config(record);
	const char *path = config && config->linux ? config->linux->cgroups_path : NULL;
	auto_cgroup struct cgroup cg = { .manager = &manager_fs };
	auto_fd int procfs = -1;
	char shown[FOREIGN_BUF];
	int found;

	if (!config)
		return 0;
	procfs = procfs_open_host(err);
	if (procfs < 0 || cgroup_discover(&cg, procfs, err) < 0)
		return error_code(err);
	found = cgroup_find(&cg, path, id, err);
	if (found <= 0)
		return found;
	if (!path || !*path)
		return end_found(record, &cg, procfs, id, err);
	warn("the cgroup \"%s\" is left: the record that says whether it is ours is broken",
	     foreign(path, shown));
	return 0;
}
