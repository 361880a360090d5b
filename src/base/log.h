/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - where lines for machines go, and the warnings of this command
 *
 * The log is what --log names: a file (appended to, never truncated, one write(2) a line), syslog
 * or journald.  Without --log there is none, and the reporter writes to stderr as it sees fit.
 *
 * Engines parse the whole file as one JSON document, so nothing here writes a line by itself below
 * the level debug: warnings are kept, and the command line's reporter puts them into the one object
 * it writes at the end.  log_debug() writes at once, and only at --log-level debug, where nobody
 * expects one object.
 *
 * The state is the process's: a cloned child inherits the open log and its warnings are its own.
 * So nothing that init does may warn, nobody would hear it: what it meets is an error, or planned.
 */
#pragma once
#include "base/error.h"

#include <time.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/* Opens the log: "FILE", "file:FILE", "syslog:NAME", "journald:NAME" (NAME may be empty: "ocirt");
 * NULL: none, only format and level are set.  EINVAL for an empty file name. */
int log_open(const char *spec, enum log_format format, enum log_level level, struct error *err);
/* Closes it; format and level stay. */
void log_close(void);
/* The log's fd, or -1: for who closes all others. */
int log_fd(void);
/* Is there a log besides stderr? */
bool log_is_open(void);
enum log_format log_format_now(void);
enum log_level log_level_now(void);
/* "error", "warning", "debug". */
const char *log_level_name(enum log_level level);

/* Writes one line (JSON or text, without its newline) to the log if level is within --log-level;
 * nothing if no log is open.  Failures are ignored: there is nobody to tell. */
void log_write(enum log_level level, const char *line);

/* A line of level debug, to the log, else to stderr; nothing unless --log-level is debug. */
__attribute__((format(printf, 1, 2), cold)) void log_debug(const char *fmt, ...);

/* Keeps a warning for the reporter; never prints.  At most LOG_WARNINGS_MAX are kept, each cut to
 * LOG_WARNING_MAX - 1 bytes; the same text is kept once.  Allocates nothing. */
enum { LOG_WARNINGS_MAX = 32, LOG_WARNING_MAX = 512 };
__attribute__((format(printf, 1, 2), cold)) void warn(const char *fmt, ...);
/* The warnings kept so far, oldest first. */
size_t log_warnings_count(void);
const char *log_warning(size_t i);
/* How many more there were than could be kept. */
size_t log_warnings_dropped(void);

/* The time of now, or of a clock that has counted from 1970 on (CLOCK_REALTIME, not negative), as
 * RFC 3339 in UTC with nanoseconds ("2026-11-22T02:16:43.000000001Z") into buf.  Returns buf. */
enum { LOG_TIME_MAX = 40 };
char *log_time(char buf[LOG_TIME_MAX]);
char *log_time_of(const struct timespec *t, char buf[LOG_TIME_MAX]);
