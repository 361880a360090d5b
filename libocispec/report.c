/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - the problems that parse.c finds, in words
 *
 * A message must say where (a JSON pointer and a byte offset), what is wrong, and if possible how
 * to write it.  yajl knows none of that: the place comes from the parser's stack of frames, and
 * what should stand there from the row.  Nothing of this runs for a document without a problem.
 *
 * A hostile document may have a million unknown keys.  The search for the word that was meant is
 * slow, so only the first HINTS_MAX problems get one.
 */
#include "libocispec/report.h"

#include "libocispec/syntax.h"
#include "libocispec/text.h"

#include <string.h>

enum { HINTS_MAX = 64 };

/* Hands a problem to the sink.  Returns true if parsing goes on. */
static bool deliver(struct oci_parser *p, const struct oci_problem *problem)
{
	bool is_error = problem->severity == OCI_ERROR;

	if (is_error && p->sink)
		p->sink->failed = true;
	return p->sink ? p->sink->take(p->sink, problem) : !is_error;
}

/* Adds the JSON pointer of the value that the top frame waits for. */
static void add_path(const struct oci_parser *p, struct oci_text *pointer)
{
	for (int i = 1; i <= p->depth; i++) {
		const struct oci_frame *frame = &p->frames[i];

		if (frame->is_array)
			oci_text_add(pointer, "/%zu", frame->index);
		else
			oci_text_token(pointer, frame->key, frame->key_len);
	}
}

/* Fills in a problem about the value that the top frame waits for, all but its text and its help.
 * Returns the empty text, to be written by the caller. */
static struct oci_text begin_problem(const struct oci_parser *p, enum oci_problem_kind kind,
				     size_t offset, struct oci_problem *ret_problem)
{
	struct oci_text pointer = oci_text_in(ret_problem->pointer, sizeof ret_problem->pointer);

	ret_problem->severity = kind == OCI_PROBLEM_UNKNOWN ? OCI_WARNING : OCI_ERROR;
	ret_problem->kind = kind;
	ret_problem->offset = offset;
	ret_problem->help[0] = '\0';
	add_path(p, &pointer);
	return oci_text_in(ret_problem->text, sizeof ret_problem->text);
}

static struct oci_text help_of(struct oci_problem *problem)
{
	return oci_text_in(problem->help, sizeof problem->help);
}

/* ---- wrong types ---- */

enum oci_json oci_wanted(const struct oci_frame *frame)
{
	switch (frame->field->kind) {
	case OCI_BOOL:
		return OCI_JSON_BOOL;
	case OCI_STR:
	case OCI_ENUM:
		return OCI_JSON_STRING;
	case OCI_STRS:
	case OCI_ENUMS:
		return frame->type ? OCI_JSON_ARRAY : OCI_JSON_STRING;
	case OCI_U32S:
		return frame->type ? OCI_JSON_ARRAY : OCI_JSON_NUMBER;
	case OCI_OBJS:
		return frame->type ? OCI_JSON_ARRAY : OCI_JSON_OBJECT;
	case OCI_MAP:
		return frame->type ? OCI_JSON_OBJECT : OCI_JSON_STRING;
	case OCI_OBJ:
	case OCI_MAPOF:
		return OCI_JSON_OBJECT;
	default:
		return OCI_JSON_NUMBER;
	}
}

static const char *const names[] = {
	[OCI_JSON_NULL] = "null",	[OCI_JSON_BOOL] = "a boolean",
	[OCI_JSON_NUMBER] = "a number", [OCI_JSON_STRING] = "a string",
	[OCI_JSON_ARRAY] = "an array",	[OCI_JSON_OBJECT] = "an object",
};

static const char *wanted_words(const struct oci_frame *frame)
{
	switch (frame->type ? frame->field->kind : OCI_OBJ) {
	case OCI_BOOL:
		return "true or false";
	case OCI_STRS:
	case OCI_ENUMS:
		return "an array of strings";
	case OCI_U32S:
		return "an array of numbers";
	case OCI_OBJS:
		return "an array of objects";
	case OCI_MAP:
		return "an object with strings as values";
	case OCI_MAPOF:
		return "an object with objects as values";
	default:
		return names[oci_wanted(frame)];
	}
}

size_t oci_parser_string_offset(const struct oci_parser *p)
{
	size_t at = yajl_get_bytes_consumed(p->yajl) - 1;

	/* each quote inside has its backslash; none stands before the first one */
	do
		at--;
	while (p->json[at] != '"' || p->json[at - 1] == '\\');
	return at;
}

/* The value is a string, and something else was wanted: advises how to write it.  "true" becomes
 * true, "5" becomes 5, and "/bin/sh" becomes ["/bin/sh"] where a list of strings is wanted. */
static void advise_rewrite(const struct oci_parser *p, const struct oci_frame *top, size_t offset,
			   struct oci_text *help)
{
	size_t n = yajl_get_bytes_consumed(p->yajl) - offset;
	const char *raw = p->json + offset, *first = raw + 1;
	enum oci_json want = oci_wanted(top);

	if (n > 100 || n < 3)
		return;
	if (want == OCI_JSON_ARRAY && top->field->kind != OCI_OBJS && top->field->kind != OCI_U32S)
		oci_text_add(help, "[%.*s]", (int)n, raw);
	else if ((want == OCI_JSON_NUMBER && strspn(first, "-0123456789") == n - 2) ||
		 (want == OCI_JSON_BOOL &&
		  (strncmp(first, "true\"", 5) == 0 || strncmp(first, "false\"", 6) == 0)))
		oci_text_add(help, "%.*s, without quotes", (int)n - 2, first);
}

bool oci_report_type(struct oci_parser *p, enum oci_json is, size_t offset)
{
	const struct oci_frame *top = oci_parser_top(p);
	struct oci_problem problem;
	struct oci_text text, help;

	if (offset == OCI_NO_OFFSET)
		offset = oci_parser_string_offset(p);
	text = begin_problem(p, OCI_PROBLEM_TYPE, offset, &problem);
	help = help_of(&problem);
	oci_text_add(&text, "must be %s, is %s", wanted_words(top), names[is]);
	if (is == OCI_JSON_STRING)
		advise_rewrite(p, top, offset, &help);
	return deliver(p, &problem);
}

/* ---- wrong values ---- */

bool oci_report_number(struct oci_parser *p, enum oci_number fault, const char *s, size_t n)
{
	const struct oci_field *field = oci_parser_top(p)->field;
	struct oci_range range = oci_range_of(field);
	struct oci_problem problem;
	struct oci_text text =
		begin_problem(p, OCI_PROBLEM_TYPE, oci_parser_offset(p, n), &problem);

	if (fault == OCI_NUMBER_NOT_WHOLE)
		oci_text_add(&text, "must be a whole number, is ");
	else
		oci_text_add(&text, "must be a number from %lld to %llu%s, is ",
			     (long long)range.low, (unsigned long long)range.high,
			     field->flags & OCI_MODE ? " (octal 777)" : "");
	oci_text_word(&text, s, n);
	return deliver(p, &problem);
}

static void advise_nearest(struct oci_parser *p, const char *word, size_t n,
			   const struct oci_enum *list, struct oci_problem *problem)
{
	const char *nearest = NULL;
	struct oci_text help = help_of(problem);

	if (p->hints++ < HINTS_MAX)
		nearest = oci_nearest(word, n, list->words, list->n);
	if (nearest)
		oci_text_add(&help, "did you mean \"%s\"?", nearest);
}

bool oci_report_word(struct oci_parser *p, const char *word, size_t n)
{
	const struct oci_enum *list = oci_parser_top(p)->field->child;
	size_t offset = oci_parser_string_offset(p);
	struct oci_problem problem;
	struct oci_text text = begin_problem(p, OCI_PROBLEM_TYPE, offset, &problem);

	oci_text_quote(&text, word, n);
	oci_text_add(&text, " is not one of ");
	for (size_t i = 0; i < list->n; i++)
		oci_text_add(&text, "%s%s", i ? ", " : "", list->words[i]);
	advise_nearest(p, word, n, list, &problem);
	return deliver(p, &problem);
}

bool oci_report_empty(struct oci_parser *p, size_t offset)
{
	struct oci_problem problem;
	struct oci_text text;

	if (offset == OCI_NO_OFFSET)
		offset = oci_parser_string_offset(p);
	text = begin_problem(p, OCI_PROBLEM_TYPE, offset, &problem);
	oci_text_add(&text, "must not be empty");
	return deliver(p, &problem);
}

/* ---- keys ---- */

bool oci_report_duplicate(struct oci_parser *p)
{
	struct oci_problem problem;
	struct oci_text text =
		begin_problem(p, OCI_PROBLEM_DUPLICATE, oci_parser_string_offset(p), &problem);

	oci_text_add(&text, "set twice");
	return deliver(p, &problem);
}

bool oci_report_unknown(struct oci_parser *p, size_t offset)
{
	const struct oci_frame *top = oci_parser_top(p);
	struct oci_problem problem;
	struct oci_text text = begin_problem(p, OCI_PROBLEM_UNKNOWN, offset, &problem);
	const char *keys[64];
	const struct oci_enum list = { .n = top->type->n_fields, .words = keys };

	for (size_t i = 0; i < list.n; i++)
		keys[i] = top->type->fields[i].key;
	oci_text_add(&text, "unknown key");
	advise_nearest(p, top->key, top->key_len, &list, &problem);
	return deliver(p, &problem);
}

/* A required key is missing: if an unknown key of the object looks like it, says so. */
static void advise_misspelt(struct oci_parser *p, const struct oci_frame *done,
			    const struct oci_field *field, struct oci_text *help)
{
	unsigned line, column;

	for (uint32_t i = 0; i < done->keys.n && p->hints < HINTS_MAX; i++) {
		const struct oci_key *key = &done->keys.keys[i];

		p->hints++;
		if (!oci_nearest(key->s, key->n, &field->key, 1))
			continue;
		oci_line_column(p->json, p->len, key->offset, &line, &column);
		oci_text_add(help, "unknown key ");
		oci_text_quote(help, key->s, key->n);
		oci_text_add(help, " at %u:%u, did you mean \"%s\"?", line, column, field->key);
		return;
	}
}

bool oci_report_missing(struct oci_parser *p, const struct oci_frame *done,
			const struct oci_field *field)
{
	struct oci_problem problem;
	struct oci_text text = begin_problem(p, OCI_PROBLEM_MISSING, done->opened, &problem);
	struct oci_text help = help_of(&problem);
	size_t used = strlen(problem.pointer);
	struct oci_text pointer =
		oci_text_in(problem.pointer + used, sizeof problem.pointer - used);

	oci_text_token(&pointer, field->key, field->key_len);
	oci_text_add(&text, "missing");
	advise_misspelt(p, done, field, &help);
	return deliver(p, &problem);
}

/* ---- the whole text ---- */

bool oci_report_syntax(struct oci_parser *p, enum oci_fault fault, size_t offset)
{
	struct oci_problem problem = { .severity = OCI_ERROR, .kind = OCI_PROBLEM_SYNTAX };

	oci_syntax_explain(p->json, p->len, fault, offset, &problem);
	(void)deliver(p, &problem);
	return false;
}

bool oci_report_memory(struct oci_parser *p)
{
	struct oci_problem problem = {
		.severity = OCI_ERROR,
		.kind = OCI_PROBLEM_MEMORY,
		.offset = OCI_NO_OFFSET,
		.text = "out of memory",
	};

	(void)deliver(p, &problem);
	return false;
}
