/* SPDX-License-Identifier: Apache-2.0 */
/*
 * masks.c - covers the masked paths and makes the readonly paths read-only
 *
 * A masked file is covered by a bind of /dev/null, a masked directory by an empty read-only tmpfs,
 * which all masked directories share.  It must be the host's /dev/null: the image can replace the
 * container's by a link to /proc/sys/kernel/core_pattern, say, and would get that file bound,
 * writable (CVE-2025-31133, CVE-2025-62161).
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/kernel.h"
#include "mount/place.h"
#include "sys/file.h"
#include "sys/path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int null_open(struct error *err)
{
	int fd = file_null_device(O_PATH | O_NOFOLLOW);

	if (fd < 0 && errno == ENODEV)
		return fail(err, 0, "the host's \"/dev/null\" is not the null device (char 1:3)");
	if (fd < 0)
		return fail_call(err, errno, "open", "\"/dev/null\" of the host");
	return fd;
}

/* ---- in the runtime ---- */

static int refuse_root(const char *path, const char *leads, struct error *err)
{
	char shown[FOREIGN_BUF];

	return fail(err, 0, "\"%s\" %s the root itself, which root.readonly protects",
		    foreign(path, shown), leads);
}

/* Does the path name the root, by its text alone?  Links are looked at later, in init. */
static bool names_root(const char *path)
{
	size_t depth = 0;

	for (size_t n; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 2 && strncmp(path, "..", 2) == 0)
			depth -= depth > 0;
		else if (n > 1 || (n == 1 && *path != '.'))
			depth++;
	}
	return depth == 0;
}

static int paths_check(const struct oci_strs *paths, const char *name, struct error_sink *sink,
		       struct error *err)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (error_known(sink, "/linux/%s/%zu", name, i) || !names_root(paths->v[i]))
			continue;
		(void)refuse_root(paths->v[i], "is", err);
		(void)fail_at(err, "/linux/%s/%zu", name, i);
		if (error_more(sink, err) < 0)
			return error_code(err);
	}
	return 0;
}

int masks_check(const struct oci_strs *masked, const struct oci_strs *readonly,
		struct error_sink *sink, struct error *err)
{
	int r = paths_check(masked, "maskedPaths", sink, err);

	return r < 0 ? r : paths_check(readonly, "readonlyPaths", sink, err);
}

/* ---- in init ---- */

/* Opens a path; returns 1 if there is nothing to mask. */
static int path_open(struct target *t, struct error *err)
{
	t->fd = in_root_open(t->rootfs, t->path, O_PATH | O_CLOEXEC, err);
	if (t->fd < 0)
		return err->errno_value == ENOENT || err->errno_value == ENOTDIR ? 1 : t->fd;
	if (!target_is_root(t->fd, t->rootfs))
		return 0;
	close_fd(&t->fd);
	return refuse_root(t->path, "leads to", err);
}

static int directory_mask(const struct target *t, int *tmpfs, struct error *err)
{
	if (*tmpfs >= 0)
		return placer_get()->bind_fd(*tmpfs, t, 0, err);
	*tmpfs = placer_get()->tmpfs(
		t, "0555",
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, err);
	return *tmpfs < 0 ? *tmpfs : 0;
}

static int path_mask(struct target *t, int null_fd, int *tmpfs, struct error *err)
{
	auto_fd int fd = -1;
	struct stat st;
	int r = path_open(t, err);

	if (r != 0)
		return r;
	fd = t->fd;
	if (retry(fstat(fd, &st)) < 0)
		return fail_named(err, errno, "fstat", "", t->path);
	if (S_ISDIR(st.st_mode))
		return directory_mask(t, tmpfs, err);
	return placer_get()->bind_fd(null_fd, t, 0, err);
}

static int masked_apply(const struct oci_strs *masked, int rootfs, int null_fd, struct error *err)
{
	auto_fd int tmpfs = -1;

	if (masked->n && !file_is_null_device(null_fd))
		return fail(err, 0, "what masks paths is not the null device");
	for (size_t i = 0; i < masked->n; i++) {
		struct target t = { .rootfs = rootfs, .path = masked->v[i] };

		if (path_mask(&t, null_fd, &tmpfs, err) < 0)
			return fail_at(err, "/linux/maskedPaths/%zu", i);
	}
	return 0;
}

static int readonly_apply(const struct oci_strs *readonly, int rootfs, struct error *err)
{
	for (size_t i = 0; i < readonly->n; i++) {
		struct target t = { .rootfs = rootfs, .path = readonly->v[i] };
		int r = path_open(&t, err);

		if (r == 0)
			r = placer_get()->bind_fd(t.fd, &t, BIND_RECURSIVE | BIND_READ_ONLY, err);
		close_fd(&t.fd);
		if (r < 0)
			return fail_at(err, "/linux/readonlyPaths/%zu", i);
	}
	return 0;
}

int masks_apply(const struct oci_strs *masked, const struct oci_strs *readonly, int rootfs,
		int null_fd, struct error *err)
{
	int r = readonly_apply(readonly, rootfs, err);

	return r < 0 ? r : masked_apply(masked, rootfs, null_fd, err);
}
