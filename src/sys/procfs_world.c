/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs_world.c - finds what a process is called in another pid namespace, and when it began there
 *
 * A runtime in a container writes pids of its own pid namespace into its records, and the host, or
 * the next container on the same state directory, reads them.  The kernel tells a process's pids in
 * all namespaces that the reader can see into, outermost first, and NS_GET_PARENT says which of
 * them is which.
 */
#include "sys/procfs_world.h"

#include "base/auto.h"
#include "base/decimal.h"
#include "base/retry.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* PROC_PID_INIT_INO and PROC_TIME_INIT_INO (include/linux/proc_ns.h): the same on every machine. */
enum { PID_INITIAL = 0xEFFFFFFCU, TIME_INITIAL = 0xEFFFFFFAU };
enum { NS_PER_S = 1000000000 };

/* "boottime SECONDS NANOSECONDS", a line of timens_offsets, in clock ticks. */
static int read_offset(int procfs, long long *ret, struct error *err)
{
	long long s = 0, ns = 0;
	char text[256];
	const char *line;

	if (procfs_read(procfs, "self/timens_offsets", text, sizeof text, err) < 0)
		return error_code(err);
	line = strstr(text, "boottime");
	if (!line || sscanf(line, "boottime %lld %lld", &s, &ns) != 2)
		return fail(err, EPROTO, "timens_offsets reads \"%.100s\"", text);
	*ret = s * sysconf(_SC_CLK_TCK) + ns / (NS_PER_S / sysconf(_SC_CLK_TCK));
	return 0;
}

/* On a /proc with hidepid= not even the pid namespace of the machine shows us everybody. */
static bool shows_others(int procfs)
{
	struct error ignored;
	pid_t pids[PROCFS_LEVELS];

	return procfs_pids(procfs, 1, pids, &ignored) > 0;
}

int procfs_world(int procfs, struct procfs_world *ret, struct error *err)
{
	auto_fd int folder = procfs_file(procfs, "self/ns", O_PATH | O_DIRECTORY, err);
	struct stat st;

	*ret = (struct procfs_world){ 0 };
	if (folder < 0)
		return folder;
	if (retry(fstatat(folder, "pid", &st, 0)) < 0)
		return fail_call(err, errno, "fstatat", "look at our pid namespace");
	ret->pid_dev = st.st_dev;
	ret->pid_ino = st.st_ino;
	ret->sees_all = st.st_ino == PID_INITIAL && shows_others(procfs);
	if (retry(fstatat(folder, "cgroup", &st, 0)) == 0)
		ret->cgroup_ino = st.st_ino;
	else if (errno != ENOENT)
		return fail_call(err, errno, "fstatat", "look at our cgroup namespace");
	if (retry(fstatat(folder, "time", &st, 0)) < 0) /* ENOENT before Linux 5.6 */
		return errno == ENOENT ? 0 : fail_call(err, errno, "fstatat", "our time namespace");
	if (st.st_ino == TIME_INITIAL)
		return 0;
	ret->time_ino = st.st_ino;
	return read_offset(procfs, &ret->time_offset, err);
}

int procfs_pids(int procfs, pid_t pid, pid_t ret[PROCFS_LEVELS], struct error *err)
{
	auto_free char *text = NULL; /* "Groups:" before it may be long */
	char name[32], *at, *end;
	size_t len;
	int n = 0;

	(void)snprintf(name, sizeof name, "%d/status", (int)pid);
	if (procfs_read_all(procfs, name, &text, &len, err) < 0)
		return err->errno_value == ENOENT || err->errno_value == ESRCH ? 0
									       : error_code(err);
	at = strstr(text, "\nNSpid:");
	if (!at)
		return fail(err, ENOSYS, "the status of process %d has no NSpid", (int)pid);
	at += strlen("\nNSpid:");
	end = strchrnul(at, '\n');
	*end = '\0';
	for (char *word; n < PROCFS_LEVELS && (word = strsep(&at, "\t ")) != NULL;) {
		uint32_t number;

		if (!*word)
			continue;
		if (!parse_u32(word, &number))
			return fail(err, EPROTO, "NSpid of process %d", (int)pid);
		ret[n++] = (pid_t)number;
	}
	return n;
}

int procfs_levels_below(int procfs, pid_t pid, dev_t dev, ino_t ino)
{
	struct error ignored;
	auto_fd int fd = procfs_namespace_open(procfs, pid, "pid", &ignored);

	if (fd < 0 && ignored.errno_value != ENOENT && ignored.errno_value != ESRCH)
		return -2;
	for (int level = 0; fd >= 0 && level < PROCFS_LEVELS; level++) {
		struct stat st;
		int parent;

		if (retry(fstat(fd, &st)) < 0)
			return -1;
		if (st.st_dev == dev && st.st_ino == ino)
			return level;
		parent = retry(ioctl(fd, NS_GET_PARENT)); /* EPERM above our own */
		close_fd(&fd);
		fd = parent;
	}
	return -1;
}

int procfs_each(int procfs, procfs_visit *visit, void *context, struct error *err)
{
	auto_fd int fd = file_open(procfs, ".", O_RDONLY | O_DIRECTORY, 0, err);
	auto_dir DIR *d = NULL;
	const struct dirent *e;
	uint32_t pid;
	int r = 0;

	if (fd < 0)
		return fd;
	d = file_list(&fd, err);
	if (!d)
		return within(err, "list the processes");
	while (r == 0 && (e = file_list_next(d)) != NULL)
		if (parse_u32(e->d_name, &pid))
			r = visit(procfs, (pid_t)pid, context, err);
	if (r == 0 && errno)
		return fail_call(err, errno, "getdents64", "list the processes");
	return r;
}
