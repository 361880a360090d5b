/* SPDX-License-Identifier: Apache-2.0 */
/* test_launch.c - which steps a launch needs, where only another kernel would show it; and an end
 * of init that only a race would bring about */
#include "unit.h"

#include "launch/launch.h"

#include "sys/process.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t index_of(const struct step *steps, const char *name)
{
	size_t i = 0;

	while (steps[i].name && strcmp(steps[i].name, name) != 0)
		i++;
	assert_non_null(steps[i].name);
	return i;
}

static bool wants(const struct step *steps, const char *name, const struct launch *l)
{
	const struct step *s = &steps[index_of(steps, name)];

	return !s->wanted || s->wanted(l);
}

/* Labels are written through procfs. */
static void a_label_needs_procfs(void **state)
{
	struct launch l = { 0 };

	(void)state;
	assert_false(wants(init_steps, "open procfs", &l));
	l.plan.process.lsm.apparmor = "profile";
	assert_true(wants(init_steps, "open procfs", &l));
	l.plan.process.lsm.apparmor = NULL;
	l.plan.process.lsm.selinux = "label";
	assert_true(wants(init_steps, "open procfs", &l));
}

/* Without CLONE_INTO_CGROUP init is moved: until then it has to wait, or its cgroup namespace
 * begins at the caller's. */
static void who_is_moved_waits(void **state)
{
	struct launch l = { 0 };

	(void)state;
	assert_false(wants(runtime_steps, "let init into the cgroups", &l));
	assert_false(wants(init_steps, "enter the cgroups", &l));
	l.moved = true;
	assert_true(wants(runtime_steps, "let init into the cgroups", &l));
	assert_true(wants(init_steps, "enter the cgroups", &l));
	assert_true(index_of(init_steps, "enter the cgroups") <
		    index_of(init_steps, "make the cgroup namespace"));
}

/* CVE-2016-9962, also where the user namespace is new: its root could be the host's. */
static void joining_is_done_in_hiding(void **state)
{
	struct launch l = { 0 };

	(void)state;
	l.plan.container.namespaces.joined = CLONE_NEWNET;
	assert_true(wants(init_steps, "hide before joining", &l));
	l.plan.container.namespaces.fresh = CLONE_NEWUSER;
	assert_true(wants(init_steps, "hide from others", &l));
	assert_true(index_of(init_steps, "wait for the id maps") <
		    index_of(init_steps, "hide from others"));
	assert_true(index_of(init_steps, "hide from others") <
		    index_of(init_steps, "join namespaces"));
}

/* ---- the first process is killed when it has cloned the one that goes on in its place ---- */

/* A launch whose first process says INIT_PID, or dies before it does, and is dead. */
static void launch_of_the_dead(struct launch *l, int *other_end, bool tells)
{
	struct sync theirs = { .side = SYNC_INIT, .signals = -1 };
	siginfo_t info;
	struct error err;
	int pair[2];

	*l = (struct launch){ .sync = { .fd = -1, .signals = -1 },
			      .foreground = FOREGROUND_EMPTY,
			      .plan.container.cgroup = CGROUP_EMPTY };
	assert_int_equal(socket_pair(pair, &err), 0);
	l->sync.fd = pair[0];
	theirs.fd = *other_end = pair[1];
	l->init = fork();
	if (l->init == 0) {
		int self = process_open(getpid(), &err);

		if (tells && sync_send(&theirs, SYNC_INIT_PID, getpid(), &self, 1, &err) < 0)
			_exit(1);
		(void)raise(SIGKILL);
	}
	l->pidfd = process_open(l->init, &err);
	assert_true(l->pidfd >= 0);
	assert_int_equal(waitid(P_PID, (id_t)l->init, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(info.si_status, SIGKILL);
}

/* The second holds the socket open and waits for the runtime: no end of file will ever come. */
static void a_first_process_that_died_untold_is_noticed(void **state)
{
	struct launch l;
	struct error err;
	int other_end;

	(void)state;
	launch_of_the_dead(&l, &other_end, false);
	(void)alarm(20); /* where only the socket is looked at */
	assert_true(launch_follow(&l, &err) < 0);
	(void)alarm(0);
	assert_string_equal(err.text, "init died: SIGKILL");
	assert_true(l.reaped);
	(void)close(l.pidfd);
	(void)close(l.sync.fd);
	(void)close(other_end);
}

/* What it said before its end counts. */
static void a_first_process_that_told_may_die(void **state)
{
	struct sync_message m;
	struct sync theirs = { .side = SYNC_INIT, .signals = -1 };
	struct launch l;
	struct error err;

	(void)state;
	launch_of_the_dead(&l, &theirs.fd, true);
	assert_int_equal(launch_follow(&l, &err), 0);
	assert_int_equal(sync_expect(&theirs, SYNC_FOLLOW, &m, &err), 0);
	assert_false(l.reaped);
	(void)close(l.pidfd);
	(void)close(l.sync.fd);
	(void)close(theirs.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_needs_procfs),
		cmocka_unit_test(who_is_moved_waits),
		cmocka_unit_test(joining_is_done_in_hiding),
		cmocka_unit_test(a_first_process_that_died_untold_is_noticed),
		cmocka_unit_test(a_first_process_that_told_may_die),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
