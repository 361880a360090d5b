/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_root.c - a container whose root is the host's own: nothing is made in it
 *
 * With root.path "/" a missing mount point would be made on the host, and /dev/ptmx would become a
 * link there, for every terminal of the machine.  So what a start would make must be there already,
 * unless a mount of the container's own covers the place.
 */
#include "base/retry.h"
#include "mount/mount.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool is_host_root(const char *rootfs)
{
	struct stat root, host;

	return retry(stat(rootfs, &root)) == 0 && retry(stat("/", &host)) == 0 &&
	       root.st_dev == host.st_dev && root.st_ino == host.st_ino;
}

/* The next part of a path, without slashes and "."; its length, 0 at the end. */
static size_t next_part(const char **at)
{
	size_t len;

	for (;;) {
		*at += strspn(*at, "/");
		len = strcspn(*at, "/");
		if (len != 1 || **at != '.')
			return len;
		*at += 1;
	}
}

/* Is path below the folder (or the folder itself)?  By words alone: a path with links or ".." that
 * is taken for uncovered must exist, which is the safe side. */
static bool is_below(const char *path, const char *folder)
{
	for (;;) {
		size_t n = next_part(&folder), len = next_part(&path);

		if (n == 0)
			return true;
		if (n != len || memcmp(folder, path, n) != 0)
			return false;
		folder += n;
		path += len;
	}
}

/* Does one of the first n mounts cover the path? */
static bool is_covered(const struct oci_config *config, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (is_below(path, config->mounts.v[i].destination))
			return true;
	return false;
}

static int not_made(const char *path, struct error *err)
{
	char shown[FOREIGN_BUF];

	return fail(err, 0, "\"%s\" is missing, and the root is the host's: nothing is made in it",
		    foreign(path, shown));
}

static int mount_points_check(const struct oci_config *config, struct error *err)
{
	for (size_t i = 0; i < config->mounts.n; i++) {
		const char *path = config->mounts.v[i].destination;
		struct stat st;

		if (is_covered(config, i, path) || retry(stat(path, &st)) == 0)
			continue;
		(void)not_made(path, err);
		return fail_at(err, "/mounts/%zu/destination", i);
	}
	return 0;
}

static int nodes_check(const struct oci_config *config, const struct devices *d, struct error *err)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = d->v[i].path;
		struct stat st;

		if (is_covered(config, config->mounts.n, path) || retry(stat(path, &st)) == 0)
			continue;
		(void)not_made(path, err);
		return d->v[i].index == SIZE_MAX
			       ? error_code(err)
			       : fail_at(err, "/linux/devices/%zu/path", d->v[i].index);
	}
	return 0;
}

int host_root_plan(const struct oci_config *config, const struct mounts *m, struct devices *d,
		   struct error *err)
{
	const char *cwd = config->process ? config->process->cwd : NULL;
	struct stat st;

	if (!m->rootfs || !is_host_root(m->rootfs))
		return 0;
	if (mount_points_check(config, err) < 0 || nodes_check(config, d, err) < 0)
		return error_code(err);
	if (!is_covered(config, config->mounts.n, "/dev"))
		d->links = false; /* those that the host has are right for it */
	if (!cwd || is_covered(config, config->mounts.n, cwd) || retry(stat(cwd, &st)) == 0)
		return 0;
	(void)not_made(cwd, err);
	return fail_at(err, "/process/cwd");
}
