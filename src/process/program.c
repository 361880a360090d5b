/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.c - arguments and environment of the container's program, and where its file is
 *
 * If env names a variable twice, programs differ in which one they take.  So each name is handed on
 * once, and the last entry wins.
 *
 * The file is looked up here and not by execvp(3), because engines match the words of the errors:
 * "executable file not found in $PATH" must be told from a file that is there and can't be
 * executed.
 */
#include "process/program.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* ---- environment: a name counts once, and the last one wins ---- */

/* Names seen so far: open addressing over a power of two, never more than half full.  A list would
 * need minutes for the million entries that fit into a config. */
struct names {
	const char **slots;
	size_t mask;
};

static size_t name_length(const char *entry)
{
	return strcspn(entry, "=");
}

static int names_init(struct names *names, size_t n, struct oci_arena *arena)
{
	size_t size = 16;

	while (size < 2 * n)
		size *= 2;
	names->mask = size - 1;
	names->slots = oci_arena_get(arena, size * sizeof *names->slots);
	return names->slots ? 0 : -1;
}

/* False if the entry's name is there already. */
static bool names_add(struct names *names, const char *entry)
{
	size_t length = name_length(entry), at;
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)entry[i]) * UINT64_C(1099511628211);
	for (at = hash & names->mask; names->slots[at]; at = (at + 1) & names->mask)
		if (strncmp(names->slots[at], entry, length + 1) == 0)
			return false;
	names->slots[at] = entry;
	return true;
}

static int env_check(const struct oci_strs *env, struct error_sink *sink, struct error *err)
{
	char quoted[FOREIGN_BUF];

	for (size_t i = 0; i < env->n; i++) {
		const char *entry = env->v[i];

		if (entry[0] != '=' && strchr(entry, '='))
			continue;
		(void)fail(err, 0, "\"%s\" %s", foreign(entry, quoted),
			   entry[0] == '=' ? "has no name" : "has no \"=\"");
		(void)fail_at(err, "/process/env/%zu", i);
		if (error_more(sink, err) < 0)
			return error_code(err);
	}
	return 0;
}

/* What sd_listen_fds(3) reads: the container's program is pid 1 of its own. */
static int env_listen(int n_listen, const char *listen_names, struct oci_arena *arena,
		      const char *ret_entries[3])
{
	size_t size = listen_names ? strlen(listen_names) + 32 : 0;
	char *count = oci_arena_get(arena, 32), *names = oci_arena_get(arena, size + 1);

	if (!count || !names)
		return -1;
	(void)snprintf(count, 32, "LISTEN_FDS=%d", n_listen);
	ret_entries[0] = count;
	ret_entries[1] = "LISTEN_PID=1";
	if (listen_names) {
		(void)snprintf(names, size, "LISTEN_FDNAMES=%s", listen_names);
		ret_entries[2] = names;
	}
	return 0;
}

/* Takes the entries from the last to the first, each name once; they keep their order. */
static int env_take(const char *const *entries, size_t n, struct oci_arena *arena,
		    struct program *program)
{
	char **envp = oci_arena_get(arena, (n + 3) * sizeof *envp);
	struct names names;
	size_t at = n;

	if (!envp || names_init(&names, n, arena) < 0)
		return -1;
	for (size_t i = n; i-- > 0;) {
		if (!names_add(&names, entries[i]))
			continue;
		if (strcmp(entries[i], "HOME=") == 0)
			continue;
		if (strncmp(entries[i], "HOME=", 5) == 0)
			program->home_missing = false;
		if (strncmp(entries[i], "PATH=", 5) == 0 && entries[i][5])
			program->path = entries[i] + 5;
		envp[--at] = (char *)entries[i];
	}
	program->n_env = n - at;
	memmove(envp, envp + at, program->n_env * sizeof *envp);
	memset(envp + program->n_env, 0, (n + 3 - program->n_env) * sizeof *envp);
	program->envp = envp;
	return 0;
}

static int env_plan(const struct oci_strs *env, const char *const listen[3],
		    struct oci_arena *arena, struct program *program)
{
	const char **entries = oci_arena_get(arena, (env->n + 3) * sizeof *entries);
	size_t n = 0;

	if (!entries)
		return -1;
	for (size_t i = 0; i < env->n; i++)
		entries[n++] = env->v[i];
	for (size_t i = 0; i < 3 && listen[i]; i++)
		entries[n++] = listen[i];
	return env_take(entries, n, arena, program);
}

static int argv_plan(const struct oci_strs *args, struct oci_arena *arena, struct program *program)
{
	program->argv = oci_arena_get(arena, (args->n + 1) * sizeof *program->argv);
	if (!program->argv)
		return -1;
	for (size_t i = 0; i < args->n; i++)
		program->argv[i] = (char *)args->v[i];
	return 0;
}

int program_plan(const struct oci_process *process, int n_listen, const char *listen_names,
		 struct oci_arena *arena, struct program *ret, struct error *err)
{
	const char *listen[3] = { NULL, NULL, NULL };
	int r;

	if (process->args.n == 0) {
		(void)fail(err, 0, "missing");
		return fail_at(err, "/process/args");
	}
	r = env_check(&process->env, ret->sink, err);
	if (r < 0)
		return r;
	*ret = (struct program){
		.sink = ret->sink,
		.cwd = process->cwd,
		.path = PATH_DEFAULT,
		.home_missing = true,
	};
	if ((n_listen > 0 && env_listen(n_listen, listen_names, arena, listen) < 0) ||
	    env_plan(&process->env, listen, arena, ret) < 0 ||
	    argv_plan(&process->args, arena, ret) < 0)
		return fail(err, ENOMEM, "plan the program");
	return 0;
}

/* ---- where the file is ---- */

/* 0: can be executed; else the errno that says why not (EISDIR for a folder). */
static int file_verdict(const char *path, struct stat *ret_stat)
{
	if (retry(stat(path, ret_stat)) < 0)
		return errno;
	if (S_ISDIR(ret_stat->st_mode))
		return EISDIR;
	return retry(access(path, X_OK)) < 0 ? errno : 0;
}

static int find_given(const char *name, char found[4096], struct error *err)
{
	char quoted[FOREIGN_BUF], spelt[ERRNO_NAME_MAX];
	struct stat st;
	int verdict = file_verdict(name, &st);

	(void)foreign(name, quoted);
	switch (verdict) {
	case 0:
		(void)snprintf(found, 4096, "%s", name);
		return 0;
	case ENOENT:
		return fail_command(err, verdict,
				    "exec: \"%s\": no such file or directory (in the "
				    "container's rootfs)",
				    quoted);
	case ENOTDIR:
		return fail_command(err, verdict, "exec: \"%s\": not a directory", quoted);
	case EISDIR:
		return fail_command(err, verdict, "exec: \"%s\": is a directory", quoted);
	case EACCES:
		return program_explain(name, name, verdict, err);
	default:
		return fail_command(err, verdict, "exec: \"%s\": %s (%s)", quoted,
				    errno_words(verdict), errno_name(verdict, spelt));
	}
}

static int not_found(const struct program *program, bool refused, struct error *err)
{
	char quoted[FOREIGN_BUF];

	(void)foreign(program->argv[0], quoted);
	if (refused)
		return fail_command(err, EACCES, "exec: \"%s\": permission denied", quoted);
	(void)fail_command(err, ENOENT, "exec: \"%s\": executable file not found in $PATH", quoted);
	return hint(err, HINT_PATH, foreign(program->path, quoted), NULL);
}

int program_find(const struct program *program, char found[4096], struct error *err)
{
	const char *name = program->argv[0], *folder = program->path;
	bool refused = false;
	struct stat st;

	if (strchr(name, '/'))
		return find_given(name, found, err);
	for (bool more = *name != '\0'; more;) {
		size_t length = strcspn(folder, ":");
		char candidate[4096];
		int n = snprintf(candidate, sizeof candidate, "%.*s/%s", length ? (int)length : 1,
				 length ? folder : ".", name);
		int verdict =
			n < (int)sizeof candidate ? file_verdict(candidate, &st) : ENAMETOOLONG;

		if (verdict == 0) {
			memcpy(found, candidate, (size_t)n + 1);
			return 0;
		}
		refused = refused || verdict == EACCES;
		more = folder[length] == ':';
		folder += length + 1;
	}
	return not_found(program, refused, err);
}
