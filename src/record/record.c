/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - writing and reading the record
 *
 * Other commands may read the record at any time, and the runtime may be killed at any time.  So
 * the file is never changed in place: a temporary file is written and renamed over it.
 */
#include "record/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"
#include "sys/procfs.h"
#include "sys/procfs_world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *copy(struct record *record, const char *s)
{
	return oci_arena_copy(record->arena, s, strlen(s));
}

int record_identify(struct record *record, int procfs, struct error *err)
{
	struct procfs_world world;
	char boot[37], ns[48];
	long long start;

	if (procfs_boot_id(procfs, boot, err) < 0 || procfs_world(procfs, &world, err) < 0)
		return error_code(err);
	(void)snprintf(ns, sizeof ns, "%llu:%llu", (unsigned long long)world.pid_dev,
		       (unsigned long long)world.pid_ino);
	record->time_offset = world.time_offset;
	start = procfs_start_time(procfs, getpid(), NULL, err);
	if (start < 0)
		return error_code(err);
	oci_set(record, &record->data, format, RECORD_FORMAT);
	oci_set(record, &record->data, boot_id, copy(record, boot));
	oci_set(record, &record->data, pid_namespace, copy(record, ns));
	oci_set(record, &record->data, creator, getpid());
	oci_set(record, &record->data, creator_start_time, start - world.time_offset);
	if (world.time_ino)
		oci_set(record, &record->data, time_namespace, world.time_ino);
	oci_set(record, &record->data, owner, geteuid());
	oci_set(record, &record->data, cgroup_namespace, world.cgroup_ino);
	if (!record->data.boot_id || !record->data.pid_namespace)
		return fail(err, ENOMEM, "record");
	return 0;
}

/* Writes data to state.json by file_create() or file_prepare(). */
static int write_record(struct record *record,
			int (*write)(int, const char *, const char *, size_t, mode_t,
				     struct error *),
			struct error *err)
{
	auto_free char *text = NULL;
	size_t len;

	text = oci_emit(&oci_record_type, &record->data, OCI_COMPACT, &len);
	if (!text)
		return fail(err, ENOMEM, "write the record");
	if (write(record->dir, RECORD_FILE, text, len, 0600, err) < 0)
		return within(err, "write the record");
	return 0;
}

int record_create(struct record *record, struct error *err)
{
	return write_record(record, file_create, err);
}

int record_prepare(struct record *record, struct error *err)
{
	return write_record(record, file_prepare, err);
}

int record_publish(struct record *record, struct error *err)
{
	if (file_publish(record->dir, RECORD_FILE, err) < 0)
		return within(err, "write the record");
	return 0;
}

int record_save(struct record *record, struct error *err)
{
	int r = record_prepare(record, err);

	return r < 0 ? r : record_publish(record, err);
}

/* The record is our own file, so the first problem in it is an error and not a warning. */
static bool take_problem(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct error *err = sink->context;

	if (problem->severity == OCI_WARNING)
		return true;
	(void)fail(err, problem->kind == OCI_PROBLEM_MEMORY ? ENOMEM : EINVAL, "%s: %s%s%s",
		   RECORD_FILE, problem->pointer, *problem->pointer ? ": " : "", problem->text);
	err->spelt = true;
	return false;
}

static int read_data(struct record *record, struct error *err)
{
	struct oci_sink sink = { .take = take_problem, .context = err };
	auto_free char *text = NULL;
	const struct oci_record *data;
	size_t len;

	record->arena = oci_arena_new();
	if (!record->arena)
		return fail(err, ENOMEM, "read the record");
	if (file_read(record->dir, RECORD_FILE, OCI_SIZE_MAX, &text, &len, err) < 0)
		return error_code(err);
	data = oci_parse(&oci_record_type, text, len, record->arena, &sink);
	if (!data)
		return error_code(err);
	record->data = *data;
	if (data->format > RECORD_FORMAT)
		return fail(err, 0, "made by a newer ocirt (format %u, this one knows %d)",
			    data->format, RECORD_FORMAT);
	return 0;
}

bool record_is_newer(const struct record *record)
{
	return record->data.format > RECORD_FORMAT;
}

int record_missing(const char *id, struct error *err)
{
	(void)fail(err, ENOENT, "container \"%s\" does not exist", id);
	err->phrase = ERROR_PHRASE_NO_CONTAINER;
	err->spelt = true;
	return error_code(err);
}

int record_load(const char *root, const char *id, struct record *ret, struct error *err)
{
	*ret = (struct record)RECORD_EMPTY;
	ret->root = record_root_open(root, false, err);
	if (ret->root < 0)
		return err->errno_value == ENOENT ? record_missing(id, err) : error_code(err);
	ret->dir = file_open(ret->root, id, O_DIRECTORY | O_RDONLY | O_NOFOLLOW, 0, err);
	if (ret->dir < 0)
		return err->errno_value == ENOENT ? record_missing(id, err) : error_code(err);
	if (read_data(ret, err) < 0) {
		/* another delete was faster: the directory is not the container's any more */
		if (err->errno_value == ENOENT && !record_is_at(ret->root, id, ret->dir))
			return record_missing(id, err);
		(void)within(err, "record of container \"%s\"", id);
		if (record_is_newer(ret))
			return hint(err, HINT_NEWER, NULL, NULL);
		return hint(err, HINT_DELETE_FORCE, id, NULL);
	}
	return 0;
}

void record_done(struct record *record)
{
	close_fd(&record->dir);
	close_fd(&record->root);
	record->arena = oci_arena_free(record->arena);
}

int record_state_json(const struct record *record, const char *status, pid_t pid, char **ret,
		      size_t *ret_len, struct error *err)
{
	const struct oci_record *data = &record->data;
	struct oci_state state = { 0 };

	oci_set(state, &state, oci_version, data->oci_version);
	oci_set(state, &state, id, data->id);
	oci_set(state, &state, status, status);
	if (pid > 0)
		oci_set(state, &state, pid, pid);
	oci_set(state, &state, bundle, data->bundle);
	if (data->annotations.n)
		oci_set(state, &state, annotations, data->annotations);
	*ret = oci_emit(&oci_state_type, &state, OCI_COMPACT, ret_len);
	if (!*ret)
		return fail(err, ENOMEM, "the container's state");
	return 0;
}
