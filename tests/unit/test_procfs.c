/* SPDX-License-Identifier: Apache-2.0 */
/* test_procfs.c - nobody redirects what is read and written below procfs */
#include "tests/unit/sandbox.h"

#include "sys/procfs.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

/* Runs check() in a mount namespace of its own; it returns 0, or the line that went wrong. */
static void in_own_mounts(int (*check)(const struct sandbox *), const struct sandbox *box)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
			_exit(77);
		_exit(check(box));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	if (WEXITSTATUS(status))
		(void)fprintf(stderr, "line %d (modulo 256) went wrong\n", WEXITSTATUS(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define expect(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return __LINE__ % 256 ? __LINE__ % 256 : 1;                                \
	} while (0)

static void check_reading(int procfs)
{
	char buf[64], name[32];
	auto_free char *text = NULL;
	struct error err;
	size_t len;

	assert_true(procfs >= 0);
	assert_int_equal(fcntl(procfs, F_GETFD), FD_CLOEXEC);
	assert_int_equal(prctl(PR_SET_NAME, "unit"), 0);
	assert_int_equal(procfs_read(procfs, "self/comm", buf, sizeof buf, &err), 5);
	assert_string_equal(buf, "unit\n");
	assert_int_equal(procfs_read(procfs, "self/comm", buf, 3, &err), 2);
	assert_string_equal(buf, "un");
	(void)snprintf(name, sizeof name, "%d/comm", (int)getpid());
	assert_int_equal(procfs_write(procfs, name, "other", 5, &err), 0);
	assert_int_equal(procfs_read_all(procfs, "self/comm", &text, &len, &err), 0);
	assert_string_equal(text, "other\n");
	assert_int_equal(procfs_read(procfs, "gone", buf, sizeof buf, &err), -ENOENT);
	assert_non_null(strstr(sandbox_words(&err), "\"/proc/gone\": is missing (ENOENT)"));
}

static void files_are_read_and_written(void **state)
{
	static const char *const missing[] = { "", "openat2", "fsopen", "openat2,fsopen,statx" };
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		auto_fd int host = -1, own = -1;

		(void)setenv("OCIRT_NO", missing[i], 1);
		host = procfs_open_host(&err);
		own = procfs_open_private(&err);
		check_reading(host);
		check_reading(own);
	}
}

static void links_and_ways_out_are_refused(void **state)
{
	static const char *const names[] = { "mounts",	    "self/exe",	     "self/cwd/x",
					     "self/root",   "net/dev",	     "../etc/passwd",
					     "self/ns/pid", "/proc/version", "" };
	auto_fd int procfs = -1;
	struct error err;

	(void)state;
	procfs = procfs_open_private(&err);
	for (int old = 0; old < 2; old++) {
		(void)setenv("OCIRT_NO", old ? "openat2" : "", 1);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (procfs_file(procfs, names[i], O_RDONLY, &err) >= 0) {
				(void)fprintf(stderr, "\"%s\" was opened\n", names[i]);
				assert_true(false);
			}
	}
}

/* A file of procfs over another, a tmpfs over a folder: what attackers do. */
static int mounted_over_child(const struct sandbox *box)
{
	char comm[64], buf[64];
	struct error err;
	int host, own;

	(void)snprintf(comm, sizeof comm, "/proc/%d/comm", (int)getpid());
	expect(mount("/proc/version", comm, NULL, MS_BIND, NULL) == 0);
	expect(mount("tmpfs", "/proc/sys", "tmpfs", 0, NULL) == 0);
	for (int old = 0; old < 2; old++) {
		(void)setenv("OCIRT_NO", old ? "openat2" : "", 1);
		host = procfs_open_host(&err);
		own = procfs_open_private(&err);
		expect(host >= 0 && own >= 0);
		expect(procfs_write(host, "self/comm", "x", 1, &err) == -EXDEV);
		expect(procfs_file(host, "sys/kernel/hostname", O_RDONLY, &err) == -EXDEV);
		expect(procfs_write(own, "self/comm", "mine", 4, &err) == 0);
		expect(procfs_read(own, "sys/kernel/hostname", buf, sizeof buf, &err) > 0);
		(void)close(host);
		(void)close(own);
	}
	return 0;
}

static void mounts_over_procfs_redirect_nothing(void **state)
{
	in_own_mounts(mounted_over_child, *state);
}

static int fake_child(const struct sandbox *box)
{
	struct error err;
	char buf[64];
	int own;

	expect(mount("/proc/sys", "/proc", NULL, MS_BIND, NULL) == 0);
	expect(procfs_open_host(&err) == -EXDEV);
	expect(umount("/proc") == 0);
	expect(mount("tmpfs", "/proc", "tmpfs", 0, NULL) == 0);
	expect(procfs_open_host(&err) == -EXDEV);
	own = procfs_open_private(&err);
	expect(own >= 0 && procfs_read(own, "self/comm", buf, sizeof buf, &err) > 0);
	(void)setenv("OCIRT_NO", "fsopen", 1);
	expect(procfs_open_private(&err) == -EXDEV);
	return 0;
}

static void what_is_no_procfs_is_seen(void **state)
{
	in_own_mounts(fake_child, *state);
}

/* As pid 1 of a new namespace: the private handle shows that one. */
static int new_pids_child(const struct sandbox *box)
{
	int status = -1;
	pid_t pid;

	expect(unshare(CLONE_NEWPID) == 0);
	pid = fork();
	if (pid == 0) {
		struct error err;
		int own = procfs_open_private(&err);
		char buf[16];

		_exit(procfs_read(own, "self/stat", buf, sizeof buf, &err) > 0 &&
				      strncmp(buf, "1 (", 3) == 0
			      ? 0
			      : 1);
	}
	expect(waitpid(pid, &status, 0) == pid);
	expect(status == 0);
	return 0;
}

static void a_new_pid_namespace_has_its_own(void **state)
{
	in_own_mounts(new_pids_child, *state);
}

static void a_process_is_known_by_its_start(void **state)
{
	auto_fd int procfs = -1;
	struct error err;
	long long start;
	char letter = '?';
	pid_t pid;

	(void)state;
	procfs = procfs_open_host(&err);
	start = procfs_start_time(procfs, getpid(), &letter, &err);
	assert_true(start > 0);
	assert_int_equal(letter, 'R');
	(void)prctl(PR_SET_NAME, "a) Z 1 2 (");
	assert_true(procfs_start_time(procfs, getpid(), &letter, &err) == start);
	assert_int_equal(letter, 'R');
	pid = fork();
	if (pid == 0)
		_exit(0);
	while (letter != 'Z')
		assert_true(procfs_start_time(procfs, pid, &letter, &err) >= start);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(procfs_start_time(procfs, pid, &letter, &err) == 0);
}

static void the_boot_has_an_id(void **state)
{
	auto_fd int procfs = -1;
	struct error err;
	char one[37], other[37];

	(void)state;
	procfs = procfs_open_private(&err);
	assert_int_equal(procfs_boot_id(procfs, one, &err), 0);
	assert_int_equal(procfs_boot_id(procfs, other, &err), 0);
	assert_string_equal(one, other);
	assert_int_equal(strlen(one), 36);
	assert_int_equal(one[8], '-');
}

static int namespaces_child(const struct sandbox *box)
{
	struct error err;
	struct stat st;
	dev_t dev;
	ino_t before, after;
	int procfs = procfs_open_private(&err), fd;

	expect(procfs_namespace(procfs, 0, "uts", &dev, &before, &err) == 0);
	expect(stat("/proc/self/ns/uts", &st) == 0);
	expect(st.st_dev == dev && st.st_ino == before);
	expect(unshare(CLONE_NEWUTS) == 0);
	expect(procfs_namespace(procfs, getpid(), "uts", &dev, &after, &err) == 0);
	expect(before != after);
	fd = procfs_namespace_open(procfs, getppid(), "uts", &err);
	expect(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	expect(setns(fd, CLONE_NEWUTS) == 0);
	expect(procfs_namespace(procfs, 0, "uts", &dev, &after, &err) == 0 && after == before);
	expect(procfs_namespace(procfs, 0, "nonsense", &dev, &after, &err) == -ENOENT);
	return 0;
}

static void namespaces_are_known_by_their_inode(void **state)
{
	in_own_mounts(namespaces_child, *state);
}

static void an_fd_has_a_path(void **state)
{
	struct sandbox *box = *state;
	char path[PROCFS_FD_PATH], target[PATH_MAX];
	ssize_t n;

	assert_ptr_equal(procfs_fd_path(path, box->fd), path);
	n = readlink(path, target, sizeof target - 1);
	assert_int_equal(n, (ssize_t)strlen(box->path));
	assert_memory_equal(target, box->path, (size_t)n);
	assert_true(strlen(procfs_fd_path(path, INT_MAX)) < PROCFS_FD_PATH);
}

static void who_runs_is_counted(void **state)
{
	struct error err;
	int procfs = procfs_open_host(&err);

	(void)state;
	assert_true(procfs >= 0);
	assert_true(procfs_running(procfs, &err) >= 1); /* we do */
	assert_int_equal(close(procfs), 0);
	assert_true(procfs_running(-1, &err) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(files_are_read_and_written),
		sandbox_test(links_and_ways_out_are_refused),
		sandbox_test(mounts_over_procfs_redirect_nothing),
		sandbox_test(what_is_no_procfs_is_seen),
		sandbox_test(a_new_pid_namespace_has_its_own),
		sandbox_test(a_process_is_known_by_its_start),
		sandbox_test(the_boot_has_an_id),
		sandbox_test(namespaces_are_known_by_their_inode),
		sandbox_test(an_fd_has_a_path),
		cmocka_unit_test(who_runs_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
