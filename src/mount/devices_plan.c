/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices_plan.c - turns linux.devices into a list of nodes to make, in the runtime
 *
 * A device of the wrong type or number must be refused before the clone.  In a user namespace no
 * device node can be made, so the host's are bound, and these are opened here, where the host's
 * /dev can be reached: each must be the device that the config asks for.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/place.h"
#include "sys/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* config-linux.md, "Default Devices".  console.c makes /dev/console, devices.c /dev/ptmx. */
static const struct {
	const char *path;
	unsigned major, minor;
} defaults[] = {
	{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
};

enum { DEVICE_MODE = 0666 };

/* Is the path "/dev", however it is written? */
static bool is_dev(const char *path)
{
	while (*path == '/')
		path++;
	if (strncmp(path, "dev", 3) != 0)
		return false;
	for (path += 3; *path == '/'; path++)
		;
	return *path == '\0';
}

static bool dev_is_bound(const struct oci_config *config, const struct error_sink *sink)
{
	for (size_t i = 0; i < config->mounts.n; i++)
		if (!error_known(sink, "/mounts/%zu", i) &&
		    is_dev(config->mounts.v[i].destination) && mount_is_bind(&config->mounts.v[i]))
			return true;
	return false;
}

static int path_split(struct device_node *d, const char *path, struct oci_arena *arena,
		      struct error *err)
{
	const char *slash = strrchr(path, '/');
	char shown[FOREIGN_BUF];

	if (!slash || !slash[1] || *path != '/')
		return fail(err, 0, "\"%s\" is no absolute path of a device", foreign(path, shown));
	if (strcmp(slash + 1, "..") == 0 || strcmp(slash + 1, ".") == 0 || strlen(slash + 1) > 255)
		return fail(err, 0, "\"%s\" is no name of a device", foreign(path, shown));
	d->path = path;
	d->name = slash + 1;
	d->directory = slash == path ? "/" : oci_arena_copy(arena, path, (size_t)(slash - path));
	return d->directory ? 0 : fail(err, ENOMEM, "plan of the devices");
}

static int number_check(const struct oci_device *spec, size_t index, struct error *err)
{
	static const char *const keys[] = { "major", "minor" };
	int64_t numbers[] = { spec->major, spec->minor };
	bool has[] = { oci_has(device, spec, major), oci_has(device, spec, minor) };

	for (size_t i = 0; i < 2 && spec->type != OCI_device_type_P; i++) {
		if (!has[i])
			(void)fail_named(err, 0, NULL, "missing for", spec->path);
		else if (numbers[i] < 0 || numbers[i] > (i ? 0xfffff : 0xfff))
			(void)fail(err, 0, "%lld is no device number of Linux",
				   (long long)numbers[i]);
		else
			continue;
		return fail_at(err, "/linux/devices/%zu/%s", index, keys[i]);
	}
	return 0;
}

static int node_plan(struct device_node *d, const struct oci_device *spec, size_t index,
		     struct oci_arena *arena, struct error *err)
{
	uint32_t mode = oci_has(device, spec, file_mode) ? spec->file_mode & 07777 : DEVICE_MODE;
	static const uint32_t types[] = {
		[OCI_device_type_C] = S_IFCHR,
		[OCI_device_type_B] = S_IFBLK,
		[OCI_device_type_U] = S_IFCHR,
		[OCI_device_type_P] = S_IFIFO,
	};

	*d = (struct device_node){ .mode = types[spec->type] | mode,
				   .uid = spec->uid,
				   .gid = spec->gid,
				   .source = -1,
				   .index = index };
	if (path_split(d, spec->path, arena, err) < 0)
		return fail_at(err, "/linux/devices/%zu/path", index);
	if (number_check(spec, index, err) < 0)
		return error_code(err);
	if (spec->type != OCI_device_type_P)
		d->device = makedev((unsigned)spec->major, (unsigned)spec->minor);
	return 0;
}

static bool is_named(const struct devices *devices, const char *path)
{
	for (size_t i = 0; i < devices->n; i++)
		if (strcmp(devices->v[i].path, path) == 0)
			return true;
	return false;
}

static void defaults_add(struct devices *devices)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (!is_named(devices, defaults[i].path))
			devices->v[devices->n++] = (struct device_node){
				.path = defaults[i].path,
				.directory = "/dev",
				.name = defaults[i].path + sizeof "/dev",
				.mode = S_IFCHR | DEVICE_MODE,
				.device = makedev(defaults[i].major, defaults[i].minor),
				.source = -1,
				.index = SIZE_MAX,
			};
}

/* Clones the mount of the host's node.  If that is not allowed (EPERM) or the kernel lacks the
 * call, init opens the node itself. */
static int host_node_open(struct device_node *d, struct error *err)
{
	struct sys_mount_attr alone = { .propagation = MS_PRIVATE };
	char shown[FOREIGN_BUF];
	struct stat st;

	if (!mount_api_is_new() || S_ISFIFO(d->mode))
		return 0;
	d->source = source_open(d->path, 0, err);
	if (d->source < 0)
		return err->errno_value == EPERM ? 0 : within(err, "the host's device");
	/* A clone of a shared mount is shared with it: what is mounted on it would appear on the
	 * host. */
	if (sys_mount_setattr(d->source, "", AT_EMPTY_PATH, &alone) < 0)
		return fail_named(err, errno, "mount_setattr", "the host's device", d->path);
	if (retry(fstat(d->source, &st)) < 0)
		return fail_named(err, errno, "fstat", "", d->path);
	if ((st.st_mode & S_IFMT) == (d->mode & S_IFMT) && st.st_rdev == d->device)
		return 0;
	return fail(err, 0,
		    "the host's \"%s\" is another device (%u:%u), and in a user namespace no "
		    "node can be made",
		    foreign(d->path, shown), major(st.st_rdev), minor(st.st_rdev));
}

static int host_nodes_open(struct devices *devices, struct error *err)
{
	for (size_t i = 0; i < devices->n; i++) {
		struct device_node *d = &devices->v[i];

		if (host_node_open(d, err) >= 0)
			continue;
		if (d->index != SIZE_MAX)
			(void)fail_at(err, "/linux/devices/%zu/path", d->index);
		if (error_more(devices->sink, err) < 0)
			return error_code(err);
	}
	return 0;
}

static int nodes_plan(struct devices *devices, const struct oci_config *config,
		      struct oci_arena *arena, struct error *err)
{
	size_t n = config->linux ? config->linux->devices.n : 0;

	devices->v = oci_arena_get(arena, (n + ARRAY_SIZE(defaults)) * sizeof *devices->v);
	if (!devices->v)
		return fail(err, ENOMEM, "plan of the devices");
	for (size_t i = 0; i < n; i++) {
		const struct oci_device *spec = &config->linux->devices.v[i];

		if (error_known(devices->sink, "/linux/devices/%zu", i))
			continue;
		if (node_plan(&devices->v[devices->n], spec, i, arena, err) >= 0)
			devices->n++;
		else if (error_more(devices->sink, err) < 0)
			return error_code(err);
	}
	if (devices->links)
		defaults_add(devices);
	return devices->bind ? host_nodes_open(devices, err) : 0;
}

int devices_plan(const struct oci_config *config, bool bind, struct oci_arena *arena,
		 struct devices *ret, struct error *err)
{
	struct devices devices = { .bind = bind,
				   .links = !dev_is_bound(config, ret->sink),
				   .sink = ret->sink };

	if (nodes_plan(&devices, config, arena, err) < 0) {
		devices_done(&devices);
		return error_code(err);
	}
	*ret = devices;
	return 0;
}

void devices_done(struct devices *d)
{
	for (size_t i = 0; i < d->n; i++)
		close_fd(&d->v[i].source);
	d->n = 0;
}
