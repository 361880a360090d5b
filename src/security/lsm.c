/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsm.c - the AppArmor profile or SELinux label that the program begins with
 *
 * What is asked for is always applied or refused, also "unconfined": AppArmor knows that name, and
 * a kernel without AppArmor can't promise anything by it.
 */
#include "security/security.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#ifndef SELINUX_MAGIC
#define SELINUX_MAGIC 0xf97cff8c
#endif

enum { LSM_ANSWER_MAX = 4096 }; /* what a sysfs file says of its size */

/* ---- planning ---- */
static bool has_apparmor(void)
{
	auto_free char *answer = NULL;
	struct error ignored;
	size_t len;

	return file_read(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", LSM_ANSWER_MAX,
			 &answer, &len, &ignored) >= 0 &&
	       answer[0] == 'Y';
}

static bool has_selinux(void)
{
	struct statfs fs;

	return retry(statfs("/sys/fs/selinux", &fs)) == 0 &&
	       (unsigned long)fs.f_type == SELINUX_MAGIC;
}

static int refuse(const char *label, const char *pointer, const char *why, struct error *err)
{
	char buf[FOREIGN_BUF];

	(void)fail(err, 0, "\"%s\": %s", foreign(label, buf), why);
	return fail_at(err, "%s", pointer);
}

/* The kernel takes a label up to the first newline, so "a\nb" would be applied as "a". */
static int check_label(const char *label, const char *pointer, struct error *err)
{
	for (const char *at = label; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return refuse(label, pointer, "has a control character", err);
	return 0;
}

static int apparmor_plan(const char *profile, struct oci_arena *arena, struct lsm *ret,
			 struct error *err)
{
	static const char pointer[] = "/process/apparmorProfile", verb[] = "exec ";
	size_t size = strlen(profile) + sizeof verb;
	char *text;

	if (!has_apparmor())
		return refuse(profile, pointer, "this kernel has no AppArmor", err);
	if (check_label(profile, pointer, err) < 0)
		return error_code(err);
	text = oci_arena_get(arena, size);
	if (!text)
		return fail(err, ENOMEM, "AppArmor profile");
	(void)snprintf(text, size, "%s%s", verb, profile);
	ret->apparmor = text;
	return 0;
}

static int selinux_plan(const char *label, struct lsm *ret, struct error *err)
{
	static const char pointer[] = "/process/selinuxLabel";

	if (!has_selinux())
		return refuse(label, pointer, "this kernel has no SELinux", err);
	if (check_label(label, pointer, err) < 0)
		return error_code(err);
	ret->selinux = label;
	return 0;
}

int lsm_plan(const struct oci_process *process, struct oci_arena *arena, struct error_sink *sink,
	     struct lsm *ret, struct error *err)
{
	const char *profile = process ? process->apparmor_profile : NULL;
	const char *label = process ? process->selinux_label : NULL;

	*ret = (struct lsm){ 0 };
	if (profile && *profile && apparmor_plan(profile, arena, ret, err) < 0 &&
	    error_more(sink, err) < 0)
		return error_code(err);
	if (label && *label && selinux_plan(label, ret, err) < 0)
		return error_code(err);
	return 0;
}

/* ---- applying ---- */
static int apparmor_apply(const char *text, int procfs, struct error *err)
{
	size_t len = strlen(text);
	int r = procfs_write(procfs, "self/attr/apparmor/exec", text, len, err);

	if (r < 0 && strcmp(err->syscall, "write") != 0 && err->errno_value == ENOENT)
		r = procfs_write(procfs, "self/attr/exec", text, len, err); /* before Linux 5.8 */
	if (r >= 0)
		return 0;
	if (strcmp(err->syscall, "write") == 0 && err->errno_value == ENOENT)
		(void)hint(err, HINT_APPARMOR, NULL, NULL);
	return fail_at(err, "/process/apparmorProfile");
}

int lsm_apply(const struct lsm *lsm, int procfs, struct error *err)
{
	if (lsm->apparmor && apparmor_apply(lsm->apparmor, procfs, err) < 0)
		return error_code(err);
	if (!lsm->selinux ||
	    procfs_write(procfs, "self/attr/exec", lsm->selinux, strlen(lsm->selinux), err) >= 0)
		return 0;
	return fail_at(err, "/process/selinuxLabel");
}
