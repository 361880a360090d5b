/* SPDX-License-Identifier: Apache-2.0 */
/* test_path.c - the walk against openat2(2) as its oracle, and both against an enemy who renames */
#include "tests/unit/sandbox.h"

#include "sys/calls.h"
#include "sys/path.h"
#include "sys/path_walk.h"
#include "tests/unit/seed.h"

#include <linux/fs.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

static const char *const names[] = { "a", "b", "c", "d", "l", "m", "f" };

/* A random path; with `odd`, also with what only paths that come from outside have. */
static void random_path(char *buf, size_t size, bool odd)
{
	unsigned parts = 1 + seed_pick(6);
	size_t len = 0;

	buf[0] = '\0';
	if (seed_pick(4) == 0)
		len += (size_t)snprintf(buf, size, "%s", odd && seed_pick(3) == 0 ? "//" : "/");
	for (unsigned i = 0; i < parts; i++) {
		unsigned kind = seed_pick(10);
		const char *part = kind < 2 ? ".." : kind == 2 ? "." : names[seed_pick(7)];

		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? "/" : "", part);
		if (odd && seed_pick(12) == 0)
			len += (size_t)snprintf(buf + len, size - len, "/");
	}
	if (odd && seed_pick(6) == 0)
		(void)snprintf(buf + len, size - len, "/");
}

/* Folders, files and links (up, absolute, to themselves, to nothing) at random. */
static void random_tree(int root)
{
	char path[PATH_MAX], target[PATH_MAX];

	for (int i = 0; i < 40; i++) {
		int kind = (int)seed_pick(3);
		struct error err;
		auto_fd int parent = -1;
		char name[256];

		random_path(path, sizeof path, false);
		random_path(target, sizeof target, true);
		parent = in_root_parent(root, path, name, &err);
		if (parent < 0)
			continue;
		kind = kind == 0   ? mkdirat(parent, name, 0755)
		       : kind == 1 ? symlinkat(target, parent, name)
				   : mknodat(parent, name, S_IFREG | 0644, 0);
	}
}

static int root_make(const struct sandbox *box, const char *name)
{
	int fd;

	assert_int_equal(mkdirat(box->fd, name, 0755), 0);
	fd = openat(box->fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Flags that say how to open, not what the fd can do. */
enum { FORGOTTEN = O_NOFOLLOW | O_DIRECTORY | 0100000 /* the kernel's O_LARGEFILE */ };

static void assert_same(const char *path, int flags, int ours, int theirs, int theirs_errno,
			const struct error *err)
{
	char a_name[ERRNO_NAME_MAX], b_name[ERRNO_NAME_MAX];
	struct stat a, b;

	if ((ours < 0) != (theirs < 0) || (ours < 0 && err->errno_value != theirs_errno)) {
		(void)fprintf(stderr, "\"%s\" flags %#o: walk %s, openat2 %s\n", path,
			      (unsigned)flags,
			      ours < 0 ? errno_name(err->errno_value, a_name) : "found it",
			      theirs < 0 ? errno_name(theirs_errno, b_name) : "found it");
		assert_true(false);
	}
	if (ours < 0)
		return;
	assert_int_equal(fstat(ours, &a), 0);
	assert_int_equal(fstat(theirs, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(a.st_dev, b.st_dev);
	assert_int_equal(fcntl(ours, F_GETFL) & ~FORGOTTEN, fcntl(theirs, F_GETFL) & ~FORGOTTEN);
	assert_int_equal(fcntl(ours, F_GETFD), FD_CLOEXEC);
}

/* A walk that begins again (something was mounted) goes on counting links: of 40, which are taken,
 * one in eight then fails on a busy machine.  What the kernel takes once, it takes. */
static int kernel_open(int root, const char *path, int flags, uint64_t resolve)
{
	int fd, tries = 200;

	do
		fd = (int)sys_openat2(root, path, (unsigned)flags | O_CLOEXEC, 0, resolve);
	while (fd < 0 && (errno == EAGAIN || (errno == ELOOP && tries-- > 0)));
	return fd;
}

/* One path, by the walk and by the kernel. */
static void compare(int root, const char *path, int flags, bool links)
{
	uint64_t resolve =
		RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (links ? 0 : RESOLVE_NO_SYMLINKS);
	struct error err;
	auto_fd int ours = -1, theirs = -1;
	int theirs_errno;

	(void)setenv("OCIRT_NO", "openat2", 1);
	ours = links ? in_root_open(root, path, flags, &err)
		     : in_root_open_nolinks(root, path, flags, &err);
	(void)unsetenv("OCIRT_NO");
	theirs = kernel_open(root, path, flags, resolve);
	theirs_errno = errno;
	assert_same(path, flags, ours, theirs, theirs_errno, &err);
}

static void the_walk_agrees_with_openat2(void **state)
{
	static const int flags[] = { O_PATH,
				     O_PATH | O_NOFOLLOW,
				     O_PATH | O_DIRECTORY,
				     O_RDONLY,
				     O_RDONLY | O_DIRECTORY,
				     O_RDONLY | O_NOFOLLOW,
				     O_PATH | O_DIRECTORY | O_NOFOLLOW };
	struct sandbox *box = *state;
	char path[PATH_MAX], name[32];

	seed_begin("trees and paths");
	for (int tree = 0; tree < 40; tree++) {
		auto_fd int root = -1;

		(void)snprintf(name, sizeof name, "tree%d", tree);
		root = root_make(box, name);
		random_tree(root);
		for (int i = 0; i < 300; i++) {
			random_path(path, sizeof path, true);
			compare(root, path, flags[seed_pick(ARRAY_SIZE(flags))], seed_pick(4) != 0);
		}
	}
}

static void link_counts_end_where_the_kernel_ends(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	char name[16], target[16];

	sandbox_write(root, "l0", "");
	for (int i = 1; i <= 45; i++) {
		(void)snprintf(name, sizeof name, "l%d", i);
		(void)snprintf(target, sizeof target, "l%d", i - 1);
		assert_int_equal(symlinkat(target, root, name), 0);
		compare(root, name, O_PATH, true);
	}
	assert_int_equal(symlinkat("loop", root, "loop"), 0);
	compare(root, "loop", O_PATH, true);
	compare(root, "loop/x", O_PATH, true);
	compare(root, "", O_PATH, true);
}

static void long_names_end_where_the_kernel_ends(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	char path[PATH_MAX + 2];

	for (size_t len = 254; len <= 257; len++) {
		memset(path, 'n', len);
		path[len] = '\0';
		compare(root, path, O_PATH, true);
	}
	for (size_t len = PATH_MAX - 2; len <= PATH_MAX + 1; len++) {
		for (size_t i = 0; i < len; i++)
			path[i] = i % 2 ? '/' : '.';
		path[len] = '\0';
		compare(root, path, O_PATH, true);
	}
}

static void magic_links_of_procfs_are_refused(void **state)
{
	static const char *const paths[] = { "self/exe",	"self/cwd",    "self/root",
					     "self/cwd/x",	"self/ns/pid", "self/fd/0",
					     "self/status",	"mounts",      "self/root/etc",
					     "thread-self/comm" };
	auto_fd int root = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		compare(root, paths[i], O_PATH, true);
}

/* Where the kernel says that an fd is. */
static void where(int fd, char *buf, size_t size)
{
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, buf, size - 1);
	assert_true(n > 0);
	buf[n] = '\0';
}

static bool is_inside(int fd, const struct sandbox *box, const char *root)
{
	char path[PATH_MAX], start[PATH_MAX];

	where(fd, path, sizeof path);
	(void)snprintf(start, sizeof start, "%s/%s", box->path, root);
	return strncmp(path, start, strlen(start)) == 0 &&
	       (path[strlen(start)] == '/' || path[strlen(start)] == '\0' ||
		path[strlen(start)] == ' ');
}

static int count_entries(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *dir = fdopendir(fd);

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n - 2;
}

/* in_root_open must find afterwards what was made. */
static void make_one(const struct sandbox *box, int root, const char *path)
{
	enum target_kind kind = seed_pick(2) ? TARGET_DIRECTORY : TARGET_FILE;
	auto_fd int fd = -1, again = -1;
	struct stat a, b;
	struct error err;
	bool made = false;

	fd = seed_pick(2) ? in_root_target(root, path, kind, &made, &err)
			  : in_root_mkdir(root, path, 0755, &err);
	if (fd < 0)
		return;
	assert_true(is_inside(fd, box, "root"));
	again = in_root_open(root, path, O_PATH, &err);
	assert_true(again >= 0);
	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(fstat(again, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	if (made)
		assert_int_equal(S_ISDIR(a.st_mode), kind == TARGET_DIRECTORY);
}

static void what_is_made_stays_inside(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	char path[PATH_MAX];

	seed_begin("a tree and paths");
	random_tree(root);
	for (int i = 0; i < 2000; i++) {
		(void)setenv("OCIRT_NO", i % 2 ? "openat2" : "", 1);
		random_path(path, sizeof path, true);
		make_one(box, root, path);
	}
	assert_int_equal(count_entries(box->fd, "."), 1);
}

static void a_link_to_nothing_is_followed_inside(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	auto_fd int fd = -1, real = -1;
	struct stat a, b;
	struct error err;
	bool made = false;

	assert_int_equal(mkdirat(root, "etc", 0755), 0);
	assert_int_equal(symlinkat("../../../run/systemd/resolv.conf", root, "etc/resolv.conf"), 0);
	fd = in_root_target(root, "/etc/resolv.conf", TARGET_FILE, &made, &err);
	assert_true(fd >= 0 && made);
	real = openat(root, "run/systemd/resolv.conf", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(fstat(real, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_true(S_ISREG(a.st_mode));
}

static void a_parent_is_not_the_link_itself(void **state)
{
	static const struct {
		const char *path, *name;
		int errno_value;
	} cases[] = {
		{ "/dev/ptmx", "ptmx", 0 }, { "dev/link", "link", 0 },	 { "new/x/y/", "y", 0 },
		{ "/", NULL, EINVAL },	    { "a/..", NULL, EINVAL },	 { "a/.", NULL, EINVAL },
		{ "", NULL, ENOENT },	    { "file/x", NULL, ENOTDIR }, { "../../up", "up", 0 },
	};
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	char name[256];
	struct error err;

	assert_int_equal(mkdirat(root, "dev", 0755), 0);
	assert_int_equal(symlinkat("/outside", root, "dev/link"), 0);
	sandbox_write(root, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_fd int fd = in_root_parent(root, cases[i].path, name, &err);

		if (cases[i].name) {
			assert_true(fd >= 0);
			assert_string_equal(name, cases[i].name);
			assert_true(is_inside(fd, box, "root"));
		} else {
			assert_true(fd < 0);
			assert_int_equal(err.errno_value, cases[i].errno_value);
		}
	}
}

static void a_target_of_the_other_kind_is_refused(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	struct error err;

	sandbox_write(root, "file", "");
	assert_int_equal(in_root_target(root, "file", TARGET_DIRECTORY, NULL, &err), -ENOTDIR);
	assert_int_equal(in_root_target(root, "/", TARGET_FILE, NULL, &err), -EISDIR);
}

static void only_regular_files_of_the_image_are_read(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	auto_free char *text = NULL;
	struct error err;
	size_t len = 0;

	sandbox_write(root, "passwd", "root:x:0:0::/root:/bin/sh\n");
	assert_int_equal(mkfifoat(root, "fifo", 0600), 0);
	assert_int_equal(symlinkat("/passwd", root, "link"), 0);
	assert_int_equal(in_root_read(root, "link", 100, &text, &len, &err), 0);
	assert_string_equal(text, "root:x:0:0::/root:/bin/sh\n");
	assert_int_equal(len, strlen(text));
	free(take_ptr(&text));
	assert_int_equal(in_root_read(root, "passwd", 5, &text, &len, &err), -EFBIG);
	assert_int_equal(in_root_read(root, "fifo", 100, &text, &len, &err), -EINVAL);
	assert_int_equal(in_root_read(root, "/", 100, &text, &len, &err), -EINVAL);
	assert_int_equal(in_root_read(root, "gone", 100, &text, &len, &err), -ENOENT);
	/* nobody drives this device: to open it would be another error */
	if (mknodat(root, "device", S_IFCHR | 0600, makedev(60, 77)) == 0)
		assert_int_equal(in_root_read(root, "device", 100, &text, &len, &err), -EINVAL);
	assert_null(text);
}

/* ---- the enemy ---- */

static pid_t enemy_start(int dirfd, const char *one, const char *other, unsigned flags)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (pid == 0) {
		(void)syscall(SYS_renameat2, dirfd, one, dirfd, other, flags);
		(void)syscall(SYS_renameat2, dirfd, other, dirfd, one, flags);
	}
	return pid;
}

static void enemy_stop(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

enum { ROUNDS = 1000 };

/* Did anything lead outside?  Nothing is asserted while the enemy lives. */
static bool race_round(const struct sandbox *box, int root, int i)
{
	char path[64];
	struct error err;
	auto_fd int opened = -1, made = -1, target = -1;

	opened = in_root_open(root, "x/secret", O_PATH, &err);
	(void)snprintf(path, sizeof path, "x/file%d", i);
	target = in_root_target(root, path, TARGET_FILE, NULL, &err);
	(void)snprintf(path, sizeof path, "x/dir%d/deep", i);
	made = in_root_mkdir(root, path, 0755, &err);
	return (opened >= 0 && !is_inside(opened, box, "root")) ||
	       (target >= 0 && !is_inside(target, box, "root")) ||
	       (made >= 0 && !is_inside(made, box, "root"));
}

/* A folder and a link to outside change places all the time. */
static void race(const struct sandbox *box, const char *link, const char *missing)
{
	auto_fd int root = root_make(box, "root");
	int escaped = 0;
	pid_t enemy;

	assert_int_equal(mkdirat(box->fd, "outside", 0755), 0);
	sandbox_write(box->fd, "outside/secret", "");
	assert_int_equal(mkdirat(root, "x", 0755), 0);
	sandbox_write(root, "x/secret", "");
	assert_int_equal(symlinkat(link, root, "y"), 0);
	(void)setenv("OCIRT_NO", missing, 1);
	enemy = enemy_start(root, "x", "y", RENAME_EXCHANGE);
	for (int i = 0; i < ROUNDS; i++)
		escaped += race_round(box, root, i);
	enemy_stop(enemy);
	assert_int_equal(escaped, 0);
	assert_int_equal(count_entries(box->fd, "outside"), 1);
}

static void a_link_that_comes_and_goes_leads_nowhere(void **state)
{
	race(*state, "../outside", "");
}

static void nor_does_it_without_openat2(void **state)
{
	race(*state, "../outside", "openat2");
}

static void an_absolute_link_leads_nowhere(void **state)
{
	struct sandbox *box = *state;
	char link[PATH_MAX];

	(void)snprintf(link, sizeof link, "%s/outside", box->path);
	race(box, link, "openat2");
}

/* A folder that is moved out of the root while ".." is on the way. */
static void dotdot_never_leaves(void **state)
{
	struct sandbox *box = *state;
	auto_fd int root = root_make(box, "root");
	int escaped = 0;
	pid_t enemy;

	assert_int_equal(mkdirat(box->fd, "outside", 0755), 0);
	sandbox_write(box->fd, "secret", "");
	assert_int_equal(mkdirat(root, "a", 0755), 0);
	assert_int_equal(mkdirat(root, "a/b", 0755), 0);
	enemy = enemy_start(box->fd, "root/a/b", "outside/b", 0);
	for (int i = 0; i < 2 * ROUNDS; i++) {
		struct error err;
		auto_fd int fd = -1;

		(void)setenv("OCIRT_NO", i % 2 ? "openat2" : "", 1);
		fd = in_root_open(root, "a/b/../../../secret", O_PATH, &err);
		escaped += fd >= 0;
	}
	enemy_stop(enemy);
	assert_int_equal(escaped, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(the_walk_agrees_with_openat2),
		sandbox_test(link_counts_end_where_the_kernel_ends),
		sandbox_test(long_names_end_where_the_kernel_ends),
		sandbox_test(magic_links_of_procfs_are_refused),
		sandbox_test(what_is_made_stays_inside),
		sandbox_test(a_link_to_nothing_is_followed_inside),
		sandbox_test(a_parent_is_not_the_link_itself),
		sandbox_test(a_target_of_the_other_kind_is_refused),
		sandbox_test(only_regular_files_of_the_image_are_read),
		sandbox_test(a_link_that_comes_and_goes_leads_nowhere),
		sandbox_test(nor_does_it_without_openat2),
		sandbox_test(an_absolute_link_leads_nowhere),
		sandbox_test(dotdot_never_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
