/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_claim.c - the names that the tests themselves take below the kernel's hierarchies */
#include "unit.h"

#include "cgroup/hierarchy.h"
#include "cgroup_real.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int names_asked;

static void taken_then_free(char *ret, size_t size)
{
	(void)snprintf(ret, size, "%s/%s", strrchr(real_parent, '-') + 1,
		       names_asked++ ? "free" : "taken");
}

/* A pid is the same in every new pid namespace: two programs that come to the same name do not
 * share its cgroup, even if it is there in one hierarchy alone, and leave it as it is. */
static void test_a_name_is_claimed_once(void **state)
{
	struct cgroup theirs = CGROUP_EMPTY, ours = CGROUP_EMPTY;
	char path[64], taken[80], directory[CGROUP_PATH];
	struct error err;

	(void)state;
	(void)snprintf(taken, sizeof taken, "%s/taken", real_parent);
	real_discover(&theirs);
	real_must(cgroup_plan_places(&theirs, taken, "unused", &err), &err);
	hierarchy_path(&theirs.h[theirs.n - 1], directory);
	assert_int_equal(mkdir(directory, 0755), 0);
	names_asked = 0;
	real_must(real_claim(&ours, path, taken_then_free, &err), &err);
	assert_int_equal(names_asked, 2);
	assert_string_equal(strrchr(path, '/'), "/free");
	for (size_t i = 0; i < ours.n; i++) {
		assert_true(real_exists(&ours.h[i]));
		assert_int_equal(real_exists(&theirs.h[i]), i == theirs.n - 1);
	}
	assert_int_equal(rmdir(directory), 0);
	cgroup_done(&theirs);
	real_drop(&ours);
}

static int run(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_name_is_claimed_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
	return real_run(run);
}
