/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.h - a scratch folder a test, and a look at what it leaves behind
 *
 * sandbox_begin/sandbox_end are a cmocka setup and teardown: the folder is made and removed,
 * OCIRT_NO is empty on both ends, and a test that leaves a file descriptor or a child behind fails.
 */
#pragma once
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct sandbox {
	char path[PATH_MAX / 2];
	int fd, fds_before;
};

static inline int sandbox_count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

static inline int sandbox_begin(void **state)
{
	struct sandbox *box = calloc(1, sizeof *box);
	const char *folder = getenv("TMPDIR");

	assert_non_null(box);
	(void)umask(022);
	(void)unsetenv("OCIRT_NO");
	(void)snprintf(box->path, sizeof box->path, "%s/ocirt-unit-XXXXXX",
		       folder && *folder ? folder : "/tmp");
	assert_non_null(mkdtemp(box->path));
	box->fds_before = sandbox_count_fds();
	box->fd = open(box->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(box->fd >= 0);
	*state = box;
	return 0;
}

static inline int sandbox_end(void **state)
{
	struct sandbox *box = *state;
	pid_t pid;
	int fds;

	(void)unsetenv("OCIRT_NO");
	(void)close(box->fd);
	fds = sandbox_count_fds();
	if (fds != box->fds_before)
		(void)fprintf(stderr, "%d file descriptors before, %d after\n", box->fds_before,
			      fds);
	assert_int_equal(fds, box->fds_before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", "--", box->path, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	free(box);
	return 0;
}

/* The error in words, for a message of the test's own. */
static inline const char *sandbox_words(const struct error *err)
{
	static char words[4096];

	return error_words(err, words, sizeof words);
}

static inline void sandbox_write(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

#define sandbox_test(f) cmocka_unit_test_setup_teardown(f, sandbox_begin, sandbox_end)
