/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry.h - makes a system call again if a signal interrupted it (EINTR)
 *
 *	fd = retry(openat(dirfd, name, O_RDONLY | O_CLOEXEC));
 *
 * For every system call but close(2): Linux has closed the fd even if close(2) was interrupted.
 * retry_null() is for functions that return NULL and set errno: realpath(3), fdopendir(3).  Not for
 * readdir(3), which also returns NULL at the end and does not change errno then.
 */
#pragma once
#include <errno.h>

#define retry(call)                                                                                \
	__extension__({                                                                            \
		__typeof__(call) retry_result_;                                                    \
		do                                                                                 \
			retry_result_ = (call);                                                    \
		while (retry_result_ == -1 && errno == EINTR);                                     \
		retry_result_;                                                                     \
	})

#define retry_null(call)                                                                           \
	__extension__({                                                                            \
		__typeof__(call) retry_result_;                                                    \
		do                                                                                 \
			retry_result_ = (call);                                                    \
		while (!retry_result_ && errno == EINTR);                                          \
		retry_result_;                                                                     \
	})
