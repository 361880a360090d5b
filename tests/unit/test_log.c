/* SPDX-License-Identifier: Apache-2.0 */
/* test_log.c - the log appends whole lines and nothing unasked; warnings are kept, not printed */
#include "tests/unit/sandbox.h"

#include "base/log.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* The file's content, in a buffer of the test's own. */
static const char *content(const struct sandbox *box, const char *name)
{
	static char text[65536];
	int fd = openat(box->fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, text, sizeof text - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	(void)close(fd);
	return text;
}

static void open_at(const struct sandbox *box, const char *prefix, enum log_format format,
		    enum log_level level)
{
	char spec[PATH_MAX];
	struct error err;

	(void)snprintf(spec, sizeof spec, "%s%s/log", prefix, box->path);
	assert_int_equal(log_open(spec, format, level, &err), 0);
	assert_true(log_is_open());
}

static void a_file_is_appended_to(void **state)
{
	struct sandbox *box = *state;

	sandbox_write(box->fd, "log", "before\n");
	open_at(box, "", LOG_FORMAT_JSON, LOG_LEVEL_ERROR);
	log_write(LOG_LEVEL_ERROR, "{\"a\":1}");
	log_close();
	open_at(box, "file:", LOG_FORMAT_JSON, LOG_LEVEL_ERROR);
	log_write(LOG_LEVEL_ERROR, "{\"a\":2}");
	log_close();
	assert_string_equal(content(box, "log"), "before\n{\"a\":1}\n{\"a\":2}\n");
	log_write(LOG_LEVEL_ERROR, "closed");
	assert_string_equal(content(box, "log"), "before\n{\"a\":1}\n{\"a\":2}\n");
}

static void the_level_decides(void **state)
{
	struct sandbox *box = *state;

	open_at(box, "", LOG_FORMAT_TEXT, LOG_LEVEL_ERROR);
	log_write(LOG_LEVEL_WARNING, "w1");
	log_debug("d1");
	log_close();
	open_at(box, "", LOG_FORMAT_TEXT, LOG_LEVEL_WARNING);
	log_write(LOG_LEVEL_WARNING, "w2");
	log_debug("d2");
	log_close();
	assert_string_equal(content(box, "log"), "w2\n");
}

static void debug_lines_are_one_json_object_each(void **state)
{
	struct sandbox *box = *state;
	const char *text, *start = "{\"level\":\"debug\",\"msg\":\"say \\\"a\\\\b\\\" ";
	char big[4096];

	open_at(box, "", LOG_FORMAT_JSON, LOG_LEVEL_DEBUG);
	log_debug("say \"a\\b\" %s", "two\nlines");
	memset(big, '"', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	log_debug("%s", big);
	log_close();
	text = content(box, "log");
	assert_memory_equal(text, start, strlen(start));
	assert_non_null(strstr(text, "two?lines\",\"time\":\""));
	text = strchr(text, '\n') + 1;
	assert_non_null(strstr(text, "\\\"\\\"\",\"time\":\""));
	assert_ptr_equal(strchr(text, '\n') + 1, text + strlen(text));
	assert_int_equal(log_open(NULL, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, NULL), 0);
}

static void the_log_is_not_inherited(void **state)
{
	struct sandbox *box = *state;
	int probe = dup(box->fd);

	(void)close(probe);
	open_at(box, "", LOG_FORMAT_TEXT, LOG_LEVEL_ERROR);
	assert_int_equal(fcntl(probe, F_GETFD), FD_CLOEXEC);
	assert_true(fcntl(probe, F_GETFL) & O_APPEND);
	log_close();
}

static void a_log_that_cannot_be_opened_is_an_error(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(log_open("", LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, &err), -EINVAL);
	assert_int_equal(log_open("file:", LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, &err), -EINVAL);
	assert_int_equal(log_open("/nowhere/x", LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, &err), -ENOENT);
	assert_non_null(strstr(sandbox_words(&err), "\"/nowhere/x\""));
	assert_false(log_is_open());
}

/* Neither its open nor a write to it may hold up a container. */
static void a_fifo_is_not_waited_for(void **state)
{
	struct sandbox *box = *state;
	char path[PATH_MAX], line[1000];
	struct error err;
	int reader, n;

	(void)snprintf(path, sizeof path, "%s/fifo", box->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	(void)alarm(20); /* where it is waited for */
	assert_int_equal(log_open(path, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, &err), -ENXIO);
	assert_non_null(strstr(sandbox_words(&err), "a fifo that nobody reads (ENXIO)"));
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader >= 0);
	assert_int_equal(log_open(path, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, &err), 0);
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	for (n = 0; n < 200; n++) /* more than it holds */
		log_write(LOG_LEVEL_ERROR, line);
	(void)alarm(0);
	for (n = 0; read(reader, line, sizeof line) == sizeof line; n++)
		assert_int_equal(line[sizeof line - 1], '\n');
	assert_in_range(n, 50, 199); /* whole lines, what it holds of them */
	log_write(LOG_LEVEL_ERROR, "read again");
	assert_int_equal(read(reader, line, sizeof line), 11);
	log_close();
	(void)close(reader);
}

static void warnings_are_kept_once_and_bounded(void **state)
{
	size_t before = log_warnings_count();

	(void)state;
	warn("no %s here\n", "cgroup");
	warn("no %s here\n", "cgroup");
	assert_int_equal(log_warnings_count(), before + 1);
	assert_string_equal(log_warning(before), "no cgroup here?");
	for (int i = 0; i < 2 * LOG_WARNINGS_MAX; i++)
		warn("warning %d", i);
	assert_int_equal(log_warnings_count(), LOG_WARNINGS_MAX);
	assert_int_equal(log_warnings_dropped(), LOG_WARNINGS_MAX + 1);
	assert_string_equal(log_warning(LOG_WARNINGS_MAX), "");
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(bind(sock, (struct sockaddr *)&address, sizeof address), 0);
	return sock;
}

/* In a mount namespace of its own, with a /run and a /dev that nobody else sees. */
static int daemons_child(void)
{
	char got[256], want[256];
	struct error err;
	int journal, log;
	ssize_t n;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	assert_int_equal(mount("tmpfs", "/run", "tmpfs", 0, NULL), 0);
	assert_int_equal(mount("tmpfs", "/dev", "tmpfs", 0, NULL), 0);
	if (log_open("journald:pod7", LOG_FORMAT_JSON, LOG_LEVEL_ERROR, &err) != -ENOENT)
		return 1;
	assert_int_equal(mkdir("/run/systemd", 0755) | mkdir("/run/systemd/journal", 0755), 0);
	journal = listen_at("/run/systemd/journal/socket");
	log = listen_at("/dev/log");
	assert_int_equal(log_open("journald:pod7", LOG_FORMAT_JSON, LOG_LEVEL_ERROR, &err), 0);
	log_write(LOG_LEVEL_ERROR, "{}");
	n = recv(journal, got, sizeof got - 1, MSG_DONTWAIT);
	got[n > 0 ? n : 0] = '\0';
	if (strcmp(got, "PRIORITY=3\nSYSLOG_IDENTIFIER=pod7\nMESSAGE={}\n") != 0)
		return 2;
	assert_int_equal(log_open("syslog:", LOG_FORMAT_TEXT, LOG_LEVEL_WARNING, &err), 0);
	log_write(LOG_LEVEL_WARNING, "careful");
	n = recv(log, got, sizeof got - 1, MSG_DONTWAIT);
	got[n > 0 ? n : 0] = '\0';
	(void)snprintf(want, sizeof want, "<28>ocirt[%d]: careful", (int)getpid());
	return strcmp(got, want) == 0 ? 0 : 3;
}

static void syslog_and_journald_are_told(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(daemons_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Each day from 1970 to 2400, leap days and the years that have none; at another second each. */
static void a_time_is_what_the_library_says(void **state)
{
	char ours[LOG_TIME_MAX], theirs[LOG_TIME_MAX];

	(void)state;
	for (long day = 0; day < 157054; day++) {
		struct timespec t = { day * 86400 + day * 7919 % 86400, 5 };
		struct tm parts;

		assert_non_null(gmtime_r(&t.tv_sec, &parts));
		assert_true(strftime(theirs, sizeof theirs, "%FT%T.000000005Z", &parts) > 0);
		assert_string_equal(log_time_of(&t, ours), theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_file_is_appended_to),
		sandbox_test(the_level_decides),
		sandbox_test(debug_lines_are_one_json_object_each),
		sandbox_test(the_log_is_not_inherited),
		sandbox_test(a_log_that_cannot_be_opened_is_an_error),
		sandbox_test(a_fifo_is_not_waited_for),
		sandbox_test(warnings_are_kept_once_and_bounded),
		sandbox_test(syslog_and_journald_are_told),
		cmocka_unit_test(a_time_is_what_the_library_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
