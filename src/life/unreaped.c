/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unreaped.c - why the init of a pid namespace does not end although it was killed
 *
 * The kernel lets it end last: it waits until every other process of its namespace has been reaped.
 * A process that `exec` put there has its parent outside.  If that parent is stopped or never waits
 * for its children, init waits for ever, and only the parent's end helps.
 */
#include "life/lifecycle.h"

#include "base/auto.h"
#include "base/decimal.h"
#include "sys/procfs.h"
#include "sys/procfs_world.h"

#include <stdio.h>
#include <string.h>

struct unreaped {
	dev_t dev; /* init's pid namespace */
	ino_t ino;
	pid_t init, pid, parent;
};

/* 0: not known. */
static pid_t parent_of(int procfs, pid_t pid)
{
	char name[32], text[1024], *at;
	struct error ignored;
	uint32_t parent;

	(void)snprintf(name, sizeof name, "%d/status", (int)pid);
	if (procfs_read(procfs, name, text, sizeof text, &ignored) < 0)
		return 0;
	at = strstr(text, "\nPPid:\t");
	if (!at)
		return 0;
	at += strlen("\nPPid:\t");
	*strchrnul(at, '\n') = '\0';
	return parse_u32(at, &parent) ? (pid_t)parent : 0;
}

static int is_unreaped(int procfs, pid_t pid, void *context, struct error *err)
{
	struct unreaped *u = context;
	char letter = 0;

	if (pid == u->init || procfs_start_time(procfs, pid, &letter, err) <= 0 || letter != 'Z' ||
	    procfs_levels_below(procfs, pid, u->dev, u->ino) < 0)
		return 0;
	u->parent = parent_of(procfs, pid);
	if (u->parent == 0 || procfs_levels_below(procfs, u->parent, u->dev, u->ino) >= 0)
		return 0;
	u->pid = pid;
	return 1;
}

int container_unreaped(int procfs, pid_t init, struct error *err)
{
	struct unreaped u = { .init = init };
	char name[32], comm[32], shown[FOREIGN_BUF];
	struct error ignored;

	if (procfs_namespace(procfs, init, "pid", &u.dev, &u.ino, &ignored) < 0 ||
	    procfs_each(procfs, is_unreaped, &u, &ignored) <= 0)
		return 0;
	(void)snprintf(name, sizeof name, "%d/comm", (int)u.parent);
	if (procfs_read(procfs, name, comm, sizeof comm, &ignored) < 0)
		comm[0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	(void)fail(err, ETIMEDOUT,
		   "init (pid %d) is killed and waits for process %d, which has ended: its parent, "
		   "%d (\"%s\"), is outside and does not reap it",
		   (int)init, (int)u.pid, (int)u.parent, foreign(comm, shown));
	return hint(err, HINT_REAP, NULL, NULL);
}
