/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syntax.c - says what is wrong with a text that is not JSON
 *
 * yajl's messages name neither the member nor what was expected ("parse error: invalid object
 * key").  So the text is read again by walk.c up to the token that the grammar does not allow, and
 * the message is made from the place where that reader stands: `file ends inside "process" (object
 * opened at 3:14)`.
 */
#include "libocispec/syntax.h"

#include "libocispec/walk.h"

#include <string.h>

static struct oci_text text_of(struct oci_problem *problem)
{
	return oci_text_in(problem->text, sizeof problem->text);
}

/* The name of the member that the walk is inside of, with the list index: "process" or
 * "mounts"[2]. */
static void add_place(const struct oci_walk *walk, struct oci_text *text)
{
	int at = walk->depth - 1;

	while (at > 0 && walk->steps[at].is_array)
		at--;
	if (at > 0)
		oci_text_quote(text, walk->json + walk->steps[at].key, walk->steps[at].key_len);
	for (int i = at + 1; i < walk->depth; i++)
		oci_text_add(text, "[%zu]", walk->steps[i].index);
}

/* The text ends too early: file ends inside "process" (object opened at 3:14) */
static void explain_end(const struct oci_walk *walk, struct oci_problem *problem)
{
	struct oci_text text = text_of(problem);
	const struct oci_step *step = &walk->steps[walk->depth];
	unsigned line, column;

	problem->offset = walk->len;
	while (problem->offset > 0 && strchr(" \t\r\n", walk->json[problem->offset - 1]))
		problem->offset--;
	if (walk->start < walk->len && walk->json[walk->start] == '"') {
		oci_line_column(walk->json, walk->len, walk->start, &line, &column);
		oci_text_add(&text, "file ends inside a string (opened at %u:%u)", line, column);
		return;
	}
	oci_text_add(&text, "file ends inside ");
	if (walk->depth > 1)
		add_place(walk, &text);
	else
		oci_text_add(&text, "the outermost value");
	oci_line_column(walk->json, walk->len, step->opened, &line, &column);
	oci_text_add(&text, " (%s opened at %u:%u)", step->is_array ? "array" : "object", line,
		     column);
}

static const char *advice(const struct oci_walk *walk)
{
	char c = walk->json[walk->start];
	bool wants_more = strcmp(walk->want, "a key") == 0 || strcmp(walk->want, "a value") == 0;

	if (c == '/' || c == '#')
		return "JSON has no comments";
	if (c == '\'')
		return "JSON strings stand in double quotes";
	if ((c == '}' || c == ']') && wants_more && walk->depth > 0)
		return "no comma may stand before it";
	if (c == '"' && strncmp(walk->want, "','", 3) == 0)
		return "a comma is missing before it";
	if (walk->len - walk->start >= 3 &&
	    memcmp(walk->json + walk->start, "\xef\xbb\xbf", 3) == 0)
		return "the file begins with a byte order mark; remove it";
	return "";
}

/* A token stands where it may not: invalid JSON: expected a key, found ',' */
static void explain_token(const struct oci_walk *walk, struct oci_problem *problem)
{
	struct oci_text text = text_of(problem);
	struct oci_text help = oci_text_in(problem->help, sizeof problem->help);
	size_t n = walk->at - walk->start;

	problem->offset = walk->start;
	oci_text_add(&text, "invalid JSON: expected %s, found ", walk->want);
	if (n > 1 && walk->json[walk->start] != '"') {
		oci_text_quote(&text, walk->json + walk->start, n);
	} else {
		oci_text_add(&text, "'");
		oci_text_word(&text, walk->json + walk->start, 1);
		oci_text_add(&text, "'");
	}
	oci_text_add(&help, "%s", advice(walk));
}

static void explain_grammar(const char *json, size_t len, size_t offset,
			    struct oci_problem *problem)
{
	struct oci_text text = text_of(problem);
	struct oci_walk walk;
	enum oci_token token;
	bool is_object = false;

	oci_walk_begin(&walk, json, len);
	do {
		token = oci_walk_next(&walk);
		is_object |= token == OCI_TOKEN_OPEN;
		if (token == OCI_TOKEN_OPEN && walk.depth == 1 && json[walk.start] == '[') {
			oci_text_add(&text, "must be an object, is an array");
			problem->offset = walk.start;
			return;
		}
	} while (token != OCI_TOKEN_BAD && token != OCI_TOKEN_END);
	problem->offset = offset;
	if (token == OCI_TOKEN_BAD && walk.at == len && walk.depth > 0 &&
	    (walk.start == len || json[walk.start] == '"'))
		explain_end(&walk, problem);
	else if (token == OCI_TOKEN_BAD)
		explain_token(&walk, problem);
	else if (!is_object)
		oci_text_add(&text, "must be an object");
	else
		/* yajl refused what walk.c accepts; tests/fuzz has found no such text. */
		oci_text_add(&text, "invalid JSON");
}

/* Sets the problem's pointer to the member whose value holds the problem's offset. */
static void find_pointer(const char *json, size_t len, struct oci_problem *problem)
{
	struct oci_text pointer = oci_text_in(problem->pointer, sizeof problem->pointer);
	struct oci_walk walk;
	enum oci_token token;

	oci_walk_begin(&walk, json, len);
	do {
		token = oci_walk_next(&walk);
	} while (token != OCI_TOKEN_BAD && token != OCI_TOKEN_END && walk.at <= problem->offset);
	if (token == OCI_TOKEN_KEY && walk.start <= problem->offset)
		walk.depth--;
	oci_walk_pointer(&walk, &pointer);
}

/* A fault inside a string, or too many brackets. */
static void explain_content(const char *json, enum oci_fault fault, struct oci_problem *problem)
{
	struct oci_text text = text_of(problem);
	unsigned char byte = (unsigned char)json[problem->offset];

	switch (fault) {
	case OCI_FAULT_DEPTH:
		oci_text_add(&text, "nested deeper than %d", OCI_DEPTH_MAX);
		return;
	case OCI_FAULT_NUL:
		oci_text_add(&text, "contains a NUL");
		return;
	case OCI_FAULT_CONTROL:
		oci_text_add(&text, "contains the control character 0x%02x, write it \\u%04x", byte,
			     byte);
		return;
	case OCI_FAULT_UTF8:
		oci_text_add(&text, "contains the byte 0x%02x, which is not UTF-8", byte);
		return;
	case OCI_FAULT_ESCAPE:
		oci_text_add(&text, "contains an escape that JSON does not have");
		return;
	default:
		oci_text_add(&text, "contains half of a surrogate pair");
		return;
	}
}

void oci_syntax_explain(const char *json, size_t len, enum oci_fault fault, size_t offset,
			struct oci_problem *ret_problem)
{
	struct oci_text text = text_of(ret_problem);

	ret_problem->offset = offset;
	if (fault == OCI_FAULT_EMPTY) {
		oci_text_add(&text, "empty file");
	} else if (fault == OCI_FAULT_SIZE) {
		oci_text_add(&text, "larger than %d MiB", OCI_SIZE_MAX >> 20);
	} else if (fault == OCI_FAULT_SYNTAX) {
		explain_grammar(json, len, offset, ret_problem);
	} else {
		explain_content(json, fault, ret_problem);
		find_pointer(json, len, ret_problem);
	}
}
