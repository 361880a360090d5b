/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_self.c - a protected binary can't be written, whoever asks
 *
 * The program is its own victim: called with the word "victim" it protects itself, says how it runs
 * and waits for its stdin to end.  The tests run a copy of it and attack it through /proc/PID/exe
 * as a container with every capability would: by an O_PATH fd used after the victim has ended, by
 * making its mount writable, by cloning that mount.
 */
#include "tests/unit/sandbox.h"

#include "sys/calls.h"
#include "sys/self.h"

#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

/* Does the program that runs here lie on a read-only mount, or in a memfd that nobody can write? */
static bool is_protected(void)
{
	auto_fd int exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int seals = fcntl(exe, F_GET_SEALS);
	struct statvfs fs;

	return (seals > 0 && seals & F_SEAL_WRITE) ||
	       (fstatvfs(exe, &fs) == 0 && fs.f_flag & ST_RDONLY);
}

static int victim(char **argv)
{
	bool protect = strcmp(argv[2], "protect") == 0;
	char link[PATH_MAX] = "", end;
	struct error err;

	if (protect && self_protect(argv, &err) < 0) {
		(void)dprintf(1, "refused: %s\n", sandbox_words(&err));
		return 9;
	}
	if (readlink("/proc/self/exe", link, sizeof link - 1) < 0)
		return 8;
	(void)dprintf(1, "%s %d fds %s %s\n",
		      !is_protected()		    ? "open"
		      : strstr(link, "memfd:ocirt") ? "memfd"
						    : "clone",
		      sandbox_count_fds(), argv[3], argv[4]);
	return read(0, &end, 1) == 0 ? 0 : 7;
}

struct running {
	pid_t pid;
	int keep_alive; /* closed: the victim ends */
	char said[512];
};

/* The victim at path, run with OCIRT_NO and, if user is not 0, as that user. */
static struct running victim_start(const char *path, const char *how, const char *missing,
				   uid_t user)
{
	struct running r = { .said = "" };
	int in[2], out[2];
	ssize_t n;

	assert_int_equal(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
	r.pid = fork();
	if (r.pid == 0) {
		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)setenv("OCIRT_NO", missing, 1);
		if (user && (setgid(user) < 0 || setuid(user) < 0))
			_exit(6);
		(void)execl(path, "two words", "victim", how, "", "- \"x", (char *)NULL);
		_exit(5);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	r.keep_alive = in[1];
	n = read(out[0], r.said, sizeof r.said - 1);
	r.said[n > 0 ? n : 0] = '\0';
	(void)close(out[0]);
	return r;
}

static int victim_end(struct running *r)
{
	int status;

	close_fd(&r->keep_alive);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void copy_program(const char *to)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	char buf[65536];
	ssize_t n;

	assert_true(from >= 0 && fd >= 0);
	while ((n = read(from, buf, sizeof buf)) > 0)
		assert_int_equal(write(fd, buf, (size_t)n), n);
	(void)close(from);
	(void)close(fd);
}

static void copy_in(const struct sandbox *box, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/program", box->path);
	copy_program(path);
	assert_int_equal(chmod(box->path, 0755), 0);
}

static int exe_of(pid_t pid)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Can what the O_PATH fd leads to be written, now that nobody runs it? */
static bool is_writable(int exe)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", exe);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* Tries to take the write protection off the mount that exe lies on, and off a clone of it. */
static bool mount_gives_way(int exe)
{
	struct sys_mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };
	int clone;

	if (sys_mount_setattr(exe, "", AT_EMPTY_PATH, &attr) == 0)
		return true;
	clone = sys_open_tree(exe, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (clone >= 0)
		(void)close(clone);
	return clone >= 0;
}

static bool attack(struct running *r)
{
	int exe = exe_of(r->pid);
	bool gave_way = mount_gives_way(exe);

	assert_int_equal(victim_end(r), 0);
	gave_way = is_writable(exe) || gave_way;
	(void)close(exe);
	return gave_way;
}

static void need_root(void)
{
	if (geteuid() != 0)
		skip();
}

/* Without protection the attack works: what the other tests show is worth something. */
static void an_open_binary_is_written(void **state)
{
	char path[PATH_MAX];
	struct running r;

	copy_in(*state, path);
	r = victim_start(path, "leave", "", 0);
	assert_memory_equal(r.said, "open ", 5);
	assert_true(attack(&r));
}

static void a_clone_is_not(void **state)
{
	char path[PATH_MAX], wanted[1024];
	struct running open, r;

	need_root();
	copy_in(*state, path);
	open = victim_start(path, "leave", "", 0);
	r = victim_start(path, "protect", "", 0);
	(void)snprintf(wanted, sizeof wanted, "clone%s", open.said + 4);
	assert_string_equal(r.said, wanted);
	assert_non_null(strstr(r.said, "fds  - \"x\n"));
	assert_int_equal(victim_end(&open), 0);
	assert_false(attack(&r));
}

/* What the map must name still; a sanitizer's malloc has no heap of this kind. */
#ifdef __SANITIZE_ADDRESS__
#define A_PART "[stack]"
#else
#define A_PART "[heap]"
#endif

/* Mapped anew: nothing of the file that lies on the host's mount is mapped any more, what was
 * read-only is, and code and data are those that were there. */
static void nothing_of_the_old_file_stays(void **state)
{
	char path[PATH_MAX], maps[64], line[1024];
	struct running open, r;
	bool seen = false;
	FILE *in;

	need_root();
	copy_in(*state, path);
	open = victim_start(path, "leave", "", 0);
	r = victim_start(path, "protect", "execveat,memfd_create", 0);
	assert_memory_equal(r.said, "clone ", 6);
	(void)snprintf(maps, sizeof maps, "/proc/%d/maps", (int)r.pid);
	in = fopen(maps, "re");
	assert_non_null(in);
	while (fgets(line, sizeof line, in)) {
		assert_null(strstr(line, path));
		assert_null(strstr(line, "rwxp"));
		seen = seen || strstr(line, A_PART);
	}
	(void)fclose(in);
	assert_true(seen);
	assert_int_equal(victim_end(&open), 0);
	assert_false(attack(&r));
}

/* The same guarantee where the kernel can't be told another executable. */
static void started_again_it_is_not_either(void **state)
{
	char path[PATH_MAX], wanted[1024];
	struct running open, r;

	need_root();
	copy_in(*state, path);
	open = victim_start(path, "leave", "", 0);
	r = victim_start(path, "protect", "prctl_mm_map", 0);
	(void)snprintf(wanted, sizeof wanted, "clone%s", open.said + 4);
	assert_string_equal(r.said, wanted);
	assert_int_equal(victim_end(&open), 0);
	assert_false(attack(&r));
}

static void nor_is_a_sealed_copy(void **state)
{
	static const char *const missing[] = { "open_tree", "mount_setattr" };
	char path[PATH_MAX], wanted[1024];
	struct running open, r;

	copy_in(*state, path);
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		open = victim_start(path, "leave", "", 0);
		r = victim_start(path, "protect", missing[i], 0);
		(void)snprintf(wanted, sizeof wanted, "memfd%s", open.said + 4);
		assert_string_equal(r.said, wanted);
		assert_int_equal(victim_end(&open), 0);
		assert_int_equal(victim_end(&r), 0);
	}
}

/* A sealed copy may be opened for writing, but no byte of it changes. */
static void seals_hold(void **state)
{
	char path[PATH_MAX], link[64];
	struct running r;
	int fd;

	copy_in(*state, path);
	r = victim_start(path, "protect", "open_tree", 0);
	(void)snprintf(link, sizeof link, "/proc/%d/exe", (int)r.pid);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(victim_end(&r), 0);
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	{
		int again = open(link, O_RDWR | O_CLOEXEC);

		assert_int_equal(again >= 0 ? (int)write(again, "x", 1) : -1, -1);
		assert_int_equal(again >= 0 ? ftruncate(again, 0) : -1, -1);
		if (again >= 0)
			(void)close(again);
	}
	(void)close(fd);
}

static void an_ordinary_user_gets_a_sealed_copy(void **state)
{
	char path[PATH_MAX];
	struct running r;

	need_root();
	copy_in(*state, path);
	r = victim_start(path, "protect", "", 65534);
	assert_memory_equal(r.said, "memfd ", 6);
	assert_int_equal(victim_end(&r), 0);
}

static void no_protection_is_an_error(void **state)
{
	char path[PATH_MAX];
	struct running r;

	copy_in(*state, path);
	r = victim_start(path, "protect", "open_tree,memfd_create", 0);
	assert_non_null(strstr(r.said, "refused: make a copy of our own binary: "));
	assert_int_equal(victim_end(&r), 9);
}

/* Every file of a tmpfs can have seals, but has none set: the program must start, and only once. */
static int tmpfs_child(const struct sandbox *box)
{
	char path[PATH_MAX];
	struct running r;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	assert_int_equal(mount("tmpfs", box->path, "tmpfs", 0, NULL), 0);
	copy_in(box, path);
	r = victim_start(path, "protect", "", 0);
	if (memcmp(r.said, "clone ", 6) != 0 || attack(&r))
		return 1;
	assert_int_equal(mount(NULL, box->path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	r = victim_start(path, "protect", "open_tree,memfd_create", 0);
	return memcmp(r.said, "clone ", 6) == 0 && victim_end(&r) == 0 ? 0 : 2;
}

static void on_a_tmpfs_too(void **state)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(tmpfs_child(*state));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(an_open_binary_is_written),
		sandbox_test(a_clone_is_not),
		sandbox_test(nothing_of_the_old_file_stays),
		sandbox_test(started_again_it_is_not_either),
		sandbox_test(nor_is_a_sealed_copy),
		sandbox_test(seals_hold),
		sandbox_test(an_ordinary_user_gets_a_sealed_copy),
		sandbox_test(no_protection_is_an_error),
		sandbox_test(on_a_tmpfs_too),
	};

	if (argc == 5 && strcmp(argv[1], "victim") == 0)
		return victim(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
