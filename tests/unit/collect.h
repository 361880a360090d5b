/* SPDX-License-Identifier: Apache-2.0 */
/* collect.h - a sink that keeps problems, for the tests of libocispec */
#pragma once
#include "tests/unit/unit.h"

#include "libocispec/ocispec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLLECT_MAX = 32 };

struct collect {
	struct oci_sink sink;
	bool stop_at_error;
	size_t n; /* all that came; the first COLLECT_MAX are kept */
	struct oci_problem problems[COLLECT_MAX];
};

static inline bool collect_take(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct collect *c = sink->context;

	if (c->n < COLLECT_MAX)
		c->problems[c->n] = *problem;
	c->n++;
	return !(c->stop_at_error && problem->severity == OCI_ERROR);
}

static inline void collect_begin(struct collect *c)
{
	memset(c, 0, sizeof *c);
	c->sink.take = collect_take;
	c->sink.context = c;
}

/* A JSON text under construction. */
struct json {
	char *s;
	size_t n, room;
};

__attribute__((format(printf, 2, 3))) static inline void json_add(struct json *json,
								  const char *fmt, ...)
{
	va_list list;
	int n;

	if (json->room - json->n < 4096) {
		json->room = (json->room + 4096) * 2;
		json->s = realloc(json->s, json->room);
		assert_non_null(json->s);
	}
	va_start(list, fmt);
	n = vsnprintf(json->s + json->n, json->room - json->n, fmt, list);
	va_end(list);
	assert_in_range(n, 0, 4095);
	json->n += (size_t)n;
}

/* Parses from memory of exactly n bytes, so that a sanitizer sees what reads beyond. */
static inline void *collect_parse_n(struct collect *c, const struct oci_type *type,
				    const char *json, size_t n, struct oci_arena *arena)
{
	char *exact = malloc(n ? n : 1);
	void *object;

	assert_non_null(exact);
	if (n)
		memcpy(exact, json, n);
	object = oci_parse_all(type, exact, n, arena, &c->sink);
	free(exact);
	return object;
}

static inline void *collect_parse(struct collect *c, const struct oci_type *type, const char *json,
				  struct oci_arena *arena)
{
	return collect_parse_n(c, type, json, strlen(json), arena);
}
