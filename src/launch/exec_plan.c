/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_plan.c - which process exec shall run: --process FILE, or the words of a person
 *
 * An engine gives the whole process in a file, and nothing of the container's own is added.  A
 * person gives a few words; the rest is taken from the process in the container's kept config.
 */
#include "launch/exec.h"

#include "base/auto.h"
#include "base/decimal.h"
#include "base/log.h"
#include "sys/file.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

struct from_file {
	const char *name;
	struct error *err;
};

static bool take_problem(struct oci_sink *sink, const struct oci_problem *problem)
{
	const struct from_file *from = sink->context;

	if (problem->severity == OCI_WARNING) {
		warn("%s: %s: %s", from->name, problem->pointer, problem->text);
		return true;
	}
	(void)fail(from->err, 0, "%s", problem->text);
	(void)fail_at(from->err, "%s", problem->pointer);
	if (problem->help[0])
		(void)hint(from->err, HINT_AS_SAID, problem->help, NULL);
	return false;
}

/* --process FILE: the whole process, nothing of the container's own is added. */
static int from_file(struct launch *l, struct oci_process **ret, struct error *err)
{
	struct plan *p = &l->plan;
	struct from_file from = { l->exec->request->process, err };
	struct oci_sink sink = { .take = take_problem, .context = &from };

	p->config_name = l->exec->request->process;
	if (file_read(AT_FDCWD, l->exec->request->process, OCI_SIZE_MAX, &p->json, &p->json_len,
		      err) < 0)
		return within(err, "--process");
	*ret = oci_parse(&oci_process_type, p->json, p->json_len, p->arena, &sink);
	if (!*ret || !oci_check_process(*ret, "", &sink))
		return error_code(err);
	return 0;
}

/* The container's list with more words behind it. */
static int append(struct oci_arena *arena, struct oci_strs *list, const char *const *more, size_t n,
		  struct error *err)
{
	const char **v = oci_arena_get(arena, (list->n + n + 1) * sizeof *v);

	if (!v)
		return fail(err, ENOMEM, "process");
	for (size_t i = 0; i < list->n; i++)
		v[i] = list->v[i];
	for (size_t i = 0; i < n; i++)
		v[list->n + i] = more[i];
	*list = (struct oci_strs){ list->n + n, v };
	return 0;
}

/* Bounding, permitted and effective, never inheritable or ambient (CVE-2022-29162). */
static int add_caps(struct launch *l, struct oci_process *p, struct error *err)
{
	struct oci_capabilities *caps;

	if (l->exec->request->n_caps == 0)
		return 0;
	caps = oci_arena_get(l->plan.arena, sizeof *caps);
	if (!caps)
		return fail(err, ENOMEM, "capabilities");
	if (p->capabilities)
		*caps = *p->capabilities;
	struct oci_strs *sets[] = { &caps->bounding, &caps->permitted, &caps->effective };

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (append(l->plan.arena, sets[i], l->exec->request->caps, l->exec->request->n_caps,
			   err) < 0)
			return error_code(err);
	oci_mark(capabilities, caps, bounding);
	oci_mark(capabilities, caps, permitted);
	oci_mark(capabilities, caps, effective);
	oci_set(process, p, capabilities, caps);
	return 0;
}

static int add_groups(struct launch *l, struct oci_user *user, struct error *err)
{
	size_t n = user->additional_gids.n, more = l->exec->request->n_groups;
	uint32_t *v = oci_arena_get(l->plan.arena, (n + more + 1) * sizeof *v);

	if (!v)
		return fail(err, ENOMEM, "groups");
	for (size_t i = 0; i < n; i++)
		v[i] = user->additional_gids.v[i];
	for (size_t i = 0; i < more; i++)
		if (!parse_u32(l->exec->request->groups[i], &v[n + i]) || v[n + i] == UINT32_MAX)
			return fail(err, 0,
				    "--additional-gids \"%s\" is not a number from 0 to "
				    "4294967294",
				    l->exec->request->groups[i]);
	user->additional_gids = (struct oci_u32s){ n + more, v };
	oci_mark(user, user, additional_gids);
	return 0;
}

static int set_user(struct launch *l, struct oci_process *p, struct error *err)
{
	struct oci_user *user = oci_arena_get(l->plan.arena, sizeof *user);

	if (!user)
		return fail(err, ENOMEM, "user");
	if (p->user)
		*user = *p->user;
	oci_set(process, p, user, user);
	if (l->exec->request->user &&
	    exec_user(l->exec->root, l->exec->request->user, user, err) < 0)
		return error_code(err);
	return add_groups(l, user, err);
}

static int check_words(const struct launch *l, struct error *err)
{
	const struct exec_request *r = l->exec->request;

	if (r->cwd && r->cwd[0] != '/')
		return fail(err, 0, "--cwd \"%s\" is not an absolute path", r->cwd);
	for (size_t i = 0; i < r->n_env; i++)
		if (!strchr(r->env[i], '=') || r->env[i][0] == '=')
			return fail(err, 0, "--env \"%s\" is not NAME=VALUE", r->env[i]);
	return 0;
}

/* The container's own process, changed by the command line. */
static int from_words(struct launch *l, const struct oci_config *kept, struct oci_process **ret,
		      struct error *err)
{
	const struct exec_request *r = l->exec->request;
	struct oci_process *p = oci_arena_get(l->plan.arena, sizeof *p);

	if (!p)
		return fail(err, ENOMEM, "process");
	if (check_words(l, err) < 0)
		return error_code(err);
	if (kept->process)
		*p = *kept->process;
	p->args = (struct oci_strs){ 0 };
	p->console_size = NULL;
	oci_set(process, p, terminal, r->terminal);
	oci_set(process, p, cwd, r->cwd ? r->cwd : p->cwd ? p->cwd : "/");
	oci_set(process, p, no_new_privileges, p->no_new_privileges || r->no_new_privileges);
	if (r->apparmor)
		oci_set(process, p, apparmor_profile, r->apparmor);
	if (r->label)
		oci_set(process, p, selinux_label, r->label);
	*ret = p;
	if (append(l->plan.arena, &p->args, r->args, r->n_args, err) < 0 ||
	    append(l->plan.arena, &p->env, r->env, r->n_env, err) < 0 || add_caps(l, p, err) < 0)
		return error_code(err);
	return set_user(l, p, err);
}

/* An ordinary user's namespace denies setgroups; before Linux 3.19 none did. */
static int setgroups_fact(struct launch *l, struct error *err)
{
	char file[32], word[16];

	if (!(l->exec->namespaces & CLONE_NEWUSER))
		return 0;
	(void)snprintf(file, sizeof file, "%d/setgroups", (int)l->record.pid);
	if (procfs_read(l->plan.procfs, file, word, sizeof word, err) < 0)
		return err->errno_value == ENOENT ? 0 : error_code(err);
	l->plan.container.namespaces.maps.deny_setgroups = strncmp(word, "deny", 4) == 0;
	return 0;
}

/* The process half reads these of the container's half. */
static int container_facts(struct launch *l, const struct oci_linux *c, struct error *err)
{
	struct plan *p = &l->plan;

	for (size_t i = 0; c && i < c->namespaces.n; i++)
		if (c->namespaces.v[i].type == OCI_namespace_type_USER)
			p->container.namespaces.joined |= CLONE_NEWUSER;
	return setgroups_fact(l, err);
}

int exec_plan(struct launch *l, const struct oci_config *kept, struct error *err)
{
	struct plan *p = &l->plan;
	struct oci_config *config = oci_arena_get(p->arena, sizeof *config);
	struct oci_process *process = NULL;
	int r;

	if (!config)
		return fail(err, ENOMEM, "plan");
	*config = *kept;
	r = l->exec->request->process ? from_file(l, &process, err)
				      : from_words(l, kept, &process, err);
	if (r < 0)
		return r;
	if (process->args.n == 0) {
		(void)fail(err, 0, "is missing: there is nothing to execute");
		return fail_at(err, "/args");
	}
	config->process = process;
	p->config = config;
	if (container_facts(l, kept->linux, err) < 0)
		return error_code(err);
	if (not_yet_check(config, NULL, err) < 0 || plan_process_half(p, err) < 0)
		return error_code(err);
	p->process.program.cwd_must_be = true;
	return 0;
}
