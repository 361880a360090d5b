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

/* With init its pid namespace dies, and all that is in it.  A container that has none of its own
 * leaves its other processes behind, unless each of them is killed (runc, since 1.2, does so). */
static bool dies_with_init(struct record *record)
{
	const struct oci_config *config = container_kept_config(record);
	const struct oci_linux *linux = config ? config->linux : NULL;

	for (size_t i = 0; linux && i < linux->namespaces.n; i++) {
		const struct oci_namespace *ns = &linux->namespaces.v[i];

		if (ns->type == OCI_namespace_type_PID)
			return !ns->path;
	}
	return !config;
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

/* SIGKILL goes to init by its pidfd in any case: it may have left the cgroup. */
static int kill_one_or_all(struct record *record, int procfs, int signal, bool all,
			   struct error *err)
{
	auto_cgroup struct cgroup cg = CGROUP_EMPTY;
	int r = cgroups_from_record(&cg, record, procfs, err);
	bool whole = all || (signal == SIGKILL && !dies_with_init(record));

	if (r < 0)
		return r;
	if (!cgroup_is_anywhere(&cg))
		whole = false;
	if (!whole || signal == SIGKILL)
		r = kill_init(record, procfs, signal, err);
	if (r < 0 && (whole || all) && err->phrase == ERROR_PHRASE_NOT_RUNNING)
		r = 0; /* as with a cgroup that is empty */
	if (r >= 0 && whole)
		r = cgroup_signal(&cg, signal, err);
	if (r < 0 || signal != SIGKILL)
		return r;
	return cgroup_thaw(&cg, err);
}

int container_kill(const struct request *request, int signal, bool all, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;
	auto_fd int procfs = -1;

	if (record_find(request->root, request->id, &record, &procfs, err) < 0)
		return error_code(err);
	return kill_one_or_all(&record, procfs, signal, all, err);
}
