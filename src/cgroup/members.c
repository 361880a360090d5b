/* SPDX-License-Identifier: Apache-2.0 */
/*
 * members.c - signals and kills all processes of the container's cgroup
 *
 * A pid read from cgroup.procs may belong to somebody else a moment later.  So pidfds are opened,
 * the list is read again, and only what is still a member is signalled, through its pidfd: one that
 * was opened on a stranger is no member, one whose process is gone reaches nobody.
 */
#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "cgroup/tree.h"
#include "sys/file.h"
#include "sys/process.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

enum { BATCH = 64, PROCS_MAX = 64 << 20 };

struct signalling {
	int signal;
	bool thaw;	/* v1: what is frozen dies only when thawed */
	size_t members; /* seen */
};

struct batch {
	size_t n;
	pid_t pid[BATCH];
	int pidfd[BATCH];
};

/* The file whole. */
static int read_list(int fd, const char *name, char **ret_text, struct error *err)
{
	auto_fd int file = file_open(fd, name, O_RDONLY, 0, err);
	size_t len;

	return file < 0 ? file : file_read_fd(file, PROCS_MAX, ret_text, &len, err);
}

/* A threaded v2 cgroup can't be asked for its processes (EOPNOTSUPP), only for its threads. */
static int read_members(int fd, char **ret_text, struct error *err)
{
	int r = read_list(fd, "cgroup.procs", ret_text, err);

	if (r < 0 && err->errno_value == EOPNOTSUPP)
		r = read_list(fd, "cgroup.threads", ret_text, err);
	return r;
}

/* Opens the next pids of the list.  0 is a process outside our pid namespace; what is no process
 * but one of its other threads (ENOENT since Linux 6.15) is left out. */
static int fill_batch(struct batch *batch, char **at, struct error *err)
{
	batch->n = 0;
	while (**at && batch->n < BATCH) {
		char *begin = *at;
		pid_t pid = (pid_t)strtol(begin, at, 10);
		int pidfd;

		while (**at == '\n')
			(*at)++;
		if (pid <= 0 || pid == getpid())
			continue;
		pidfd = process_open(pid, err);
		if (pidfd < 0 && (err->errno_value == ESRCH || err->errno_value == ENOENT))
			continue;
		if (pidfd < 0 && batch->n == 0)
			return pidfd;
		if (pidfd < 0) {
			*at = begin; /* no descriptor is left: those before it go first */
			break;
		}
		batch->pid[batch->n] = pid;
		batch->pidfd[batch->n++] = pidfd;
	}
	return 0;
}

static bool is_member(const char *members, pid_t pid)
{
	char word[16];
	size_t n = (size_t)snprintf(word, sizeof word, "%d\n", (int)pid);

	for (const char *at = members; (at = strstr(at, word)) != NULL; at += n)
		if (at == members || at[-1] == '\n')
			return true;
	return false;
}

static int signal_batch(int fd, struct batch *batch, int signal, struct error *err)
{
	auto_free char *members = NULL;
	int r = batch->n ? read_members(fd, &members, err) : 0;

	for (size_t i = 0; i < batch->n; i++) {
		if (r >= 0 && is_member(members, batch->pid[i])) {
			r = process_signal(batch->pidfd[i], signal, err);
			if (r < 0 && err->errno_value == ESRCH)
				r = 0;
		}
		close_fd(&batch->pidfd[i]);
	}
	return r;
}

static int signal_one_cgroup(int fd, void *context, struct error *err)
{
	struct signalling *s = context;
	auto_free char *members = NULL;
	struct batch batch;
	char *at;
	int r = read_members(fd, &members, err);

	for (at = members; r >= 0 && *at;) {
		r = fill_batch(&batch, &at, err);
		if (r < 0)
			break;
		s->members += batch.n;
		r = signal_batch(fd, &batch, s->signal, err);
	}
	if (r >= 0 && s->thaw)
		r = file_poke(fd, "freezer.state", "THAWED", err);
	return r;
}

static int signal_tree(const struct cgroup *cg, struct cgroup_hierarchy *h, struct signalling *s,
		       struct error *err)
{
	s->thaw = s->signal == SIGKILL && h == cgroup_home(cg, CGROUP_FREEZER) && h->version == 1;
	if (tree_walk(h->fd, signal_one_cgroup, s, err) < 0)
		return within(err, "cgroup \"%s\"", h->path);
	return 0;
}

bool cgroup_is_anywhere(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		if (*cg->h[i].path)
			return true;
	return false;
}

int cgroup_signal(const struct cgroup *cg, int signal, struct error *err)
{
	struct cgroup_hierarchy *h = cgroup_home(cg, CGROUP_FREEZER);
	struct signalling s = { .signal = signal };

	for (size_t i = 0; i < cg->n && !hierarchy_is_there(h); i++)
		h = &cg->h[i];
	if (!hierarchy_is_there(h))
		return 0;
	return signal_tree(cg, h, &s, err);
}

/* 1: nobody is in it, 0: somebody is.  v2 tells for the whole tree. */
static int is_empty(const struct cgroup_hierarchy *h, struct error *err)
{
	char text[CGROUP_TEXT];

	if (h->version == 1)
		return 0; /* unknown */
	if (cgroup_file_read(h->fd, "cgroup.events", text, sizeof text, err) < 0)
		return cgroup_is_gone(err) ? 1 : error_code(err);
	return cgroup_file_field(text, "populated", 0) == 0;
}

/* One round over the directories that are ours.  Returns how many processes there still were. */
static long kill_round(const struct cgroup *cg, struct error *err)
{
	struct signalling s = { .signal = SIGKILL };

	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];
		size_t before = s.members;
		int r;

		if (!h->made || !hierarchy_is_there(h))
			continue;
		r = is_empty(h, err);
		if (r > 0)
			continue;
		if (r == 0 && h->version == 2 && file_poke(h->fd, "cgroup.kill", "1", err) >= 0)
			s.members++;
		else if (r >= 0)
			r = signal_tree(cg, h, &s, err);
		if (r < 0)
			return r;
		/* Invisible processes (of another pid namespace) count, too. */
		if (h->version == 2 && s.members == before)
			s.members++;
	}
	return (long)s.members;
}

/* A fork bomb outruns signals: it is frozen first. */
static void hold(const struct cgroup *cg, bool frozen)
{
	struct cgroup_hierarchy *h = cgroup_home(cg, CGROUP_FREEZER);
	struct error ignored;

	if (h && h->made && hierarchy_is_there(h) && h->version == 1)
		(void)cgroup_freeze(cg, frozen, &ignored);
}

int cgroup_kill(struct cgroup *cg, int timeout_ms, struct error *err)
{
	int64_t deadline = cgroup_deadline(timeout_ms);
	unsigned pause = 100;

	for (int round = 0;; round++) {
		long left;

		if (round > 2)
			hold(cg, true);
		left = kill_round(cg, err);
		if (left < 0 && round > 2)
			hold(cg, false);
		if (left <= 0)
			return left < 0 ? error_code(err) : 0;
		if (!cgroup_back_off(deadline, &pause))
			return fail(err, EBUSY, "%ld processes survive SIGKILL", left);
	}
}

int cgroup_some_members(const struct cgroup *cg, pid_t *ret_pids, size_t n, struct error *err)
{
	size_t used = 0;

	for (size_t i = 0; i < cg->n; i++) {
		char text[CGROUP_TEXT], *at = text, *end;
		int fd = cg->h[i].fd;

		if (fd < 0)
			continue;
		if (cgroup_file_read(fd, "cgroup.procs", text, sizeof text, err) < 0 &&
		    (err->errno_value != EOPNOTSUPP ||
		     cgroup_file_read(fd, "cgroup.threads", text, sizeof text, err) < 0))
			return within(err, "cgroup \"%s\"", cg->h[i].path);
		/* A number that was cut by the buffer's end has no newline. */
		while (used < n && (end = strchr(at, '\n')) != NULL) {
			ret_pids[used++] = (pid_t)strtol(at, NULL, 10);
			at = end + 1;
		}
		if (used < n && *at && strlen(text) < sizeof text - 1)
			ret_pids[used++] = (pid_t)strtol(at, NULL, 10);
	}
	return (int)used;
}
