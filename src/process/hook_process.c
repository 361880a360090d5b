/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hook_process.c - a hook is fed, listened to and timed in one poll loop
 *
 * A hook may read its stdin late or never, write without end, leave children behind that keep its
 * stderr open, or hang: only the end of the hook itself, its time limit or a signal to us ends
 * the loop.
 */
#include "process/hook_process.h"

#include "base/auto.h"
#include "base/clock.h"
#include "base/retry.h"
#include "process/terminal.h"
#include "sys/file.h"
#include "sys/interrupt.h"
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum { PIPE_DRAIN_MAX = 1 << 20, KILL_WAIT_MS = 5000 };

/* What the child gets: one end of each pipe, and who made it. */
struct child_ends {
	int state, words, failure;
	pid_t parent;
};

/* ---- in the child: nothing is allocated, every failure is an errno for the parent ---- */

static bool stdio_place(int state, int words)
{
	/* In init /dev/null may be any file of the image, and the hook would write to it
	 * (CVE-2026-88265). */
	int null = file_null_device(O_RDWR | O_NONBLOCK);

	return null >= 0 && retry(dup2(state, STDIN_FILENO)) >= 0 &&
	       retry(dup2(null, STDOUT_FILENO)) >= 0 && retry(dup2(words, STDERR_FILENO)) >= 0;
}

/* The lists of the config are counted, execve(2) wants them to end with NULL.  The copy is a
 * mapping of its own, since init takes nothing from the heap. */
static char **vector_make(const char *const *v, size_t n)
{
	size_t size = (n + 1) * sizeof(char *);
	char **copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return NULL;
	if (n)
		memcpy(copy, v, n * sizeof *copy);
	return copy;
}

static void hook_execute(const struct oci_hook *hook)
{
	bool has_args = hook->args.n > 0;
	char **argv = vector_make(has_args ? hook->args.v : (const char *const *)&hook->path,
				  has_args ? hook->args.n : 1);
	char **envp = vector_make(hook->env.v, hook->env.n);

	if (argv && envp)
		(void)retry(execve(hook->path, argv, envp));
}

/* If the runtime is killed nobody watches the hook's time limit any more, so the kernel shall kill
 * the hook, too.  If the parent died before prctl(2) was called, getppid(2) tells.  (It is 0 for a
 * parent in another pid namespace.) */
static void end_with(pid_t parent)
{
	(void)retry(prctl(PR_SET_PDEATHSIG, SIGKILL));
	if (getppid() != parent && getppid() != 0)
		_exit(127);
}

static void child_run(const struct oci_hook *hook, const struct child_ends *ends)
{
	/* If the caller has closed stdin, stdout or stderr, a pipe may have its number, and dup2(2)
	 * would overwrite it.  So all pipes are moved to 3 and above first. */
	int state = retry(fcntl(ends->state, F_DUPFD_CLOEXEC, 3));
	int words = retry(fcntl(ends->words, F_DUPFD_CLOEXEC, 3));
	int failure = retry(fcntl(ends->failure, F_DUPFD_CLOEXEC, 3));
	struct error ignored;
	int code;

	end_with(ends->parent);
	(void)setsid();
	signals_reset();
	signals_of_writing(true);
	if (state >= 0 && words >= 0 && failure >= 0 && stdio_place(state, words) &&
	    process_cloexec_from(3, &ignored) >= 0)
		hook_execute(hook);
	code = errno;
	(void)!retry(write(failure, &code, sizeof code));
	_exit(127);
}

/* ---- in the parent ---- */
static int pipe_make(int *ret_read, int *ret_write, struct error *err)
{
	int pair[2];

	if (retry(pipe2(pair, O_CLOEXEC)) < 0)
		return fail_call(err, errno, "pipe2", "make a pipe");
	*ret_read = pair[0];
	*ret_write = pair[1];
	return 0;
}

int hook_process_begin(const struct oci_hook *hook, struct hook_process *process, struct error *err)
{
	static const struct clone_request request = { .cgroup = -1 };
	auto_fd int state = -1, words = -1, failure = -1;
	pid_t parent = getpid(), pid;

	if (pipe_make(&state, &process->state, err) < 0 ||
	    pipe_make(&process->words, &words, err) < 0 ||
	    pipe_make(&process->failure, &failure, err) < 0)
		return error_code(err);
	if (retry(fcntl(process->state, F_SETFL, O_NONBLOCK)) < 0 ||
	    retry(fcntl(process->words, F_SETFL, O_NONBLOCK)) < 0 ||
	    retry(fcntl(process->failure, F_SETFL, O_NONBLOCK)) < 0)
		return fail(err, errno, "make a pipe non-blocking");
	pid = process_clone(&request, &process->pidfd, err);
	if (pid < 0)
		return error_code(err);
	if (pid == 0)
		child_run(hook, &(struct child_ends){ state, words, failure, parent });
	process->pid = pid;
	process->signals = interrupts_if_blocked();
	return 0;
}

void hook_process_done(struct hook_process *process)
{
	close_fd(&process->pidfd);
	close_fd(&process->state);
	close_fd(&process->words);
	close_fd(&process->failure);
	close_fd(&process->signals);
}

static void tail_add(struct hook_process *process, const char *text, size_t n)
{
	if (n >= HOOK_TAIL_MAX) {
		memcpy(process->tail, text + n - HOOK_TAIL_MAX, HOOK_TAIL_MAX);
		process->n_tail = HOOK_TAIL_MAX;
		return;
	}
	if (process->n_tail + n > HOOK_TAIL_MAX) {
		size_t drop = process->n_tail + n - HOOK_TAIL_MAX;

		memmove(process->tail, process->tail + drop, process->n_tail - drop);
		process->n_tail -= drop;
	}
	memcpy(process->tail + process->n_tail, text, n);
	process->n_tail += n;
}

static void feed_state(struct hook_process *process)
{
	ssize_t n = 0;

	if (process->n_left > 0)
		n = retry(write(process->state, process->left, process->n_left));
	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0) {
		process->left += n;
		process->n_left -= (size_t)n;
	}
	/* All is written, or the hook does not want to read (EPIPE). */
	if (n < 0 || process->n_left == 0)
		close_fd(&process->state);
}

/* Returns the bytes read; 0 when there is nothing now, or ever again. */
static size_t read_words(struct hook_process *process)
{
	char buf[4096];
	ssize_t n = retry(read(process->words, buf, sizeof buf));

	if (n > 0)
		tail_add(process, buf, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		close_fd(&process->words);
	return n > 0 ? (size_t)n : 0;
}

static void read_failure(struct hook_process *process)
{
	int code;
	ssize_t n = retry(read(process->failure, &code, sizeof code));

	if (n == sizeof code)
		process->exec_errno = code;
	if (n >= 0 || errno != EAGAIN)
		close_fd(&process->failure);
}

/* Rounded up, so that poll(2) does not spin in the last millisecond; -1: no limit. */
static int time_left(int64_t deadline)
{
	int64_t left = deadline - monotonic_ms();

	if (deadline < 0)
		return -1;
	if (left < 0)
		return 0;
	return left >= INT_MAX ? INT_MAX : (int)left + 1;
}

int hook_process_serve(struct hook_process *process, int64_t timeout_s, struct error *err)
{
	bool limited = timeout_s > 0 && timeout_s < INT64_MAX / 2000;
	int64_t deadline = limited ? monotonic_ms() + timeout_s * 1000 : -1;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = process->signals, .events = POLLIN },
			{ .fd = process->pidfd, .events = POLLIN },
			{ .fd = process->state, .events = POLLOUT },
			{ .fd = process->words, .events = POLLIN },
			{ .fd = process->failure, .events = POLLIN },
		};
		int timeout = time_left(deadline), n;

		if (timeout == 0)
			return 0;
		n = interrupt_poll(fds, ARRAY_SIZE(fds), timeout, err);
		if (n < 0)
			return n;
		if (n == 0)
			continue;
		if (fds[2].revents)
			feed_state(process);
		if (fds[3].revents)
			(void)read_words(process);
		if (fds[4].revents)
			read_failure(process);
		if (fds[1].revents)
			return 1;
	}
}

void hook_process_drain(struct hook_process *process)
{
	size_t total = 0, n = 1;

	while (process->words >= 0 && n > 0 && total < PIPE_DRAIN_MAX) {
		n = read_words(process);
		total += n;
	}
	if (process->failure >= 0)
		read_failure(process);
}

/* Kills the process group, and the hook itself by its pidfd in case it has not called setsid(2)
 * yet.  Until it is reaped, its pid can't be another process's. */
int hook_process_kill(struct hook_process *process, int *ret_status, struct error *err)
{
	struct error ignored;
	int r;

	(void)retry(kill(-process->pid, SIGKILL));
	(void)process_signal(process->pidfd, SIGKILL, &ignored);
	r = process_wait_end(process->pidfd, KILL_WAIT_MS, err);
	if (r < 0)
		return r;
	if (r == 0)
		return fail(err, ETIMEDOUT, "kill the hook");
	return process_wait(process->pidfd, ret_status, err);
}
