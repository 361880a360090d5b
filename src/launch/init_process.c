/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init_process.c - the container's side of a start: from a finished root to the user's program
 *
 * The kernel dictates the order.  The bounding set is lowered while CAP_SETPCAP is held, user and
 * groups change while CAP_SETUID is held, and the other capability sets come after both.  All
 * descriptors of ours are closed before the config's working directory is entered, because it may
 * name one of them (CVE-2024-21626).
 */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "launch/want.h"
#include "sys/process.h"
#include "sys/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static struct plan_process *plan_of(struct launch *l)
{
	return &l->plan.process;
}

int init_keyring(struct launch *l, struct error *err)
{
	return keyring_join(plan_of(l)->keyring, err);
}

int init_attributes(struct launch *l, struct error *err)
{
	if (attributes_apply(&plan_of(l)->attributes, err) < 0)
		return error_code(err);
	return schedule_apply(&plan_of(l)->schedule, err);
}

/* A named fifo is a file of the caller's, which others may use after us: pipe(2)'s is of pipefs. */
static bool is_nameless(int fd)
{
	struct statfs fs;

	return retry(fstatfs(fd, &fs)) == 0 && fs.f_type == PIPEFS_MAGIC;
}

/* A program that opens /dev/stderr again must own the pipe behind it; nothing else of the caller's
 * changes hands (CVE-2026-88265). */
static int own_pipes(const struct ids *ids, struct error *err)
{
	struct stat st;

	for (int fd = 0; fd < 3; fd++) {
		if (retry(fstat(fd, &st)) < 0 || !S_ISFIFO(st.st_mode) || st.st_uid == ids->uid ||
		    !is_nameless(fd))
			continue;
		if (retry(fchown(fd, ids->uid, (gid_t)-1)) < 0 && errno != EPERM &&
		    errno != EINVAL && errno != EROFS)
			return fail_call(err, errno, "fchown", "give descriptor %d to user %u", fd,
					 (unsigned)ids->uid);
	}
	return 0;
}

int init_stdio(struct launch *l, struct error *err)
{
	const struct plan_process *p = plan_of(l);

	if (!p->terminal)
		return own_pipes(&p->ids, err);
	if (retry(fchown(l->slave, p->ids.uid, (gid_t)-1)) < 0)
		return fail_call(err, errno, "fchown", "give the terminal to user %u",
				 (unsigned)p->ids.uid);
	if (terminal_take(l->slave, p->rows, p->columns, err) < 0)
		return error_code(err);
	close_fd(&l->slave);
	return 0;
}

/* The first descriptor that is not handed on to the program; those above it are ours. */
static unsigned first_of_ours(const struct launch *l)
{
	return 3 + (unsigned)(l->plan.fds.listen + l->plan.fds.preserve);
}

int init_close_others(struct launch *l, struct error *err)
{
	/* procfs stays open for the label alone, which is written later, as the user */
	const int procfs = want_label(l) ? l->procfs : -1;

	/* from here on only debug lines are logged */
	if (log_level_now() != LOG_LEVEL_DEBUG)
		log_close();
	const int keep[] = { l->sync.fd, l->listen, log_fd(), procfs, l->slave };

	l->procfs = procfs;
	return process_close_except(first_of_ours(l), keep, ARRAY_SIZE(keep), err);
}

int init_cwd(struct launch *l, struct error *err)
{
	const struct ids *ids = &plan_of(l)->ids;

	if (init_close_others(l, err) < 0 || program_home(&plan_of(l)->program, ids->uid, err) < 0)
		return error_code(err);
	l->cwd_again = program_cwd(&plan_of(l)->program, ids->uid, ids->gid, err);
	return l->cwd_again;
}

int init_bounding(struct launch *l, struct error *err)
{
	return caps_limit_bounding(&plan_of(l)->caps, err);
}

int init_user(struct launch *l, struct error *err)
{
	return ids_become(&plan_of(l)->ids, err);
}

int init_caps(struct launch *l, struct error *err)
{
	return caps_apply(&plan_of(l)->caps, err);
}

int init_no_new_privileges(struct launch *l, struct error *err)
{
	return no_new_privileges_set(err);
}

int init_find_program(struct launch *l, struct error *err)
{
	if (l->cwd_again && program_cwd_again(&plan_of(l)->program, err) < 0)
		return error_code(err);
	return program_find(&plan_of(l)->program, l->program, err);
}

int init_ready(struct launch *l, struct error *err)
{
	struct sync_message m;
	pid_t pid;

	if (socket_peer(l->sync.fd, &l->creator_uid, &pid, err) < 0)
		return error_code(err);
	if (sync_send(&l->sync, SYNC_READY, 0, NULL, 0, err) < 0 ||
	    sync_expect(&l->sync, SYNC_RECORDED, &m, err) < 0)
		return error_code(err);
	l->outer_pid = m.pid;
	if (l->listen >= 0)
		close_fd(&l->sync.fd); /* create is done; start will come to the socket */
	return 0;
}

/* Only root and the user that made the container may start it.  SO_PEERCRED tells the uid as it is
 * seen from our user namespace, and creator_uid was read in the same way. */
static bool peer_is_ours(const struct launch *l)
{
	struct error ignored;
	uid_t uid;
	pid_t pid;

	return socket_peer(l->start.fd, &uid, &pid, &ignored) >= 0 &&
	       (uid == 0 || uid == l->creator_uid);
}

/* A `start` that is killed before it says GO leaves end of file: init waits for the next one. */
static int accept_go(struct launch *l, struct error *err)
{
	struct sync_message m;
	int r = 0;

	while (r == 0) {
		l->start = (struct sync){ .fd = retry(accept4(l->listen, NULL, NULL, SOCK_CLOEXEC)),
					  .side = SYNC_INIT,
					  .signals = -1 };
		if (l->start.fd < 0 && errno != EINTR && errno != ECONNABORTED)
			return fail_call(err, errno, "accept", "wait for start");
		if (l->start.fd < 0 || !peer_is_ours(l))
			r = 0;
		else
			r = sync_receive(&l->start, 1u << SYNC_GO, &m, err);
		if (r == 0)
			close_fd(&l->start.fd);
	}
	return r < 0 ? r : 0;
}

int init_wait_start(struct launch *l, struct error *err)
{
	struct sync_message m;

	if (l->listen >= 0) {
		if (accept_go(l, err) < 0)
			return error_code(err);
		close_fd(&l->listen); /* a second start finds nobody who listens */
	} else {
		l->start = l->sync;
		if (sync_expect(&l->start, SYNC_GO, &m, err) < 0)
			return error_code(err);
	}
	return sync_send(&l->start, SYNC_STARTING, 0, NULL, 0, err);
}

int init_start_container_hooks(struct launch *l, struct error *err)
{
	struct hook_list hooks = hooks_start_container(l->plan.container.hooks);

	return hooks_run(&hooks, state_text_with_pid(&l->created, l->outer_pid), l->created.len,
			 err);
}

int init_label(struct launch *l, struct error *err)
{
	return lsm_apply(&plan_of(l)->lsm, l->procfs, err);
}

int init_execute(struct launch *l, struct error *err)
{
	struct program *p = &plan_of(l)->program;
	unsigned first = first_of_ours(l);
	int failed;

	if (!plan_of(l)->config)
		return fail(err, 0, "the config has no process to start");
	if (process_cloexec_from(first, err) < 0)
		return error_code(err);
	for (unsigned fd = 3; fd < first; fd++)
		(void)retry(fcntl((int)fd, F_SETFD, 0));
	signals_of_writing(true);
	(void)retry(execve(l->program, p->argv, p->envp));
	failed = errno;
	signals_of_writing(false);
	return program_explain(l->program, p->argv[0], failed, err);
}
