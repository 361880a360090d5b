/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry.h - a call that a signal interrupted is made again
 *
 *	fd = retry(openat(dirfd, name, O_RDONLY | O_CLOEXEC));
 *
 * For every system call but close(2), which has closed the fd by then.  retry_null() is for calls
 * that return NULL and set errno: realpath(3), fdopendir(3); readdir(3) does not at its end.
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
