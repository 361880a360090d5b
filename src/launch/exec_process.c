/* SPDX-License-Identifier: Apache-2.0 */
/* exec_process.c - the child's side of exec: what init's steps do not have */
#include "launch/exec.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <unistd.h>

int exec_join(struct launch *l, struct error *err)
{
	struct exec *e = l->exec;
	int r;

	/* As in init_join_user(): inside, setgroups(2) may be denied and our groups would stay. */
	if (e->namespaces & CLONE_NEWUSER)
		(void)retry(setgroups(0, NULL));
	r = namespaces_enter(e->target, e->namespaces, l->plan.procfs, l->record.pid, err);
	close_fd(&e->target);
	close_fd(&e->root);
	close_fd(&l->plan.procfs);
	return r;
}

/* The second process is seen inside the container.  A program there with CAP_SYS_PTRACE reaches all
 * that it holds open, so everything of ours is closed before it exists. */
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
