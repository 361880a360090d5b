/* SPDX-License-Identifier: Apache-2.0 */
/* test_hooks.c - hooks that fail, hang, flood, do not read, or leave somebody behind */
#include "tests/unit/unit.h"

#include "base/log.h"
#include "process/hooks.h"
#include "sys/process.h"
#include "tests/unit/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#define SHELL "/bin/sh"

static const char state_text[] = "{\"id\":\"x\"}";

/* A shell that runs script as createRuntime hook 0. */
static int hook_shell(const char *script, int64_t timeout, struct error *err)
{
	const char *args[] = { "sh", "-c", script };
	struct oci_hook hook = {
		.path = SHELL,
		.args = { .n = 3, .v = args },
		.timeout = timeout,
	};
	struct oci_hooks hooks = { .create_runtime = { .n = 1, .v = &hook } };
	struct hook_list list = hooks_create_runtime(&hooks);

	return hooks_run(&list, state_text, sizeof state_text - 1, err);
}

static long long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void what_went_wrong_is_said(void **state)
{
	static const struct {
		int64_t timeout;
		const char *script, *want;
	} cases[] = {
		{ 0, "exit 3", "exited with 3" },
		{ 0, "echo oh no >&2; exit 3", "exited with 3: \"oh no\"" },
		{ 0, "echo first >&2; echo last >&2; echo >&2; exit 255",
		  "exited with 255: \"last\"" },
		{ 0, "printf 'no newline' >&2; exit 1", "exited with 1: \"no newline\"" },
		{ 0, "echo said; exit 1", "exited with 1" }, /* stdout goes nowhere */
		{ 0, "printf 'a\\033[1mb\\n' >&2; exit 1", "exited with 1: \"a\\x1b[1mb\"" },
		{ 0, "echo Permission denied >&2; exit 1", "exited with 1: \"Permission_denied\"" },
		{ 0, "kill -SEGV $$", "killed by SIGSEGV" },
		{ 0, "kill -KILL $$", "killed by SIGKILL" },
		{ 1, "echo stuck >&2; exec sleep 20",
		  "timed out after 1 s and was killed: \"stuck\"" },
	};
	struct error err;
	char words[2048], want[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(hook_shell(cases[i].script, cases[i].timeout, &err) < 0);
		(void)snprintf(want, sizeof want, "hook createRuntime[0] \"/bin/sh\": %s",
			       cases[i].want);
		assert_string_equal(error_words(&err, words, sizeof words), want);
		assert_string_equal(err.pointer, "/hooks/createRuntime/0");
	}
}

static void a_hook_that_ends_with_0_is_fine(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(hook_shell("echo words >&2; exit 0", 0, &err), 0);
	assert_int_equal(hook_shell("exit 0", 5, &err), 0);
}

static void a_missing_hook_points_at_its_path(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "/nope/hook", "hook poststart[0] \"/nope/hook\": is missing (ENOENT)" },
		{ "/etc", "hook poststart[0] \"/etc\": access refused (EACCES)" },
	};
	struct error err;
	char words[2048];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oci_hook hook = { .path = cases[i].path };
		struct oci_hooks hooks = { .poststart = { .n = 1, .v = &hook } };
		struct hook_list list = hooks_poststart(&hooks);

		assert_true(hooks_run(&list, "{}", 2, &err) < 0);
		assert_string_equal(error_words(&err, words, sizeof words), cases[i].want);
		assert_string_equal(err.pointer, "/hooks/poststart/0/path");
	}
}

static void lists_have_their_own_names(void **state)
{
	struct oci_hook v[6];
	const struct oci_hooks hooks = {
		.prestart = { 1, &v[0] },
		.create_runtime = { 2, &v[1] },
		.create_container = { 3, &v[2] },
		.start_container = { 4, &v[3] },
		.poststart = { 5, &v[4] },
		.poststop = { 6, &v[5] },
	};
	const struct {
		struct hook_list list;
		const char *kind;
	} cases[] = {
		{ hooks_prestart(&hooks), "prestart" },
		{ hooks_create_runtime(&hooks), "createRuntime" },
		{ hooks_create_container(&hooks), "createContainer" },
		{ hooks_start_container(&hooks), "startContainer" },
		{ hooks_poststart(&hooks), "poststart" },
		{ hooks_poststop(&hooks), "poststop" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(cases[i].list.kind, cases[i].kind);
		assert_int_equal(cases[i].list.n, i + 1);
		assert_ptr_equal(cases[i].list.v, &v[i]);
	}
	assert_int_equal(hooks_poststop(NULL).n, 0);
}

/* A grandchild holds stderr for long; with a time limit as well, and neither is waited for. */
static void nobody_waits_for_a_grandchild(void **state)
{
	static const struct {
		const char *script;
		int64_t timeout;
		int want;
	} cases[] = {
		{ "sleep 20 & exit 0", 0, 0 },
		{ "sleep 20 & exit 0", 10, 0 },
		{ "sleep 20 & echo x >&2; exit 4", 0, -1 },
		{ "(while :; do echo flood; sleep 0.001; done) >&2 & exit 0", 10, 0 },
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		long long begin = now_ms();
		int r = hook_shell(cases[i].script, cases[i].timeout, &err);

		assert_int_equal(r < 0 ? -1 : 0, cases[i].want);
		assert_true(now_ms() - begin < 15000);
	}
}

/* Until nobody has the FIFO open for writing, 10 s at most.  Returns how much was read before. */
static size_t read_to_end(int fd, char *ret, size_t size)
{
	size_t total = 0;

	for (int i = 0; i < 1000; i++) {
		struct pollfd wanted = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&wanted, 1, 10) <= 0)
			continue;
		n = read(fd, ret + total, size - total);
		if (n <= 0)
			return total;
		total += (size_t)n;
	}
	assert_true(false);
	return 0;
}

/* The time limit kills the whole group: a grandchild, too, which holds a FIFO.  (Where a second is
 * too short for the grandchild to begin, nothing was shown, and it gets more.) */
static void a_time_limit_kills_the_group(void **state)
{
	char folder[] = "/tmp/ocirt-hooks-XXXXXX", fifo[64], script[256], said[16];
	size_t heard = 0;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(fifo, sizeof fifo, "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	(void)snprintf(script, sizeof script, "exec 4>%s; (echo >&4; exec sleep 60) & sleep 60",
		       fifo);
	for (int limit = 1; limit <= 16 && heard == 0; limit *= 2) {
		long long begin = now_ms();
		struct error err;

		assert_true(hook_shell(script, limit, &err) < 0);
		assert_true(now_ms() - begin >= limit * 1000 && now_ms() - begin < 50000);
		heard = read_to_end(fd, said, sizeof said);
	}
	assert_int_equal(heard, 1);
	(void)close(fd);
	(void)unlink(fifo);
	(void)rmdir(folder);
}

static void big_words_are_read_and_cut(void **state)
{
	char words[2048];
	struct error err;

	(void)state;
	/* 8 MiB of stderr, without a line end but the last. */
	assert_true(hook_shell("head -c 8388608 /dev/zero | tr '\\0' a >&2; echo end >&2; exit 1",
			       20, &err) < 0);
	(void)error_words(&err, words, sizeof words);
	assert_true(strlen(words) < 400);
	assert_non_null(strstr(words, "exited with 1: \"a"));
	assert_non_null(strstr(words, "aend\""));
}

/* 1 MiB of state: read whole, read late, or never. */
static void a_big_state_never_blocks(void **state)
{
	static const struct {
		const char *script;
		int want;
	} cases[] = {
		{ "test $(wc -c) = 1048576", 0 },
		{ "sleep 0.3; test $(wc -c) = 1048576", 0 },
		{ "exit 0", 0 },
		{ "exec <&-; sleep 0.2; exit 0", 0 },
		{ "head -c 10 >/dev/null; exit 7", -1 },
		{ "exec sleep 20", -1 }, /* holds it and never reads */
	};
	enum { BIG = 1 << 20 };
	char *text = malloc(BIG);
	long long begin = now_ms();
	struct error err;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', BIG);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *args[] = { "sh", "-c", cases[i].script };
		struct oci_hook hook = { .path = SHELL, .args = { 3, args }, .timeout = 2 };
		struct hook_list list = { .kind = "poststop", .n = 1, .v = &hook };

		assert_int_equal(hooks_run(&list, text, BIG, &err) < 0 ? -1 : 0, cases[i].want);
	}
	assert_true(now_ms() - begin < 18000);
	free(text);
}

/* Exactly its args and env, a session of its own, fds 0 to 2, default signals; state on stdin. */
static void the_hook_gets_what_is_due(void **state)
{
	char out[] = "/tmp/ocirt-hooks-XXXXXX", got[4096] = "";
	int fd = mkstemp(out), leaked = open("/", O_RDONLY | O_DIRECTORY); /* not close-on-exec */
	static const char script[] =
		"exec >$OUT; echo \"$0 $1\"; cat; echo; echo \"a=$A p=${PATH_-none}\"; "
		"i=0; while test $i -lt 64; do test -e /proc/$$/fd/$i && printf '%s ' $i; "
		"i=$((i+1)); done; echo; " /* a pipeline would have its own open for a while */
		"grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\t'; "
		"test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo session";
	char variable[64];
	const char *env[] = { "A=1", variable };
	const char *args[] = { "sh", "-c", script, "zero", "one" };
	struct oci_hook hook = { .path = SHELL, .args = { 5, args }, .env = { 2, env } };
	struct hook_list list = { .kind = "prestart", .n = 1, .v = &hook };
	struct error err;
	sigset_t mask;

	(void)state;
	assert_true(fd >= 0 && leaked >= 3);
	(void)snprintf(variable, sizeof variable, "OUT=%s", out);
	(void)setenv("PATH_", "leaked", 1);
	(void)sigfillset(&mask);
	(void)sigprocmask(SIG_BLOCK, &mask, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(hooks_run(&list, state_text, sizeof state_text - 1, &err), 0);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_UNBLOCK, &mask, NULL);
	assert_true(read(fd, got, sizeof got - 1) > 0);
	assert_string_equal(got, "zero one\n{\"id\":\"x\"}\na=1 p=none\n0 1 2 \n"
				 "SigBlk:0000000000000000\nSigIgn:0000000000000000\n"
				 "session\n");
	(void)unlink(out);
	(void)close(fd);
	(void)close(leaked);
}

/* Without args it is called by its path alone. */
static void no_args_are_the_path(void **state)
{
	struct oci_hook hook = { .path = "/bin/true" };
	struct hook_list list = { .kind = "prestart", .n = 1, .v = &hook };
	struct error err;

	(void)state;
	assert_int_equal(hooks_run(&list, "{}", 2, &err), 0);
}

static void order_act(void *arg)
{
	const char *first[] = { "sh", "-c", "echo a >>$OUT" };
	const char *second[] = { "sh", "-c", "echo b >>$OUT; echo bad >&2; exit 1" };
	const char *env[] = { arg };
	struct oci_hook hooks[] = {
		{ .path = SHELL, .args = { 3, first }, .env = { 1, env } },
		{ .path = SHELL, .args = { 3, second }, .env = { 1, env } },
		{ .path = SHELL, .args = { 3, first }, .env = { 1, env } },
	};
	struct hook_list list = { .kind = "poststop", .n = 3, .v = hooks };
	struct error err;

	child_tell(hooks_run(&list, "{}", 2, &err), &err);
	hooks_run_all(&list, "{}", 2);
	for (size_t i = 0; i < log_warnings_count(); i++)
		(void)printf("warning: %s\n", log_warning(i));
}

static void a_list_stops_at_a_failure_but_poststop_goes_on(void **state)
{
	char out[] = "/tmp/ocirt-hooks-XXXXXX", got[64] = "", said[4096], variable[64];
	int fd = mkstemp(out);

	(void)state;
	assert_true(fd >= 0);
	(void)snprintf(variable, sizeof variable, "OUT=%s", out);
	assert_int_equal(child_says(order_act, variable, said, sizeof said), 0);
	assert_string_equal(said,
			    "/hooks/poststop/1: hook poststop[1] \"/bin/sh\": exited with 1: "
			    "\"bad\"\n"
			    "warning: hook poststop[1] \"/bin/sh\": exited with 1: \"bad\"\n");
	assert_true(read(fd, got, sizeof got - 1) > 0);
	assert_string_equal(got, "a\nb\na\nb\na\n");
	(void)unlink(out);
	(void)close(fd);
}

/* Without 0, 1 and 2 of our own the pipes come to lie there. */
static void bare_act(void *arg)
{
	struct error err;
	int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10), r;

	(void)arg;
	(void)close(0);
	(void)close(1);
	(void)close(2);
	r = hook_shell("cat >/dev/null; echo words >&2; exit 3", 5, &err);
	(void)dup2(out, STDOUT_FILENO);
	child_tell(r, &err);
}

static void a_caller_without_stdio_is_no_matter(void **state)
{
	char said[4096];

	(void)state;
	assert_int_equal(child_says(bare_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "/hooks/createRuntime/0: hook createRuntime[0] \"/bin/sh\": "
				  "exited with 3: \"words\"\n");
}

static int fds_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void nothing_stays_open(void **state)
{
	int before = fds_open();
	struct error err;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct oci_hook hook = { .path = "/nope" };
		struct hook_list list = { .kind = "prestart", .n = 1, .v = &hook };

		(void)hook_shell("exit 1", 0, &err);
		(void)hooks_run(&list, "{}", 2, &err);
	}
	assert_int_equal(fds_open(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_went_wrong_is_said),
		cmocka_unit_test(a_hook_that_ends_with_0_is_fine),
		cmocka_unit_test(a_missing_hook_points_at_its_path),
		cmocka_unit_test(lists_have_their_own_names),
		cmocka_unit_test(nobody_waits_for_a_grandchild),
		cmocka_unit_test(a_time_limit_kills_the_group),
		cmocka_unit_test(big_words_are_read_and_cut),
		cmocka_unit_test(a_big_state_never_blocks),
		cmocka_unit_test(the_hook_gets_what_is_due),
		cmocka_unit_test(no_args_are_the_path),
		cmocka_unit_test(a_list_stops_at_a_failure_but_poststop_goes_on),
		cmocka_unit_test(a_caller_without_stdio_is_no_matter),
		cmocka_unit_test(nothing_stays_open),
	};

	/* as main() does: a hook may end without reading its state */
	signals_of_writing(false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
