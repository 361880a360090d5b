/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_tell.c - what the rules share: where a problem is, its words, parts that may be missing
 *
 * A rule names a value by a pointer in the form of printf(3), and says what is wrong with it.  The
 * sentence of the specification is added here, so that no rule can forget it.  A rule may meet a
 * config whose objects are missing, because `check` goes on after the first problem.
 */
#include "libocispec/check.h"

#include "libocispec/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- telling ---- */

/* Most places are literals and most rules hold: nothing is formatted that need not be. */
__attribute__((format(printf, 3, 0))) static void place(struct oci_check *c, const char *base,
							const char *fmt, va_list list)
{
	c->base = base;
	c->place = fmt;
	if (!strchr(fmt, '%'))
		return;
	vsnprintf(c->placed, sizeof c->placed, fmt, list);
	c->place = c->placed;
}

void oci_at(struct oci_check *c, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	place(c, "", fmt, list);
	va_end(list);
}

void oci_at_process(struct oci_check *c, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	place(c, c->process_pointer, fmt, list);
	va_end(list);
}

void oci_at_key(struct oci_check *c, const char *map, const char *key)
{
	struct oci_text placed = oci_text_in(c->placed, sizeof c->placed);

	oci_text_token(&placed, key, strlen(key));
	c->base = map;
	c->place = c->placed;
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
	snprintf(problem->pointer, sizeof problem->pointer, "%s%s", c->base, c->place);
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
