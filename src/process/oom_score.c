/* SPDX-License-Identifier: Apache-2.0 */
/* oom_score.c - the runtime takes the container's oom score on while it clones */
#include "process/rlimits.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int score_replace(int fd, const char *text, char old[16], struct error *err)
{
	ssize_t n = retry(pread(fd, old, 15, 0));

	if (n < 0)
		return fail_call(err, errno, "pread", "read the runtime's oom score");
	old[n] = '\0';
	if (retry(pwrite(fd, text, strlen(text), 0)) < 0)
		return fail_call(err, errno, "pwrite", "the runtime takes it on first");
	return 0;
}

int oom_score_take(const struct attributes *attributes, int procfs, struct oom_score *own,
		   struct error *err)
{
	char text[16];

	(void)snprintf(text, sizeof text, "%d", attributes->oom_score_adj);
	own->fd = procfs_file(procfs, "self/oom_score_adj", O_RDWR, err);
	if (own->fd >= 0 && score_replace(own->fd, text, own->text, err) == 0)
		return 0;
	close_fd(&own->fd);
	if (err->errno_value == EACCES || err->errno_value == EPERM)
		(void)hint(err, HINT_OOM_SCORE, NULL, NULL);
	(void)within(err, "set the oom score to %s", text);
	return fail_at(err, "/process/oomScoreAdj");
}

int oom_score_return(struct oom_score *own, struct error *err)
{
	auto_fd int fd = take_fd(&own->fd);

	if (fd >= 0 && retry(pwrite(fd, own->text, strlen(own->text), 0)) < 0)
		return fail_call(err, errno, "pwrite", "take back the runtime's own oom score");
	return 0;
}
