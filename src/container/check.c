/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c - everything that is wrong with a bundle, by the code that create uses
 *
 * The document first, then the parts of the plan, each of which goes on after an error
 * (plan->more).  An error of the document takes away only those parts that read what it is about.
 */
#include "base/auto.h"
#include "container/plan.h"

#include <stdio.h>
#include <string.h>

struct check {
	struct oci_sink *to;
	int errors;
	uint32_t touched;  /* a bit for each part of the plan: an error is about what it reads */
	bool cut, stopped; /* the text could not be read to its end; nobody listens any more */
	struct error_sink more; /* for the parts */
	struct error last;	/* of a part: many rows of one limit may say the same */
};

/* Is a the same as b, or does it hold b? */
static bool holds(const char *a, size_t n, const char *b)
{
	return strncmp(a, b, n) == 0 && (b[n] == '/' || b[n] == '\0');
}

/* Is one of the pointers in the error's value, or around it? */
static bool reads(const char *pointers, const char *pointer)
{
	for (size_t n; *pointers; pointers += n + (pointers[n] == ' ')) {
		char one[128];

		n = strcspn(pointers, " ");
		(void)snprintf(one, sizeof one, "%.*s", (int)n, pointers);
		if (holds(one, n, pointer) || holds(pointer, strlen(pointer), one))
			return true;
	}
	return false;
}

static bool take_document(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct check *c = sink->context;

	if (problem->severity == OCI_ERROR) {
		c->errors++;
		c->cut |=
			problem->kind == OCI_PROBLEM_SYNTAX || problem->kind == OCI_PROBLEM_MEMORY;
		for (size_t i = 0; i < plan_parts_count; i++)
			if (reads(plan_parts[i].reads, problem->pointer))
				c->touched |= UINT32_C(1) << i;
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
	p->more = &c->more;
	for (size_t i = 0; i < plan_parts_count && !c->stopped; i++)
		if (!(c->touched >> i & 1) && plan_parts[i].make(p, &err) < 0)
			(void)take_part(&c->more, &err);
}

int container_check(const struct request *request, struct oci_sink *sink, char **ret_json,
		    size_t *ret_len, struct error *err)
{
	struct check check = { .to = sink, .more = { .take = take_part, .context = &check } };
	struct request named = *request;
	struct plan plan;
	int r;

	if (!named.id)
		named.id = "check"; /* paths and names are made of it */
	r = plan_begin(&named, &plan, err);
	if (r >= 0) {
		check_all(&plan, &check);
		r = check.errors;
		*ret_json = take_ptr(&plan.json);
		*ret_len = plan.json_len;
	}
	plan_done(&plan);
	return r;
}
