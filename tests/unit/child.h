/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - something is done in a child, which gives up user or root; what it says comes back */
#pragma once
#include "base/auto.h"
#include "base/error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

/* Runs act(arg) in a child whose stdout is read into said (NUL terminated).  Returns the exit code,
 * 128 + signal if it was killed. */
static inline int child_says(void (*act)(void *arg), void *arg, char *said, size_t size)
{
	size_t total = 0;
	int pair[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(pair, O_CLOEXEC) < 0)
		return -1;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)dup2(pair[1], STDOUT_FILENO);
		act(arg);
		(void)fflush(NULL);
		_exit(0);
	}
	(void)close(pair[1]);
	while (pid > 0 && (n = read(pair[0], said + total, size - 1 - total)) > 0)
		total += (size_t)n;
	said[total] = '\0';
	(void)close(pair[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* In the child: "POINTER: words" of an error that came, "fine" for none. */
static inline void child_tell(int r, const struct error *err)
{
	char words[2048];

	if (r >= 0)
		(void)printf("fine\n");
	else
		(void)printf("%s%s%s\n", err->has_pointer ? err->pointer : "",
			     err->has_pointer ? ": " : "", error_words(err, words, sizeof words));
}
