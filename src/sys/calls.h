/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls.h - system calls that not every C library knows, said once
 *
 * Each returns what the kernel returns: -1 and errno on error; EINTR is retried.  In test builds
 * the environment variable OCIRT_NO ("openat2,fsopen") makes a call answer ENOSYS, so that every
 * fallback is tested on a new kernel, too.
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

/* As struct clone_args of linux/sched.h, up to the member cgroup (Linux 5.7). */
struct sys_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
		set_tid_size, cgroup;
};
struct sys_mount_attr {
	uint64_t attr_set, attr_clr, propagation, userns_fd;
};

long sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int sys_open_tree(int dirfd, const char *path, unsigned flags);
int sys_move_mount(int from_dirfd, const char *from, int to_dirfd, const char *to, unsigned flags);
int sys_fsopen(const char *type, unsigned flags);
int sys_fsconfig(int fd, unsigned command, const char *key, const void *value, int aux);
int sys_fsmount(int fd, unsigned flags, unsigned attr_flags);
int sys_mount_setattr(int dirfd, const char *path, unsigned flags, struct sys_mount_attr *attr);
long sys_clone3(void *args, size_t size);
/* clone(2) as fork(2) is: no new stack; *pidfd is filled in if flags hold CLONE_PIDFD. */
long sys_clone(unsigned long flags, int *pidfd);
int sys_pidfd_open(pid_t pid, unsigned flags);
int sys_pidfd_send_signal(int pidfd, int signal, void *info, unsigned flags);
int sys_close_range(unsigned first, unsigned last, unsigned flags);
int sys_execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags);
int sys_pivot_root(const char *new_root, const char *put_old);
/* prctl(2), PR_SET_MM_MAP: the process's memory layout and executable, a struct prctl_mm_map. */
int sys_prctl_mm_map(const void *map, size_t size);
int sys_memfd_create(const char *name, unsigned flags);
/* The id of the mount that the fd lies on, by statx(2); ENOSYS where the kernel does not tell it
 * (before Linux 5.8). */
int sys_mount_id(int fd, uint64_t *ret_id);
