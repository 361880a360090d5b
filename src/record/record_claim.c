/* SPDX-License-Identifier: Apache-2.0 */
/* record_claim.c - a record gets its id by renameat2(2), which succeeds for one process only */
#include "record/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NO_REPLACE = 1 /* RENAME_NOREPLACE */ };

/* Says which container has the id.  That one may be gone by now, or its record be broken; then the
 * caller makes the error. */
static int describe(struct record *record, const char *id, struct error *err)
{
	const struct oci_record *data = &record->data;
	auto_fd int procfs = procfs_open_host(err);
	enum container_status status;

	if (procfs < 0 || record_locate(record, procfs, err) < 0 ||
	    record_status(record, procfs, &status, err) < 0)
		return error_code(err);
	return fail(err, EEXIST, "container \"%s\" is %s (pid %d, bundle \"%s\", made %s)", id,
		    container_status_name(status), status == CONTAINER_STOPPED ? 0 : record->pid,
		    data->bundle, data->created ? data->created : "?");
}

static int id_taken(const char *root, const char *id, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;

	if (record_load(root, id, &record, err) >= 0)
		(void)describe(&record, id, err);
	if (err->errno_value != EEXIST)
		(void)fail(err, EEXIST, "container \"%s\"", id);
	return hint(err, HINT_ID_TAKEN, id, NULL);
}

int record_unclaimed(const char *root, const char *id, struct error *err)
{
	auto_fd int fd = retry(open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (fd < 0 || retry(faccessat(fd, id, F_OK, AT_SYMLINK_NOFOLLOW)) < 0)
		return 0;
	return id_taken(root, id, err);
}

/* Some file systems know no flags (EINVAL).  There plain rename(2) will do: it refuses a directory
 * that is not empty, and one without a record is nobody's. */
static int rename_draft(const struct record *record, const char *id)
{
	int r = (int)retry(
		sys_renameat2(record->root, record->draft, record->root, id, NO_REPLACE));

	if (r < 0 && (errno == EINVAL || errno == ENOSYS))
		r = retry(renameat(record->root, record->draft, record->root, id));
	if (r < 0 && (errno == ENOTEMPTY || errno == ENOTDIR))
		errno = EEXIST;
	return r;
}

/* The lock would outlive us: init inherits the descriptor, and delete waits for the lock. */
int record_claim(struct record *record, const char *root, const char *id, struct error *err)
{
	if (rename_draft(record, id) < 0)
		return errno == EEXIST
			       ? id_taken(root, id, err)
			       : fail_call(err, errno, "renameat2", "claim \"%s/%s\"", root, id);
	record->draft[0] = '\0';
	if (retry(flock(record->dir, LOCK_UN)) < 0)
		return fail_call(err, errno, "flock", "unlock the record of \"%s\"", id);
	return 0;
}
