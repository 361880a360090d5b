/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hierarchy.c - the container's cgroup in one hierarchy: its path and its small files
 *
 * A v1 host has a dozen hierarchies, and most of them are only made, entered and removed, which
 * takes paths alone.  So a directory is opened when its descriptor is first asked for
 * (hierarchy_fd()).
 */
#include "cgroup/hierarchy.h"

#include "base/auto.h"
#include "base/clock.h"
#include "base/retry.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

int hierarchy_set(struct cgroup *cg, const char **field, const char *from, size_t n, size_t max,
		  struct error *err)
{
	const char *copy;

	if (n >= max)
		return fail(err, ENAMETOOLONG, "cgroup \"%.*s\"", (int)(n > 200 ? 200 : n), from);
	copy = n ? oci_arena_copy(cg->arena, from, n) : "";
	if (!copy)
		return fail(err, ENOMEM, "cgroup hierarchies");
	*field = copy;
	return 0;
}

char *hierarchy_path(const struct cgroup_hierarchy *h, char buf[CGROUP_PATH])
{
	(void)snprintf(buf, CGROUP_PATH, "%s%s", h->mountpoint, h->path);
	return buf;
}

struct cgroup_hierarchy *cgroup_home(const struct cgroup *cg, enum cgroup_controller c)
{
	int i = cg->home[c];

	return i >= 0 && (size_t)i < cg->n ? &cg->h[i] : NULL;
}

void hierarchy_count(struct cgroup *cg, const struct cgroup_hierarchy *h)
{
	if (*h->path)
		cg->versions |= (uint8_t)(1u << h->version);
}

bool cgroup_has_version(const struct cgroup *cg, int version)
{
	return cg->versions >> version & 1;
}

int hierarchy_open(struct cgroup_hierarchy *h, struct error *err)
{
	char path[CGROUP_PATH];
	int fd = file_open(AT_FDCWD, hierarchy_path(h, path), O_RDONLY | O_DIRECTORY, 0, err);

	if (fd < 0)
		return fd;
	close_fd(&h->fd);
	h->fd = fd;
	return 0;
}

int hierarchy_fd(struct cgroup_hierarchy *h, struct error *err)
{
	if (h->fd >= 0)
		return h->fd;
	if (!*h->path || h->gone)
		return fail(err, ENOENT, "cgroup \"%s\"", h->path);
	return hierarchy_open(h, err) < 0 ? error_code(err) : h->fd;
}

bool hierarchy_is_there(struct cgroup_hierarchy *h)
{
	struct error ignored;

	return h && hierarchy_fd(h, &ignored) >= 0;
}

/* A kernel file of one record is read by one call. */
ssize_t cgroup_file_read(int dirfd, const char *name, char *buf, size_t size, struct error *err)
{
	auto_fd int fd = file_open(dirfd, name, O_RDONLY, 0, err);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = retry(read(fd, buf, size - 1));
	if (n < 0)
		return fail_call(err, errno, "read", "read \"%s\"", name);
	while (n && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return n;
}

uint64_t cgroup_file_field(const char *text, const char *key, uint64_t fallback)
{
	size_t n = strlen(key);

	for (const char *at = text; (at = strstr(at, key)) != NULL; at += n)
		if ((at == text || at[-1] == '\n') && at[n] == ' ')
			return strtoull(at + n, NULL, 10);
	return fallback;
}

void cgroup_close(struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++) {
		close_fd(&cg->h[i].fd);
		close_fd(&cg->h[i].tasks);
	}
}

void cgroup_done(struct cgroup *cg)
{
	cgroup_close(cg);
	free(cg->h);
	cg->h = NULL;
	cg->arena = oci_arena_free(cg->arena);
	cg->n = 0;
	cg->versions = 0;
}

int64_t cgroup_deadline(int timeout_ms)
{
	return monotonic_ms() + timeout_ms;
}

bool cgroup_back_off(int64_t deadline, unsigned *microseconds)
{
	struct timespec t = { 0, (long)*microseconds * 1000 };

	if (monotonic_ms() >= deadline)
		return false;
	(void)nanosleep(&t, NULL);
	*microseconds = *microseconds < 5000 ? *microseconds * 2 : 10000;
	return true;
}
