/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb_check.c - everything that is wrong with a bundle, by the very code that create uses
 *
 * Findings are kept until the text of the config is at hand: their lines and columns come from it.
 */
#include "base/auto.h"
#include "base/log.h"
#include "cli/excerpt.h"
#include "cli/output.h"
#include "cli/reporter.h"
#include "plan/plan.h"
#include "verb/commands.h"

#include <string.h>

struct finding {
	bool is_error;
	size_t offset;
	unsigned line, column; /* 0: no place */
	const char *pointer, *text, *help;
};

struct findings {
	struct oci_sink sink;
	struct oci_arena *arena;
	bool strict, out_of_memory;
	size_t n, room, errors;
	struct finding *v; /* malloc'ed */
};

static void findings_done(struct findings *f)
{
	free(f->v);
	f->arena = oci_arena_free(f->arena);
}
#define auto_findings __attribute__((cleanup(findings_done)))

static bool finding_room(struct findings *f)
{
	size_t room = f->room ? f->room * 2 : 16;
	struct finding *v;

	if (f->n < f->room)
		return true;
	v = realloc(f->v, room * sizeof *v);
	if (!v)
		return false;
	f->v = v;
	f->room = room;
	return true;
}

static const char *keep(struct findings *f, const char *text)
{
	char *copy = oci_arena_copy(f->arena, text, strlen(text));

	if (!copy) {
		f->out_of_memory = true;
		return "";
	}
	words_clean(copy, ERROR_PHRASE_NONE);
	return copy;
}

static void finding_add(struct findings *f, const struct oci_problem *problem)
{
	bool is_error = problem->severity == OCI_ERROR || f->strict;

	if (!finding_room(f)) {
		f->out_of_memory = true;
		return;
	}
	f->v[f->n++] = (struct finding){
		.is_error = is_error,
		.offset = problem->offset,
		.pointer = keep(f, problem->pointer),
		.text = keep(f, problem->text),
		.help = keep(f, problem->help),
	};
	f->errors += is_error;
}

static bool finding_take(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct findings *f = sink->context;

	finding_add(f, problem);
	return !f->out_of_memory;
}

/* Warnings of the plan's parts are kept by warn(), as for create. */
static void warnings_add(struct findings *f)
{
	for (size_t i = 0; i < log_warnings_count(); i++) {
		struct oci_problem problem = { .severity = OCI_WARNING, .offset = OCI_NO_OFFSET };

		(void)snprintf(problem.text, sizeof problem.text, "%s", log_warning(i));
		finding_add(f, &problem);
	}
}

static void places_find(struct findings *f, const char *json, size_t len)
{
	for (size_t i = 0; i < f->n; i++) {
		struct finding *one = &f->v[i];

		if (one->offset != OCI_NO_OFFSET)
			oci_line_column(json, len, one->offset, &one->line, &one->column);
		else if (*one->pointer &&
			 !oci_locate(json, len, one->pointer, &one->line, &one->column))
			one->line = 0;
	}
}

static int finding_json(FILE *out, const struct finding *one, const char *file, struct error *err)
{
	struct oci_finding object = { 0 };
	auto_free char *json = NULL;
	size_t len;

	oci_set(finding, &object, level, one->is_error ? "error" : "warning");
	oci_set(finding, &object, file, file);
	oci_set(finding, &object, msg, one->text);
	if (one->line) {
		oci_set(finding, &object, line, one->line);
		oci_set(finding, &object, column, one->column);
	}
	if (*one->pointer)
		oci_set(finding, &object, pointer, one->pointer);
	if (*one->help)
		oci_set(finding, &object, hint, one->help);
	json = oci_emit(&oci_finding_type, &object, OCI_COMPACT, &len);
	if (!json)
		return fail(err, ENOMEM, "check");
	(void)fputs(json, out);
	return 0;
}

static int print_json(FILE *out, const struct findings *f, const char *file, struct error *err)
{
	(void)fputc('[', out);
	for (size_t i = 0; i < f->n; i++) {
		(void)fputs(i ? "," : "", out);
		if (finding_json(out, &f->v[i], file, err) < 0)
			return error_code(err);
	}
	(void)fputs("]\n", out);
	return 0;
}

struct view {
	FILE *out;
	const char *file, *json;
	size_t len;
	bool people, colour;
};

static void finding_text(const struct finding *one, const struct view *view)
{
	(void)fprintf(view->out, "%s:", view->file);
	if (one->line)
		(void)fprintf(view->out, "%u:%u:", one->line, one->column);
	if (*one->pointer)
		(void)fprintf(view->out, " %s:", one->pointer);
	(void)fprintf(view->out, " %s%s\n", one->is_error ? "" : "warning: ", one->text);
	if (view->people && one->line)
		excerpt_print(view->out,
			      &(struct excerpt){ view->json, view->len, one->line, one->column },
			      view->colour);
	if (*one->help)
		(void)fprintf(view->out, "help: %s\n", one->help);
}

static void print_text(const struct findings *f, const struct view *view)
{
	size_t warnings = f->n - f->errors;

	for (size_t i = 0; i < f->n; i++)
		finding_text(&f->v[i], view);
	(void)fprintf(view->out, "%s: %zu error%s, %zu warning%s\n", view->file, f->errors,
		      f->errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

static int findings_print(FILE *out, struct findings *f, const struct options *options,
			  const char *json, size_t len, struct error *err)
{
	const struct view view = {
		.out = out,
		.file = options->config ? options->config : "config.json",
		.json = json,
		.len = len,
		.people = isatty(STDOUT_FILENO) == 1,
		.colour = wants_colour(options, STDOUT_FILENO),
	};

	warnings_add(f);
	if (f->out_of_memory)
		return fail(err, ENOMEM, "check");
	places_find(f, json, len);
	if (options->check_format == CHECK_JSON)
		return print_json(out, f, view.file, err);
	print_text(f, &view);
	return 0;
}

int command_check(const struct options *options, struct outcome *outcome, struct error *err)
{
	auto_findings struct findings f = { .strict = options->strict };
	auto_free char *json = NULL;
	size_t len = 0;
	struct job job;

	if (job_init(&job, options, err) < 0)
		return error_code(err);
	f.sink = (struct oci_sink){ .take = finding_take, .context = &f };
	f.arena = oci_arena_new();
	if (!f.arena)
		return fail(err, ENOMEM, "check");
	if (container_check(&job.request, &f.sink, &json, &len, err) < 0 ||
	    findings_print(outcome->out, &f, options, json ? json : "", len, err) < 0)
		return error_code(err);
	if (f.errors)
		outcome->exit_code = 1;
	return 0;
}
