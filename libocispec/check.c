/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - runs the list of rules, and what they share */
#include "libocispec/check.h"

#include "libocispec/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum part { PROCESS, CONFIG };

/* clang-format off */
static const struct rule {
	enum part part;
	void (*test)(struct oci_check *c);
	const char *where, *sentence;
} rules[] = {
#define RULE(part, function, where, sentence) { part, oci_rule_##function, where, sentence },
#include "libocispec/check.def"
#undef RULE
};
/* clang-format on */

static void run(struct oci_check *c, enum part part)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules && !c->stopped; i++) {
		if (rules[i].part != part)
			continue;
		c->where = rules[i].where;
		c->sentence = rules[i].sentence;
		rules[i].test(c);
	}
}

bool oci_check_process(const struct oci_process *process, const char *pointer,
		       struct oci_sink *sink)
{
	struct oci_check c = { .sink = sink, .process = process, .process_pointer = pointer };

	run(&c, PROCESS);
	return !c.failed && !c.stopped;
}

bool oci_check_config(const struct oci_config *config, struct oci_sink *sink)
{
	struct oci_check c = {
		.sink = sink,
		.config = config,
		.process = config->process,
		.process_pointer = "/process",
	};

	if (c.process)
		run(&c, PROCESS);
	run(&c, CONFIG);
	return !c.failed && !c.stopped;
}

/* ---- telling ---- */

static struct oci_text pointer_of(struct oci_check *c)
{
	return oci_text_in(c->problem.pointer, sizeof c->problem.pointer);
}

void oci_at(struct oci_check *c, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	vsnprintf(c->problem.pointer, sizeof c->problem.pointer, fmt, list);
	va_end(list);
}

void oci_at_process(struct oci_check *c, const char *fmt, ...)
{
	char rest[128];
	va_list list;

	va_start(list, fmt);
	vsnprintf(rest, sizeof rest, fmt, list);
	va_end(list);
	oci_at(c, "%s%s", c->process_pointer, rest);
}

void oci_at_key(struct oci_check *c, const char *map, const char *key)
{
	struct oci_text pointer = pointer_of(c);

	oci_text_add(&pointer, "%s", map);
	oci_text_token(&pointer, key, strlen(key));
}

__attribute__((format(printf, 3, 0))) static void tell(struct oci_check *c,
						       enum oci_severity severity, const char *fmt,
						       va_list list)
{
	struct oci_problem *problem = &c->problem;
	bool go_on;

	if (c->stopped)
		return;
	problem->severity = severity;
	problem->kind = OCI_PROBLEM_RULE;
	problem->offset = OCI_NO_OFFSET;
	vsnprintf(problem->text, sizeof problem->text, fmt, list);
	snprintf(problem->help, sizeof problem->help, "%s: %s", c->where, c->sentence);
	if (severity == OCI_ERROR) {
		c->failed = true;
		if (c->sink)
			c->sink->failed = true;
	}
	go_on = c->sink ? c->sink->take(c->sink, problem) : severity != OCI_ERROR;
	c->stopped = !go_on;
}

void oci_wrong(struct oci_check *c, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	tell(c, OCI_ERROR, fmt, list);
	va_end(list);
}

void oci_doubtful(struct oci_check *c, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	tell(c, OCI_WARNING, fmt, list);
	va_end(list);
}

const char *oci_quoted(struct oci_check *c, const char *word)
{
	char *buf = c->words[c->n_words++ % 2];
	struct oci_text text = oci_text_in(buf, sizeof c->words[0]);

	oci_text_quote(&text, word, strlen(word));
	return buf;
}

/* ---- looking ---- */

bool oci_is_relative(const char *path)
{
	return path && *path != '/';
}

const struct oci_linux *oci_linux_of(const struct oci_check *c)
{
	static const struct oci_linux none;

	return c->config->linux ? c->config->linux : &none;
}

const struct oci_resources *oci_resources_of(const struct oci_check *c)
{
	static const struct oci_resources none;
	const struct oci_linux *linux = oci_linux_of(c);

	return linux->resources ? linux->resources : &none;
}

const struct oci_namespace *oci_namespace_of(const struct oci_check *c, int type)
{
	const struct oci_linux *linux = oci_linux_of(c);

	for (size_t i = 0; i < linux->namespaces.n; i++) {
		const struct oci_namespace *ns = &linux->namespaces.v[i];

		if (oci_has(namespace, ns, type) && ns->type == type)
			return ns;
	}
	return NULL;
}
