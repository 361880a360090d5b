/* SPDX-License-Identifier: Apache-2.0 */
/* record_root.c - the state directory: all containers' records lie in it */
#include "record/record.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/own_path.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

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

int record_root_open(const char *root, bool make, struct error *err)
{
	auto_fd int fd = own_directory_open(root, make, err);

	if (fd < 0 || record_root_check(fd, root, err) < 0)
		return error_code(err);
	return take_fd(&fd);
}
