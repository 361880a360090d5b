/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.c - reads, writes and replaces files of the host as a whole
 *
 * Several ocirt processes read and write the same record at once, and any of them may be killed.
 * So a file is never changed in place: file_replace() writes a temporary file and renames it, and a
 * reader sees the old text or the new one.
 */
#include "sys/file.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int file_open(int dirfd, const char *name, int flags, mode_t mode, struct error *err)
{
	int fd = retry(openat(dirfd, name, flags | O_CLOEXEC, mode));

	if (fd < 0)
		return fail_named(err, errno, "openat", "open", name);
	return fd;
}

/* Doubles the buffer. */
static int grow_buffer(char **buf, size_t *size, struct error *err)
{
	size_t wanted = *size ? *size * 2 : 4096;
	char *bigger = realloc(*buf, wanted);

	if (!bigger)
		return fail(err, ENOMEM, "read %zu bytes", *size);
	*buf = bigger;
	*size = wanted;
	return 0;
}

int file_read_fd(int fd, size_t max, char **ret_text, size_t *ret_len, struct error *err)
{
	auto_free char *buf = NULL;
	size_t size = 0, len = 0;
	ssize_t n = 1;

	while (n > 0) {
		if (len + 1 >= size && grow_buffer(&buf, &size, err) < 0)
			return error_code(err);
		n = retry(read(fd, buf + len, size - len - 1));
		if (n < 0)
			return fail_call(err, errno, "read", "read");
		len += (size_t)n;
		if (len > max)
			return fail(err, EFBIG, "more than %zu bytes", max);
	}
	buf[len] = '\0';
	*ret_text = take_ptr(&buf);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int file_read(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_len,
	      struct error *err)
{
	auto_fd int fd = file_open(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, err);
	struct stat st;

	if (fd < 0)
		return fd;
	if (retry(fstat(fd, &st)) < 0)
		return fail_call(err, errno, "fstat", "look at \"%s\"", name);
	if (!S_ISREG(st.st_mode)) {
		(void)fail(err, EINVAL, "\"%s\" must be a regular file", name);
		err->spelt = true;
		return error_code(err);
	}
	if ((unsigned long long)st.st_size > max)
		return fail(err, EFBIG, "\"%s\": %lld bytes, at most %zu are read", name,
			    (long long)st.st_size, max);
	if (file_read_fd(fd, max, ret_text, ret_len, err) < 0)
		return within(err, "\"%s\"", name);
	return 0;
}

int file_poke(int dirfd, const char *name, const char *text, struct error *err)
{
	auto_fd int fd = file_open(dirfd, name, O_WRONLY | O_NOCTTY, 0, err);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = retry(write(fd, text, len));
	if (n < 0)
		return fail_call(err, errno, "write", "write \"%s\" to \"%s\"", text, name);
	if ((size_t)n != len)
		return fail(err, EIO, "write \"%s\" to \"%s\": %zd of %zu bytes", text, name, n,
			    len);
	return 0;
}

int file_write_fd(int fd, const char *text, size_t len, struct error *err)
{
	while (len > 0) {
		ssize_t n = retry(write(fd, text, len));

		if (n < 0)
			return fail_call(err, errno, "write", "write %zu bytes", len);
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* "dir/.name.PID" for "dir/name".  The pid keeps two writers apart; a file that is there already is
 * from a process that died and had the same pid, and may be removed. */
static int temporary_name(const char *name, char temporary[PATH_MAX], struct error *err)
{
	const char *slash = strrchr(name, '/');
	int folder = slash ? (int)(slash - name + 1) : 0;
	int n = snprintf(temporary, PATH_MAX, "%.*s.%.200s.%d", folder, name, name + folder,
			 (int)getpid());

	if (n < 0 || n >= PATH_MAX)
		return fail(err, ENAMETOOLONG, "write \"%s\"", name);
	return 0;
}

static int new_open(int dirfd, const char *name)
{
	return retry(
		openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
}

static int write_new(int fd, const char *text, size_t len, mode_t mode, struct error *err)
{
	if (retry(fchmod(fd, mode)) < 0)
		return fail_call(err, errno, "fchmod", "set mode %04o", (unsigned)mode);
	return file_write_fd(fd, text, len, err);
}

int file_create(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		struct error *err)
{
	auto_fd int fd = new_open(dirfd, name);

	if (fd < 0)
		return fail_call(err, errno, "openat", "create \"%s\"", name);
	if (write_new(fd, text, len, mode, err) == 0)
		return 0;
	(void)retry(unlinkat(dirfd, name, 0));
	return within(err, "write \"%s\"", name);
}

int file_prepare(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		 struct error *err)
{
	char temporary[PATH_MAX];
	auto_fd int fd = -1;

	if (temporary_name(name, temporary, err) < 0)
		return error_code(err);
	fd = new_open(dirfd, temporary);
	if (fd < 0 && errno == EEXIST && retry(unlinkat(dirfd, temporary, 0)) == 0)
		fd = new_open(dirfd, temporary);
	if (fd < 0)
		return fail_call(err, errno, "openat", "create \"%s\"", temporary);
	if (write_new(fd, text, len, mode, err) == 0)
		return 0;
	(void)retry(unlinkat(dirfd, temporary, 0));
	return within(err, "write \"%s\"", name);
}

int file_publish(int dirfd, const char *name, struct error *err)
{
	char temporary[PATH_MAX];

	if (temporary_name(name, temporary, err) < 0)
		return error_code(err);
	if (retry(renameat(dirfd, temporary, dirfd, name)) == 0)
		return 0;
	(void)fail_call(err, errno, "renameat", "rename \"%s\"", temporary);
	(void)retry(unlinkat(dirfd, temporary, 0));
	return within(err, "write \"%s\"", name);
}

int file_replace(int dirfd, const char *name, const char *text, size_t len, mode_t mode,
		 struct error *err)
{
	int r = file_prepare(dirfd, name, text, len, mode, err);

	return r < 0 ? r : file_publish(dirfd, name, err);
}

bool file_is_null_device(int fd)
{
	struct stat st;

	return retry(fstat(fd, &st)) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

int file_null_device(int flags)
{
	auto_fd int fd = retry(open("/dev/null", flags | O_NOCTTY | O_CLOEXEC));

	if (fd < 0)
		return -1;
	if (!file_is_null_device(fd)) {
		errno = ENODEV;
		return -1;
	}
	return take_fd(&fd);
}
