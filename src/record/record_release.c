/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_release.c - giving an id up: by rename, so that it is free at once, then its files go
 *
 * Files are removed one by one, and a process that is killed between two of them would leave an id
 * that is neither there nor free.  A name that no id can have is out of everybody's way at once.
 */
#include "record/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name of a directory whose id was given up: ".ID.INODE".  No id begins with a dot, and no two
 * directories have one inode; a pid can be that of two deletes, in pid namespaces that share the
 * state root.  A long id is cut, or the name would be too long.  One's delete may then sweep away
 * what was another's: it is rubbish of either. */
enum { RELEASED_ID_MAX = 200, RELEASED_NAME = RELEASED_ID_MAX + 32 };

static int released_name(char name[RELEASED_NAME], const struct record *record, const char *id,
			 struct error *err)
{
	struct stat st;

	if (retry(fstat(record->dir, &st)) < 0)
		return fail_call(err, errno, "fstat", "the record's directory");
	(void)snprintf(name, RELEASED_NAME, ".%.*s.%ju", RELEASED_ID_MAX, id, (uintmax_t)st.st_ino);
	return 0;
}

/* Two deletes may come here at once, and a third process may take the id as soon as the first has
 * given it up.  The second one would then rename the new container's directory.  So each takes a
 * lock, and looks whether the id still names the directory that it holds.  The lock goes with the
 * descriptor. */
int record_release(struct record *record, const char *id, struct error *err)
{
	char name[RELEASED_NAME];

	if (retry(flock(record->dir, LOCK_EX)) < 0)
		return fail_call(err, errno, "flock", "give up the id \"%s\"", id);
	if (!record_is_at(record->root, id, record->dir))
		return record_missing(id, err);
	if (released_name(name, record, id, err) < 0)
		return within(err, "give up the id \"%s\"", id);
	if (retry(renameat(record->root, id, record->root, name)) < 0)
		return fail_call(err, errno, "renameat", "give up the id \"%s\"", id);
	/* Who waits for the lock sees that it came too late, and need not wait for our hooks. */
	(void)retry(flock(record->dir, LOCK_UN));
	return 0;
}

int record_remove(struct record *record, const char *id, struct error *err)
{
	char name[RELEASED_NAME];

	if (released_name(name, record, id, err) < 0)
		return within(err, "remove the record of \"%s\"", id);
	(void)retry(unlinkat(record->dir, "config.json", 0));
	(void)retry(unlinkat(record->dir, RECORD_FILE, 0));
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
	while ((e = file_list_next(d)) != NULL) {
		if (is_released(e->d_name, id) && file_remove_tree(root, e->d_name, err) < 0)
			return error_code(err);
		if (record_is_draft(e->d_name) && record_sweep_draft(root, e->d_name, err) < 0)
			return error_code(err);
	}
	return errno ? fail_call(err, errno, "getdents64", "list the state directory") : 0;
}

void record_drop(struct record *record, const char *id)
{
	struct error ignored;

	if (record->draft[0])
		(void)file_remove_tree(record->root, record->draft, &ignored);
	else if (record->dir >= 0 && record_release(record, id, &ignored) >= 0)
		(void)record_remove(record, id, &ignored);
}
