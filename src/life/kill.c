/* SPDX-License-Identifier: Apache-2.0 */
/* kill.c - signals to a container's init, or to all its processes */
#include "life/lifecycle.h"

#include "base/auto.h"
#include "record/record_cgroups.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <errno.h>
#include <signal.h>

static int not_running(struct error *err)
{
	(void)fail(err, ESRCH, "container not running");
	err->phrase = ERROR_PHRASE_NOT_RUNNING;
	err->spelt = true;
	return error_code(err);
}

/* A frozen process takes SIGKILL only when it is thawed (v1). */
static int thaw_to_die(const struct cgroup *cg, struct error *err)
{
	int frozen = cgroup_is_frozen(cg, err);

	return frozen > 0 ? cgroup_freeze(cg, false, err) : frozen;
}

static int kill_init(const struct record *record, int procfs, int signal, struct error *err)
{
	auto_fd int pidfd = -1;
	int alive = record_alive(record, procfs, &pidfd, err);

	if (alive < 0)
		return alive;
	if (!alive)
		return not_running(err);
	if (process_signal(pidfd, signal, err) < 0)
		return err->errno_value == ESRCH ? not_running(err) : error_code(err);
	return 0;
}

static int kill_one_or_all(const struct record *record, int procfs, int signal, bool all,
			   struct error *err)
{
	auto_cgroup struct cgroup cg = CGROUP_EMPTY;
	int r = cgroups_from_record(&cg, &record->data, procfs, err);

	if (r < 0)
		return r;
	if (all && cgroup_is_anywhere(&cg))
		r = cgroup_signal(&cg, signal, err);
	else
		r = kill_init(record, procfs, signal, err);
	if (r < 0 && all && err->phrase == ERROR_PHRASE_NOT_RUNNING)
		r = 0; /* as with a cgroup that is empty */
	if (r < 0 || signal != SIGKILL)
		return r;
	return thaw_to_die(&cg, err);
}

int container_kill(const struct request *request, int signal, bool all, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;
	auto_fd int procfs = -1;

	if (record_find(request->root, request->id, &record, &procfs, err) < 0)
		return error_code(err);
	return kill_one_or_all(&record, procfs, signal, all, err);
}
