/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls.h - system calls for which not every C library has a function
 *
 * Each returns what the kernel returns: -1 and errno on error.  A call that a signal interrupted is
 * made again.  In the test build the environment variable OCIRT_NO ("openat2,fsopen") makes these
 * calls answer ENOSYS, so that every fallback can be tested on a new kernel.
 */
#pragma once
#include <linux/openat2.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef CLONE_NEWTIME /* Linux 5.6 */
#define CLONE_NEWTIME 0x00000080
#endif

/* The same as struct clone_args of linux/sched.h, up to its member cgroup (Linux 5.7). */
struct sys_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
		set_tid_size, cgroup;
};
struct sys_mount_attr {
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

long sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
/* The C library has it since glibc 2.28 only.  flags: RENAME_NOREPLACE, ... of linux/fs.h. */
int sys_renameat2(int old_dirfd, const char *old, int new_dirfd, const char *new, unsigned flags);
int sys_open_tree(int dirfd, const char *path, unsigned flags);
int sys_move_mount(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags);
int sys_fsopen(const char *type, unsigned flags);
int sys_fsconfig(int fd, unsigned command, const char *key, const void *value, int aux);
int sys_fsmount(int fd, unsigned flags, unsigned attr_flags);
int sys_mount_setattr(int dirfd, const char *path, unsigned flags, struct sys_mount_attr *attr);
long sys_clone3(void *args, size_t size);
/* clone(2) without a new stack: the child goes on where the parent is, as after fork(2).  *pidfd is
 * filled in if flags hold CLONE_PIDFD. */
long sys_clone(unsigned long flags, int *pidfd);
int sys_pidfd_open(pid_t pid, unsigned flags);
int sys_pidfd_send_signal(int pidfd, int signal, void *info, unsigned flags);
int sys_close_range(unsigned first, unsigned last, unsigned flags);
int sys_execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags);
int sys_pivot_root(const char *new_root, const char *put_old);
/* prctl(2) with PR_SET_MM_MAP.  map is a struct prctl_mm_map: the process's memory layout, and the
 * file that /proc/PID/exe shows. */
int sys_prctl_mm_map(const void *map, size_t size);
int sys_memfd_create(const char *name, unsigned flags);
/* Asks statx(2) for the id of the mount that the fd is on; ENOSYS before Linux 5.8, which does not
 * tell it. */
int sys_mount_id(int fd, uint64_t *ret_id);
