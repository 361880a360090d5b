/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.h - the six kinds of hooks
 *
 * config.md, "POSIX-platform Hooks". A hook gets the container's state as JSON on stdin, exactly
 * its args (default: its path alone) and exactly its env, and must end with 0 within its
 * timeout.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

struct hook_list {
	const char *kind; /* "createRuntime": for messages and pointers */
	size_t n;
	const struct oci_hook *v;
};

/* The place of a hook list in oci_hooks, ready for hooks_run; NULL hooks give n == 0. */
struct hook_list hooks_prestart(const struct oci_hooks *hooks);
struct hook_list hooks_create_runtime(const struct oci_hooks *hooks);
struct hook_list hooks_create_container(const struct oci_hooks *hooks);
struct hook_list hooks_start_container(const struct oci_hooks *hooks);
struct hook_list hooks_poststart(const struct oci_hooks *hooks);
struct hook_list hooks_poststop(const struct oci_hooks *hooks);

/* Runs them in order until one fails.  The error says kind, index (pointer /hooks/KIND/N), path,
 * exit code or signal, and the last line of its stderr (as foreign words).  Each runs in a session
 * of its own (setsid), with fds 0 to 2 only, stdout to /dev/null and default signal handling.
 * After its timeout its whole process group is killed; children of a hook that keep the pipe open
 * are not waited for.  Works in init as well: nothing is allocated, except in fds.c where
 * close_range(2) is missing.  A hook may end without reading its stdin, so the caller must
 * have said signals_of_writing(false). */
int hooks_run(const struct hook_list *list, const char *state, size_t state_len, struct error *err);
/* The same, all of them, failures as warnings: poststop. */
void hooks_run_all(const struct hook_list *list, const char *state, size_t state_len);
