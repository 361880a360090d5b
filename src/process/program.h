/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program.h - the container's own program: arguments, environment, where it is, why it can't run
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <sys/types.h>

struct program {
	char **argv;  /* NULL terminated, in the arena */
	char **envp;  /* NULL terminated; room for HOME: see program_home */
	size_t n_env; /* entries used; two more slots and the NULL follow */
	const char *cwd;
	bool cwd_must_be;	 /* exec: a running container's folders are its own to make */
	const char *path;	 /* value of PATH in envp, or the default */
	bool home_missing;	 /* HOME is not in env, or is empty there */
	char home[4096 + 8];	 /* "HOME=/root" */
	struct error_sink *sink; /* set by the caller: who wants every error; NULL: nobody */
};
/* Runtime side: argv and env with duplicates removed (the last wins), LISTEN_FDS=n, LISTEN_PID=1
 * and LISTEN_FDNAMES added when n_listen > 0. */
int program_plan(const struct oci_process *process, int n_listen, const char *listen_names,
		 struct oci_arena *arena, struct program *ret, struct error *err);
/* Init, root already changed: HOME from /etc/passwd of the root (fd, regular file, at most 1
 * MiB, by number, the first line with a home that begins with "/"; "/" otherwise) when env has
 * none. No allocation: read in pieces. */
int program_home(struct program *program, uid_t uid, struct error *err);
/* Init, in the new root: makes cwd if it is missing (mode 0755, owner uid:gid; fails if
 * cwd_must_be), chdirs, and checks that getcwd(2) begins with "/" (CVE-2024-21626). As root before the user changes; with
 * another user the chdir is tried again by program_cwd_again() after the change if it was
 * refused first: then the result is PROGRAM_CWD_AGAIN, a positive number. */
enum { PROGRAM_CWD_AGAIN = 1 };
int program_cwd(const struct program *program, uid_t uid, gid_t gid, struct error *err);
int program_cwd_again(const struct program *program, struct error *err);
/* Init: finds argv[0] in PATH (inside the root), or as it is if it has a slash: path copied to
 * found[4096]. The errors are the ones engines match (fail_command): `exec: "x": executable file
 * not found in $PATH`, `exec: "/x": no such file or directory`, `exec: "/x": permission denied`,
 * `exec: "/etc": is a directory`. */
int program_find(const struct program *program, char found[4096], struct error *err);
/* After execve failed with errno_value: why. Looks at the file: foreign ELF machine ("exec
 * format error: aarch64 ELF on an x86_64 host"), missing ELF interpreter, script interpreter
 * that is missing or ends in \r, no x bit, noexec mount. Always fails. */
int program_explain(const char *found, const char *argv0, int errno_value, struct error *err);
