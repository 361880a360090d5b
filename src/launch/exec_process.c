/* SPDX-License-Identifier: Apache-2.0 */
/* exec_process.c - the child's side of exec: what init's steps do not have */
#include "launch/exec.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <unistd.h>

_Noreturn void exec_main(struct launch *l)
{
	struct error err;

	init_begin(l);
	if (steps_run(exec_process_steps, l, &err) < 0)
		sync_send_failed(&l->sync, &err);
	_exit(255);
}

/* Where setns(2) takes no pidfd (before Linux 5.8): one namespace file after the other, the user
 * namespace first and the mount namespace last. */
static int join_by_files(const struct exec *e, struct error *err)
{
	static const struct {
		const char *file;
		uint64_t flag;
	} order[] = {
		{ "user", CLONE_NEWUSER }, { "pid", CLONE_NEWPID }, { "net", CLONE_NEWNET },
		{ "ipc", CLONE_NEWIPC },   { "uts", CLONE_NEWUTS }, { "cgroup", CLONE_NEWCGROUP },
		{ "time", 0x80 },	   { "mnt", CLONE_NEWNS },
	};
	int fds[ARRAY_SIZE(order)], r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		fds[i] = -1;
		if (r >= 0 && (e->namespaces & order[i].flag))
			r = fds[i] = procfs_namespace_open(e->launch.plan.procfs,
							   e->launch.record.data.pid, order[i].file,
							   err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (r >= 0 && fds[i] >= 0 && retry(setns(fds[i], (int)order[i].flag)) < 0)
			r = fail_call(err, errno, "setns", "join the %s namespace", order[i].file);
		close_fd(&fds[i]);
	}
	return r < 0 ? r : 0;
}

static int join_at_once(const struct exec *e, struct error *err)
{
	if (!e->namespaces || retry(setns(e->target, (int)e->namespaces)) == 0)
		return 0;
	if (errno == EINVAL)
		return join_by_files(e, err);
	return fail_call(err, errno, "setns", "join the container's namespaces");
}

int exec_join(struct launch *l, struct error *err)
{
	struct exec *e = exec_of(l);
	int r;

	/* The user namespace may deny it: ours go while they can.  An ordinary user can't. */
	if (e->namespaces & CLONE_NEWUSER)
		(void)retry(setgroups(0, NULL));
	r = join_at_once(e, err);

	close_fd(&e->target);
	close_fd(&e->root);
	close_fd(&l->plan.procfs);
	return r;
}

/* From here on there is somebody in the container to be looked at. */
int exec_respawn(struct launch *l, struct error *err)
{
	if (init_close_others(l, err) < 0)
		return error_code(err);
	return init_go_on_in_child(l, 0, err);
}

int exec_console(struct launch *l, struct error *err)
{
	auto_fd int master = -1;
	auto_fd int root = retry(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (root < 0)
		return fail_call(err, errno, "open", "the container's root");
	if (console_open(root, &master, &l->slave, err) < 0)
		return error_code(err);
	return sync_send(&l->sync, SYNC_CONSOLE, 0, &master, 1, err);
}
