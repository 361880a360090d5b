/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel.h - the kernel's mount constants, for C libraries that do not have them yet
 *
 * linux/mount.h has them, but it can't be included together with sys/mount.h of glibc 2.36.  So
 * what an older sys/mount.h lacks is defined here.
 */
#pragma once
#include <fcntl.h>
#include <sys/mount.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef MOVE_MOUNT_T_SYMLINKS
#define MOVE_MOUNT_T_SYMLINKS 0x10
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x04
#endif
#ifndef MOVE_MOUNT_T_EMPTY_PATH
#define MOVE_MOUNT_T_EMPTY_PATH 0x40
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC 1
#endif
#ifndef FSMOUNT_CLOEXEC
#define FSMOUNT_CLOEXEC 1
#endif
#ifndef FSCONFIG_SET_FLAG
#define FSCONFIG_SET_FLAG   0
#define FSCONFIG_SET_STRING 1
#define FSCONFIG_SET_FD	    5
#define FSCONFIG_CMD_CREATE 6
#endif
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY      0x01
#define MOUNT_ATTR_NOSUID      0x02
#define MOUNT_ATTR_NODEV       0x04
#define MOUNT_ATTR_NOEXEC      0x08
#define MOUNT_ATTR__ATIME      0x70
#define MOUNT_ATTR_RELATIME    0x00
#define MOUNT_ATTR_NOATIME     0x10
#define MOUNT_ATTR_STRICTATIME 0x20
#define MOUNT_ATTR_NODIRATIME  0x80
#endif
#ifndef MOUNT_ATTR_IDMAP
#define MOUNT_ATTR_IDMAP 0x100000
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x200000
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif
#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1 << 25)
#endif

/* fsconfig(2) takes strings of at most 256 bytes, with the NUL; longer ones need mount(2). */
enum { FSCONFIG_STRING_MAX = 256 };
