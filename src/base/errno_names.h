/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errno_names.h - words for every errno
 *
 * strerror(3) is banned: an engine that finds "Permission denied" or "No such file or directory"
 * anywhere in our message tells its user that the command can't be run.  Every name of <errno.h> is
 * here, in the order of the numbers on x86.  EWOULDBLOCK, EDEADLOCK and ENOTSUP are only other
 * names for EAGAIN, EDEADLK and EOPNOTSUPP.
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
	ERRNO(EDOM, "outside the domain of the function")                                          \
	ERRNO(ERANGE, "out of range")                                                              \
	ERRNO(EDEADLK, "would deadlock")                                                           \
	ERRNO(ENAMETOOLONG, "name too long")                                                       \
	ERRNO(ENOLCK, "no locks left")                                                             \
	ERRNO(ENOSYS, "not offered by this kernel")                                                \
	ERRNO(ENOTEMPTY, "is not empty")                                                           \
	ERRNO(ELOOP, "a symbolic link where none may be")                                          \
	ERRNO(ENOMSG, "no message of that type")                                                   \
	ERRNO(EIDRM, "identifier was removed")                                                     \
	ERRNO(ECHRNG, "channel number out of range")                                               \
	ERRNO(EL2NSYNC, "level 2 not synchronized")                                                \
	ERRNO(EL3HLT, "level 3 halted")                                                            \
	ERRNO(EL3RST, "level 3 reset")                                                             \
	ERRNO(ELNRNG, "link number out of range")                                                  \
	ERRNO(EUNATCH, "protocol driver not attached")                                             \
	ERRNO(ENOCSI, "no CSI structure")                                                          \
	ERRNO(EL2HLT, "level 2 halted")                                                            \
	ERRNO(EBADE, "bad exchange")                                                               \
	ERRNO(EBADR, "bad request descriptor")                                                     \
	ERRNO(EXFULL, "exchange full")                                                             \
	ERRNO(ENOANO, "no anode")                                                                  \
	ERRNO(EBADRQC, "bad request code")                                                         \
	ERRNO(EBADSLT, "bad slot")                                                                 \
	ERRNO(EBFONT, "bad font file")                                                             \
	ERRNO(ENOSTR, "is no stream")                                                              \
	ERRNO(ENODATA, "no data")                                                                  \
	ERRNO(ETIME, "timer expired")                                                              \
	ERRNO(ENOSR, "no streams left")                                                            \
	ERRNO(ENONET, "not on the network")                                                        \
	ERRNO(ENOPKG, "package not installed")                                                     \
	ERRNO(EREMOTE, "is remote")                                                                \
	ERRNO(ENOLINK, "link was cut")                                                             \
	ERRNO(EADV, "advertise error")                                                             \
	ERRNO(ESRMNT, "remote mounts in use")                                                      \
	ERRNO(ECOMM, "sending failed")                                                             \
	ERRNO(EPROTO, "protocol error")                                                            \
	ERRNO(EMULTIHOP, "too many hops")                                                          \
	ERRNO(EDOTDOT, "remote file system error")                                                 \
	ERRNO(EBADMSG, "bad message")                                                              \
	ERRNO(EOVERFLOW, "too large for its type")                                                 \
	ERRNO(ENOTUNIQ, "name not unique on the network")                                          \
	ERRNO(EBADFD, "descriptor in a bad state")                                                 \
	ERRNO(EREMCHG, "remote address changed")                                                   \
	ERRNO(ELIBACC, "shared library out of reach")                                              \
	ERRNO(ELIBBAD, "shared library is broken")                                                 \
	ERRNO(ELIBSCN, "bad .lib section")                                                         \
	ERRNO(ELIBMAX, "too many shared libraries")                                                \
	ERRNO(ELIBEXEC, "is a shared library, no program")                                         \
	ERRNO(EILSEQ, "bad byte sequence")                                                         \
	ERRNO(ERESTART, "to be called again")                                                      \
	ERRNO(ESTRPIPE, "stream pipe error")                                                       \
	ERRNO(EUSERS, "too many users or namespaces")                                              \
	ERRNO(ENOTSOCK, "is no socket")                                                            \
	ERRNO(EDESTADDRREQ, "needs a destination")                                                 \
	ERRNO(EMSGSIZE, "message too long")                                                        \
	ERRNO(EPROTOTYPE, "wrong protocol for this socket")                                        \
	ERRNO(ENOPROTOOPT, "option not known to the protocol")                                     \
	ERRNO(EPROTONOSUPPORT, "protocol not offered by this kernel")                              \
	ERRNO(ESOCKTNOSUPPORT, "socket type not offered by this kernel")                           \
	ERRNO(EOPNOTSUPP, "not supported here")                                                    \
	ERRNO(EPFNOSUPPORT, "protocol family not offered by this kernel")                          \
	ERRNO(EAFNOSUPPORT, "address family not offered by this kernel")                           \
	ERRNO(EADDRINUSE, "address in use")                                                        \
	ERRNO(EADDRNOTAVAIL, "address not of this machine")                                        \
	ERRNO(ENETDOWN, "network is down")                                                         \
	ERRNO(ENETUNREACH, "network out of reach")                                                 \
	ERRNO(ENETRESET, "network dropped the connection")                                         \
	ERRNO(ECONNABORTED, "connection aborted")                                                  \
	ERRNO(ECONNRESET, "connection reset by the other side")                                    \
	ERRNO(ENOBUFS, "no buffer space")                                                          \
	ERRNO(EISCONN, "connected already")                                                        \
	ERRNO(ENOTCONN, "not connected")                                                           \
	ERRNO(ESHUTDOWN, "shut down already")                                                      \
	ERRNO(ETOOMANYREFS, "too many references")                                                 \
	ERRNO(ETIMEDOUT, "timed out")                                                              \
	ERRNO(ECONNREFUSED, "nobody listens there")                                                \
	ERRNO(EHOSTDOWN, "host is down")                                                           \
	ERRNO(EHOSTUNREACH, "host out of reach")                                                   \
	ERRNO(EALREADY, "already under way")                                                       \
	ERRNO(EINPROGRESS, "under way")                                                            \
	ERRNO(ESTALE, "stale")                                                                     \
	ERRNO(EUCLEAN, "file system needs a check")                                                \
	ERRNO(ENOTNAM, "is no named file")                                                         \
	ERRNO(ENAVAIL, "no semaphores left")                                                       \
	ERRNO(EISNAM, "is a named file")                                                           \
	ERRNO(EREMOTEIO, "remote input/output error")                                              \
	ERRNO(EDQUOT, "disk quota exceeded")                                                       \
	ERRNO(ENOMEDIUM, "no medium in it")                                                        \
	ERRNO(EMEDIUMTYPE, "wrong type of medium")                                                 \
	ERRNO(ECANCELED, "cancelled")                                                              \
	ERRNO(ENOKEY, "needs a key")                                                               \
	ERRNO(EKEYEXPIRED, "key expired")                                                          \
	ERRNO(EKEYREVOKED, "key revoked")                                                          \
	ERRNO(EKEYREJECTED, "key rejected")                                                        \
	ERRNO(EOWNERDEAD, "its owner died")                                                        \
	ERRNO(ENOTRECOVERABLE, "not to be recovered")                                              \
	ERRNO(ERFKILL, "switched off by RF-kill")                                                  \
	ERRNO(EHWPOISON, "memory is defective")
