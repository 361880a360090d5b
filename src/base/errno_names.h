/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errno_names.h - errno in our own words
 *
 * strerror() is banned: engines take "Permission denied" or "No such file or directory" anywhere
 * in a message for a fault of the user's command.
 */
#pragma once

#define ERRNO_TABLE                                                                                \
	ERRNO(EPERM, "refused by the kernel")                                                      \
	ERRNO(ENOENT, "is missing")                                                                \
	ERRNO(ESRCH, "process is gone")                                                            \
	ERRNO(EINTR, "interrupted")                                                                \
	ERRNO(EIO, "input/output error")                                                           \
	ERRNO(ENXIO, "no device behind it")                                                        \
	ERRNO(E2BIG, "too long for the kernel")                                                    \
	ERRNO(ENOEXEC, "not an executable format")                                                 \
	ERRNO(EBADF, "bad file descriptor")                                                        \
	ERRNO(ECHILD, "no child")                                                                  \
	ERRNO(EAGAIN, "no resources now")                                                          \
	ERRNO(ENOMEM, "out of memory")                                                             \
	ERRNO(EACCES, "access refused")                                                            \
	ERRNO(EFAULT, "bad address")                                                               \
	ERRNO(ENOTBLK, "not a block device")                                                       \
	ERRNO(EBUSY, "is busy")                                                                    \
	ERRNO(EEXIST, "exists already")                                                            \
	ERRNO(EXDEV, "leads to another mount")                                                     \
	ERRNO(ENODEV, "not known to this kernel")                                                  \
	ERRNO(ENOTDIR, "is no directory")                                                          \
	ERRNO(EISDIR, "is a folder")                                                               \
	ERRNO(EINVAL, "not accepted by the kernel")                                                \
	ERRNO(ENFILE, "too many open files on this machine")                                       \
	ERRNO(EMFILE, "too many open files in this process")                                       \
	ERRNO(ENOTTY, "is no terminal")                                                            \
	ERRNO(ETXTBSY, "is being written")                                                         \
	ERRNO(EFBIG, "too large")                                                                  \
	ERRNO(ENOSPC, "no space left")                                                             \
	ERRNO(ESPIPE, "cannot seek")                                                               \
	ERRNO(EROFS, "is on a read-only file system")                                              \
	ERRNO(EMLINK, "too many links")                                                            \
	ERRNO(EPIPE, "the other side closed it")                                                   \
	ERRNO(ERANGE, "out of range")                                                              \
	ERRNO(EDEADLK, "would deadlock")                                                           \
	ERRNO(ENAMETOOLONG, "name too long")                                                       \
	ERRNO(ENOLCK, "no locks left")                                                             \
	ERRNO(ENOSYS, "not offered by this kernel")                                                \
	ERRNO(ENOTEMPTY, "is not empty")                                                           \
	ERRNO(ELOOP, "a symbolic link where none may be")                                          \
	ERRNO(ENODATA, "no data")                                                                  \
	ERRNO(ETIME, "timer expired")                                                              \
	ERRNO(EPROTO, "protocol error")                                                            \
	ERRNO(EOVERFLOW, "too large for its type")                                                 \
	ERRNO(EILSEQ, "bad byte sequence")                                                         \
	ERRNO(EUSERS, "too many users or namespaces")                                              \
	ERRNO(ENOTSOCK, "is no socket")                                                            \
	ERRNO(EMSGSIZE, "message too long")                                                        \
	ERRNO(EOPNOTSUPP, "not supported here")                                                    \
	ERRNO(EAFNOSUPPORT, "address family not offered by this kernel")                           \
	ERRNO(EADDRINUSE, "address in use")                                                        \
	ERRNO(ENOBUFS, "no buffer space")                                                          \
	ERRNO(ECONNRESET, "connection reset by the other side")                                    \
	ERRNO(ENOTCONN, "not connected")                                                           \
	ERRNO(ETIMEDOUT, "timed out")                                                              \
	ERRNO(ECONNREFUSED, "nobody listens there")                                                \
	ERRNO(EALREADY, "already under way")                                                       \
	ERRNO(ESTALE, "stale")                                                                     \
	ERRNO(EDQUOT, "disk quota exceeded")                                                       \
	ERRNO(ECANCELED, "cancelled")                                                              \
	ERRNO(EKEYEXPIRED, "key expired")
