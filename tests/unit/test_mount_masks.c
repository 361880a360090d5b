/* SPDX-License-Identifier: Apache-2.0 */
/* test_mount_masks.c - masked and read-only paths */
#include "tests/unit/mount_box.h"
#include "tests/unit/unit.h"

#include "base/auto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char *const apis[] = { NULL, BOX_NO_NEW_API };

static const char masks[] = "{\"maskedPaths\":[\"/secret\",\"/dir1\",\"/none\",\"/link\",\"/dir2\","
			    "\"/secret/x\"],\"readonlyPaths\":[\"/ro\",\"/ro-file\",\"/none\"]}";

static void image(void)
{
	box_check(mkdir("rootfs/dir1", 0755) == 0 && mkdir("rootfs/dir2", 0755) == 0);
	box_check(mkdir("rootfs/ro", 0755) == 0 && mkdir("rootfs/ro/sub", 0755) == 0);
	box_check(mkdir("rootfs/dev", 0755) == 0);
	box_check(symlink("/hidden", "rootfs/link") == 0);
	box_file("rootfs/dev/null", "replaced by the image");
	box_file("rootfs/secret", "x");
	box_file("rootfs/hidden", "x");
	box_file("rootfs/ro-file", "x");
	box_file("rootfs/dir1/f", "x");
	box_file("rootfs/dir2/f", "x");
}

static int apply(struct box *box)
{
	const struct oci_linux *l = box->config->linux;
	auto_fd int null_fd = -1;

	null_fd = null_open(&box->err);
	box_ok(box, null_fd);
	return masks_apply(&l->masked_paths, &l->readonly_paths, box->rootfs, null_fd, &box->err);
}

static bool is_null(int rootfs, const char *name)
{
	struct stat st;

	return fstatat(rootfs, name, &st, 0) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(1, 3);
}

static void masked(struct box *box, void *arg)
{
	struct stat one, two, st;

	(void)arg;
	image();
	box_ok(box, box_plan(box, "[{\"destination\":\"/ro/sub\",\"type\":\"tmpfs\"}]", masks));
	box_ok(box, box_enter(box));
	box_ok(box, mounts_place(&box->mounts, box->rootfs, &box->err));
	box_ok(box, apply(box));
	box_check(is_null(box->rootfs, "secret"));
	box_check(is_null(box->rootfs, "hidden"));
	box_check(fstatat(box->rootfs, "dir1/f", &st, 0) < 0 && errno == ENOENT);
	box_check(fstatat(box->rootfs, "dir2/f", &st, 0) < 0 && errno == ENOENT);
	box_check(fstatat(box->rootfs, "dir1", &one, 0) == 0);
	box_check(fstatat(box->rootfs, "dir2", &two, 0) == 0 && one.st_dev == two.st_dev);
	box_check(box_open_fails(box->rootfs, "dir1/new", EROFS));
	box_check(box_open_fails(box->rootfs, "dir2/new", EROFS));
	box_check(box_open_fails(box->rootfs, "ro/new", EROFS));
	box_check(box_open_fails(box->rootfs, "ro-file", EROFS));
	/* mounts below a read-only path are so, too, where the kernel can */
	box_check(box->no || box_open_fails(box->rootfs, "ro/sub/new", EROFS));
	box_check(!box_open_fails(box->rootfs, "new", EROFS));
}

/* What is mounted below a read-only path stays visible: a bind of the path alone would show the
 * image's directory that lies under it instead. */
static void readonly_tree(struct box *box, void *arg)
{
	struct stat st;

	(void)arg;
	image();
	box_file("rootfs/ro/sub/covered", "x");
	box_ok(box, box_plan(box, "[{\"destination\":\"/ro/sub\",\"type\":\"tmpfs\"}]", masks));
	box_ok(box, box_enter(box));
	box_ok(box, mounts_place(&box->mounts, box->rootfs, &box->err));
	box_check(mkdirat(box->rootfs, "ro/sub/seen", 0755) == 0);
	box_ok(box, apply(box));
	box_check(fstatat(box->rootfs, "ro/sub/seen", &st, 0) == 0);
	box_check(fstatat(box->rootfs, "ro/sub/covered", &st, 0) < 0 && errno == ENOENT);
	/* ... and read-only, where the kernel can do that to a whole tree */
	box_check(box->no || box_open_fails(box->rootfs, "ro/sub/seen/new", EROFS));
}

static void mounts_below_a_readonly_path_stay(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, readonly_tree, NULL));
		box = (struct box){ .no = apis[a], .user_namespace = true };
		assert_true(box_run(&box, readonly_tree, NULL));
	}
}

static void masked_paths_are_empty_and_readonly_paths_read_only(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, masked, NULL));
		box = (struct box){ .no = apis[a], .user_namespace = true };
		assert_true(box_run(&box, masked, NULL));
	}
}

static void false_null(struct box *box, void *arg)
{
	const struct oci_linux *l;
	auto_fd int fake = -1;

	(void)arg;
	image();
	box_ok(box, box_plan(box, "[]", masks));
	box_ok(box, box_enter(box));
	l = box->config->linux;
	fake = openat(box->rootfs, "dev/null", O_PATH | O_CLOEXEC);
	box_check(masks_apply(&l->masked_paths, &l->readonly_paths, box->rootfs, fake, &box->err) <
		  0);
	box_check(strstr(box_message(box), "is not the null device"));
	fake = open("/dev/zero", O_PATH | O_CLOEXEC);
	box_check(masks_apply(&l->masked_paths, &l->readonly_paths, box->rootfs, fake, &box->err) <
		  0);
	/* and a host whose /dev/null was replaced is noticed */
	box_check(mount("/dev/zero", "/dev/null", NULL, MS_BIND, NULL) == 0);
	box_check(null_open(&box->err) < 0 && strstr(box_message(box), "char 1:3"));
}

static void only_the_real_null_device_masks(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, false_null, NULL));
}

static void loops(struct box *box, void *arg)
{
	(void)arg;
	box_check(symlink("loop", "rootfs/loop") == 0);
	box_ok(box, box_plan(box, "[]", "{\"maskedPaths\":[\"/none\",\"/loop\"]}"));
	box_ok(box, box_enter(box));
	box_check(apply(box) < 0);
	box_check(strncmp(box_message(box), "/linux/maskedPaths/1: ", 22) == 0);
}

static void a_path_that_cannot_be_masked_is_an_error(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, loops, NULL));
}

/* ---- cgroup mounts ---- */

/* Two "hierarchies" of a hybrid machine: directories stand for the container's cgroups. */
static const struct mount_cgroup *hierarchies(void)
{
	static struct mount_cgroup h[3] = {
		{ 1, "cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct", NULL, NULL },
		{ 1, "name=systemd", "/sys/fs/cgroup/systemd", NULL, NULL },
		{ 2, "", "/sys/fs/cgroup/unified", NULL, NULL },
	};
	static char paths[3][300];
	char cwd[128];

	box_check(getcwd(cwd, sizeof cwd) && mkdir("cg", 0755) == 0);
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(paths[i], sizeof paths[i], "%s/cg/h%zu", cwd, i);
		box_check(mkdir(paths[i], 0755) == 0);
		h[i].directory = paths[i];
	}
	return h;
}

static void hybrid(struct box *box, void *arg)
{
	char link[64] = "";

	(void)arg;
	box->mounts.cgroups = hierarchies();
	box->mounts.n_cgroups = 3;
	box_ok(box,
	       box_place(box, "[{\"destination\":\"/cg\",\"type\":\"cgroup\",\"source\":\"cgroup\","
			      "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]},"
			      "{\"destination\":\"/rw\",\"type\":\"cgroup\"}]"));
	box_check(readlinkat(box->rootfs, "cg/cpu", link, sizeof link) == 11);
	box_equal(link, "cpu,cpuacct");
	box_check(box_open_fails(box->rootfs, "cg/new", EROFS));
	box_check(box_open_fails(box->rootfs, "cg/cpuacct/new", EROFS));
	box_check(box_open_fails(box->rootfs, "cg/systemd/new", EROFS));
	box_check(box_open_fails(box->rootfs, "cg/unified/new", EROFS));
	box_check(!box_open_fails(box->rootfs, "rw/unified/new", EROFS));
	box_check(strstr(box_mounts(), "/cg/unified ro,nosuid,nodev,noexec,relatime "));
	box_check(access("cg/h2/new", F_OK) == 0);
}

struct atime {
	const char *option, *want;
	bool one; /* hierarchy, which is cgroup2: no tmpfs around it */
};

/* The kernel takes a new atime mode only where the mask of all of them is cleared with it. */
static void atimes(struct box *box, void *arg)
{
	static const char *const places[] = { "/cg", "/cg/cpu,cpuacct", "/cg/systemd",
					      "/cg/unified" };
	const struct atime *a = arg;
	char mounts[256], want[128];

	box->mounts.cgroups = hierarchies();
	box->mounts.n_cgroups = 3;
	if (a->one) {
		box->mounts.cgroups += 2;
		box->mounts.n_cgroups = 1;
	}
	(void)snprintf(mounts, sizeof mounts,
		       "[{\"destination\":\"/cg\",\"type\":\"cgroup\",\"options\":[\"%s\"]}]",
		       a->option);
	box_ok(box, box_place(box, mounts));
	for (size_t i = 0; i < (a->one ? 1 : ARRAY_SIZE(places)); i++) {
		(void)snprintf(want, sizeof want, "%s rw%s tmpfs ", places[i], a->want);
		box_check(strstr(box_mounts(), want) ||
			  (fprintf(stderr, "%s: %s\n%s", a->option, want, box_mounts()), false));
	}
}

static void a_tree_of_cgroups_has_the_atime_mode_asked_for(void **state)
{
	static const struct atime rows[] = {
		{ "rw", ",relatime", false },
		{ "relatime", ",relatime", false },
		{ "noatime", ",noatime", false },
		{ "rnoatime", ",noatime", false },
		{ "strictatime", "", false },
		{ "rstrictatime", "", false },
		{ "nodiratime", ",nodiratime,relatime", false },
		{ "relatime", ",relatime", true },
		{ "noatime", ",noatime", true },
		{ "rnoatime", ",noatime", true },
		{ "strictatime", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t a = 0; a < 2; a++) {
			struct box box = { .no = apis[a] };

			print_message("%s\n", rows[i].option);
			assert_true(box_run(&box, atimes, (void *)&rows[i]));
		}
}

static void unified(struct box *box, void *arg)
{
	(void)arg;
	box->mounts.cgroups = hierarchies() + 2;
	box->mounts.n_cgroups = 1;
	box_ok(box,
	       box_place(box,
			 "[{\"destination\":\"/cg\",\"type\":\"cgroup\",\"source\":\"cgroup\","
			 "\"options\":[\"rw\",\"noexec\"]},"
			 "{\"destination\":\"/ro\",\"type\":\"cgroup\",\"options\":[\"ro\"]}]"));
	box_check(box_open_fails(box->rootfs, "ro/new", EROFS));
	box_check(!box_open_fails(box->rootfs, "cg/new", EROFS));
	box_check(access("cg/h2/new", F_OK) == 0);
}

static void nothing_there(struct box *box, void *arg)
{
	(void)arg;
	box_check(box_place(box, "[{\"destination\":\"/cg\",\"type\":\"cgroup\"}]") < 0);
	box_equal(box_message(box),
		  "/mounts/0/type: no cgroup hierarchy is mounted on this machine");
}

static void a_cgroup_mount_shows_the_container_s_own(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, hybrid, NULL));
		box = (struct box){ .no = apis[a] };
		assert_true(box_run(&box, unified, NULL));
		box = (struct box){ .no = apis[a] };
		assert_true(box_run(&box, nothing_there, NULL));
		box = (struct box){ .no = apis[a], .user_namespace = true };
		assert_true(box_run(&box, hybrid, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masked_paths_are_empty_and_readonly_paths_read_only),
		cmocka_unit_test(mounts_below_a_readonly_path_stay),
		cmocka_unit_test(only_the_real_null_device_masks),
		cmocka_unit_test(a_path_that_cannot_be_masked_is_an_error),
		cmocka_unit_test(a_cgroup_mount_shows_the_container_s_own),
		cmocka_unit_test(a_tree_of_cgroups_has_the_atime_mode_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
