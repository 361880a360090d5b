/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auto.h - variables that free what they hold when they go out of scope
 *
 * A function with five ways out forgets to close an fd on one of them.  A variable declared with
 * auto_fd, auto_free, ... owns its value, and the compiler frees it on every way out:
 *
 *	auto_fd int fd = -1;
 *	auto_free char *text = NULL;
 *	...
 *	*ret_fd = take_fd(&fd);
 *
 * An empty variable holds -1 or NULL, and freeing it does nothing.  errno is not changed.
 */
#pragma once
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Closes *fd if it is open and sets it to -1; errno is not changed.  A variable that is -1 already
 * is not written to: in a forked child each write to a page copies it. */
static inline void close_fd(int *fd)
{
	int saved = errno;

	if (*fd < 0)
		return;
	(void)close(*fd);
	*fd = -1;
	errno = saved;
}

static inline void auto_free_done(void *p)
{
	free(*(void **)p);
}

static inline void auto_dir_done(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static inline void auto_file_done(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

#define auto_fd	  __attribute__((cleanup(close_fd)))
#define auto_free __attribute__((cleanup(auto_free_done)))
#define auto_dir  __attribute__((cleanup(auto_dir_done)))
#define auto_file __attribute__((cleanup(auto_file_done)))

/* Hands the fd to the caller, who must close it now.  The variable is empty afterwards. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* The same for a pointer. */
#define take_ptr(p)                                                                                \
	__extension__({                                                                            \
		__typeof__(*(p)) *take_p_ = (p);                                                   \
		__typeof__(*(p)) taken_ = *take_p_;                                                \
		*take_p_ = NULL;                                                                   \
		taken_;                                                                            \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof *(a))
