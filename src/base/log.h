/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - the log that --log names, and the warnings of this command
 *
 * --log names a file (lines are appended, each with one write(2)), syslog or journald.  Without
 * --log there is no log, and cli/reporter.c writes to stderr.
 *
 * Engines read the whole file as one JSON document.  So warnings are not written at once: they are
 * kept, and the reporter puts them into the one object that it writes at the end.  Only log_debug()
 * writes at once, and only with --log-level debug, where nobody expects a single object.
 *
 * A cloned child has the open log, but its own copy of the warnings: a warning that init keeps
 * never reaches the reporter.  So the steps of init must not call warn().  What they find is an
 * error, or the plan warned of it before the clone.
 */
#pragma once
#include "base/error.h"

#include <time.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Opens the log: "FILE", "file:FILE", "syslog:NAME" or "journald:NAME"; an empty NAME means
 * "ocirt".  With NULL there is no log, and only format and level are set.  EINVAL for an empty file
 * name. */
int log_open(const char *spec, enum log_format format, enum log_level level, struct error *err);
/* Closes the log; format and level stay as they are. */
void log_close(void);
/* The log's fd, or -1; for code that closes all fds but those that are needed. */
int log_fd(void);
/* Is there a log besides stderr? */
bool log_is_open(void);
enum log_format log_format_now(void);
enum log_level log_level_now(void);
/* "error", "warning", "debug". */
const char *log_level_name(enum log_level level);

/* Writes one line (JSON or text, without its newline) to the log, if --log-level asks for this
 * level and a log is open.  A failure is ignored: there is nowhere to report it. */
void log_write(enum log_level level, const char *line);

/* With --log-level debug, writes a line to the log, or to stderr if there is no log. */
__attribute__((format(printf, 1, 2), cold)) void log_debug(const char *fmt, ...);

/* Keeps a warning for the reporter; prints nothing.  At most LOG_WARNINGS_MAX are kept, each cut to
 * LOG_WARNING_MAX - 1 bytes.  A text that was kept before is not kept again.  Allocates nothing. */
enum { LOG_WARNINGS_MAX = 32, LOG_WARNING_MAX = 512 };
__attribute__((format(printf, 1, 2), cold)) void warn(const char *fmt, ...);
/* The warnings kept so far, oldest first. */
size_t log_warnings_count(void);
const char *log_warning(size_t i);
/* How many warnings were lost because there was no room for them. */
size_t log_warnings_dropped(void);

/* Writes the time into buf as RFC 3339 in UTC with nanoseconds: "2026-11-22T02:16:43.000000001Z".
 * log_time() writes the present, log_time_of() a time since 1970 (not negative).  Returns buf. */
enum { LOG_TIME_MAX = 40 };
char *log_time(char buf[LOG_TIME_MAX]);
char *log_time_of(const struct timespec *t, char buf[LOG_TIME_MAX]);
