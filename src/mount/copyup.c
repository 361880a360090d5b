/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyup.c - tmpcopyup: copies the directory that a tmpfs covers into the tmpfs
 *
 * The directory belongs to the image, and another process may change it meanwhile.  So all is
 * opened by fd, links are copied and never followed, and devices, pipes and sockets are left out.
 * init does this and must not allocate: the stack bounds the depth (COPY_UP_DEPTH), and the size of
 * the tmpfs bounds what is copied.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "mount/place.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { COPY_UP_DEPTH = 48 };

struct copy {
	int from, to; /* directories */
	const char *name;
	int entry;	/* O_PATH */
	struct stat st; /* the entry's */
};

static int tree_copy(int from, int to, unsigned depth, struct error *err);

static int copy_failed(const char *what, const char *name, struct error *err)
{
	int errno_value = errno;
	char buf[FOREIGN_BUF];

	return fail(err, errno_value, "tmpcopyup: %s \"%s\"", what, foreign(name, buf));
}

static int data_copy(int in, int out, const char *name, struct error *err)
{
	char buf[16384];
	ssize_t n;

	while ((n = retry(read(in, buf, sizeof buf))) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = retry(write(out, buf + done, (size_t)(n - done)))) < 0)
				return copy_failed("write", name, err);
	return n < 0 ? copy_failed("read", name, err) : 0;
}

/* Copies owner, mode and times.  The owner comes first: chown(2) clears the set-user-id bit. */
static int metadata_copy(int fd, const struct copy *c, struct error *err)
{
	struct timespec times[2] = { c->st.st_atim, c->st.st_mtim };

	if (retry(fchown(fd, c->st.st_uid, c->st.st_gid)) < 0 ||
	    retry(fchmod(fd, c->st.st_mode & 07777)) < 0 || retry(futimens(fd, times)) < 0)
		return copy_failed("owner, mode and time of", c->name, err);
	return 0;
}

static int file_copy(const struct copy *c, struct error *err)
{
	auto_fd int in = -1;
	auto_fd int out = -1;
	char shown[FOREIGN_BUF];
	struct stat now;

	in = retry(openat(c->from, c->name,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	if (in < 0 || retry(fstat(in, &now)) < 0)
		return copy_failed("open", c->name, err);
	if (now.st_ino != c->st.st_ino || now.st_dev != c->st.st_dev)
		return fail(err, ESTALE, "tmpcopyup: \"%s\" was exchanged",
			    foreign(c->name, shown));
	out = retry(
		openat(c->to, c->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
	if (out < 0)
		return copy_failed("create", c->name, err);
	if (data_copy(in, out, c->name, err) < 0)
		return error_code(err);
	return metadata_copy(out, c, err);
}

static int directory_copy(const struct copy *c, unsigned depth, struct error *err)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	auto_fd int in = -1;
	auto_fd int out = -1;

	if (depth == 0)
		return fail(err, ELOOP, "tmpcopyup: more than %d levels deep", COPY_UP_DEPTH);
	if (retry(mkdirat(c->to, c->name, 0700)) < 0)
		return copy_failed("create", c->name, err);
	in = retry(openat(c->entry, ".", flags));
	out = retry(openat(c->to, c->name, flags));
	if (in < 0 || out < 0)
		return copy_failed("open", c->name, err);
	if (tree_copy(in, out, depth - 1, err) < 0)
		return error_code(err);
	return metadata_copy(out, c, err);
}

static int link_copy(const struct copy *c, struct error *err)
{
	char text[4097];
	ssize_t n = retry(readlinkat(c->entry, "", text, sizeof text - 1));

	if (n < 0)
		return copy_failed("read", c->name, err);
	text[n] = '\0';
	if (retry(symlinkat(text, c->to, c->name)) < 0 ||
	    retry(fchownat(c->to, c->name, c->st.st_uid, c->st.st_gid, AT_SYMLINK_NOFOLLOW)) < 0)
		return copy_failed("create", c->name, err);
	return 0;
}

/* Owner and mode must be those of what is copied: of a file that took its name meanwhile they could
 * be set-user-id.  O_PATH, because to open a device can change it. */
static int entry_copy(struct copy *c, unsigned depth, struct error *err)
{
	auto_fd int fd = -1;

	c->entry = fd = retry(openat(c->from, c->name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
	if (fd < 0 || retry(fstat(fd, &c->st)) < 0)
		return copy_failed("open", c->name, err);
	if (S_ISREG(c->st.st_mode))
		return file_copy(c, err);
	if (S_ISDIR(c->st.st_mode))
		return directory_copy(c, depth, err);
	if (S_ISLNK(c->st.st_mode))
		return link_copy(c, err);
	return 0;
}

/* getdents64(2) with a buffer on the stack: readdir(3) would allocate. */
static int tree_copy(int from, int to, unsigned depth, struct error *err)
{
	_Alignas(struct dirent64) char buf[4096];
	long n;

	while ((n = retry(syscall(SYS_getdents64, from, buf, sizeof buf))) > 0)
		for (long at = 0; at < n;) {
			const struct dirent64 *d = (const void *)(buf + at);
			struct copy c = { .from = from, .to = to, .name = d->d_name };

			at += d->d_reclen;
			if (!file_is_dots(d->d_name) && entry_copy(&c, depth, err) < 0)
				return error_code(err);
		}
	return n < 0 ? copy_failed("read", "a directory", err) : 0;
}

int copy_up(int from, int to, struct error *err)
{
	auto_fd int in = -1;
	auto_fd int out = -1;

	in = retry(openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	out = retry(openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (in < 0 || out < 0)
		return copy_failed("open", ".", err);
	return tree_copy(in, out, COPY_UP_DEPTH, err);
}
