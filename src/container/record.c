/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - claiming an id, writing and reading the record, giving the id up */
#include "container/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char file_name[] = "state.json";

/* The state directory decides what delete --force kills: nobody else may write there. */
int record_root_check(int fd, const char *root, struct error *err)
{
	struct stat st;

	if (retry(fstat(fd, &st)) < 0)
		return fail_call(err, errno, "fstat", "state directory \"%s\"", root);
	if (st.st_uid != geteuid())
		return fail(err, 0, "state directory \"%s\" belongs to user %u, not to us (%u)",
			    root, (unsigned)st.st_uid, (unsigned)geteuid());
	if (st.st_mode & S_IWOTH || (st.st_mode & S_IWGRP && st.st_gid != getegid())) {
		(void)fail(err, 0, "state directory \"%s\" can be written by others (mode %04o)",
			   root, (unsigned)st.st_mode & 07777);
		return hint(err, HINT_ROOT_MODE, root, NULL);
	}
	return 0;
}

static int root_open(const char *root, bool make, struct error *err)
{
	auto_fd int fd = -1;

	if (make)
		fd = file_mkdir(root, 0700, err);
	else
		fd = file_open(AT_FDCWD, root, O_DIRECTORY | O_RDONLY, 0, err);
	if (fd < 0 || record_root_check(fd, root, err) < 0)
		return error_code(err);
	return take_fd(&fd);
}

static int id_taken(const char *root, const char *id, struct error *err)
{
	const struct request request = { .root = root, .id = id };
	struct oci_arena *arena = oci_arena_new();
	struct container_view view;

	if (arena && container_view(&request, arena, &view, err) >= 0)
		(void)fail(err, EEXIST, "container \"%s\" is %s (pid %d, bundle \"%s\", made %s)",
			   id, container_status_name(view.status), (int)view.pid, view.bundle,
			   view.created ? view.created : "?");
	else
		(void)fail(err, EEXIST, "container \"%s\"", id);
	(void)oci_arena_free(arena);
	return hint(err, HINT_ID_TAKEN, id, NULL);
}

int record_unclaimed(const char *root, const char *id, struct error *err)
{
	auto_fd int fd = retry(open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (fd < 0 || retry(faccessat(fd, id, F_OK, AT_SYMLINK_NOFOLLOW)) < 0)
		return 0;
	return id_taken(root, id, err);
}

int record_claim(const char *root, const char *id, struct record *ret, struct error *err)
{
	*ret = (struct record)RECORD_EMPTY;
	ret->arena = oci_arena_new();
	if (!ret->arena)
		return fail(err, ENOMEM, "record");
	ret->root = root_open(root, true, err);
	if (ret->root < 0)
		return ret->root;
	if (retry(mkdirat(ret->root, id, 0700)) < 0)
		return errno == EEXIST
			       ? id_taken(root, id, err)
			       : fail_call(err, errno, "mkdirat", "claim \"%s/%s\"", root, id);
	ret->dir = file_open(ret->root, id, O_DIRECTORY | O_RDONLY | O_NOFOLLOW, 0, err);
	if (ret->dir < 0) {
		(void)retry(unlinkat(ret->root, id, AT_REMOVEDIR));
		return error_code(err);
	}
	return 0;
}

static char *copy(struct record *record, const char *s)
{
	return oci_arena_copy(record->arena, s, strlen(s));
}

/* "4026531836": a pid means something only in its namespace. */
static int pid_namespace(int procfs, char buf[32], struct error *err)
{
	dev_t dev;
	ino_t ino;

	if (procfs_namespace(procfs, 0, "pid", &dev, &ino, err) < 0)
		return error_code(err);
	(void)snprintf(buf, 32, "%llu:%llu", (unsigned long long)dev, (unsigned long long)ino);
	return 0;
}

int record_identify(struct record *record, int procfs, struct error *err)
{
	char boot[37], ns[32];
	long long start;

	if (procfs_boot_id(procfs, boot, err) < 0 || pid_namespace(procfs, ns, err) < 0)
		return error_code(err);
	start = procfs_start_time(procfs, getpid(), NULL, err);
	if (start < 0)
		return error_code(err);
	oci_set(record, &record->data, format, RECORD_FORMAT);
	oci_set(record, &record->data, boot_id, copy(record, boot));
	oci_set(record, &record->data, pid_namespace, copy(record, ns));
	oci_set(record, &record->data, creator, getpid());
	oci_set(record, &record->data, creator_start_time, start);
	oci_set(record, &record->data, owner, geteuid());
	if (!record->data.boot_id || !record->data.pid_namespace)
		return fail(err, ENOMEM, "record");
	return 0;
}

int record_prepare(struct record *record, struct error *err)
{
	auto_free char *text = NULL;
	size_t len;

	text = oci_emit(&oci_record_type, &record->data, OCI_COMPACT, &len);
	if (!text)
		return fail(err, ENOMEM, "write the record");
	if (file_prepare(record->dir, file_name, text, len, 0600, err) < 0)
		return within(err, "write the record");
	return 0;
}

int record_publish(struct record *record, struct error *err)
{
	if (file_publish(record->dir, file_name, err) < 0)
		return within(err, "write the record");
	return 0;
}

int record_save(struct record *record, struct error *err)
{
	int r = record_prepare(record, err);

	return r < 0 ? r : record_publish(record, err);
}

/* A record is our own file: the first problem with it is an error. */
static bool take_problem(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct error *err = sink->context;

	if (problem->severity == OCI_WARNING)
		return true;
	(void)fail(err, problem->kind == OCI_PROBLEM_MEMORY ? ENOMEM : EINVAL, "%s: %s%s%s",
		   file_name, problem->pointer, *problem->pointer ? ": " : "", problem->text);
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
	if (file_read(record->dir, file_name, OCI_SIZE_MAX, &text, &len, err) < 0)
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

static int no_container(const char *id, struct error *err)
{
	(void)fail(err, ENOENT, "container \"%s\" does not exist", id);
	err->phrase = ERROR_PHRASE_NO_CONTAINER;
	err->spelt = true;
	return error_code(err);
}

int record_load(const char *root, const char *id, struct record *ret, struct error *err)
{
	*ret = (struct record)RECORD_EMPTY;
	ret->root = root_open(root, false, err);
	if (ret->root < 0)
		return err->errno_value == ENOENT ? no_container(id, err) : error_code(err);
	ret->dir = file_open(ret->root, id, O_DIRECTORY | O_RDONLY | O_NOFOLLOW, 0, err);
	if (ret->dir < 0)
		return err->errno_value == ENOENT ? no_container(id, err) : error_code(err);
	if (read_data(ret, err) < 0) {
		(void)within(err, "record of container \"%s\"", id);
		if (record_is_newer(ret))
			return hint(err, HINT_NEWER, NULL, NULL);
		return hint(err, HINT_DELETE_FORCE, id, NULL);
	}
	return 0;
}

/* ".ID.PID": no id begins with a dot.  Of a long id only the beginning, or the name would be too
 * long; two ids that begin alike share what is swept: it is rubbish of either. */
enum { RELEASED_ID_MAX = 200, RELEASED_NAME = RELEASED_ID_MAX + 16 };

static void released_name(char name[RELEASED_NAME], const char *id)
{
	(void)snprintf(name, RELEASED_NAME, ".%.*s.%d", RELEASED_ID_MAX, id, (int)getpid());
}

/* Is what has the id now the directory that we hold? */
static bool is_still_ours(const struct record *record, const char *id)
{
	struct stat named, held;

	return retry(fstatat(record->root, id, &named, AT_SYMLINK_NOFOLLOW)) == 0 &&
	       retry(fstat(record->dir, &held)) == 0 && named.st_dev == held.st_dev &&
	       named.st_ino == held.st_ino;
}

/* Two may want to, and a third may take the id between them: the lock is held for these calls only,
 * and goes with the descriptor. */
int record_release(struct record *record, const char *id, struct error *err)
{
	char name[RELEASED_NAME];

	if (retry(flock(record->dir, LOCK_EX)) < 0)
		return fail_call(err, errno, "flock", "give up the id \"%s\"", id);
	if (!is_still_ours(record, id))
		return no_container(id, err);
	released_name(name, id);
	if (retry(renameat(record->root, id, record->root, name)) < 0)
		return fail_call(err, errno, "renameat", "give up the id \"%s\"", id);
	return 0;
}

int record_remove(struct record *record, const char *id, struct error *err)
{
	char name[RELEASED_NAME];

	released_name(name, id);
	(void)retry(unlinkat(record->dir, "config.json", 0));
	(void)retry(unlinkat(record->dir, file_name, 0));
	if (retry(unlinkat(record->root, name, AT_REMOVEDIR)) == 0)
		return 0;
	return file_remove_tree(record->root, name, err);
}

/* Is name ".ID.DIGITS"? */
static bool is_released(const char *name, const char *id)
{
	size_t n = strnlen(id, RELEASED_ID_MAX);

	return name[0] == '.' && strncmp(name + 1, id, n) == 0 && name[n + 1] == '.' &&
	       strspn(name + n + 2, "0123456789") == strlen(name + n + 2);
}

int record_sweep(int root, const char *id, struct error *err)
{
	auto_dir DIR *d = NULL;
	auto_fd int fd = -1;
	const struct dirent *e;

	fd = file_open(root, ".", O_DIRECTORY | O_RDONLY, 0, err);
	if (fd < 0)
		return fd;
	d = file_list(&fd, err);
	if (!d)
		return within(err, "state directory");
	while ((e = file_list_next(d)) != NULL)
		if (is_released(e->d_name, id) && file_remove_tree(root, e->d_name, err) < 0)
			return error_code(err);
	return errno ? fail_call(err, errno, "getdents64", "list the state directory") : 0;
}

void record_drop(struct record *record, const char *id)
{
	struct error ignored;

	if (record->dir >= 0)
		(void)file_remove_tree(record->root, id, &ignored);
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
