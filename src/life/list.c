/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.c - what `state` and `list` see of containers
 *
 * A record is read and its process looked at without a lock: containers come and go meanwhile.  So
 * one that vanishes while it is looked at is not there, and one that is broken does not hide the
 * others.
 */
#include "life/lifecycle.h"

#include "base/auto.h"
#include "base/log.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* The user's name by the host's passwd would need NSS; the number identifies the user just as
 * well. */
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

	ret->pid = ret->status == CONTAINER_STOPPED ? 0 : record->pid;
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

/* A record that can't be read or understood still has its id, which delete --force takes. */
static int view_unknown(const char *id, struct oci_arena *arena, struct container_view *ret,
			struct error *err)
{
	*ret = (struct container_view){ .status = CONTAINER_UNKNOWN, .id = keep(arena, id) };
	if (!ret->id)
		return fail(err, ENOMEM, "list");
	return 0;
}

static int view_one(const char *root, const char *id, struct oci_arena *arena,
		    struct container_view *ret, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;
	auto_fd int procfs = -1;

	if (record_find(root, id, &record, &procfs, err) < 0 ||
	    record_status(&record, procfs, &ret->status, err) < 0)
		return error_code(err);
	return view_fill(&record, arena, ret, err);
}

int container_view(const struct request *request, struct oci_arena *arena,
		   struct container_view *ret, struct error *err)
{
	struct container_view view = { 0 };

	if (view_one(request->root, request->id, arena, &view, err) < 0)
		return error_code(err);
	*ret = view;
	return 0;
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

/* Adds one container; one that is deleted while we look, or is no record at all, is left out.  A
 * record that is broken, of a newer version or of processes that can't be seen from here is of
 * unknown status.  One that can't be read just now (no memory, no descriptor is free) is an error:
 * without it the list would look whole. */
static int list_one(const struct request *request, const char *id, struct oci_arena *arena,
		    struct container_view *ret, struct error *err)
{
	char words[2 * ERROR_TEXT_MAX];
	int e;

	if (view_one(request->root, id, arena, ret, err) >= 0)
		return 1;
	e = err->errno_value;
	if (err->phrase == ERROR_PHRASE_NO_CONTAINER || e == ENOTDIR || e == ELOOP)
		return 0;
	if (e != EINVAL && e != ENOENT && e != 0)
		return error_code(err);
	warn("%s", error_words(err, words, sizeof words));
	return view_unknown(id, arena, ret, err) < 0 ? error_code(err) : 1;
}

static int list_dir(DIR *d, const struct request *request, struct oci_arena *arena,
		    struct container_view **ret, struct error *err)
{
	const struct dirent *e;
	size_t n = 0, room = 0;
	struct container_view *s;
	int r;

	while ((e = file_list_next(d)) != NULL) {
		if (record_is_draft(e->d_name))
			(void)record_sweep_draft(dirfd(d), e->d_name, err);
		if (container_id_check(e->d_name, err) < 0)
			continue;
		s = slot(arena, ret, n, &room);
		if (!s)
			return fail(err, ENOMEM, "list");
		r = list_one(request, e->d_name, arena, s, err);
		if (r < 0)
			return r;
		n += (size_t)r;
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
