/* SPDX-License-Identifier: Apache-2.0 */
/* test_mount_rootfs.c - the root is changed, and nothing of the old one is left */
#include "tests/unit/mount_box.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *const apis[] = { NULL, BOX_NO_NEW_API };

static void pivoted(struct box *box, void *arg)
{
	const char *linux_part = arg;
	char cwd[64];
	struct stat st;

	box_check(mkdir("dir", 0755) == 0);
	box_check(mkdir("rootfs/proc", 0755) == 0);
	box_ok(box, box_plan(box, "[{\"destination\":\"/proc\",\"type\":\"proc\"}]", linux_part));
	box->mounts.rootfs_readonly = true;
	box_ok(box, box_enter(box));
	box_ok(box, mounts_place(&box->mounts, box->rootfs, &box->err));
	box_ok(box, rootfs_pivot(&box->mounts, box->rootfs, false, &box->err));
	box_check(getcwd(cwd, sizeof cwd) && strcmp(cwd, "/") == 0);
	box_check(stat("/etc", &st) < 0 && stat("/dir", &st) < 0 && stat("/proc/self", &st) == 0);
	box_check(box_open_fails(AT_FDCWD, "/x", EROFS));
}

static void the_old_root_is_gone(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, pivoted, NULL));
	}
}

static void moved(struct box *box, void *arg)
{
	struct stat st;
	FILE *f;
	char line[512];
	int others = 0;

	(void)arg;
	box_ok(box, box_place(box, "[{\"destination\":\"/proc\",\"type\":\"proc\"}]"));
	box_ok(box, rootfs_pivot(&box->mounts, box->rootfs, true, &box->err));
	box_check(stat("/etc", &st) < 0 && stat("/proc/self", &st) == 0);
	f = fopen("/proc/self/mountinfo", "re");
	box_check(f);
	while (fgets(line, sizeof line, f))
		others += strstr(line, " - proc ") || strstr(line, " - sysfs ");
	box_check(others == 1);
}

static void without_pivot_no_other_procfs_is_left(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, moved, NULL));
	}
}

/* A tmpfs with "ro" becomes read-only last of all, long after it was placed: what fails then still
 * says which entry of the config it was.  Here the first entry has no plan, and the descriptor that
 * was kept leads to no mount. */
static void late_read_only(struct box *box, void *arg)
{
	char want[64];
	size_t *n = arg;

	box_ok(box, box_plan(box,
			     "[{\"destination\":\"/a\",\"type\":\"tmpfs\"},"
			     "{\"destination\":\"/b\",\"type\":\"tmpfs\",\"options\":[\"ro\"]},"
			     "{\"destination\":\"/c\",\"type\":\"tmpfs\",\"options\":[\"ro\"]}]",
			     NULL));
	box_ok(box, box_enter(box));
	box->mounts.v++;
	box->mounts.n--;
	box_ok(box, mounts_place(&box->mounts, box->rootfs, &box->err));
	box_check(dup2(STDERR_FILENO, box->mounts.v[*n - 1].read_only_later) >= 0);
	box_check(rootfs_pivot(&box->mounts, box->rootfs, false, &box->err) < 0);
	(void)snprintf(want, sizeof want, "/mounts/%zu/options", *n);
	box_equal(box->err.pointer, want);
}

/* The same while they are placed: what should be the source is no mount. */
static void unplaceable(struct box *box, void *arg)
{
	(void)arg;
	box_ok(box, box_plan(box,
			     "[{\"destination\":\"/a\",\"type\":\"tmpfs\"},"
			     "{\"destination\":\"/b\",\"type\":\"bind\",\"source\":\"@\"}]",
			     NULL));
	box_check(dup2(STDERR_FILENO, box->mounts.v[1].source_fd) >= 0);
	box_ok(box, box_enter(box));
	box->mounts.v++;
	box->mounts.n--;
	box_check(mounts_place(&box->mounts, box->rootfs, &box->err) < 0);
	box_check(strncmp(box->err.pointer, "/mounts/1", 9) == 0);
}

static void a_failure_says_which_entry_of_mounts_it_was(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		for (size_t n = 1; n <= 2; n++) {
			box = (struct box){ .no = apis[a] };
			assert_true(box_run(&box, late_read_only, &n));
		}
		box = (struct box){ .no = apis[a] };
		assert_true(box_run(&box, unplaceable, NULL));
	}
}

struct propagation {
	const char *linux_part, *want;
};

static void propagated(struct box *box, void *arg)
{
	const struct propagation *p = arg;
	char line[512] = "", want[64];
	FILE *f;

	box_ok(box,
	       box_plan(box, "[{\"destination\":\"/proc\",\"type\":\"proc\"}]", p->linux_part));
	box_ok(box, box_enter(box));
	box_ok(box, mounts_place(&box->mounts, box->rootfs, &box->err));
	box_ok(box, rootfs_pivot(&box->mounts, box->rootfs, false, &box->err));
	f = fopen("/proc/self/mountinfo", "re");
	box_check(f && fgets(line, sizeof line, f));
	(void)snprintf(want, sizeof want, "rw,relatime %s", p->want);
	box_check(strstr(line, want));
}

static void the_rootfs_has_the_propagation_asked_for(void **state)
{
	static const struct propagation rows[] = {
		{ "{}", "- tmpfs" },
		{ "{\"rootfsPropagation\":\"private\"}", "- tmpfs" },
		{ "{\"rootfsPropagation\":\"rprivate\"}", "- tmpfs" },
		{ "{\"rootfsPropagation\":\"slave\"}", "master:" },
		{ "{\"rootfsPropagation\":\"rslave\"}", "master:" },
		{ "{\"rootfsPropagation\":\"shared\"}", "shared:" },
		{ "{\"rootfsPropagation\":\"rshared\"}", "shared:" },
		{ "{\"rootfsPropagation\":\"unbindable\"}", "unbindable" },
		{ "{\"rootfsPropagation\":\"runbindable\"}", "unbindable" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t a = 0; a < 2; a++) {
			struct box box = { .no = apis[a] };

			print_message("%s\n", rows[i].linux_part);
			assert_true(box_run(&box, propagated, (void *)&rows[i]));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_old_root_is_gone),
		cmocka_unit_test(without_pivot_no_other_procfs_is_left),
		cmocka_unit_test(a_failure_says_which_entry_of_mounts_it_was),
		cmocka_unit_test(the_rootfs_has_the_propagation_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
