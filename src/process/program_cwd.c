/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_cwd.c - the working directory: made by a start when it is missing, and never outside
 *
 * This runs in the new root, so a path leads out only through a descriptor that was left open, as
 * /proc/self/fd/7.  getcwd(2) then answers with a path that does not begin with "/", and the
 * process does not start (CVE-2024-21626).
 */
#include "base/auto.h"
#include "base/retry.h"
#include "process/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int cwd_fail(const char *cwd, int errno_value, const char *what, struct error *err)
{
	char quoted[FOREIGN_BUF];

	(void)fail(err, errno_value, "%s \"%s\"", what, foreign(cwd, quoted));
	return fail_at(err, "/process/cwd");
}

/* By system call: the C library's getcwd(3) would go on and search where the kernel gave up. */
static int cwd_verify(const char *cwd, struct error *err)
{
	char buf[PATH_MAX + 16];
	long n = retry(syscall(SYS_getcwd, buf, sizeof buf));

	if (n < 0)
		return cwd_fail(cwd, errno, "find out where we are after the change to", err);
	if (buf[0] == '/')
		return 0;
	(void)fail(err, 0, "leads out of the container's root");
	return fail_at(err, "/process/cwd");
}

/* A component that was not there: ours, so its mode and owner are set. */
static int folder_make(int parent, const char *name, uid_t uid, gid_t gid)
{
	auto_fd int fd = -1;

	if (retry(mkdirat(parent, name, 0755)) < 0)
		return -1;
	fd = retry(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	/* mkdirat(2) has heeded a umask that is not ours to choose. */
	if (fd < 0 || retry(fchmod(fd, 0755)) < 0 || retry(fchown(fd, uid, gid)) < 0)
		return -1;
	return take_fd(&fd);
}

static int folder_enter(int parent, const char *name, uid_t uid, gid_t gid)
{
	int fd = retry(openat(parent, name, O_PATH | O_DIRECTORY | O_CLOEXEC));

	if (fd >= 0 || errno != ENOENT)
		return fd;
	return folder_make(parent, name, uid, gid);
}

/* As mkdir -p; returns an fd of the last one, or -1 and errno. */
static int folders_make(const char *path, uid_t uid, gid_t gid)
{
	auto_fd int at = retry(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));

	while (at >= 0 && *path) {
		size_t n = strcspn(path, "/");
		char name[NAME_MAX + 1];
		int next;

		if (n >= sizeof name) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, path, n);
		name[n] = '\0';
		path += n + (path[n] == '/');
		if (n == 0)
			continue;
		next = folder_enter(at, name, uid, gid);
		close_fd(&at);
		at = next;
	}
	return take_fd(&at);
}

/* Said as an error of exec's command, which engines tell from a fault of the container. */
static int cwd_missing(const char *cwd, struct error *err)
{
	char quoted[FOREIGN_BUF];

	(void)fail_command(err, ENOENT, "exec: cwd \"%s\": no such file or directory",
			   foreign(cwd, quoted));
	return fail_at(err, "/process/cwd");
}

int program_cwd(const struct program *program, uid_t uid, gid_t gid, struct error *err)
{
	auto_fd int fd = -1;

	if (retry(chdir(program->cwd)) == 0)
		return cwd_verify(program->cwd, err);
	/* A folder that only the user may enter (NFS without root, FUSE): tried again as the
	 * user. */
	if (errno == EACCES)
		return PROGRAM_CWD_AGAIN;
	if (errno != ENOENT)
		return cwd_fail(program->cwd, errno, "change to", err);
	if (program->cwd_must_be)
		return cwd_missing(program->cwd, err);
	fd = folders_make(program->cwd, uid, gid);
	if (fd < 0)
		return cwd_fail(program->cwd, errno, "make the missing", err);
	if (retry(fchdir(fd)) < 0)
		return cwd_fail(program->cwd, errno, "change to", err);
	return cwd_verify(program->cwd, err);
}

int program_cwd_again(const struct program *program, struct error *err)
{
	if (retry(chdir(program->cwd)) == 0)
		return cwd_verify(program->cwd, err);
	if (errno == ENOENT && program->cwd_must_be)
		return cwd_missing(program->cwd, err);
	return cwd_fail(program->cwd, errno, "change to", err);
}
