/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.c - opens files of /proc below a handle that nobody can mount over
 *
 * procfs.h says what goes wrong otherwise.  Files are opened with openat2(2); where that is
 * missing, component by component, and each component is checked to be on the handle's own mount.
 * "self" is the one link that is followed: the kernel makes it, and it names the caller in the pid
 * namespace of this procfs.
 */
#include "sys/procfs.h"

#include "base/auto.h"
#include "base/decimal.h"
#include "base/retry.h"
#include "sys/calls.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef NSFS_MAGIC
#define NSFS_MAGIC 0x6e736673
#endif

enum { PROC_ROOT = 1, /* PROC_ROOT_INO of the kernel */ PROC_FILE_MAX = 16 << 20 };

static int check_magic(int fd, unsigned long magic, const char *name, struct error *err)
{
	struct statfs fs;

	if (retry(fstatfs(fd, &fs)) < 0)
		return fail_call(err, errno, "fstatfs", "look at \"/proc/%s\"", name);
	if ((unsigned long)fs.f_type != magic)
		return fail(err, EXDEV, "\"/proc/%s\" is of another file system", name);
	return 0;
}

/* A procfs of our own; -1 where we may not make one. */
static int private_open(void)
{
	auto_fd int context = sys_fsopen("proc", FSOPEN_CLOEXEC);

	if (context < 0 || sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return sys_fsmount(context, FSMOUNT_CLOEXEC,
			   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* Is it a procfs of our pid namespace?  Otherwise its pids are not those that we signal: unshare(1)
 * --pid without --mount-proc leaves the outer one at /proc. */
static bool numbers_as_we_do(int procfs)
{
	char text[16], own[16];
	ssize_t n = retry(readlinkat(procfs, "self", text, sizeof text - 1));

	if (n < 0)
		return false;
	text[n] = '\0';
	(void)snprintf(own, sizeof own, "%d", (int)getpid());
	return strcmp(text, own) == 0;
}

static int host_open(struct error *err)
{
	auto_fd int fd = file_open(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, err);
	struct stat st;

	if (fd < 0 || check_magic(fd, PROC_SUPER_MAGIC, "", err) < 0)
		return error_code(err);
	if (retry(fstat(fd, &st)) < 0)
		return fail_call(err, errno, "fstat", "look at \"/proc\"");
	if (st.st_ino != PROC_ROOT)
		return fail(err, EXDEV, "\"/proc\" is not the root of a procfs");
	return take_fd(&fd);
}

int procfs_open_host(struct error *err)
{
	auto_fd int fd = host_open(err);

	if (fd < 0 || numbers_as_we_do(fd))
		return take_fd(&fd);
	close_fd(&fd);
	fd = private_open();
	if (fd < 0)
		return fail(err, EXDEV, "\"/proc\" is of another pid namespace than ours");
	return take_fd(&fd);
}

int procfs_open_private(struct error *err)
{
	int fd = private_open();

	return fd < 0 ? host_open(err) : fd; /* init needs no more of it than "self" */
}

/* Checks that fd is on the same mount as the handle.  A kernel that does not tell the mount's id
 * leaves only a weaker check: that it is a procfs. */
static int check_same_mount(int procfs, int fd, const char *name, struct error *err)
{
	uint64_t ours, theirs;

	if (sys_mount_id(procfs, &ours) < 0 || sys_mount_id(fd, &theirs) < 0)
		return check_magic(fd, PROC_SUPER_MAGIC, name, err);
	if (ours != theirs)
		return fail(err, EXDEV, "\"/proc/%s\"", name);
	return 0;
}

/* Opens a name component by component; none may be a link or on another mount. */
static int open_by_walk(int procfs, const char *name, int flags, struct error *err)
{
	const char *rest = name;
	auto_fd int at = -1;

	while (*rest) {
		char part[NAME_MAX + 1];
		size_t len = strcspn(rest, "/");
		bool last = rest[len] == '\0';
		int next;

		if (len == 0 || len > NAME_MAX || (len == 2 && memcmp(rest, "..", 2) == 0))
			return fail(err, EINVAL, "open \"/proc/%s\"", name);
		memcpy(part, rest, len);
		part[len] = '\0';
		next = retry(
			openat(at < 0 ? procfs : at, part,
			       (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC));
		if (next < 0)
			return fail_call(err, errno, "openat", "open \"/proc/%s\"", name);
		close_fd(&at);
		at = next;
		if (check_same_mount(procfs, at, name, err) < 0)
			return error_code(err);
		rest += last ? len : len + 1;
	}
	return take_fd(&at);
}

static bool is_self(const char *name)
{
	return strncmp(name, "self", 4) == 0 && (name[4] == '/' || name[4] == '\0');
}

/* The walk follows no links, so "self/x" is rewritten to "123/x". */
static int replace_self(int procfs, const char *name, char whole[PATH_MAX], struct error *err)
{
	auto_fd int self = open_by_walk(procfs, "self", O_PATH, err);
	char pid[16];
	uint32_t number;
	ssize_t n;

	if (self < 0)
		return self;
	n = retry(readlinkat(self, "", pid, sizeof pid - 1));
	if (n < 0)
		return fail_call(err, errno, "readlinkat", "read \"/proc/self\"");
	pid[n] = '\0';
	if (!parse_u32(pid, &number))
		return fail(err, EXDEV, "\"/proc/self\" names \"%s\"", pid);
	if (snprintf(whole, PATH_MAX, "%s%s", pid, name) >= PATH_MAX)
		return fail(err, ENAMETOOLONG, "open \"/proc/%s\"", name);
	return 0;
}

static int open_without_openat2(int procfs, const char *name, int flags, struct error *err)
{
	char whole[PATH_MAX];

	if (!is_self(name))
		return open_by_walk(procfs, name, flags, err);
	if (replace_self(procfs, name + 4, whole, err) < 0)
		return error_code(err);
	return open_by_walk(procfs, whole, flags, err);
}

/* A name that begins with "self" needs its link to be followed, so only magic links are refused
 * there.  That is enough: in procfs nobody but the kernel can make links. */
int procfs_file(int procfs, const char *name, int flags, struct error *err)
{
	uint64_t links = is_self(name) ? RESOLVE_NO_MAGICLINKS : RESOLVE_NO_SYMLINKS;
	int fd = (int)sys_openat2(procfs, name, (uint64_t)(unsigned)flags | O_CLOEXEC, 0,
				  RESOLVE_BENEATH | RESOLVE_NO_XDEV | links);

	if (fd >= 0)
		return fd;
	if (errno != ENOSYS)
		return fail_call(err, errno, "openat2", "open \"/proc/%s\"", name);
	return open_without_openat2(procfs, name, flags, err);
}

int procfs_write(int procfs, const char *name, const char *text, size_t len, struct error *err)
{
	auto_fd int fd = procfs_file(procfs, name, O_WRONLY, err);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = retry(write(fd, text, len));
	if (n < 0)
		return fail_call(err, errno, "write", "write \"%.*s\" to \"/proc/%s\"",
				 (int)(len < 200 ? len : 200), text, name);
	if ((size_t)n != len)
		return fail(err, EIO, "write to \"/proc/%s\": %zd of %zu bytes", name, n, len);
	return 0;
}

static ssize_t read_text(int fd, const char *name, char *buf, size_t size, struct error *err)
{
	size_t len = 0;

	while (len < size - 1) {
		ssize_t n = retry(read(fd, buf + len, size - 1 - len));

		if (n < 0)
			return fail_call(err, errno, "read", "read \"/proc/%s\"", name);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (ssize_t)len;
}

ssize_t procfs_read(int procfs, const char *name, char *buf, size_t size, struct error *err)
{
	auto_fd int fd = procfs_file(procfs, name, O_RDONLY, err);

	return fd < 0 ? fd : read_text(fd, name, buf, size, err);
}

int procfs_read_all(int procfs, const char *name, char **ret_text, size_t *ret_len,
		    struct error *err)
{
	auto_fd int fd = procfs_file(procfs, name, O_RDONLY, err);

	if (fd < 0)
		return fd;
	if (file_read_fd(fd, PROC_FILE_MAX, ret_text, ret_len, err) < 0)
		return within(err, "\"/proc/%s\"", name);
	return 0;
}

char *procfs_fd_path(char buf[PROCFS_FD_PATH], int fd)
{
	(void)snprintf(buf, PROCFS_FD_PATH, PROCFS_SELF_FD "/%d", fd);
	return buf;
}

/* Finds the state and the start time in a stat line.  The command's name comes first, in
 * parentheses, and may itself hold spaces and parentheses: count from the last ')'.  The state is
 * field 3, the start time field 22. */
static bool parse_stat(const char *line, char *ret_state, long long *ret_start)
{
	const char *at = strrchr(line, ')');
	int64_t start;
	char number[24];
	size_t len;

	if (!at || at[1] != ' ' || !at[2])
		return false;
	*ret_state = at[2];
	at += 2;
	for (int field = 3; field < 22; field++) {
		at = strchr(at, ' ');
		if (!at++)
			return false;
	}
	len = strcspn(at, " \n");
	if (len >= sizeof number)
		return false;
	memcpy(number, at, len);
	number[len] = '\0';
	if (!parse_i64(number, &start))
		return false;
	*ret_start = start;
	return true;
}

/* On a /proc with hidepid=1 an ordinary user can't look at another user's process: it is not his
 * container's.  Root sees all, so for root a refusal proves nothing and is an error. */
static bool is_none_of_ours(const struct error *err)
{
	bool refused = err->errno_value == EPERM || err->errno_value == EACCES;

	return err->errno_value == ENOENT || err->errno_value == ESRCH ||
	       (refused && geteuid() != 0);
}

long long procfs_start_time(int procfs, pid_t pid, char *ret_state, struct error *err)
{
	char name[32], line[1024], state;
	long long start;

	(void)snprintf(name, sizeof name, "%d/stat", (int)pid);
	if (procfs_read(procfs, name, line, sizeof line, err) < 0)
		return is_none_of_ours(err) ? 0 : error_code(err);
	if (!parse_stat(line, &state, &start))
		return fail(err, EPROTO, "\"/proc/%s\" reads \"%.100s\"", name, line);
	if (ret_state)
		*ret_state = state;
	return start;
}

int procfs_running(int procfs, struct error *err)
{
	char line[128], *end, *number;
	int64_t running;

	if (procfs_read(procfs, "loadavg", line, sizeof line, err) < 0)
		return error_code(err);
	end = strchrnul(line, '/'); /* the 1 of "0.20 0.18 0.12 1/80 11206" */
	*end = '\0';
	number = strrchr(line, ' ');
	if (!number || !parse_i64(number + 1, &running) || running < 0 || running > INT_MAX)
		return fail(err, EPROTO, "loadavg reads \"%.100s\"", line);
	return (int)running;
}

/* Inside a container of docker, podman or Kubernetes /proc/sys is a mount of its own, read-only.
 * In the runtime's own mount namespace nobody hostile can mount, so it is enough to check that it
 * is a procfs. */
static ssize_t read_covered(int procfs, const char *name, char *buf, size_t size, struct error *err)
{
	auto_fd int fd = retry(openat(procfs, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));

	if (fd < 0)
		return fail_call(err, errno, "openat", "open \"/proc/%s\"", name);
	if (check_magic(fd, PROC_SUPER_MAGIC, name, err) < 0)
		return error_code(err);
	return read_text(fd, name, buf, size, err);
}

int procfs_boot_id(int procfs, char buf[37], struct error *err)
{
	static const char name[] = "sys/kernel/random/boot_id";
	ssize_t n = procfs_read(procfs, name, buf, 37, err);

	if (n < 0 && err->errno_value == EXDEV)
		n = read_covered(procfs, name, buf, 37, err);
	if (n < 0)
		return (int)n;
	if (n != 36)
		return fail(err, EPROTO, "the boot id has %zd characters", n);
	return 0;
}

/* Opens the folder /proc/PID/ns. */
static int namespaces_open(int procfs, pid_t pid, struct error *err)
{
	char folder[32];

	if (pid > 0)
		(void)snprintf(folder, sizeof folder, "%d/ns", (int)pid);
	return procfs_file(procfs, pid > 0 ? folder : "self/ns", O_PATH | O_DIRECTORY, err);
}

/* The file of a namespace is a magic link, which openat2(2) above would refuse.  So its folder is
 * opened first, the link is followed from there, and what it leads to must be a namespace. */
int procfs_namespace_open(int procfs, pid_t pid, const char *name, struct error *err)
{
	auto_fd int folder = namespaces_open(procfs, pid, err);
	auto_fd int fd = -1;

	if (folder < 0)
		return folder;
	fd = retry(openat(folder, name, O_RDONLY | O_CLOEXEC));
	if (fd < 0)
		return fail_call(err, errno, "openat", "open the %s namespace of process %d", name,
				 (int)pid);
	if (check_magic(fd, NSFS_MAGIC, name, err) < 0)
		return error_code(err);
	return take_fd(&fd);
}

/* Two numbers are all that is wanted, so the namespace is not opened, and not checked: the entries
 * of this folder can't lead to anything else. */
int procfs_namespace(int procfs, pid_t pid, const char *name, dev_t *ret_dev, ino_t *ret_ino,
		     struct error *err)
{
	auto_fd int folder = namespaces_open(procfs, pid, err);
	struct stat st;

	if (folder < 0)
		return folder;
	if (retry(fstatat(folder, name, &st, 0)) < 0)
		return fail_call(err, errno, "fstatat", "look at the %s namespace of process %d",
				 name, (int)pid);
	*ret_dev = st.st_dev;
	*ret_ino = st.st_ino;
	return 0;
}

int procfs_root_open(int procfs, pid_t pid, struct error *err)
{
	char folder[32];
	auto_fd int process = -1;
	int fd;

	(void)snprintf(folder, sizeof folder, "%d", (int)pid);
	process = procfs_file(procfs, folder, O_PATH | O_DIRECTORY, err);
	if (process < 0)
		return process;
	fd = retry(openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC)); /* a magic link */
	if (fd < 0)
		return fail_call(err, errno, "openat", "root of process %d", (int)pid);
	return fd;
}

int procfs_exe_open(struct error *err)
{
	return file_open(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, err);
}

/* The kernel's PROC_USER_INIT_INO (include/linux/proc_ns.h): the same on every machine since Linux
 * 3.8. */
enum { USER_INITIAL = 0xEFFFFFFDU };

bool procfs_user_is_initial(int procfs)
{
	struct error ignored;
	dev_t dev;
	ino_t ino;

	return procfs_namespace(procfs, 0, "user", &dev, &ino, &ignored) < 0 || ino == USER_INITIAL;
}
