/* SPDX-License-Identifier: Apache-2.0 */
/*
 * namespaces.c - opens, checks, makes and enters namespaces
 *
 * A path in the config may lead to any file, and to another one a moment later.  So the runtime
 * opens each path once, asks the kernel which type of namespace it is, and init enters it by that
 * fd.  The order of entering is given by kinds[].
 *
 * Kernels differ: setns(2) takes a pidfd since Linux 5.8, and a process is moved to a new time
 * namespace only by a second call (namespaces_time()).
 */
#include "namespace/namespaces.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/file.h"
#include "sys/id_maps.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* In the order of entering: the user namespace gives the right to enter the others, and after the
 * mount namespace the paths of this process mean something else. */
static const struct kind {
	uint64_t flag;
	enum oci_namespace_type type;
	const char *file; /* below PID/ns */
} kinds[] = {
	{ CLONE_NEWUSER, OCI_namespace_type_USER, "user" },
	{ CLONE_NEWNET, OCI_namespace_type_NETWORK, "net" },
	{ CLONE_NEWIPC, OCI_namespace_type_IPC, "ipc" },
	{ CLONE_NEWUTS, OCI_namespace_type_UTS, "uts" },
	{ CLONE_NEWCGROUP, OCI_namespace_type_CGROUP, "cgroup" },
	{ CLONE_NEWTIME, OCI_namespace_type_TIME, "time" },
	{ CLONE_NEWPID, OCI_namespace_type_PID, "pid" },
	{ CLONE_NEWNS, OCI_namespace_type_MOUNT, "mnt" },
};
_Static_assert(ARRAY_SIZE(kinds) == OCI_namespace_type_WORDS, "every kind has a row");

static const struct kind *kind_of_type(int type)
{
	size_t i = 0;

	while ((int)kinds[i].type != type)
		i++;
	return &kinds[i];
}

bool namespaces_own(const struct namespaces *ns, uint64_t flag)
{
	return ((ns->fresh | ns->joined) & flag) != 0;
}

int namespaces_joined_fd(const struct namespaces *ns, uint64_t flag)
{
	for (size_t i = 0; i < ns->n_join; i++)
		if (ns->join[i].flag == flag)
			return ns->join[i].fd;
	return -1;
}

static const char *kind_name(int flag)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((int)kinds[i].flag == flag)
			return oci_namespace_type_enum.words[kinds[i].type];
	return "unknown";
}

/* An fd of the namespace at path, known to be of its type. */
static int open_checked(const char *path, int type, struct error *err)
{
	char shown[FOREIGN_BUF];
	auto_fd int fd = -1;
	int is;

	if (path[0] != '/')
		return fail_named(err, 0, NULL, "must be an absolute path, is", path);
	fd = file_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, err);
	if (fd < 0)
		return fd;
	is = retry(ioctl(fd, NS_GET_NSTYPE));
	if (is < 0)
		return fail(err, 0, "\"%s\" is no namespace", foreign(path, shown));
	if (is != (int)kind_of_type(type)->flag)
		return fail(err, 0, "\"%s\" is a %s namespace, not %s", foreign(path, shown),
			    kind_name(is), oci_namespace_type_enum.words[type]);
	return take_fd(&fd);
}

/* Are we in this namespace already? */
static int is_ours(int fd, int type, int procfs, struct error *err)
{
	struct stat st;
	dev_t dev;
	ino_t ino;

	if (procfs_namespace(procfs, 0, kind_of_type(type)->file, &dev, &ino, err) < 0)
		return error_code(err);
	if (retry(fstat(fd, &st)) < 0)
		return fail_call(err, errno, "fstat", "look at a namespace");
	return st.st_dev == dev && st.st_ino == ino;
}

static int plan_one(const struct oci_namespace *config, int procfs, struct namespaces *ret,
		    struct error *err)
{
	uint64_t flag = kind_of_type(config->type)->flag;
	auto_fd int fd = -1;
	int ours;

	if (!config->path || !*config->path) {
		ret->fresh |= flag;
		return 0;
	}
	fd = open_checked(config->path, config->type, err);
	if (fd < 0)
		return fd;
	ours = is_ours(fd, config->type, procfs, err);
	if (ours)
		return ours < 0 ? ours : 0;
	ret->joined |= flag;
	ret->join[ret->n_join].flag = flag;
	ret->join[ret->n_join++].fd = take_fd(&fd);
	return 0;
}

static int map_text(const struct oci_id_mapping *v, size_t n, struct oci_arena *arena,
		    const char **ret, struct error *err)
{
	char *text = oci_arena_get(arena, OCI_ID_MAP_SIZE(n));

	if (!text)
		return fail(err, ENOMEM, "id maps");
	(void)oci_id_map_text(v, n, text, OCI_ID_MAP_SIZE(n));
	*ret = text;
	return 0;
}

/* init becomes id 0 of the container before it makes mounts and runs hooks, so that id must be
 * mapped. */
static int map_has_root(const struct oci_id_mapping *v, size_t n, const char *pointer,
			struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].container_id == 0 && v[i].size > 0)
			return 0;
	(void)fail(err, 0, "id 0 of the container is not mapped; it is needed to set it up");
	return fail_at(err, "%s", pointer);
}

static int plan_maps(const struct oci_linux *c, struct oci_arena *arena, struct namespaces *ret,
		     struct error *err)
{
	if (!(ret->fresh & CLONE_NEWUSER))
		return 0;
	if (map_has_root(c->uid_mappings.v, c->uid_mappings.n, "/linux/uidMappings", err) < 0 &&
	    error_more(ret->sink, err) < 0)
		return error_code(err);
	if (map_has_root(c->gid_mappings.v, c->gid_mappings.n, "/linux/gidMappings", err) < 0 &&
	    error_more(ret->sink, err) < 0)
		return error_code(err);
	if (map_text(c->uid_mappings.v, c->uid_mappings.n, arena, &ret->maps.uid, err) < 0 ||
	    map_text(c->gid_mappings.v, c->gid_mappings.n, arena, &ret->maps.gid, err) < 0)
		return error_code(err);
	ret->maps.deny_setgroups = geteuid() != 0;
	return 0;
}

/* time_namespaces(7): "<clock-id> <offset-secs> <offset-nanosecs>" a line. */
static int plan_time(const struct oci_time_offsets *offsets, struct oci_arena *arena,
		     struct namespaces *ret, struct error *err)
{
	char *text;
	int at = 0;

	if (!offsets)
		return 0;
	if (!(ret->fresh & CLONE_NEWTIME)) {
		(void)fail(err, 0, "offsets need a new time namespace");
		return fail_at(err, "/linux/timeOffsets");
	}
	text = oci_arena_get(arena, 128);
	if (!text)
		return fail(err, ENOMEM, "time offsets");
	if (offsets->monotonic)
		at = snprintf(text, 64, "monotonic %" PRId64 " %" PRIu32 "\n",
			      offsets->monotonic->secs, offsets->monotonic->nanosecs);
	if (offsets->boottime)
		(void)snprintf(text + at, 64, "boottime %" PRId64 " %" PRIu32 "\n",
			       offsets->boottime->secs, offsets->boottime->nanosecs);
	ret->time_offsets = text;
	return 0;
}

int namespaces_plan(const struct oci_linux *config, int procfs, struct oci_arena *arena,
		    struct namespaces *ret, struct error *err)
{
	*ret = (struct namespaces){ .sink = ret->sink };
	if (!config)
		return 0;
	for (size_t i = 0; i < config->namespaces.n; i++) {
		const struct oci_namespace *one = &config->namespaces.v[i];

		if (plan_one(one, procfs, ret, err) >= 0)
			continue;
		(void)fail_at(err, "/linux/namespaces/%zu/path", i);
		if (error_more(ret->sink, err) < 0)
			return error_code(err);
		/* check goes on, and later parts shall see that the config has this kind */
		ret->joined |= kind_of_type(one->type)->flag;
	}
	if (plan_maps(config, arena, ret, err) < 0 && error_more(ret->sink, err) < 0)
		return error_code(err);
	return plan_time(config->time_offsets, arena, ret, err);
}

void namespaces_done(struct namespaces *ns)
{
	while (ns->n_join)
		close_fd(&ns->join[--ns->n_join].fd);
}

int namespaces_map(const struct namespaces *ns, int procfs, pid_t pid, struct error *err)
{
	const char *wrong;

	if (id_maps_write(procfs, pid, &ns->maps, &wrong, err) >= 0)
		return 0;
	if (!wrong)
		return error_code(err);
	return fail_at(err, wrong == ns->maps.uid ? "/linux/uidMappings" : "/linux/gidMappings");
}

static int join_one(int fd, uint64_t flag, struct error *err)
{
	int r;

	do
		r = retry(setns(fd, (int)flag));
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return fail_call(err, errno, "setns", "join the %s namespace",
				 kind_name((int)flag));
	return 0;
}

int namespaces_join(const struct namespaces *ns, uint64_t mask, struct error *err)
{
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (size_t i = 0; i < ns->n_join; i++)
			if (ns->join[i].flag == kinds[k].flag && (mask & kinds[k].flag) &&
			    join_one(ns->join[i].fd, kinds[k].flag, err) < 0)
				return error_code(err);
	return 0;
}

int namespaces_differ(int procfs, pid_t pid, uint64_t *ret_flags, struct error *err)
{
	dev_t dev, own_dev;
	ino_t ino, own_ino;
	uint64_t flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (procfs_namespace(procfs, 0, kinds[i].file, &own_dev, &own_ino, err) < 0) {
			if (err->errno_value == ENOENT)
				continue; /* this kernel has no such namespaces */
			return error_code(err);
		}
		if (procfs_namespace(procfs, pid, kinds[i].file, &dev, &ino, err) < 0)
			return error_code(err);
		if (dev != own_dev || ino != own_ino)
			flags |= kinds[i].flag;
	}
	*ret_flags = flags;
	return 0;
}

/* Where setns(2) takes no pidfd (before Linux 5.8): one file after the other, all of them opened
 * first, because the mount namespace takes our procfs away. */
static int enter_by_files(uint64_t flags, int procfs, pid_t pid, struct error *err)
{
	int fds[ARRAY_SIZE(kinds)], r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		fds[i] = -1;
		if (r >= 0 && (flags & kinds[i].flag))
			r = fds[i] = procfs_namespace_open(procfs, pid, kinds[i].file, err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (r >= 0 && fds[i] >= 0)
			r = join_one(fds[i], kinds[i].flag, err);
		close_fd(&fds[i]);
	}
	return r < 0 ? r : 0;
}

int namespaces_enter(int pidfd, uint64_t flags, int procfs, pid_t pid, struct error *err)
{
	if (!flags || retry(setns(pidfd, (int)flags)) == 0)
		return 0;
	if (errno == EINVAL)
		return enter_by_files(flags, procfs, pid, err);
	return fail_call(err, errno, "setns", "join the container's namespaces");
}

int namespaces_time(const struct namespaces *ns, int procfs, struct error *err)
{
	auto_fd int fd = -1;

	if (retry(unshare((int)CLONE_NEWTIME)) < 0)
		return fail_call(err, errno, "unshare", "make a time namespace");
	if (ns->time_offsets && procfs_write(procfs, "self/timens_offsets", ns->time_offsets,
					     strlen(ns->time_offsets), err) < 0)
		return fail_at(err, "/linux/timeOffsets");
	fd = procfs_namespace_open(procfs, 0, "time_for_children", err);
	if (fd < 0)
		return fd;
	return join_one(fd, CLONE_NEWTIME, err);
}
