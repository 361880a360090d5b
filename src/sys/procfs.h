/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.h - the only way to /proc
 *
 * Labels, sysctls and id maps are set by writing to files of /proc.  A container that mounts
 * something over /proc, or over one of its files, makes the runtime write somewhere else: its
 * security label is not set, or another file is changed (CVE-2019-16884, CVE-2025-52881).
 *
 * So all access goes through a handle, an fd of procfs's root.  procfs_open_private() makes a
 * procfs mount of its own with fsopen(2), which is in no namespace: nobody can mount over it.
 * Where that is refused the handle is the host's /proc, checked to be the root of a procfs.  Files
 * are opened below the handle with openat2(2), which follows no link and enters no other mount.
 * One link is allowed: "self" at the beginning of a name, which the kernel itself makes.
 *
 * No file but this and procfs.c may contain the string "/proc/" (lint).
 */
#pragma once
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* Opens a handle on a procfs that nobody else can mount over, of the caller's pid namespace; where
 * that is refused, of /proc as it is mounted, where only "self" is sure to be right.  (Not with the
 * option subset=pid: it hides the sysctls.)  The caller owns the fd. */
int procfs_open_private(struct error *err);
/* Opens a handle on /proc as it is mounted, after checking that it is the root of a procfs of our
 * own pid namespace; if it is another one's (unshare(1) --pid without --mount-proc), a private one.
 * This is cheaper, and enough where nobody hostile can mount: in the host's mount namespace. */
int procfs_open_host(struct error *err);

/* Opens a file below the handle: "self/attr/exec", "sys/net/ipv4/ip_forward", "123/uid_map". */
int procfs_file(int procfs, const char *name, int flags, struct error *err);
/* Writes text to a file with one write(2). */
int procfs_write(int procfs, const char *name, const char *text, size_t len, struct error *err);
/* Reads at most size - 1 bytes of a file and adds a NUL.  Returns the length. */
ssize_t procfs_read(int procfs, const char *name, char *buf, size_t size, struct error *err);
/* Reads a whole file.  *ret_text is malloc'ed and ends with a NUL. */
int procfs_read_all(int procfs, const char *name, char **ret_text, size_t *ret_len,
		    struct error *err);

/* Only the text of a symbolic link: /dev/fd of a container leads there.  To open a file below it,
 * use procfs_file(). */
#define PROCFS_SELF_FD "/proc/self/fd"

/* Writes "/proc/self/fd/N" into buf, for calls that take only a path: mount(2), and bind(2) and
 * connect(2) of a socket whose path is too long.  Must only be used where /proc can be trusted: in
 * the runtime's own mount namespace, and in init before it changes its root.  Returns buf. */
enum { PROCFS_FD_PATH = 32 };
char *procfs_fd_path(char buf[PROCFS_FD_PATH], int fd);

/* Returns when a process began, in clock ticks since boot (field 22 of its stat file), and sets
 * *ret_state (if not NULL) to the letter of its state ('Z', 'R', ...).  0 if there is no such
 * process, or if an ordinary user may not look at it; negative on other errors. */
long long procfs_start_time(int procfs, pid_t pid, char *ret_state, struct error *err);
/* How many tasks run or wait for a CPU on the whole machine, the caller's included
 * (proc_loadavg(5)); negative on error. */
int procfs_running(int procfs, struct error *err);
/* The id of this boot of the machine: 36 characters and a NUL. */
int procfs_boot_id(int procfs, char buf[37], struct error *err);
/* The device and inode number of /proc/PID/ns/NAME ("pid", "pid_for_children", ...), which identify
 * a namespace.  pid 0: the caller's own. */
int procfs_namespace(int procfs, pid_t pid, const char *name, dev_t *ret_dev, ino_t *ret_ino,
		     struct error *err);
/* Is the caller in the machine's first user namespace?  uid_map does not say it: systemd-nspawn's
 * namespaces may have the same identity map.  True if it can't be found out. */
bool procfs_user_is_initial(int procfs);
/* Opens /proc/PID/ns/NAME, for setns(2); pid 0: the caller's own. */
int procfs_namespace_open(int procfs, pid_t pid, const char *name, struct error *err);
/* Opens the root directory of a process (O_PATH), from outside of its mount namespace.  The caller
 * must make sure, with a pidfd, that the pid has not been reused. */
int procfs_root_open(int procfs, pid_t pid, struct error *err);
/* Opens our own executable (O_RDONLY), by /proc/self/exe. */
int procfs_exe_open(struct error *err);
