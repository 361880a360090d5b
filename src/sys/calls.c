/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls.c - system calls by number
 *
 * ocirt may be built with headers that are older than the kernel it runs on.  A call that is
 * missing in the headers would be missing in the binary, so the numbers stand here.  Since Linux
 * 5.0 a new call has the same number on every architecture; alpha and mips add an offset.
 */
#include "sys/calls.h"

#include "base/retry.h"

#include <errno.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __alpha__
#define NUMBER(n) (110 + (n))
#elif defined __mips__ && _MIPS_SIM == _ABIO32
#define NUMBER(n) (4000 + (n))
#elif defined __mips__ && _MIPS_SIM == _ABI64
#define NUMBER(n) (5000 + (n))
#elif defined __mips__
#define NUMBER(n) (6000 + (n))
#else
#define NUMBER(n) (n)
#endif

enum {
	CALL_PIDFD_SEND_SIGNAL = NUMBER(424),
	CALL_OPEN_TREE = NUMBER(428),
	CALL_MOVE_MOUNT = NUMBER(429),
	CALL_FSOPEN = NUMBER(430),
	CALL_FSCONFIG = NUMBER(431),
	CALL_FSMOUNT = NUMBER(432),
	CALL_PIDFD_OPEN = NUMBER(434),
	CALL_CLONE3 = NUMBER(435),
	CALL_CLOSE_RANGE = NUMBER(436),
	CALL_OPENAT2 = NUMBER(437),
	CALL_MOUNT_SETATTR = NUMBER(442),
};

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

#ifdef OCIRT_TESTING
extern char **environ;

/* Is name in the comma-separated list of OCIRT_NO? */
static bool is_denied(const char *name)
{
	static const char door[] = "OCIRT_NO=";
	size_t len = strlen(name);
	const char *at = NULL;

	for (char **e = environ; e && *e; e++)
		if (strncmp(*e, door, sizeof door - 1) == 0)
			at = *e + sizeof door - 1;
	while (at && *at) {
		if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return true;
		at = strchr(at, ',');
		at = at ? at + 1 : NULL;
	}
	return false;
}
#else
static bool is_denied(const char *name)
{
	return false;
}
#endif

static int no_call(void)
{
	errno = ENOSYS;
	return -1;
}

long sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .mode = mode, .resolve = resolve };

	if (is_denied("openat2"))
		return no_call();
	return retry(syscall(CALL_OPENAT2, dirfd, path, &how, sizeof how));
}

int sys_renameat2(int old_dirfd, const char *old, int new_dirfd, const char *new, unsigned flags)
{
	if (is_denied("renameat2"))
		return no_call();
	return (int)retry(syscall(SYS_renameat2, old_dirfd, old, new_dirfd, new, flags));
}

int sys_open_tree(int dirfd, const char *path, unsigned flags)
{
	if (is_denied("open_tree"))
		return no_call();
	return (int)retry(syscall(CALL_OPEN_TREE, dirfd, path, flags));
}

int sys_move_mount(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags)
{
	if (is_denied("move_mount"))
		return no_call();
	return (int)retry(syscall(CALL_MOVE_MOUNT, from_dirfd, from, to_dirfd, to, flags));
}

int sys_fsopen(const char *type, unsigned flags)
{
	if (is_denied("fsopen"))
		return no_call();
	return (int)retry(syscall(CALL_FSOPEN, type, flags));
}

int sys_fsconfig(int fd, unsigned command, const char *key, const void *value, int aux)
{
	/* a parameter that is younger than the call can be denied by its own name */
	if (is_denied("fsconfig") || (command == FSCONFIG_SET_FD && is_denied(key)))
		return no_call();
	return (int)retry(syscall(CALL_FSCONFIG, fd, command, key, value, aux));
}

int sys_fsmount(int fd, unsigned flags, unsigned attr_flags)
{
	if (is_denied("fsmount"))
		return no_call();
	return (int)retry(syscall(CALL_FSMOUNT, fd, flags, attr_flags));
}

int sys_mount_setattr(int dirfd, const char *path, unsigned flags, struct sys_mount_attr *attr)
{
	if (is_denied("mount_setattr"))
		return no_call();
	return (int)retry(syscall(CALL_MOUNT_SETATTR, dirfd, path, flags, attr, sizeof *attr));
}

long sys_clone3(void *args, size_t size)
{
	if (is_denied("clone3"))
		return no_call();
	return retry(syscall(CALL_CLONE3, args, size));
}

#ifdef __s390__
long sys_clone(unsigned long flags, int *pidfd)
{
	return retry(syscall(SYS_clone, 0UL, flags, pidfd, 0UL, 0UL));
}
#else
long sys_clone(unsigned long flags, int *pidfd)
{
	return retry(syscall(SYS_clone, flags, 0UL, pidfd, 0UL, 0UL));
}
#endif

int sys_pidfd_open(pid_t pid, unsigned flags)
{
	if (is_denied("pidfd_open"))
		return no_call();
	return (int)retry(syscall(CALL_PIDFD_OPEN, pid, flags));
}

int sys_pidfd_send_signal(int pidfd, int signal, void *info, unsigned flags)
{
	if (is_denied("pidfd_send_signal"))
		return no_call();
	return (int)retry(syscall(CALL_PIDFD_SEND_SIGNAL, pidfd, signal, info, flags));
}

int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	if (is_denied("close_range"))
		return no_call();
	return (int)retry(syscall(CALL_CLOSE_RANGE, first, last, flags));
}

int sys_execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
	if (is_denied("execveat"))
		return no_call();
	return (int)retry(syscall(SYS_execveat, dirfd, path, argv, envp, flags));
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)retry(syscall(SYS_pivot_root, new_root, put_old));
}

int sys_prctl_mm_map(const void *map, size_t size)
{
	if (is_denied("prctl_mm_map"))
		return no_call();
	return prctl(PR_SET_MM, PR_SET_MM_MAP, map, size, 0);
}

int sys_memfd_create(const char *name, unsigned flags)
{
	if (is_denied("memfd_create"))
		return no_call();
	return (int)retry(syscall(SYS_memfd_create, name, flags));
}

/* struct statx as far as it is needed: headers before Linux 5.8 do not have stx_mnt_id. */
struct statx_view {
	uint32_t mask;
	uint32_t skipped[35];
	uint64_t mount_id;
	uint64_t rest[13];
};

int sys_mount_id(int fd, uint64_t *ret_id)
{
	struct statx_view view = { .mask = 0 };

	if (is_denied("statx"))
		return no_call();
	if (retry(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &view)) < 0)
		return -1;
	if (!(view.mask & STATX_MNT_ID))
		return no_call();
	*ret_id = view.mount_id;
	return 0;
}
