/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.c - writes the log to a file, to syslog or to journald; keeps the warnings of this command
 *
 * syslog(3) of the C library connects again, by path, whenever its socket is lost.  In a process
 * whose root is the container's that would be a socket of the image.  So the socket of syslog or
 * journald is connected once, here, before anything else is done, and only that fd is used.
 */
#include "base/log.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

enum { NAME_SIZE = 64, LINE_SIZE = 2048, FACILITY_DAEMON = 3 << 3, STUCK_MS = 1000 };

static const char *const level_names[] = { "error", "warning", "debug" };
/* The priorities of syslog(3): LOG_ERR, LOG_WARNING, LOG_DEBUG. */
static const int priorities[] = { 3, 4, 7 };

enum sink { SINK_FILE, SINK_SYSLOG, SINK_JOURNALD };

static struct {
	int fd;
	enum sink sink;
	enum log_format format;
	enum log_level level;
	char name[NAME_SIZE]; /* the program's name in syslog and journald */
	bool stuck;	      /* who reads it did not, for a second: no line waits for him again */
} state = { .fd = -1 };

static struct {
	size_t n, dropped;
	char text[LOG_WARNINGS_MAX][LOG_WARNING_MAX];
} warnings;

/* open(2) says ENXIO of a socket as well. */
static bool is_fifo(const char *path)
{
	struct stat st;
	bool is = retry(stat(path, &st)) == 0 && S_ISFIFO(st.st_mode);

	errno = ENXIO;
	return is;
}

static int nobody_reads(const char *path, struct error *err)
{
	char shown[FOREIGN_BUF];

	(void)fail_call(err, ENXIO, "open", "--log: open \"%s\": a fifo that nobody reads (ENXIO)",
			foreign(path, shown));
	err->spelt = true;
	return hint(err, HINT_LOG_READER, NULL, NULL);
}

static int file_sink(const char *path, struct error *err)
{
	/* a FIFO that nobody reads would hold us in open(2), and a full one in write(2) */
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd;

	if (*path == '\0')
		return fail(err, EINVAL, "--log: the file's name is empty");
	fd = retry(open(path, flags, 0644));
	if (fd < 0 && errno == ENXIO && is_fifo(path))
		return nobody_reads(path, err);
	return fd < 0 ? fail_call(err, errno, "open", "--log: open \"%s\"", path) : fd;
}

static int datagram_sink(const char *path, struct error *err)
{
	auto_fd int fd = retry(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (fd < 0)
		return fail_call(err, errno, "socket", "--log: make a socket");
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (retry(connect(fd, (struct sockaddr *)&address, sizeof address)) < 0)
		return fail_call(err, errno, "connect", "--log: connect to \"%s\"", path);
	return take_fd(&fd);
}

static const struct {
	const char *prefix, *path;
	enum sink sink;
} sinks[] = {
	{ "file:", NULL, SINK_FILE },
	{ "syslog:", "/dev/log", SINK_SYSLOG },
	{ "journald:", "/run/systemd/journal/socket", SINK_JOURNALD },
};

/* The name becomes part of each line, so control characters are taken out. */
static void set_name(const char *name)
{
	(void)snprintf(state.name, sizeof state.name, "%s", *name ? name : "ocirt");
	words_clean(state.name, ERROR_PHRASE_NONE);
}

int log_open(const char *spec, enum log_format format, enum log_level level, struct error *err)
{
	enum sink sink = SINK_FILE;
	const char *path = NULL;

	log_close();
	state.format = format;
	state.level = level;
	state.stuck = false;
	if (!spec)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(sinks); i++)
		if (strncmp(spec, sinks[i].prefix, strlen(sinks[i].prefix)) == 0) {
			spec += strlen(sinks[i].prefix);
			sink = sinks[i].sink;
			path = sinks[i].path;
			break;
		}
	set_name(spec);
	state.sink = sink;
	state.fd = path ? datagram_sink(path, err) : file_sink(spec, err);
	return state.fd < 0 ? error_code(err) : 0;
}

void log_close(void)
{
	close_fd(&state.fd);
}

int log_fd(void)
{
	return state.fd;
}

bool log_is_open(void)
{
	return state.fd >= 0;
}

enum log_format log_format_now(void)
{
	return state.format;
}

enum log_level log_level_now(void)
{
	return state.level;
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

/* Writes what syslog or journald want before the message.  Returns its length. */
static int log_line_start(char *buf, size_t size, enum log_level level)
{
	if (state.sink == SINK_SYSLOG)
		return snprintf(buf, size, "<%d>%s[%d]: ", FACILITY_DAEMON | priorities[level],
				state.name, (int)getpid());
	if (state.sink == SINK_JOURNALD)
		return snprintf(buf, size,
				"PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE=", priorities[level],
				state.name);
	return 0;
}

/* A fifo takes a line of up to PIPE_BUF bytes whole or not at all.  Its reader may be slow, but
 * must not hold up a container: what he has no room for after a second is lost. */
static void file_write(const struct iovec *parts, int n)
{
	struct pollfd wanted = { .fd = state.fd, .events = POLLOUT };

	while (retry(writev(state.fd, parts, n)) < 0 && errno == EAGAIN && !state.stuck)
		state.stuck = retry(poll(&wanted, 1, STUCK_MS)) <= 0;
}

void log_write(enum log_level level, const char *line)
{
	char start[2 * NAME_SIZE + 64];
	struct iovec parts[] = {
		{ .iov_base = start },
		{ .iov_base = (void *)line, .iov_len = strlen(line) },
		{ .iov_base = (void *)"\n", .iov_len = state.sink == SINK_SYSLOG ? 0 : 1 },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts) };

	if (state.fd < 0 || level > state.level)
		return;
	parts[0].iov_len = (size_t)log_line_start(start, sizeof start, level);
	if (state.sink == SINK_FILE)
		file_write(parts, ARRAY_SIZE(parts));
	else
		(void)retry(sendmsg(state.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT));
}

/* Escapes quotes and backslashes; words_clean() has taken care of all other characters. */
static void json_escape(char *buf, size_t size, const char *s)
{
	size_t len = 0;

	for (; *s && len + 3 < size; s++) {
		if (*s == '"' || *s == '\\')
			buf[len++] = '\\';
		buf[len++] = *s;
	}
	buf[len] = '\0';
}

void log_debug(const char *fmt, ...)
{
	char words[LINE_SIZE / 2], escaped[LINE_SIZE], line[LINE_SIZE + 128], now[LOG_TIME_MAX];
	va_list ap;

	if (state.level != LOG_LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	words_clean(words, ERROR_PHRASE_NONE);
	log_time(now);
	json_escape(escaped, sizeof escaped, words);
	if (state.format == LOG_FORMAT_JSON)
		(void)snprintf(line, sizeof line,
			       "{\"level\":\"debug\",\"msg\":\"%s\",\"time\":\"%s\"}", escaped,
			       now);
	else
		(void)snprintf(line, sizeof line, "%s debug: %s", now, words);
	if (state.fd >= 0)
		log_write(LOG_LEVEL_DEBUG, line);
	else
		(void)dprintf(STDERR_FILENO, "%s\n", line);
}

void warn(const char *fmt, ...)
{
	char text[LOG_WARNING_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	words_clean(text, ERROR_PHRASE_NONE);
	for (size_t i = 0; i < warnings.n; i++)
		if (strcmp(warnings.text[i], text) == 0)
			return;
	if (warnings.n == LOG_WARNINGS_MAX)
		warnings.dropped++;
	else
		memcpy(warnings.text[warnings.n++], text, sizeof text);
}

size_t log_warnings_count(void)
{
	return warnings.n;
}

const char *log_warning(size_t i)
{
	return i < warnings.n ? warnings.text[i] : "";
}

size_t log_warnings_dropped(void)
{
	return warnings.dropped;
}

/* The date of a day, counted from 1970-01-01.  gmtime_r(3) would do, but it reads /etc/localtime
 * first.  Years are counted from March, so that the leap day is the last day of its year. */
static void date_of(long long day, unsigned *year, unsigned *month, unsigned *mday)
{
	unsigned long long d = (unsigned long long)day + 719468; /* days since 0000-03-01 */
	unsigned era = (unsigned)(d / 146097), of_era = (unsigned)(d % 146097);
	unsigned y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * y + y / 4 - y / 100);
	unsigned m = (5 * of_year + 2) / 153;

	*mday = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = era * 400 + y + (*month <= 2);
}

char *log_time_of(const struct timespec *t, char buf[LOG_TIME_MAX])
{
	unsigned year, month, mday, s;

	date_of(t->tv_sec / 86400, &year, &month, &mday);
	s = (unsigned)(t->tv_sec % 86400);
	(void)snprintf(buf, LOG_TIME_MAX, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ", year % 10000,
		       month % 100, mday % 100, s / 3600 % 24, s / 60 % 60, s % 60,
		       (unsigned)t->tv_nsec % 1000000000);
	return buf;
}

char *log_time(char buf[LOG_TIME_MAX])
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return log_time_of(&now, buf);
}
