/* SPDX-License-Identifier: Apache-2.0 */
/* test_file.c - host files: read whole, replaced at once, removed without touching a mount */
#include "tests/unit/sandbox.h"

#include "sys/file.h"
#include "sys/own_path.h"
#include "sys/path.h"

#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

static void regular_files_are_read_whole(void **state)
{
	struct sandbox *box = *state;
	auto_free char *text = NULL;
	char big[10000];
	struct error err;
	size_t len;

	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	sandbox_write(box->fd, "big", big);
	assert_int_equal(file_read(box->fd, "big", 9999, &text, &len, &err), 0);
	assert_int_equal(len, 9999);
	assert_string_equal(text, big);
	free(take_ptr(&text));
	assert_int_equal(file_read(box->fd, "big", 9998, &text, &len, &err), -EFBIG);
	assert_int_equal(file_read(box->fd, "gone", 10, &text, &len, &err), -ENOENT);
	assert_int_equal(file_read(box->fd, ".", 10, &text, &len, &err), -EINVAL);
	assert_int_equal(mkfifoat(box->fd, "fifo", 0600), 0);
	assert_int_equal(file_read(box->fd, "fifo", 10, &text, &len, &err), -EINVAL);
	assert_non_null(strstr(sandbox_words(&err), "\"fifo\" must be a regular file"));
	assert_null(text);
}

static void pipes_are_read_to_their_end(void **state)
{
	auto_free char *text = NULL;
	struct error err;
	size_t len;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(file_write_fd(fds[1], "abc", 3, &err), 0);
	(void)close(fds[1]);
	assert_int_equal(file_read_fd(fds[0], 3, &text, &len, &err), 0);
	assert_string_equal(text, "abc");
	(void)close(fds[0]);
	assert_int_equal(file_read_fd(-1, 3, &text, &len, &err), -EBADF);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* The writer waits, and is interrupted there. */
static void pipe_full(int fd)
{
	int n = 0;

	for (int i = 0; i < 10000 && n < fcntl(fd, F_GETPIPE_SZ); i++) {
		(void)usleep(1000);
		assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	}
	assert_int_equal(n, fcntl(fd, F_GETPIPE_SZ));
}

/* Signals without SA_RESTART all the while, and a reader slower than the writer. */
static void interrupted_writes_are_completed(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm };
	static char text[1 << 20];
	auto_free char *got = NULL;
	struct error err;
	int fds[2], status;
	size_t len;
	pid_t pid;

	(void)state;
	memset(text, 'y', sizeof text);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		(void)sigaction(SIGALRM, &action, NULL);
		(void)ualarm(500, 500);
		_exit(file_write_fd(fds[1], text, sizeof text, &err) < 0);
	}
	(void)close(fds[1]);
	(void)sigaction(SIGALRM, &action, NULL);
	pipe_full(fds[0]);
	(void)ualarm(500, 500);
	assert_int_equal(file_read_fd(fds[0], sizeof text, &got, &len, &err), 0);
	(void)ualarm(0, 0);
	assert_int_equal(len, sizeof text);
	(void)close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	assert_int_equal(status, 0);
}

static int count(const struct sandbox *box)
{
	DIR *dir = opendir(box->path);
	int n = -2;

	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

static void a_file_is_replaced_at_once(void **state)
{
	struct sandbox *box = *state;
	char path[PATH_MAX];
	auto_free char *text = NULL;
	struct error err;
	struct stat st;
	size_t len;

	(void)umask(0777);
	assert_int_equal(file_replace(box->fd, "state.json", "one", 3, 0600, &err), 0);
	assert_int_equal(file_replace(box->fd, "state.json", "three", 5, 0644, &err), 0);
	(void)umask(022);
	assert_int_equal(fstatat(box->fd, "state.json", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(file_read(box->fd, "state.json", 99, &text, &len, &err), 0);
	assert_string_equal(text, "three");
	assert_int_equal(count(box), 1);
	(void)snprintf(path, sizeof path, "%s/pid", box->path);
	assert_int_equal(file_replace(AT_FDCWD, path, "42", 2, 0644, &err), 0);
	assert_int_equal(fstatat(box->fd, "pid", &st, 0), 0);
	assert_int_equal(st.st_size, 2);
}

static void what_cannot_be_replaced_leaves_nothing(void **state)
{
	struct sandbox *box = *state;
	struct error err;

	assert_int_equal(mkdirat(box->fd, "taken", 0755), 0);
	assert_int_equal(file_replace(box->fd, "taken", "x", 1, 0600, &err), -EISDIR);
	assert_non_null(strstr(sandbox_words(&err), "\"taken\""));
	assert_int_equal(file_replace(box->fd, "gone/x", "x", 1, 0600, &err), -ENOENT);
	assert_int_equal(count(box), 1);
}

/* A killed process with our pid may have left its file: that neither stops us nor is written to. */
static void a_leftover_is_no_obstacle(void **state)
{
	struct sandbox *box = *state;
	char leftover[64];
	auto_free char *text = NULL;
	struct error err;
	size_t len;

	(void)snprintf(leftover, sizeof leftover, ".name.%d", (int)getpid());
	sandbox_write(box->fd, "victim", "safe");
	assert_int_equal(symlinkat("victim", box->fd, leftover), 0);
	assert_int_equal(file_replace(box->fd, "name", "new", 3, 0600, &err), 0);
	assert_int_equal(file_read(box->fd, "victim", 99, &text, &len, &err), 0);
	assert_string_equal(text, "safe");
	assert_int_equal(count(box), 2);
}

static void what_is_created_is_new(void **state)
{
	struct sandbox *box = *state;
	auto_free char *text = NULL;
	struct error err;
	struct stat st;
	size_t len;

	(void)umask(0777);
	assert_int_equal(file_create(box->fd, "config.json", "{}", 2, 0640, &err), 0);
	(void)umask(022);
	assert_int_equal(fstatat(box->fd, "config.json", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(symlinkat("config.json", box->fd, "link"), 0);
	assert_int_equal(file_create(box->fd, "config.json", "new", 3, 0600, &err), -EEXIST);
	assert_int_equal(file_create(box->fd, "link", "new", 3, 0600, &err), -EEXIST);
	assert_int_equal(file_read(box->fd, "config.json", 99, &text, &len, &err), 0);
	assert_string_equal(text, "{}");
	assert_int_equal(count(box), 2);
}

static void poke_writes_into_what_is_there(void **state)
{
	struct sandbox *box = *state;
	auto_free char *text = NULL;
	struct error err;
	size_t len;

	sandbox_write(box->fd, "knob", "----");
	assert_int_equal(file_poke(box->fd, "knob", "12", &err), 0);
	assert_int_equal(file_read(box->fd, "knob", 99, &text, &len, &err), 0);
	assert_string_equal(text, "12--");
	assert_int_equal(file_poke(box->fd, "gone", "12", &err), -ENOENT);
	assert_int_equal(file_poke(AT_FDCWD, "/dev/full", "12\n", &err), -ENOSPC);
	assert_string_equal(sandbox_words(&err),
			    "write \"12 \" to \"/dev/full\": no space left (ENOSPC)");
}

static void tree_make(const struct sandbox *box)
{
	char path[256] = "tree";

	for (int depth = 0; depth < 20; depth++) {
		size_t len = strlen(path);

		assert_int_equal(mkdirat(box->fd, path, 0755), 0);
		(void)snprintf(path + len, sizeof path - len, "/file");
		sandbox_write(box->fd, path, "");
		(void)snprintf(path + len, sizeof path - len, "/link");
		assert_int_equal(symlinkat(box->path, box->fd, path), 0);
		(void)snprintf(path + len, sizeof path - len, "/d");
	}
}

static void a_tree_is_removed_and_links_are_not_followed(void **state)
{
	struct sandbox *box = *state;
	struct error err;

	sandbox_write(box->fd, "other", "");
	tree_make(box);
	assert_int_equal(file_remove_tree(box->fd, "tree", &err), 0);
	assert_int_equal(count(box), 1);
	assert_int_equal(file_remove_tree(box->fd, "tree", &err), 0);
	assert_int_equal(file_remove_tree(box->fd, "other", &err), 0);
	assert_int_equal(count(box), 0);
}

/* 0: as it must be; 77: we may not mount. */
static int mount_child(const struct sandbox *box)
{
	char path[PATH_MAX];
	struct error err;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	(void)snprintf(path, sizeof path, "%s/tree/mnt", box->path);
	if (mkdir(path, 0755) < 0 || mount("tmpfs", path, "tmpfs", 0, NULL) < 0)
		return 1;
	sandbox_write(box->fd, "tree/mnt/precious", "");
	if (file_remove_tree(box->fd, "tree", &err) != -EBUSY)
		return 2;
	return faccessat(box->fd, "tree/mnt/precious", F_OK, 0) == 0 ? 0 : 3;
}

static void a_mount_in_a_tree_is_not_touched(void **state)
{
	struct sandbox *box = *state;
	pid_t pid;
	int status;

	assert_int_equal(mkdirat(box->fd, "tree", 0755), 0);
	pid = fork();
	if (pid == 0)
		_exit(mount_child(box));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- directories of the host ---- */

static void own_directories_are_made_with_their_mode(void **state)
{
	struct sandbox *box = *state;
	char path[PATH_MAX];
	struct error err;
	struct stat st;
	int fd;

	assert_int_equal(mkdirat(box->fd, "there", 0755), 0);
	assert_int_equal(symlinkat("there", box->fd, "link"), 0);
	(void)snprintf(path, sizeof path, "%s/link//a/b/", box->path);
	assert_int_equal(own_directory_open(path, false, &err), -ENOENT);
	(void)umask(0777);
	fd = own_directory_open(path, true, &err);
	assert_int_equal(umask(022), 0777);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	(void)close(fd);
	assert_int_equal(fstatat(box->fd, "there/a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	fd = own_directory_open(path, true, &err);
	assert_true(fd >= 0);
	(void)close(fd);
	sandbox_write(box->fd, "file", "");
	(void)snprintf(path, sizeof path, "%s/file/x", box->path);
	assert_int_equal(own_directory_open(path, true, &err), -ENOTDIR);
}

/* Whose directory it leads to does not matter: he chooses it. */
static void a_link_of_somebody_else_is_not_followed(void **state)
{
	struct sandbox *box = *state;
	char path[PATH_MAX];
	struct error err;
	struct stat st;

	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdirat(box->fd, "ours", 0700), 0);
	assert_int_equal(symlinkat("ours", box->fd, "link"), 0);
	assert_int_equal(fchownat(box->fd, "link", 1234, 1234, AT_SYMLINK_NOFOLLOW), 0);
	(void)snprintf(path, sizeof path, "%s/link", box->path);
	assert_int_equal(own_directory_open(path, false, &err), -EACCES);
	assert_non_null(strstr(sandbox_words(&err), "the link \"link\" on the way is user 1234's"));
	(void)snprintf(path, sizeof path, "%s/link/made", box->path);
	assert_int_equal(own_directory_open(path, true, &err), -EACCES);
	assert_int_equal(fstatat(box->fd, "ours/made", &st, 0), -1);
}

/* More than may change under the walk. */
static void a_path_of_many_missing_folders_is_made(void **state)
{
	struct sandbox *box = *state;
	char path[PATH_MAX] = "";
	struct error err;
	int fd;

	for (size_t i = 0; i < 1900; i++)
		memcpy(path + 2 * i, "/d", 3);
	fd = in_root_mkdir(box->fd, path, 0755, &err);
	assert_true(fd >= 0);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(regular_files_are_read_whole),
		sandbox_test(pipes_are_read_to_their_end),
		sandbox_test(interrupted_writes_are_completed),
		sandbox_test(a_file_is_replaced_at_once),
		sandbox_test(what_cannot_be_replaced_leaves_nothing),
		sandbox_test(a_leftover_is_no_obstacle),
		sandbox_test(what_is_created_is_new),
		sandbox_test(poke_writes_into_what_is_there),
		sandbox_test(a_tree_is_removed_and_links_are_not_followed),
		sandbox_test(a_mount_in_a_tree_is_not_touched),
		sandbox_test(own_directories_are_made_with_their_mode),
		sandbox_test(a_link_of_somebody_else_is_not_followed),
		sandbox_test(a_path_of_many_missing_folders_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
