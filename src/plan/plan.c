/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - from a bundle to a plan: reads the config, checks it, walks the parts
 *
 * All that can be refused is refused here, before the record is written and anything is made: an
 * engine that gets an error has nothing to clean up.
 */
#include "plan/plan.h"

#include "base/auto.h"
#include "base/door.h"
#include "base/log.h"
#include "base/retry.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static int bundle_path(struct plan *p, struct error *err)
{
	const char *given = p->request->bundle ? p->request->bundle : ".";
	auto_free char *real = retry_null(realpath(given, NULL));

	if (!real) {
		(void)fail(err, errno, "bundle %s", given);
		return hint(err, HINT_BUNDLE, NULL, NULL);
	}
	p->bundle = oci_arena_copy(p->arena, real, strlen(real));
	return p->bundle ? 0 : fail(err, ENOMEM, "bundle");
}

static int config_read(struct plan *p, struct error *err)
{
	const char *name = p->request->config ? p->request->config : "config.json";
	auto_fd int dir = -1;

	p->config_name = name;
	if (p->request->config)
		return file_read(AT_FDCWD, name, OCI_SIZE_MAX, &p->json, &p->json_len, err);
	dir = file_open(AT_FDCWD, p->bundle, O_DIRECTORY | O_RDONLY, 0, err);
	if (dir < 0)
		return within(err, "bundle %s", p->bundle);
	if (file_read(dir, name, OCI_SIZE_MAX, &p->json, &p->json_len, err) >= 0)
		return 0;
	if (err->errno_value == ENOENT) {
		(void)fail(err, ENOENT, "%s/%s", p->bundle, name);
		return hint(err, HINT_SPEC, NULL, NULL);
	}
	return within(err, "%s/%s", p->bundle, name);
}

int plan_begin(const struct request *request, struct plan *p, struct error *err)
{
	*p = (struct plan)PLAN_EMPTY(request);
	p->arena = oci_arena_new();
	if (!p->arena)
		return fail(err, ENOMEM, "plan");
	if (bundle_path(p, err) < 0 || config_read(p, err) < 0)
		return error_code(err);
	p->procfs = procfs_open_host(err);
	return p->procfs < 0 ? p->procfs : 0;
}

/* A problem of the document as an error value. */
static void error_of(const struct plan *p, const struct oci_problem *problem, struct error *err)
{
	unsigned line, column;

	(void)fail(err, problem->kind == OCI_PROBLEM_MEMORY ? ENOMEM : 0, "%s", problem->text);
	(void)fail_at(err, "%s", problem->pointer);
	if (problem->help[0])
		(void)hint(err, HINT_AS_SAID, problem->help, NULL);
	if (problem->offset == OCI_NO_OFFSET)
		return;
	oci_line_column(p->json, p->json_len, problem->offset, &line, &column);
	err->line = line;
	err->column = column;
}

struct stop_at_first {
	struct plan *plan;
	struct error *err;
};

static void warn_of(const struct plan *p, const struct oci_problem *problem)
{
	unsigned line = 1, column = 1;

	if (problem->offset != OCI_NO_OFFSET)
		oci_line_column(p->json, p->json_len, problem->offset, &line, &column);
	else
		(void)oci_locate(p->json, p->json_len, problem->pointer, &line, &column);
	warn("%s:%u:%u: %s: %s%s%s", p->config_name, line, column, problem->pointer, problem->text,
	     problem->help[0] ? "; " : "", problem->help);
}

static bool stop_or_warn(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct stop_at_first *s = sink->context;

	if (problem->severity == OCI_ERROR) {
		error_of(s->plan, problem, s->err);
		return false;
	}
	warn_of(s->plan, problem);
	return true;
}

static int plan_parse(struct plan *p, struct error *err)
{
	struct stop_at_first stop = { p, err };
	struct oci_sink sink = { .take = stop_or_warn, .context = &stop };
	const char *skip = door("OCIRT_SKIP");
	void *config;

	config = oci_parse(&oci_config_type, p->json, p->json_len, p->arena, &sink);
	if (!config)
		return error_code(err);
	if (skip)
		oci_forget(&oci_config_type, config, skip);
	p->config = config;
	return oci_check_config(p->config, &sink) ? 0 : error_code(err);
}

int plan_process_half(struct plan *p, struct error *err)
{
	for (size_t i = 0; i < plan_parts_count; i++)
		if (plan_parts[i].half == PLAN_PROCESS && plan_parts[i].make(p, err) < 0)
			return error_code(err);
	return 0;
}

static int plan_all(struct plan *p, struct error *err)
{
	for (size_t i = 0; i < plan_parts_count; i++)
		if (plan_parts[i].make(p, err) < 0)
			return error_code(err);
	return 0;
}

int plan_make(const struct request *request, struct plan *ret, struct error *err)
{
	if (plan_begin(request, ret, err) >= 0 && plan_parse(ret, err) >= 0 &&
	    plan_all(ret, err) >= 0)
		return 0;
	if (err->has_pointer)
		(void)snprintf(err->file, sizeof err->file, "%s", ret->config_name);
	return error_code(err);
}

void plan_done(struct plan *p)
{
	mounts_done(&p->container.mounts);
	devices_done(&p->container.devices);
	namespaces_done(&p->container.namespaces);
	cgroup_done(&p->container.cgroup);
	caps_done(&p->process.caps);
	close_fd(&p->procfs);
	if (p->json && p->request->text) {
		free(p->request->text->text);
		*p->request->text = (struct config_text){ take_ptr(&p->json), p->json_len };
	}
	free(p->json);
	p->json = NULL;
	p->arena = oci_arena_free(p->arena);
}
