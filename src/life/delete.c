/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delete.c - the end of a container, from its record alone
 *
 * The order lets a delete that was killed be repeated: processes, then cgroups, then the id (by
 * rename, so that it is free at once), then the poststop hooks, then the files.
 */
#include "life/lifecycle.h"

#include "base/auto.h"
#include "base/log.h"
#include "manager/manager.h"
#include "process/hooks.h"
#include "record/record_cgroups.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* SOON_MS: what has not ended by then may wait for a process outside */
enum { END_TIMEOUT_MS = 10000, SOON_MS = 300, UNSEEN_TIMEOUT_MS = 1000 };

/* 1: it has ended; 0: it has not, in the whole time; negative. */
static int wait_killed(int pidfd, pid_t pid, int procfs, struct error *err)
{
	int r = process_wait_end(pidfd, SOON_MS, err);

	if (r == 0)
		r = container_unreaped(procfs, pid, err);
	return r ? r : process_wait_end(pidfd, END_TIMEOUT_MS - SOON_MS, err);
}

static int end_process(int pidfd, pid_t pid, int procfs, const struct cgroup *cg, struct error *err)
{
	int r = process_signal(pidfd, SIGKILL, err);

	if (r < 0 && err->errno_value == ESRCH)
		return 0;
	if (r >= 0)
		(void)cgroup_thaw(cg, err); /* if that fails, the wait below fails */
	if (r >= 0)
		r = wait_killed(pidfd, pid, procfs, err);
	if (r == 0)
		return fail(err, ETIMEDOUT, "init did not end within %d s of SIGKILL",
			    END_TIMEOUT_MS / 1000);
	return r;
}

/* Kills a create that is still at work on this container.  Its init reads end of file then, and
 * ends, too. */
static int end_creator(const struct record *record, int procfs, const struct cgroup *cg,
		       struct error *err)
{
	auto_fd int pidfd = -1;
	int alive;

	if (strcmp(record->data.status, "creating") != 0)
		return 0;
	alive = record_creator_alive(record, procfs, &pidfd, err);
	return alive > 0 ? end_process(pidfd, record->creator, procfs, cg, err) : alive;
}

static int end_init(const struct record *record, int procfs, const struct cgroup *cg,
		    struct error *err)
{
	auto_fd int pidfd = -1;
	int alive = record_alive(record, procfs, &pidfd, err);

	return alive > 0 ? end_process(pidfd, record->pid, procfs, cg, err) : alive;
}

/* Processes of a pid namespace that can't be seen into from ours.  v2's cgroup.kill ends them all
 * the same, and then the cgroups can be removed.  Without a cgroup there is nothing to end them by,
 * and nothing says that there are any. */
static int end_unseen(const struct record *record, struct cgroup *cg, struct error *err)
{
	int r;

	if (!cgroup_is_anywhere(cg)) {
		warn("container \"%s\" was made in another pid namespace and has no cgroup: if its "
		     "pid %d there still runs, it is left running",
		     record->data.id, record->data.pid);
		return 0;
	}
	r = manager_end(cg, UNSEEN_TIMEOUT_MS, err);
	if (r >= 0)
		r = cgroup_hides(cg, err);
	if (r == 0)
		return 0;
	if (r > 0)
		(void)fail(err, EBUSY, "their cgroup still has them");
	return within(
		err,
		"container \"%s\" has processes of another pid namespace, which can't be ended "
		"from here",
		record->data.id);
}

/* After a reboot nothing of the container is left: a process with its pid, or a cgroup at its path,
 * is somebody else's. */
static int end_processes(const struct record *record, int procfs, struct error *err)
{
	auto_cgroup struct cgroup cg = CGROUP_EMPTY;
	int r = record_is_of_this_boot(record, procfs, err);

	if (r <= 0)
		return r;
	if (cgroups_from_record(&cg, record, procfs, err) < 0)
		return error_code(err);
	if (record->data.cgroups.n && !cgroup_is_anywhere(&cg))
		warn("the cgroup of container \"%s\" is in another view of the cgroups than ours, "
		     "and is "
		     "left",
		     record->data.id);
	if (record->unseen)
		return end_unseen(record, &cg, err);
	if (end_creator(record, procfs, &cg, err) < 0 || end_init(record, procfs, &cg, err) < 0)
		return error_code(err);
	return manager_end(&cg, END_TIMEOUT_MS, err);
}

static void run_poststop(struct record *record, const struct oci_hooks *hooks)
{
	struct hook_list list = hooks_poststop(hooks);
	auto_free char *state = NULL;
	struct error ignored;
	size_t len;

	if (list.n && record_state_json(record, "stopped", 0, &state, &len, &ignored) >= 0)
		hooks_run_all(&list, state, len);
}

int container_give_up(struct record *record, const struct oci_hooks *hooks, struct error *err)
{
	if (record_release(record, record->data.id, err) < 0)
		return error_code(err);
	run_poststop(record, hooks);
	return record_remove(record, record->data.id, err);
}

int container_destroy(struct record *record, struct error *err)
{
	auto_fd int procfs = procfs_open_host(err);
	const struct oci_config *config;
	char words[2 * ERROR_TEXT_MAX];

	if (procfs < 0 || (!record->located && record_locate(record, procfs, err) < 0) ||
	    end_processes(record, procfs, err) < 0)
		return error_code(err);
	config = container_kept_config(record);
	if (container_give_up(record, config ? config->hooks : NULL, err) < 0)
		return error_code(err);
	if (record_sweep(record->root, record->data.id, err) < 0)
		warn("%s", error_words(err, words, sizeof words)); /* the container is gone */
	return 0;
}

int container_destroy_ended(struct record *record, struct cgroup *cg, const struct oci_hooks *hooks,
			    struct error *err)
{
	if (manager_end(cg, END_TIMEOUT_MS, err) < 0)
		return error_code(err);
	return container_give_up(record, hooks, err);
}

static int still_in_use(const struct record *record, enum container_status status,
			struct error *err)
{
	(void)fail(err, 0, "cannot delete container \"%s\" that is not stopped: %s",
		   record->data.id, container_status_name(status));
	return hint(err, HINT_KILL_FIRST, record->data.id, NULL);
}

static int delete_known(struct record *record, bool force, struct error *err)
{
	auto_fd int procfs = procfs_open_host(err);
	enum container_status status = CONTAINER_STOPPED;

	if (procfs < 0 || record_locate(record, procfs, err) < 0 ||
	    (!force && record_status(record, procfs, &status, err) < 0))
		return error_code(err);
	/* A created container may go without force, as with runc and crun: containerd needs it. */
	if (status != CONTAINER_STOPPED && status != CONTAINER_CREATED)
		return still_in_use(record, status, err);
	return container_destroy(record, err);
}

/* No record to work from: nothing was made before it was written, and what was can be found by the
 * kept config alone.  One that can't be read just now (no memory, an error of the disk) may name
 * cgroups and must stay. */
static int delete_unknown(struct record *record, const char *id, bool force, struct error *err)
{
	bool is_broken = err->errno_value == ENOENT || err->errno_value == EINVAL;

	if (!force || !is_broken || record_is_newer(record))
		return error_code(err);
	if (record->root < 0)
		return err->errno_value == ENOENT ? 0 : error_code(err);
	if (record->dir >= 0 && record->arena && container_end_broken(record, id, err) < 0)
		return error_code(err);
	if (record->dir >= 0)
		record_drop(record, id);
	return record_sweep(record->root, id, err);
}

int container_delete(const struct request *request, bool force, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;
	int r;

	if (container_id_check(request->id, err) < 0)
		return error_code(err);
	r = record_load(request->root, request->id, &record, err);
	if (r >= 0)
		r = delete_known(&record, force, err);
	else
		r = delete_unknown(&record, request->id, force, err);
	if (r < 0 && force && err->phrase == ERROR_PHRASE_NO_CONTAINER)
		r = 0; /* another delete was faster */
	return r;
}
