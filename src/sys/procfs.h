/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.h - the one owner of /proc
 *
 * Writes to /proc decide about labels, sysctls and id maps; a container that mounts something over
 * /proc or its files redirects them (CVE-2019-16884, CVE-2025-52881).  So all access goes through a
 * handle: a private fsopen("proc") instance that nobody else can mount over, or (where that is
 * refused) the host's /proc, checked by fstatfs and by its root inode; files in it are opened with
 * openat2(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS), or by a checked walk.  The one
 * link that is followed is "self" at a name's beginning, the kernel's own.
 * No file but this and procfs.c may contain the string "/proc/".
 */
#pragma once
#include "base/error.h"

#include <sys/types.h>

/* A handle on the procfs of the caller's pid namespace (as pid 1 of a new one: of that).  Owned by
 * the caller; O_CLOEXEC.  Private: tried with fsopen first (subset=pid is not used: sysctls live
 * there too). */
int procfs_open_private(struct error *err);
/* A handle on the host's mounted /proc, checked to be one.  Cheap: one open and one fstatfs. */
int procfs_open_host(struct error *err);

/* Opens a file below the handle: "self/attr/exec", "sys/net/ipv4/ip_forward", "123/uid_map". */
int procfs_file(int procfs, const char *name, int flags, struct error *err);
/* Writes text with one write(2). */
int procfs_write(int procfs, const char *name, const char *text, size_t len, struct error *err);
/* Reads at most size - 1 bytes and adds a NUL; returns the length. */
ssize_t procfs_read(int procfs, const char *name, char *buf, size_t size, struct error *err);
/* Reads it whole; malloc'ed, NUL terminated. */
int procfs_read_all(int procfs, const char *name, char **ret_text, size_t *ret_len,
		    struct error *err);

/* A text: /dev/fd of a container leads there.  To open it is for procfs_file(). */
#define PROCFS_SELF_FD "/proc/self/fd"

/* "/proc/self/fd/N", for calls that take only a path (mount(2) without the new API, bind(2) and
 * connect(2) with long paths).  Only ever used in the runtime's own mount namespace, or in init
 * before the root is changed.  Returns buf. */
enum { PROCFS_FD_PATH = 32 };
char *procfs_fd_path(char buf[PROCFS_FD_PATH], int fd);

/* Start time of a process in clock ticks since boot (field 22 of its stat file), with its state
 * letter ('Z', 'R', ...) in *ret_state when not NULL.  0 when there is no such process; negative on
 * other errors. */
long long procfs_start_time(int procfs, pid_t pid, char *ret_state, struct error *err);
/* How many tasks run or wait for a CPU on the whole machine (proc_loadavg(5)), the caller's too;
 * negative on error. */
int procfs_running(int procfs, struct error *err);
/* The boot id (36 characters and a NUL). */
int procfs_boot_id(int procfs, char buf[37], struct error *err);
/* Inode and device number of /proc/PID/ns/NAME ("pid", "pid_for_children"...). pid 0: self. */
int procfs_namespace(int procfs, pid_t pid, const char *name, dev_t *ret_dev, ino_t *ret_ino,
		     struct error *err);
/* An fd of /proc/PID/ns/NAME; pid 0: self. */
int procfs_namespace_open(int procfs, pid_t pid, const char *name, struct error *err);
/* The root directory of a process as an O_PATH fd: the only way in for one that is not in its mount
 * namespace.  The caller makes sure (by a pidfd) that the pid was not reused meanwhile. */
int procfs_root_open(int procfs, pid_t pid, struct error *err);
/* Path of our own executable, for messages only: the fd of what is running, O_RDONLY. */
int procfs_exe_open(struct error *err);
