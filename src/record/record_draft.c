/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_draft.c - a new record is written into a directory whose name no id can have
 *
 * Engines run `delete --force` on a create that takes too long.  If the id were taken first and its
 * record written afterwards, such a delete could find a directory without a record, and remove it
 * under a create that goes on: a container that no command knows.  The maker of a draft holds a
 * lock on it; without one the maker is dead, and the directory is rubbish.
 */
#include "record/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* No id has a '~'. */
#define DRAFT_PREFIX ".draft~"
enum { DRAFTS_MAX = 10000 };

bool record_is_at(int root, const char *name, int dir)
{
	struct stat named, held;

	return retry(fstatat(root, name, &named, AT_SYMLINK_NOFOLLOW)) == 0 &&
	       retry(fstat(dir, &held)) == 0 && named.st_dev == held.st_dev &&
	       named.st_ino == held.st_ino;
}

/* Opens the new directory and locks it.  1: it is ours; 0: somebody took it for rubbish before it
 * was locked. */
static int draft_lock(struct record *record, struct error *err)
{
	auto_fd int dir =
		file_open(record->root, record->draft, O_DIRECTORY | O_RDONLY | O_NOFOLLOW, 0, err);

	if (dir < 0)
		return err->errno_value == ENOENT ? 0 : error_code(err);
	if (retry(flock(dir, LOCK_EX | LOCK_NB)) < 0)
		return errno == EWOULDBLOCK
			       ? 0
			       : fail_call(err, errno, "flock", "lock \"%s\"", record->draft);
	if (!record_is_at(record->root, record->draft, dir))
		return 0;
	record->dir = take_fd(&dir);
	return 1;
}

/* The pid alone does not make a name unique: two pid namespaces may share the state directory. */
static int draft_make(struct record *record, struct error *err)
{
	for (int i = 0; i < DRAFTS_MAX; i++) {
		int r;

		(void)snprintf(record->draft, sizeof record->draft, DRAFT_PREFIX "%d.%d",
			       (int)getpid(), i);
		if (retry(mkdirat(record->root, record->draft, 0700)) < 0) {
			if (errno == EEXIST)
				continue;
			record->draft[0] = '\0';
			return fail_call(err, errno, "mkdirat", "make a directory for the record");
		}
		r = draft_lock(record, err);
		if (r != 0)
			return r; /* after an error record_drop() removes it */
	}
	record->draft[0] = '\0';
	return fail(err, EEXIST, "%d directories \"" DRAFT_PREFIX "%d.*\"", DRAFTS_MAX,
		    (int)getpid());
}

int record_begin(const char *root, struct record *ret, struct error *err)
{
	*ret = (struct record)RECORD_EMPTY;
	ret->arena = oci_arena_new();
	if (!ret->arena)
		return fail(err, ENOMEM, "record");
	ret->root = record_root_open(root, true, err);
	if (ret->root < 0)
		return ret->root;
	if (draft_make(ret, err) < 0)
		return within(err, "state directory \"%s\"", root);
	return 0;
}

bool record_is_draft(const char *name)
{
	return strncmp(name, DRAFT_PREFIX, sizeof DRAFT_PREFIX - 1) == 0;
}

int record_sweep_draft(int root, const char *name, struct error *err)
{
	auto_fd int fd = file_open(root, name, O_DIRECTORY | O_RDONLY | O_NOFOLLOW, 0, err);

	if (fd < 0)
		return err->errno_value == ENOENT ? 0 : error_code(err);
	if (retry(flock(fd, LOCK_EX | LOCK_NB)) < 0)
		return errno == EWOULDBLOCK ? 0 : fail_call(err, errno, "flock", "\"%s\"", name);
	return record_is_at(root, name, fd) ? file_remove_tree(root, name, err) : 0;
}
