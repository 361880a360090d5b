/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cgroup_members.c - who is signalled when the members change between two looks
 *
 * A pid that was listed may be another process a moment later, so the list is read again when the
 * pidfd is open.  Here the first list comes from a fifo, and while it is being read the second one
 * takes its name: no race decides which of them is seen.
 */
#include "unit.h"

#include "base/auto.h"
#include "cgroup_tree.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct members {
	struct tree tree;
	char first[128], second[128];
};

static void text_put(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		_exit(1);
	(void)close(fd);
}

/* The lister: its open(2) of the fifo returns when the reader is there. */
static pid_t members_serve(const struct members *m, const char *first)
{
	pid_t lister = fork();
	int fd;

	if (lister != 0)
		return lister;
	fd = open(m->first, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || rename(m->second, m->first) < 0 ||
	    write(fd, first, strlen(first)) != (ssize_t)strlen(first))
		_exit(1);
	_exit(0);
}

/* A process that ends with the first of two signals that it got: SIGUSR1 comes before SIGTERM
 * however late it looks. */
static pid_t victim_start(void)
{
	sigset_t both;
	pid_t pid;
	int got;

	(void)sigemptyset(&both);
	(void)sigaddset(&both, SIGUSR1);
	(void)sigaddset(&both, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &both, NULL), 0);
	pid = fork();
	if (pid == 0)
		_exit(sigwait(&both, &got) == 0 ? got : 0);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &both, NULL), 0);
	return pid;
}

static int exit_code(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Was the victim signalled, with this list at the second look? */
static bool is_signalled(struct members *m, const char *second)
{
	char pid[16], list[64] = "";
	pid_t victim = victim_start(), lister;
	struct error err;
	int got;

	(void)snprintf(pid, sizeof pid, "%d\n", (int)victim);
	for (const char *c = second; *c; c++)
		(void)snprintf(list + strlen(list), sizeof list - strlen(list), "%.*s",
			       *c == '@' ? (int)strlen(pid) - 1 : 1, *c == '@' ? pid : c);
	assert_int_equal(mkfifo(m->first, 0600), 0);
	text_put(m->second, O_CREAT | O_TRUNC, list);
	lister = members_serve(m, pid);
	assert_int_equal(cgroup_signal(&m->tree.cg, SIGUSR1, &err), 0);
	assert_int_equal(exit_code(lister), 0);
	assert_int_equal(unlink(m->first), 0);
	assert_int_equal(kill(victim, SIGTERM), 0);
	got = exit_code(victim);
	assert_true(got == SIGUSR1 || got == SIGTERM);
	return got == SIGUSR1;
}

static void only_who_is_still_a_member_is_signalled(void **state)
{
	static const struct {
		const char *list; /* @: the victim's pid */
		bool member;
	} cases[] = {
		{ "@\n", true },
		{ "1\n@\n2\n", true },
		{ "7@\n@\n", true },
		{ "", false },
		{ "1\n", false },
		/* others' pids that begin or end as its own */
		{ "7@\n", false },
		{ "1\n7@\n2\n", false },
		{ "@7\n", false },
		{ "7@\n7@\n", false },
	};
	struct members m;

	(void)state;
	tree_make(&m.tree, TREE_V1);
	(void)snprintf(m.first, sizeof m.first, "%s/freezer/c/cgroup.procs", m.tree.top);
	(void)snprintf(m.second, sizeof m.second, "%s/freezer/c/second", m.tree.top);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool signalled = is_signalled(&m, cases[i].list);

		if (signalled != cases[i].member)
			print_error("case %zu\n", i);
		assert_int_equal(signalled, cases[i].member);
	}
	tree_drop(&m.tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_who_is_still_a_member_is_signalled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
