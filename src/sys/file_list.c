/* SPDX-License-Identifier: Apache-2.0 */
/* file_list.c - lists directories; readdir(3) does not go on by itself after an interruption */
#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"

#include <errno.h>
#include <string.h>

DIR *file_list(int *fd, struct error *err)
{
	DIR *dir = retry_null(fdopendir(*fd));

	if (!dir)
		(void)fail_call(err, errno, "fdopendir", "list a directory");
	else
		(void)take_fd(fd);
	return dir;
}

struct dirent *file_list_next(DIR *dir)
{
	struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(dir);
	} while ((!entry && errno == EINTR) || (entry && file_is_dots(entry->d_name)));
	return entry;
}
