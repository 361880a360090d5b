/* SPDX-License-Identifier: Apache-2.0 */
/* test_launch.c - which steps a launch needs, where only another kernel would show it */
#include "unit.h"

#include "launch/launch.h"

#include <sched.h>
#include <string.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_needs_procfs),
		cmocka_unit_test(who_is_moved_waits),
		cmocka_unit_test(joining_is_done_in_hiding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
