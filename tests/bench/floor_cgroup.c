/* SPDX-License-Identifier: Apache-2.0 */
/* floor_cgroup.c - a cgroup in every hierarchy, made, entered, removed */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* Where Debian and its kin mount them; one that is not there is passed over. */
static const char *const hierarchies[] = { "cpu",     "cpuacct", "cpuset",     "memory",
					   "devices", "freezer", "blkio",      "pids",
					   "systemd", "hugetlb", "perf_event", "rdma",
					   "misc",    "net_cls", "net_prio",   NULL };

static const char device_rules[][16] = {
	"a",	     "c *:* m",	  "b *:* m",   "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",
	"c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm",
};

const char *floor_hierarchy(int i)
{
	return hierarchies[i];
}

/* Where no hierarchy is mounted a plain folder may be; it would be filled with plain folders. */
static bool is_mounted(const char *hierarchy)
{
	char path[FLOOR_PATH];
	struct statfs fs;

	(void)snprintf(path, sizeof path, "/sys/fs/cgroup/%s", hierarchy);
	return statfs(path, &fs) == 0 &&
	       (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

static int make(const char *hierarchy, const char *id)
{
	char path[FLOOR_PATH];

	if (!is_mounted(hierarchy))
		return -1;
	(void)snprintf(path, sizeof path, "/sys/fs/cgroup/%s/ocirt-%s", hierarchy, id);
	if (mkdir(path, 0755) < 0) {
		if (errno == ENOENT || errno == EROFS || errno == EPERM)
			return -1;
		floor_die(path);
	}
	return floor_check(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
}

void floor_cgroup_make_v2(struct floor *f)
{
	f->unified = make("unified", f->id);
}

static int open_at(int dir, const char *file, int flags)
{
	return floor_check(openat(dir, file, flags | O_CLOEXEC), file);
}

static void poke(int fd, const char *text)
{
	(void)floor_check(write(fd, text, strlen(text)), text);
}

/* A new v1 cpuset is empty: nothing may run in it. */
static void cpuset_inherit(int dir)
{
	static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
	char above[32], text[256];

	for (int i = 0; i < 2; i++) {
		(void)snprintf(above, sizeof above, "../%s", files[i]);
		int from = open_at(dir, above, O_RDONLY), to = open_at(dir, files[i], O_WRONLY);
		ssize_t n = read(from, text, sizeof text);

		(void)floor_check(n < 0 ? n : write(to, text, (size_t)n), files[i]);
		(void)close(from);
		(void)close(to);
	}
}

static void devices_limit(int dir)
{
	int deny = open_at(dir, "devices.deny", O_WRONLY);
	int allow = open_at(dir, "devices.allow", O_WRONLY);

	for (size_t i = 0; i < sizeof device_rules / sizeof device_rules[0]; i++)
		poke(i ? allow : deny, device_rules[i]);
	(void)close(deny);
	(void)close(allow);
}

static void futex(_Atomic uint32_t *at, int what, uint32_t value)
{
	(void)syscall(SYS_futex, at, what, value, NULL, NULL, 0);
}

void floor_cgroup_make_v1(struct floor *f)
{
	struct floor_page *page = f->page;

	for (int i = 0; hierarchies[i]; i++) {
		int dir = make(hierarchies[i], f->id);

		if (dir < 0)
			continue;
		if (strcmp(hierarchies[i], "cpuset") == 0)
			cpuset_inherit(dir);
		if (strcmp(hierarchies[i], "devices") == 0)
			devices_limit(dir);
		page->tasks[page->n_tasks++] = open_at(dir, "tasks", O_WRONLY);
		(void)close(dir);
	}
	atomic_store(&page->cgroups_ready, 1);
	futex(&page->cgroups_ready, FUTEX_WAKE, INT_MAX);
}

void floor_cgroup_join(struct floor *f)
{
	while (!atomic_load(&f->page->cgroups_ready))
		futex(&f->page->cgroups_ready, FUTEX_WAIT, 0);
	for (int i = 0; i < f->page->n_tasks; i++)
		poke(f->page->tasks[i], "0");
}

/* The kernel may hold an ended process's cgroup for a moment. */
static void drop(const char *hierarchy, const char *id)
{
	char path[FLOOR_PATH];

	(void)snprintf(path, sizeof path, "/sys/fs/cgroup/%s/ocirt-%s", hierarchy, id);
	for (int i = 0; rmdir(path) < 0 && errno == EBUSY && i < 10000; i++)
		(void)nanosleep(&(struct timespec){ .tv_nsec = 50000 }, NULL);
}

void floor_cgroup_remove(const struct floor *f)
{
	for (int i = 0; hierarchies[i]; i++)
		drop(hierarchies[i], f->id);
	if (f->unified >= 0)
		drop("unified", f->id);
}
