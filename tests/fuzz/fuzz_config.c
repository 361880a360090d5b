/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_config.c - any bytes as config.json
 *
 * Beyond not crashing: what is accepted is written, read and written again without a change; each
 * problem is one line of UTF-8; a syntax error is explained by the second reading, never left over.
 */
#include "libocispec/ocispec.h"
#include "libocispec/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

struct input {
	const char *json;
	size_t len;
	long n;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_line(const char *line)
{
	for (size_t left = strlen(line), n; left > 0; left -= n, line += n) {
		n = oci_utf8_length(line, left);
		must(n > 0 && (n > 1 || (unsigned char)*line >= 0x20));
	}
}

static bool take(struct oci_sink *sink, const struct oci_problem *problem)
{
	struct input *input = sink->context;
	unsigned line, column;

	check_line(problem->pointer);
	check_line(problem->text);
	check_line(problem->help);
	must(*problem->text != '\0' && problem->kind != OCI_PROBLEM_MEMORY);
	if (problem->offset != OCI_NO_OFFSET)
		must(problem->offset <= input->len);
	if (problem->kind == OCI_PROBLEM_SYNTAX)
		must(strcmp(problem->text, "invalid JSON") != 0);
	if (input->n++ < 4)
		(void)oci_locate(input->json, input->len, problem->pointer, &line, &column);
	return true;
}

static char *emit(const void *config, size_t *len)
{
	char *text = oci_emit(&oci_config_type, config, OCI_COMPACT, len);

	must(text != NULL);
	return text;
}

static void round_trip(const struct oci_config *config, struct oci_arena *arena)
{
	size_t len, len2;
	char *text = emit(config, &len), *again;
	struct input input = { text, len, 0 };
	struct oci_sink sink = { .take = take, .context = &input };
	const struct oci_config *config2 = oci_parse(&oci_config_type, text, len, arena, &sink);

	must(config2 != NULL && input.n == 0);
	again = emit(config2, &len2);
	must(len == len2 && memcmp(text, again, len) == 0);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { (const char *)data, size, 0 };
	struct oci_sink sink = { .take = take, .context = &input };
	struct oci_arena *arena = oci_arena_new();
	const struct oci_config *config;

	must(arena != NULL);
	config = oci_parse_all(&oci_config_type, input.json, size, arena, &sink);
	if (config && !sink.failed)
		round_trip(config, arena);
	if (config)
		(void)oci_check_config(config, &sink);
	oci_arena_free(arena);
	return 0;
}
