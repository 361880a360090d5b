/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - everything that is wrong with a bundle, by the code that create uses */
#include "base/auto.h"
#include "container/plan.h"

#include <stdio.h>
#include <string.h>

struct count {
	struct oci_sink *to;
	int errors;
};

static bool count_problem(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct count *c = sink->context;

	c->errors += problem->severity == OCI_ERROR;
	return c->to->take(c->to, problem);
}

/* An error of a part of the plan, as a problem of the document. */
static bool report(struct oci_sink *sink, const struct error *err)
{
	struct oci_problem problem = { .severity = OCI_ERROR,
				       .kind = OCI_PROBLEM_RULE,
				       .offset = OCI_NO_OFFSET };
	char words[2 * ERROR_TEXT_MAX], advice[ERROR_HINT_MAX];

	(void)snprintf(problem.pointer, sizeof problem.pointer, "%s", err->pointer);
	(void)snprintf(problem.text, sizeof problem.text, "%s",
		       error_words(err, words, sizeof words));
	(void)snprintf(problem.help, sizeof problem.help, "%.*s", (int)sizeof problem.help - 1,
		       error_advice(err, advice));
	return sink->take(sink, &problem);
}

static void check_all(struct plan *p, struct oci_sink *sink)
{
	struct error err;

	p->config = oci_parse_all(&oci_config_type, p->json, p->json_len, p->arena, sink);
	/* The parts rely on a config without errors: they would only report echoes. */
	if (!p->config || !oci_check_config(p->config, sink) || sink->failed)
		return;
	for (size_t i = 0; i < plan_parts_count; i++)
		if (plan_parts[i].make(p, &err) < 0 && !report(sink, &err))
			return;
}

int container_check(const struct request *request, struct oci_sink *sink, char **ret_json,
		    size_t *ret_len, struct error *err)
{
	struct count count = { sink, 0 };
	struct oci_sink counting = { .take = count_problem, .context = &count };
	struct request named = *request;
	struct plan plan;
	int r;

	if (!named.id)
		named.id = "check"; /* paths and names are made of it */
	r = plan_begin(&named, &plan, err);
	if (r >= 0) {
		check_all(&plan, &counting);
		r = count.errors;
		*ret_json = take_ptr(&plan.json);
		*ret_len = plan.json_len;
	}
	plan_done(&plan);
	return r;
}
