/* SPDX-License-Identifier: Apache-2.0 */
/* test_mount_devices.c - /dev: nodes, links, terminals; made, or bound in a user namespace */
#include "tests/unit/mount_box.h"
#include "tests/unit/unit.h"

#include "base/auto.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char *const apis[] = { NULL, BOX_NO_NEW_API };

static const char dev_tmpfs[] =
	"[{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
	"\"options\":[\"nosuid\",\"mode=755\"]}]";
static const char with_pts[] = "[{\"destination\":\"/dev\",\"type\":\"tmpfs\"},"
			       "{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"options\":"
			       "[\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"]}]";

static int make(struct box *box, const char *mounts, const char *linux_part)
{
	int r = box_plan(box, mounts, linux_part);

	if (r >= 0)
		r = devices_plan(box->config, box->user_namespace, box->arena, &box->devices,
				 &box->err);
	if (r >= 0)
		r = box_enter(box);
	if (r >= 0)
		r = mounts_place(&box->mounts, box->rootfs, &box->err);
	return r < 0 ? r : devices_make(&box->devices, box->rootfs, &box->err);
}

static bool node_is(int rootfs, const char *name, mode_t mode, unsigned maj, unsigned min)
{
	struct stat st;

	if (fstatat(rootfs, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	return st.st_mode == mode && (S_ISFIFO(mode) || st.st_rdev == makedev(maj, min));
}

static bool link_is(int rootfs, const char *name, const char *target)
{
	char text[64] = "";

	return readlinkat(rootfs, name, text, sizeof text - 1) > 0 && strcmp(text, target) == 0;
}

static void check_defaults(int rootfs, mode_t mode)
{
	box_check(node_is(rootfs, "dev/null", mode, 1, 3));
	box_check(node_is(rootfs, "dev/zero", mode, 1, 5));
	box_check(node_is(rootfs, "dev/full", mode, 1, 7));
	box_check(node_is(rootfs, "dev/random", mode, 1, 8));
	box_check(node_is(rootfs, "dev/urandom", mode, 1, 9));
	box_check(node_is(rootfs, "dev/tty", mode, 5, 0));
	box_check(link_is(rootfs, "dev/fd", "/proc/self/fd"));
	box_check(link_is(rootfs, "dev/stdin", "/proc/self/fd/0"));
	box_check(link_is(rootfs, "dev/stdout", "/proc/self/fd/1"));
	box_check(link_is(rootfs, "dev/stderr", "/proc/self/fd/2"));
	box_check(link_is(rootfs, "dev/ptmx", "pts/ptmx"));
}

static void defaults(struct box *box, void *arg)
{
	(void)umask(077);
	box_ok(box, make(box, dev_tmpfs, "{}"));
	check_defaults(box->rootfs, S_IFCHR | 0666);
	box_check(umask(0) == 077);
}

static void default_devices_and_links_are_made(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, defaults, NULL));
}

static void on_plain_rootfs(struct box *box, void *arg)
{
	(void)arg;
	box_check(mkdir("rootfs/dev", 0755) == 0);
	box_check(mknod("rootfs/dev/ptmx", S_IFCHR | 0600, makedev(5, 2)) == 0);
	box_check(mknod("rootfs/dev/null", S_IFCHR | 0600, makedev(1, 3)) == 0);
	box_ok(box, make(box, "[]", "{}"));
	/* a matching one is left as it is */
	box_check(node_is(box->rootfs, "dev/null", S_IFCHR | 0600, 1, 3));
	box_check(node_is(box->rootfs, "dev/zero", S_IFCHR | 0666, 1, 5));
	box_check(link_is(box->rootfs, "dev/ptmx", "pts/ptmx"));
}

static void an_image_s_own_dev_is_completed(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, on_plain_rootfs, NULL));
}

/* A link of the image leads to a pty of its own choosing, or out of /dev altogether. */
static void ptmx_of_the_image(struct box *box, void *arg)
{
	box_check(mkdir("rootfs/dev", 0755) == 0);
	box_check(symlink(arg, "rootfs/dev/ptmx") == 0);
	box_ok(box, make(box, "[]", "{}"));
	box_check(link_is(box->rootfs, "dev/ptmx", "pts/ptmx"));
}

static void a_ptmx_link_of_the_image_is_replaced(void **state)
{
	static const char *const links[] = {
		"pts/ptmx", "pts/ptmy", "pts/ptmx/", "pts/ptm",
		"/pts/ptm", "./ptmx/x", "null",	     "/dev/pts/ptmx",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		struct box box = { 0 };

		assert_true(box_run(&box, ptmx_of_the_image, (void *)links[i]));
	}
}

static void dev_of_host(struct box *box, void *arg)
{
	struct stat st;

	(void)arg;
	box_check(mkdir("hostdev", 0755) == 0);
	box_ok(box,
	       make(box, "[{\"destination\":\"/dev/\",\"source\":\"hostdev\",\"type\":\"bind\"}]",
		    "{}"));
	box_check(stat("hostdev/null", &st) < 0 && lstat("hostdev/fd", &st) < 0);
}

static void a_bound_dev_is_left_alone(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, dev_of_host, NULL));
}

static const char some_devices[] =
	"{\"devices\":["
	"{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":229,\"fileMode\":438,"
	"\"uid\":12,\"gid\":34},"
	"{\"path\":\"/dev/deep/er/p\",\"type\":\"p\",\"fileMode\":384},"
	"{\"path\":\"/dev/deep/er/b\",\"type\":\"b\",\"major\":7,\"minor\":300,\"fileMode\":416},"
	"{\"path\":\"/dev/null\",\"type\":\"u\",\"major\":1,\"minor\":3,\"fileMode\":432}]}";

static void configured(struct box *box, void *arg)
{
	struct stat st;

	(void)arg;
	(void)umask(077);
	box_ok(box, make(box, dev_tmpfs, some_devices));
	box_check(node_is(box->rootfs, "dev/fuse", S_IFCHR | 0666, 10, 229));
	box_check(fstatat(box->rootfs, "dev/fuse", &st, 0) == 0);
	box_check(st.st_uid == 12 && st.st_gid == 34);
	box_check(node_is(box->rootfs, "dev/deep/er/p", S_IFIFO | 0600, 0, 0));
	box_check(node_is(box->rootfs, "dev/deep/er/b", S_IFBLK | 0640, 7, 300));
	box_check(node_is(box->rootfs, "dev/null", S_IFCHR | 0660, 1, 3));
	box_check(fstatat(box->rootfs, "dev/deep", &st, 0) == 0 && (st.st_mode & 07777) == 0755);
}

static void configured_devices_get_mode_and_owner(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, configured, NULL));
}

/* ---- /dev is shared, and its other user puts a file of the host's root where our node is ---- */

static const char owned_device[] =
	"{\"devices\":[{\"path\":\"/dev/node\",\"type\":\"c\",\"major\":10,\"minor\":229,"
	"\"uid\":12,\"gid\":34}]}";

_Noreturn static void exchange_for_ever(int rootfs)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		if (linkat(rootfs, "dev/victim", rootfs, "dev/link", 0) < 0 && errno != EEXIST)
			_exit(1);
		if (faccessat(rootfs, "dev/node", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			(void)renameat(rootfs, "dev/link", rootfs, "dev/node");
	}
}

static void exchanged(struct box *box, void *arg)
{
	struct stat st;
	pid_t racer;

	(void)arg;
	box_check(mkdir("rootfs/dev", 0755) == 0);
	box_file("rootfs/dev/victim", "x");
	box_ok(box, make(box, "[]", owned_device));
	racer = fork();
	box_check(racer >= 0);
	if (racer == 0)
		exchange_for_ever(box->rootfs);
	for (int i = 0; i < 3000; i++) {
		(void)unlinkat(box->rootfs, "dev/node", 0);
		(void)devices_make(&box->devices, box->rootfs, &box->err);
		box_check(fstatat(box->rootfs, "dev/victim", &st, 0) == 0 && st.st_uid == 0);
	}
	box_check(kill(racer, SIGKILL) == 0);
}

static void the_owner_of_an_exchanged_file_stays(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, exchanged, NULL));
}

struct refusal {
	const char *linux_part, *want;
};

static void refuse(struct box *box, void *arg)
{
	const struct refusal *r = arg;

	box_check(mkdir("rootfs/bin", 0755) == 0 && mkdir("rootfs/dev", 0755) == 0);
	box_file("rootfs/bin/sh", "x");
	box_check(symlink("/bin/sh", "rootfs/dev/full") == 0);
	box_check(make(box, "[]", r->linux_part) < 0);
	box_check(strncmp(box_message(box), r->want, strlen(r->want)) == 0 ||
		  (fprintf(stderr, "%s\n", box_message(box)), false));
}

static void another_file_at_the_path_is_an_error(void **state)
{
	static const struct refusal rows[] = {
		{ "{\"devices\":[{\"path\":\"/bin/sh\",\"type\":\"c\",\"major\":1,\"minor\":3}]}",
		  "/linux/devices/0/path: \"/bin/sh\" is a file, and not char 1:3" },
		{ "{}", ": \"/dev/full\" is a symbolic link, and not char 1:7" },
		{ "{\"devices\":[{\"path\":\"/dev/x\",\"type\":\"c\",\"major\":1}]}",
		  "/linux/devices/0/minor: missing for \"/dev/x\"" },
		{ "{\"devices\":[{\"path\":\"/dev/x\",\"type\":\"b\",\"major\":4096,\"minor\":1}]}",
		  "/linux/devices/0/major: 4096 is no device number of Linux" },
		{ "{\"devices\":[{\"path\":\"dev/x\",\"type\":\"p\"}]}",
		  "/linux/devices/0/path: \"dev/x\" is no absolute path of a device" },
		{ "{\"devices\":[{\"path\":\"/dev/..\",\"type\":\"p\"}]}",
		  "/linux/devices/0/path: \"/dev/..\" is no name of a device" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct box box = { 0 };

		assert_true(box_run(&box, refuse, (void *)&rows[i]));
	}
}

static void bound(struct box *box, void *arg)
{
	struct stat host, st;

	(void)arg;
	box_ok(box, make(box, dev_tmpfs, "{\"devices\":[{\"path\":\"/dev/p\",\"type\":\"p\"}]}"));
	box_check(stat("/dev/null", &host) == 0);
	check_defaults(box->rootfs, host.st_mode);
	box_check(fstatat(box->rootfs, "dev/null", &st, 0) == 0 && st.st_dev == host.st_dev);
	box_check(node_is(box->rootfs, "dev/p", S_IFIFO | 0666, 0, 0));
	/* it works as a device: a tmpfs of a user namespace would be nodev */
	box_check(write(openat(box->rootfs, "dev/null", O_WRONLY | O_CLOEXEC), "x", 1) == 1);
}

static void a_user_namespace_gets_the_host_s_nodes(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a], .user_namespace = true };

		assert_true(box_run(&box, bound, NULL));
	}
}

static void not_the_host_s(struct box *box, void *arg)
{
	(void)arg;
	box_check(make(box, dev_tmpfs,
		       "{\"devices\":[{\"path\":\"/dev/zero\",\"type\":\"c\",\"major\":1,"
		       "\"minor\":3}]}") < 0);
	box_check(strstr(box_message(box), "/linux/devices/0/path: the host's \"/dev/zero\" is "));
}

static void a_host_node_of_another_number_is_refused(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a], .user_namespace = true };

		assert_true(box_run(&box, not_the_host_s, NULL));
	}
}

/* ---- terminals ---- */

static void terminal(struct box *box, void *arg)
{
	int master = -1, slave = -1;
	struct stat console, peer;
	char text[8] = "";

	(void)arg;
	box_ok(box, make(box, with_pts, "{}"));
	box_ok(box, console_make(box->rootfs, &master, &slave, &box->err));
	box_check(fstatat(box->rootfs, "dev/console", &console, 0) == 0);
	box_check(fstat(slave, &peer) == 0 && peer.st_rdev == console.st_rdev);
	box_check(peer.st_ino == console.st_ino && peer.st_dev == console.st_dev);
	box_check(fcntl(slave, F_GETFD) == FD_CLOEXEC && fcntl(master, F_GETFD) == FD_CLOEXEC);
	box_check(write(slave, "hi", 2) == 2 && read(master, text, sizeof text) == 2);
	box_check(fstatat(box->rootfs, "dev/pts/0", &console, 0) == 0);
	box_check(console.st_rdev == peer.st_rdev);
}

static void the_console_is_a_pty_of_the_container(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, terminal, NULL));
		box = (struct box){ .no = apis[a], .user_namespace = true };
		assert_true(box_run(&box, terminal, NULL));
	}
}

static void console_refused(struct box *box, const char *want)
{
	int master = -1, slave = -1;

	box_check(console_make(box->rootfs, &master, &slave, &box->err) < 0);
	box_check(strstr(box_message(box), want) ||
		  (fprintf(stderr, "%s\n", box_message(box)), false));
	box_check(master == -1 && slave == -1);
}

static void no_devpts(struct box *box, void *arg)
{
	(void)arg;
	box_ok(box, make(box, dev_tmpfs, "{}"));
	console_refused(box, "\"/dev/pts\": is missing");
	box_check(mkdirat(box->rootfs, "dev/pts", 0755) == 0);
	/* right number, wrong file system */
	box_check(mknodat(box->rootfs, "dev/pts/ptmx", S_IFCHR | 0666, makedev(5, 2)) == 0);
	console_refused(box, "\"/dev/pts\" is no devpts");
}

static void symbolic_console(struct box *box, void *arg)
{
	struct stat st;

	(void)arg;
	box_check(mkdir("outside", 0755) == 0);
	box_ok(box, make(box, with_pts, "{}"));
	box_check(symlinkat("../../outside/console", box->rootfs, "dev/console") == 0);
	console_refused(box, "is neither a file nor a device");
	box_check(stat("outside/console", &st) < 0);
}

static void a_false_ptmx_or_console_is_refused(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, no_devpts, NULL));
	assert_true(box_run(&box, symbolic_console, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_devices_and_links_are_made),
		cmocka_unit_test(an_image_s_own_dev_is_completed),
		cmocka_unit_test(a_ptmx_link_of_the_image_is_replaced),
		cmocka_unit_test(a_bound_dev_is_left_alone),
		cmocka_unit_test(configured_devices_get_mode_and_owner),
		cmocka_unit_test(the_owner_of_an_exchanged_file_stays),
		cmocka_unit_test(another_file_at_the_path_is_an_error),
		cmocka_unit_test(a_user_namespace_gets_the_host_s_nodes),
		cmocka_unit_test(a_host_node_of_another_number_is_refused),
		cmocka_unit_test(the_console_is_a_pty_of_the_container),
		cmocka_unit_test(a_false_ptmx_or_console_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
