/* SPDX-License-Identifier: Apache-2.0 */
/* record_claim.c - an id is taken by mkdir(2), which succeeds for one only */
#include "record/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Says which container has the id.  That one may be gone by now, or its record be broken; then the
 * caller makes the error. */
static int describe(const struct record *record, const char *id, struct error *err)
{
	const struct oci_record *data = &record->data;
	auto_fd int procfs = procfs_open_host(err);
	enum container_status status;

	if (procfs < 0 || record_status(record, procfs, &status, err) < 0)
		return error_code(err);
	return fail(err, EEXIST, "container \"%s\" is %s (pid %d, bundle \"%s\", made %s)", id,
		    container_status_name(status), status == CONTAINER_STOPPED ? 0 : data->pid,
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

int record_claim(const char *root, const char *id, struct record *ret, struct error *err)
{
	*ret = (struct record)RECORD_EMPTY;
	ret->arena = oci_arena_new();
	if (!ret->arena)
		return fail(err, ENOMEM, "record");
	ret->root = record_root_open(root, true, err);
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
