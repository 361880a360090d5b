/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idmap.c - makes the user namespaces for id-mapped mounts
 *
 * mount_setattr(2) takes id mappings only in the form of a user namespace that has them.  So,
 * before the clone, a child is made in a new user namespace; its maps are written, the namespace is
 * opened through /proc/PID/ns/user, and the child ends.  If the mount has no mappings of its own
 * and the container joins a user namespace, that one is opened instead.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/place.h"
#include "sys/id_maps.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

struct mappings {
	const struct oci_id_mapping *uid, *gid;
	size_t n_uid, n_gid;
};

/* The text of a map (user_namespaces(7)): malloc'ed, NULL when out of memory. */
static char *map_text(const struct oci_id_mapping *v, size_t n)
{
	char *text = malloc(OCI_ID_MAP_SIZE(n));

	if (text)
		(void)oci_id_map_text(v, n, text, OCI_ID_MAP_SIZE(n));
	return text;
}

static int maps_write(int procfs, pid_t pid, const struct mappings *map, struct error *err)
{
	auto_free char *uid = map_text(map->uid, map->n_uid);
	auto_free char *gid = map_text(map->gid, map->n_gid);
	const char *wrong;

	if (!uid || !gid)
		return fail(err, ENOMEM, "id mappings");
	return id_maps_write(procfs, pid, &(struct id_maps){ uid, gid, geteuid() != 0 }, &wrong,
			     err);
}

/* The child only has to exist until the runtime closes the other end of the pipe. */
static _Noreturn void wait_for_end(int pipe_read, int pipe_write)
{
	char c;

	(void)close(pipe_write);
	(void)retry(read(pipe_read, &c, 1));
	_exit(0);
}

static int namespace_make(int procfs, const struct mappings *map, struct error *err)
{
	struct clone_request request = { .flags = CLONE_NEWUSER, .cgroup = -1 };
	auto_fd int pipe_read = -1;
	auto_fd int pipe_write = -1;
	auto_fd int pidfd = -1;
	int pipe_fds[2], status, fd;
	struct error ignored;
	pid_t pid;

	if (retry(pipe2(pipe_fds, O_CLOEXEC)) < 0)
		return fail_call(err, errno, "pipe2", "a user namespace for an idmapped mount");
	pipe_read = pipe_fds[0];
	pipe_write = pipe_fds[1];
	pid = process_clone(&request, &pidfd, err);
	if (pid < 0)
		return pid;
	if (pid == 0)
		wait_for_end(pipe_read, pipe_write);
	fd = maps_write(procfs, pid, map, err);
	if (fd >= 0)
		fd = procfs_namespace_open(procfs, pid, "user", err);
	close_fd(&pipe_write);
	(void)process_wait(pidfd, &status, &ignored);
	return fd;
}

static const char *joined_user_namespace(const struct oci_linux *l)
{
	for (size_t i = 0; l && i < l->namespaces.n; i++)
		if (l->namespaces.v[i].type == OCI_namespace_type_USER)
			return l->namespaces.v[i].path;
	return NULL;
}

static bool has_user_namespace(const struct oci_linux *l)
{
	for (size_t i = 0; l && i < l->namespaces.n; i++)
		if (l->namespaces.v[i].type == OCI_namespace_type_USER)
			return true;
	return false;
}

/* Gives the fd to struct mounts, which closes it. */
static int userns_keep(struct mounts *m, int fd, struct error *err)
{
	if (m->n_userns == MOUNT_USERNS_MAX) {
		close_fd(&fd);
		return fail(err, 0, "more than %d mounts have id mappings of their own",
			    MOUNT_USERNS_MAX);
	}
	m->userns[m->n_userns++] = fd;
	return fd;
}

static int namespace_of_maps(struct mounts *m, const struct mappings *map, struct error *err)
{
	auto_fd int procfs = -1;
	int fd;

	procfs = procfs_open_host(err);
	if (procfs < 0)
		return procfs;
	fd = namespace_make(procfs, map, err);
	return fd < 0 ? fd : userns_keep(m, fd, err);
}

/* A user namespace with the container's own mappings, made once for all mounts that need it. */
static int namespace_of_container(struct mounts *m, const struct oci_linux *l, struct error *err)
{
	struct mappings map = { l->uid_mappings.v, l->gid_mappings.v, l->uid_mappings.n,
				l->gid_mappings.n };
	const char *path = joined_user_namespace(l);
	int fd;

	if (m->container_userns >= 0)
		return m->container_userns;
	if (path) {
		fd = retry(open(path, O_RDONLY | O_CLOEXEC));
		if (fd < 0)
			return fail_named(err, errno, "open", "user namespace", path);
		fd = userns_keep(m, fd, err);
	} else {
		fd = namespace_of_maps(m, &map, err);
	}
	if (fd >= 0)
		m->container_userns = fd;
	return fd;
}

static int mappings_check(const struct mount_plan *p, const struct oci_linux *l, struct error *err)
{
	const struct oci_mount *s = p->spec;

	if ((s->uid_mappings.n == 0) != (s->gid_mappings.n == 0)) {
		(void)fail(err, 0, "missing: id mappings of a mount come in pairs");
		return fail_at(err, "/mounts/%zu/%s", p->index,
			       s->uid_mappings.n ? "gidMappings" : "uidMappings");
	}
	if (!s->uid_mappings.n && !has_user_namespace(l)) {
		(void)fail(err, 0,
			   "\"%s\" needs uidMappings and gidMappings, here or in a user namespace",
			   p->options.idmap_recursive ? "ridmap" : "idmap");
		return fail_at(err, "/mounts/%zu/options", p->index);
	}
	if (!mount_api_is_new()) {
		(void)fail(err, ENOSYS, "id-mapped mounts: mount_setattr(2)");
		return fail_at(err, "/mounts/%zu/%s", p->index,
			       s->uid_mappings.n ? "uidMappings" : "options");
	}
	return 0;
}

int idmap_plan(struct mounts *m, struct mount_plan *p, const struct oci_config *config,
	       struct error *err)
{
	const struct oci_mount *s = p->spec;
	struct mappings map = { s->uid_mappings.v, s->gid_mappings.v, s->uid_mappings.n,
				s->gid_mappings.n };

	if (!p->options.idmap && !map.n_uid && !map.n_gid)
		return 0;
	if (mappings_check(p, config->linux, err) < 0)
		return error_code(err);
	if (map.n_uid)
		p->userns_fd = namespace_of_maps(m, &map, err);
	else
		p->userns_fd = namespace_of_container(m, config->linux, err);
	if (p->userns_fd >= 0)
		return 0;
	return fail_at(err, "/mounts/%zu/uidMappings", p->index);
}
