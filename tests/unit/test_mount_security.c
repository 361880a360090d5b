/* SPDX-License-Identifier: Apache-2.0 */
/* test_mount_security.c - hostile images: nothing is mounted, made or removed outside the rootfs */
#include "tests/unit/mount_box.h"
#include "tests/unit/unit.h"

#include "base/auto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

static const char *const apis[] = { NULL, BOX_NO_NEW_API, "openat2," BOX_NO_NEW_API };
enum { RACES = 1000 };

/* In outside/ there is the file that was there, and nothing else. */
static void check_outside(void)
{
	auto_dir DIR *d = opendir("outside");
	const struct dirent *e;

	box_check(d);
	while ((e = readdir(d)) != NULL)
		box_check(e->d_name[0] == '.' || strcmp(e->d_name, "keep") == 0);
	box_check(access("outside/keep", F_OK) == 0);
}

static size_t mounts_outside(void)
{
	char line[4096];
	size_t n = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	box_check(f);
	while (fgets(line, sizeof line, f))
		n += strstr(line, "/rootfs") == NULL;
	(void)fclose(f);
	return n;
}

static void outside_make(void)
{
	box_check(mkdir("outside", 0755) == 0);
	box_file("outside/keep", "x");
}

/* ---- links at the places of proc and sysfs ---- */

struct trap {
	const char *link, *at, *mounts, *pointer;
};

static void trapped(struct box *box, void *arg)
{
	const struct trap *t = arg;
	size_t before;

	outside_make();
	box_check(mkdir("rootfs/tmp", 0755) == 0 && mkdir("rootfs/tmp/x", 0755) == 0);
	box_check(symlink(t->link, t->at) == 0);
	box_ok(box, box_plan(box, t->mounts, NULL));
	box_ok(box, box_enter(box));
	before = mounts_outside();
	box_check(mounts_place(&box->mounts, box->rootfs, &box->err) < 0);
	box_check(strncmp(box_message(box), t->pointer, strlen(t->pointer)) == 0 ||
		  (fprintf(stderr, "%s\n", box_message(box)), false));
	box_check(mounts_outside() == before);
	check_outside();
}

static void proc_and_sysfs_never_follow_links(void **state)
{
	static const struct trap traps[] = {
		{ "/tmp", "rootfs/proc", "[{\"destination\":\"/proc\",\"type\":\"proc\"}]",
		  "/mounts/0/destination: " },
		{ "tmp", "rootfs/sys", "[{\"destination\":\"/sys\",\"type\":\"sysfs\"}]",
		  "/mounts/0/destination: " },
		{ "../outside", "rootfs/proc", "[{\"destination\":\"proc\",\"type\":\"proc\"}]",
		  "/mounts/0/destination: " },
		{ "tmp", "rootfs/a", "[{\"destination\":\"/a/x\",\"type\":\"proc\"}]",
		  "/mounts/0/destination: " },
		{ "tmp", "rootfs/a", "[{\"destination\":\"/a/missing\",\"type\":\"sysfs\"}]",
		  "/mounts/0/destination: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof traps / sizeof *traps; i++)
		for (size_t a = 0; a < sizeof apis / sizeof *apis; a++) {
			struct box box = { .no = apis[a] };

			print_message("%s %s\n", traps[i].at, traps[i].mounts);
			assert_true(box_run(&box, trapped, (void *)&traps[i]));
		}
}

static void a_file_is_no_target_for_proc(struct box *box, void *arg)
{
	(void)arg;
	box_file("rootfs/proc", "x");
	box_check(box_place(box, "[{\"destination\":\"/proc\",\"type\":\"proc\"}]") < 0);
	box_check(strncmp(box_message(box), "/mounts/0/destination: ", 23) == 0);
}

static void proc_needs_a_real_directory(void **state)
{
	(void)state;
	for (size_t a = 0; a < sizeof apis / sizeof *apis; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, a_file_is_no_target_for_proc, NULL));
	}
}

/* ---- links elsewhere lead to places inside ---- */

struct escape {
	const char *before;
	bool absolute; /* the directory of the box comes between */
	const char *after;
};

static void escaping(struct box *box, void *arg)
{
	const struct escape *link = arg;
	char top[256], target[512];
	size_t before;

	outside_make();
	box_check(getcwd(top, sizeof top));
	(void)snprintf(target, sizeof target, "%s%s%s", link->before, link->absolute ? top : "",
		       link->after);
	box_check(symlink(target, "rootfs/dev") == 0 && symlink(target, "rootfs/data") == 0);
	box_ok(box, box_plan(box,
			     "[{\"destination\":\"/data\",\"type\":\"tmpfs\"},"
			     "{\"destination\":\"/data/deep/x\",\"type\":\"tmpfs\"},"
			     "{\"destination\":\"/data/keep\",\"source\":\"outside/keep\","
			     "\"type\":\"bind\"}]",
			     "{\"maskedPaths\":[\"/data\"],\"readonlyPaths\":[\"/data\"]}"));
	box_ok(box, devices_plan(box->config, false, box->arena, &box->devices, &box->err));
	box_ok(box, box_enter(box));
	before = mounts_outside();
	/* inside the rootfs it may work or fail; outside nothing happens */
	if (mounts_place(&box->mounts, box->rootfs, &box->err) >= 0)
		box_check(strstr(box_mounts(), " tmpfs none rw"));
	(void)devices_make(&box->devices, box->rootfs, &box->err);
	(void)masks_apply(&box->config->linux->masked_paths, &box->config->linux->readonly_paths,
			  box->rootfs, null_open(&box->err), &box->err);
	box_check(mounts_outside() == before);
	check_outside();
}

static void links_to_the_host_stay_inside(void **state)
{
	static const struct escape links[] = {
		{ "", true, "/outside" },
		{ "../outside", false, "" },
		{ "../../../../../..", true, "/outside" },
		{ "/proc/self/cwd/outside", false, "" },
		{ "/proc/1/root", false, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		for (size_t a = 0; a < sizeof apis / sizeof *apis; a++) {
			struct box box = { .no = apis[a] };

			print_message("%s %s\n", links[i].before, links[i].after);
			assert_true(box_run(&box, escaping, (void *)&links[i]));
		}
}

/* ptmx and the links of /dev are removed and made by fd: the host's files stay. */
static void dev_link(struct box *box, void *arg)
{
	struct stat st;

	(void)arg;
	outside_make();
	box_file("outside/ptmx", "host's");
	box_check(symlink("../outside", "rootfs/dev") == 0);
	box_ok(box, box_plan(box, "[]", NULL));
	box_ok(box, devices_plan(box->config, false, box->arena, &box->devices, &box->err));
	box_ok(box, box_enter(box));
	(void)devices_make(&box->devices, box->rootfs, &box->err);
	box_check(lstat("outside/ptmx", &st) == 0 && S_ISREG(st.st_mode));
	box_check(unlink("outside/ptmx") == 0);
	check_outside();
}

static void a_dev_link_removes_nothing_outside(void **state)
{
	(void)state;
	for (size_t a = 0; a < sizeof apis / sizeof *apis; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, dev_link, NULL));
	}
}

static void no_targets_in_ro_binds(struct box *box, void *arg)
{
	(void)arg;
	outside_make();
	box_check(box_place(box, "[{\"destination\":\"/b\",\"source\":\"outside\",\"options\":"
				 "[\"bind\",\"ro\"]},"
				 "{\"destination\":\"/b/new\",\"type\":\"tmpfs\"}]") < 0);
	check_outside();
}

static void mount_points_are_not_made_in_read_only_binds(void **state)
{
	(void)state;
	for (size_t a = 0; a < sizeof apis / sizeof *apis; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, no_targets_in_ro_binds, NULL));
	}
}

/* ---- races: a directory of the path is exchanged with a link while we mount ---- */

static _Noreturn void exchange_for_ever(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		(void)syscall(SYS_renameat2, AT_FDCWD, "rootfs/a", AT_FDCWD, "rootfs/evil",
			      RENAME_EXCHANGE);
}

/* Everything mounted inside goes, so that the next round begins anew. */
static void unmount_inside(void)
{
	char line[4096], *point;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	box_check(f);
	while (fgets(line, sizeof line, f)) {
		char *at = line;

		for (int i = 0; i < 4; i++)
			at = strchr(at, ' ') + 1;
		at[strcspn(at, " ")] = '\0';
		point = strstr(at, "/rootfs/");
		if (point)
			(void)umount2(at, MNT_DETACH | UMOUNT_NOFOLLOW);
	}
	(void)fclose(f);
}

static void race(struct box *box, void *arg)
{
	const struct oci_linux *l;
	size_t before, placed = 0;
	auto_fd int null_fd = -1;
	pid_t pid;

	(void)arg;
	outside_make();
	box_check(mkdir("rootfs/a", 0755) == 0 && symlink("../outside", "rootfs/evil") == 0);
	box_ok(box, box_plan(box,
			     "[{\"destination\":\"/a/t\",\"type\":\"tmpfs\"},"
			     "{\"destination\":\"/a/new/deep\",\"type\":\"tmpfs\"}]",
			     "{\"maskedPaths\":[\"/a/t\"],\"readonlyPaths\":[\"/a\"],"
			     "\"devices\":[{\"path\":\"/a/dev/p\",\"type\":\"p\"}]}"));
	box_ok(box, devices_plan(box->config, false, box->arena, &box->devices, &box->err));
	l = box->config->linux;
	box_ok(box, box_enter(box));
	null_fd = null_open(&box->err);
	before = mounts_outside();
	pid = fork();
	if (pid == 0)
		exchange_for_ever();
	for (int i = 0; i < RACES; i++) {
		placed += mounts_place(&box->mounts, box->rootfs, &box->err) >= 0;
		(void)devices_make(&box->devices, box->rootfs, &box->err);
		(void)masks_apply(&l->masked_paths, &l->readonly_paths, box->rootfs, null_fd,
				  &box->err);
		box_check(mounts_outside() == before);
		unmount_inside();
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	check_outside();
	print_message("%zu of %d placed\n", placed, RACES);
}

static void exchanged_directories_never_lead_out(void **state)
{
	(void)state;
	for (size_t a = 0; a < sizeof apis / sizeof *apis; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, race, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proc_and_sysfs_never_follow_links),
		cmocka_unit_test(proc_needs_a_real_directory),
		cmocka_unit_test(links_to_the_host_stay_inside),
		cmocka_unit_test(a_dev_link_removes_nothing_outside),
		cmocka_unit_test(mount_points_are_not_made_in_read_only_binds),
		cmocka_unit_test(exchanged_directories_never_lead_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
