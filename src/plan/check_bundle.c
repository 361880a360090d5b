/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_bundle.c - everything that is wrong with a bundle, by the code that create uses
 *
 * The document first, then the parts of the plan, each of which goes on after an error
 * (plan->sink).  An error of the document takes away the elements that it is about, and those parts
 * that read what it is about as a whole.
 */
#include "base/auto.h"
#include "plan/plan.h"

#include <stdio.h>
#include <string.h>

enum { WRONG_MAX = 256 };

struct check {
	struct oci_sink *to;
	struct oci_arena *arena;
	int errors;
	const char *wrong[WRONG_MAX]; /* where the document's errors are */
	size_t n_wrong;
	bool cut, stopped;	/* the text could not be read to its end; nobody listens any more */
	bool many;		/* more errors than anybody reads: the parts have nothing to add */
	struct error_sink sink; /* for the parts */
	struct error last;	/* of a part: many rows of one limit may say the same */
};

/* Is a the same as b, or does it hold b? */
static bool holds(const char *a, size_t n, const char *b)
{
	return strncmp(a, b, n) == 0 && (b[n] == '/' || b[n] == '\0');
}

/* Is one of the document's errors in this value, or around it? */
static bool is_wrong(const struct error_sink *sink, const char *pointer)
{
	const struct check *c = sink->context;

	for (size_t i = 0; i < c->n_wrong; i++)
		if (holds(c->wrong[i], strlen(c->wrong[i]), pointer) ||
		    holds(pointer, strlen(pointer), c->wrong[i]))
			return true;
	return false;
}

static bool may_be_made(const struct check *c, const struct plan_part *part)
{
	const char *pointers = part->reads;

	for (size_t n; *pointers; pointers += n + (pointers[n] == ' ')) {
		n = strcspn(pointers, " ");
		if (error_known(&c->sink, "%.*s", (int)n, pointers))
			return false;
	}
	return true;
}

static void remember_wrong(struct check *c, const char *pointer)
{
	const char *copy =
		c->n_wrong < WRONG_MAX ? oci_arena_copy(c->arena, pointer, strlen(pointer)) : NULL;

	if (copy)
		c->wrong[c->n_wrong++] = copy;
	else
		c->many = true;
}

static bool take_document(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct check *c = sink->context;

	if (problem->severity == OCI_ERROR) {
		c->errors++;
		c->cut |=
			problem->kind == OCI_PROBLEM_SYNTAX || problem->kind == OCI_PROBLEM_MEMORY;
		remember_wrong(c, problem->pointer);
	}
	c->stopped = !c->to->take(c->to, problem);
	return !c->stopped;
}

/* An error of a part of the plan, as a problem of the document. */
static bool take_part(struct error_sink *sink, const struct error *err)
{
	struct check *c = sink->context;
	struct oci_problem problem = { .severity = OCI_ERROR,
				       .kind = OCI_PROBLEM_RULE,
				       .offset = OCI_NO_OFFSET };
	char words[2 * ERROR_TEXT_MAX], advice[ERROR_HINT_MAX];

	if (strcmp(c->last.pointer, err->pointer) == 0 && strcmp(c->last.text, err->text) == 0)
		return !c->stopped;
	c->last = *err;
	c->errors++;
	(void)snprintf(problem.pointer, sizeof problem.pointer, "%s", err->pointer);
	(void)snprintf(problem.text, sizeof problem.text, "%s",
		       error_words(err, words, sizeof words));
	(void)snprintf(problem.help, sizeof problem.help, "%.*s", (int)sizeof problem.help - 1,
		       error_advice(err, advice));
	c->stopped = !c->to->take(c->to, &problem);
	return !c->stopped;
}

static void check_all(struct plan *p, struct check *c)
{
	struct oci_sink sink = { .take = take_document, .context = c };
	struct error err;

	p->config = oci_parse_all(&oci_config_type, p->json, p->json_len, p->arena, &sink);
	if (!p->config || c->cut || c->stopped)
		return;
	(void)oci_check_config(p->config, &sink);
	p->sink = &c->sink;
	for (size_t i = 0; i < plan_parts_count && !c->many && !c->stopped; i++)
		if (may_be_made(c, &plan_parts[i]) && plan_parts[i].make(p, &err) < 0)
			(void)take_part(&c->sink, &err);
}

int container_check(const struct request *request, struct oci_sink *sink, char **ret_json,
		    size_t *ret_len, struct error *err)
{
	struct check check = { .to = sink, .sink = { take_part, is_wrong, &check } };
	struct request named = *request;
	auto_plan struct plan plan;

	if (!named.id)
		named.id = "check"; /* paths and names are made of it */
	if (plan_begin(&named, &plan, err) < 0)
		return error_code(err);
	check.arena = plan.arena;
	check_all(&plan, &check);
	*ret_json = take_ptr(&plan.json);
	*ret_len = plan.json_len;
	return check.errors;
}
