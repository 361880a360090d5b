/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - looking at containers: liveness, status, state, list */
#include "container/container.h"

#include "base/auto.h"
#include "base/log.h"
#include "cgroup/cgroup.h"
#include "container/cgroups.h"
#include "container/record.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

const char *container_status_name(enum container_status status)
{
	static const char *const names[] = { "creating", "created", "running", "paused",
					     "stopped" };

	return names[status];
}

int container_id_check(const char *id, struct error *err)
{
	size_t n = strlen(id);
	char buf[FOREIGN_BUF];

	if (n == 0)
		return fail_usage(err, "the container id is empty");
	if (n > 255)
		return fail_usage(err, "the container id has %zu bytes, 255 are allowed", n);
	for (size_t i = 0; i < n; i++) {
		char c[2] = { id[i], '\0' };

		if (isascii(id[i]) &&
		    (isalnum(id[i]) || strchr("_+-", id[i]) || (i && id[i] == '.')))
			continue;
		return fail_usage(
			err,
			"container id \"%s\": '%s' at %zu is not allowed (letters, digits, "
			"_ + - and, after the first, . are)",
			foreign(id, buf), isprint(id[i]) ? c : "a byte", i + 1);
	}
	return 0;
}

int record_is_of_this_boot(const struct record *record, int procfs, struct error *err)
{
	char boot[37];

	if (procfs_boot_id(procfs, boot, err) < 0)
		return error_code(err);
	return strcmp(boot, record->data.boot_id) == 0;
}

/* Was this boot's, and this pid namespace's, the record's?  1, 0 (another boot), negative. */
static int same_world(const struct record *record, int procfs, struct error *err)
{
	int r = record_is_of_this_boot(record, procfs, err);
	char ns[32];
	dev_t dev;
	ino_t ino;

	if (r > 0 && procfs_namespace(procfs, 0, "pid", &dev, &ino, err) < 0)
		r = error_code(err);
	if (r <= 0)
		return r;
	(void)snprintf(ns, sizeof ns, "%llu:%llu", (unsigned long long)dev,
		       (unsigned long long)ino);
	if (strcmp(ns, record->data.pid_namespace) != 0)
		return fail(err, 0,
			    "container \"%s\" was made in another pid namespace; its pid %d means "
			    "nothing here",
			    record->data.id, record->data.pid);
	return 1;
}

/* Is the process of this pid still the one that was started at start_time? */
static int same_process(pid_t pid, long long start_time, int procfs, struct error *err)
{
	char letter = 0;
	long long start = procfs_start_time(procfs, pid, &letter, err);

	if (start <= 0)
		return (int)start;
	return start == start_time && letter != 'Z' && letter != 'X';
}

int record_alive(const struct record *record, int procfs, int *ret_pidfd, struct error *err)
{
	auto_fd int pidfd = -1;
	int r;

	if (!oci_has(record, &record->data, pid) || record->data.pid <= 0)
		return 0;
	r = same_world(record, procfs, err);
	if (r <= 0)
		return r;
	pidfd = process_open(record->data.pid, err); /* first the handle, then the question */
	if (pidfd < 0)
		return err->errno_value == ESRCH ? 0 : error_code(err);
	r = same_process(record->data.pid, record->data.start_time, procfs, err);
	if (r > 0 && ret_pidfd)
		*ret_pidfd = take_fd(&pidfd);
	return r;
}

static int status_of_living(const struct record *record, int procfs, enum container_status *ret,
			    struct error *err)
{
	struct cgroup cg = CGROUP_EMPTY;
	int frozen;

	if (strcmp(record->data.status, "creating") == 0)
		*ret = CONTAINER_CREATING;
	else
		*ret = strcmp(record->data.status, "created") == 0 ? CONTAINER_CREATED
								   : CONTAINER_RUNNING;
	if (cgroups_from_record(&cg, &record->data, procfs, err) < 0)
		return error_code(err);
	frozen = cgroup_is_frozen(&cg, err);
	cgroup_done(&cg);
	if (frozen > 0)
		*ret = CONTAINER_PAUSED;
	return frozen < 0 ? frozen : 0;
}

int record_status(const struct record *record, int procfs, enum container_status *ret,
		  struct error *err)
{
	int alive = record_alive(record, procfs, NULL, err);

	if (alive < 0)
		return alive;
	if (alive)
		return status_of_living(record, procfs, ret, err);
	*ret = CONTAINER_STOPPED;
	if (strcmp(record->data.status, "creating") != 0 || record->data.pid > 0)
		return 0;
	alive = same_world(record, procfs, err);
	if (alive > 0)
		alive = same_process(record->data.creator, record->data.creator_start_time, procfs,
				     err);
	if (alive > 0)
		*ret = CONTAINER_CREATING;
	return alive < 0 ? alive : 0;
}

/* The user's name by the host's passwd would need NSS; the number says it as well. */
static const char *owner_name(uid_t uid, struct oci_arena *arena)
{
	char number[16];

	if (uid == 0)
		return "root";
	(void)snprintf(number, sizeof number, "%u", (unsigned)uid);
	return oci_arena_copy(arena, number, strlen(number));
}

static char *keep(struct oci_arena *arena, const char *s)
{
	return s ? oci_arena_copy(arena, s, strlen(s)) : NULL;
}

static int keep_annotations(const struct oci_map *from, struct oci_arena *arena,
			    const struct oci_map **ret, struct error *err)
{
	struct oci_map *map = oci_arena_get(arena, sizeof *map);
	struct oci_pair *v = oci_arena_get(arena, (from->n + 1) * sizeof *v);

	if (!map || !v)
		return fail(err, ENOMEM, "annotations");
	for (size_t i = 0; i < from->n; i++) {
		v[i].key = keep(arena, from->v[i].key);
		v[i].value = keep(arena, from->v[i].value);
		if (!v[i].key || !v[i].value)
			return fail(err, ENOMEM, "annotations");
	}
	*map = (struct oci_map){ from->n, v };
	*ret = map;
	return 0;
}

static int view_fill(const struct record *record, struct oci_arena *arena,
		     struct container_view *ret, struct error *err)
{
	const struct oci_record *data = &record->data;

	ret->pid = ret->status == CONTAINER_STOPPED ? 0 : data->pid;
	ret->id = keep(arena, data->id);
	ret->bundle = keep(arena, data->bundle);
	ret->rootfs = keep(arena, data->rootfs ? data->rootfs : "");
	ret->created = keep(arena, data->created ? data->created : "");
	ret->oci_version = keep(arena, data->oci_version);
	ret->owner = owner_name(data->owner, arena);
	if (!ret->id || !ret->bundle || !ret->rootfs || !ret->created || !ret->oci_version ||
	    !ret->owner)
		return fail(err, ENOMEM, "state of \"%s\"", data->id);
	return keep_annotations(&data->annotations, arena, &ret->annotations, err);
}

static int view_one(const char *root, const char *id, struct oci_arena *arena,
		    struct container_view *ret, struct error *err)
{
	struct record record = RECORD_EMPTY;
	auto_fd int procfs = -1;
	int r;

	r = record_load(root, id, &record, err);
	if (r >= 0) {
		procfs = procfs_open_host(err);
		r = procfs;
	}
	if (r >= 0)
		r = record_status(&record, procfs, &ret->status, err);
	if (r >= 0)
		r = view_fill(&record, arena, ret, err);
	record_done(&record);
	return r;
}

int container_view(const struct request *request, struct oci_arena *arena,
		   struct container_view *ret, struct error *err)
{
	struct container_view view = { 0 };
	int r = container_id_check(request->id, err);

	if (r >= 0)
		r = view_one(request->root, request->id, arena, &view, err);
	if (r >= 0)
		*ret = view;
	return r;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct container_view *)a)->id,
		      ((const struct container_view *)b)->id);
}

/* The next slot of the growing list. */
static struct container_view *slot(struct oci_arena *arena, struct container_view **v, size_t n,
				   size_t *room)
{
	struct container_view *more;

	if (n == *room) {
		*room = *room ? 2 * *room : 16;
		more = oci_arena_get(arena, *room * sizeof *more);
		if (!more)
			return NULL;
		if (n)
			memcpy(more, *v, n * sizeof *more);
		*v = more;
	}
	return &(*v)[n];
}

/* One that is broken, or another version's, does not hide the others; one that can't be read just
 * now would be missing from a list that looks whole. */
static int list_dir(DIR *d, const struct request *request, struct oci_arena *arena,
		    struct container_view **ret, struct error *err)
{
	const struct dirent *e;
	size_t n = 0, room = 0;
	struct container_view *s;
	char words[2 * ERROR_TEXT_MAX];

	while ((e = file_list_next(d)) != NULL) {
		if (e->d_name[0] == '.' || container_id_check(e->d_name, err) < 0)
			continue;
		s = slot(arena, ret, n, &room);
		if (!s)
			return fail(err, ENOMEM, "list");
		if (view_one(request->root, e->d_name, arena, s, err) >= 0)
			n++;
		else if (err->errno_value == EINVAL || err->errno_value == 0)
			warn("%s", error_words(err, words, sizeof words));
		else if (err->errno_value != ENOENT && err->errno_value != ENOTDIR &&
			 err->errno_value != ELOOP) /* deleted while we looked; no record at all */
			return error_code(err);
	}
	if (errno)
		return fail_call(err, errno, "getdents64", "list \"%s\"", request->root);
	if (n)
		qsort(*ret, n, sizeof **ret, by_id);
	return (int)n;
}

int container_list(const struct request *request, struct oci_arena *arena,
		   struct container_view **ret, struct error *err)
{
	auto_dir DIR *d = NULL;
	auto_fd int fd = file_open(AT_FDCWD, request->root, O_DIRECTORY | O_RDONLY, 0, err);

	*ret = NULL;
	if (fd < 0)
		return err->errno_value == ENOENT ? 0 : fd;
	if (record_root_check(fd, request->root, err) < 0)
		return error_code(err);
	d = file_list(&fd, err);
	if (!d)
		return within(err, "\"%s\"", request->root);
	return list_dir(d, request, arena, ret, err);
}
