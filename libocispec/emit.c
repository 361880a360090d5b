/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emit.c - writes an object of a table as JSON
 *
 * The opposite of parse.c, from the same rows: `state`, `features`, `spec`, the record and the JSON
 * log can't forget a comma or an escape.  A string may hold any byte (a path of the host), and JSON
 * must be UTF-8: bytes that are not become U+FFFD, or the engine's parser would refuse all of it.
 */
#include "libocispec/schema.h"
#include "libocispec/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text so far.  Once an allocation has failed nothing is added, and oci_emit() returns NULL. */
struct emitter {
	char *text;
	size_t n, room;
	enum oci_style style;
	int depth;
	bool is_first, failed; /* is_first: nothing has been added since the bracket was opened */
};

static void add(struct emitter *e, const char *s, size_t n)
{
	if (!e->failed && e->room - e->n <= n) {
		size_t room = (e->room + n + 1) * 2;
		char *text = realloc(e->text, room < 1024 ? 1024 : room);

		if (text)
			e->text = text;
		e->room = room < 1024 ? 1024 : room;
		e->failed = !text;
	}
	if (e->failed)
		return;
	memcpy(e->text + e->n, s, n);
	e->n += n;
	e->text[e->n] = '\0';
}

static void add_string(struct emitter *e, const char *s)
{
	add(e, s, strlen(s));
}

static void new_line(struct emitter *e)
{
	if (e->style == OCI_COMPACT)
		return;
	add(e, "\n", 1);
	for (int i = 0; i < e->depth; i++)
		add(e, "  ", 2);
}

/* Call before each member or element: adds the comma and the new line. */
static void separate(struct emitter *e)
{
	if (!e->is_first)
		add(e, ",", 1);
	e->is_first = false;
	new_line(e);
}

static void open_bracket(struct emitter *e, const char *bracket)
{
	add(e, bracket, 1);
	e->depth++;
	e->is_first = true;
}

static void close_bracket(struct emitter *e, const char *bracket)
{
	e->depth--;
	if (!e->is_first)
		new_line(e);
	e->is_first = false;
	add(e, bracket, 1);
}

/* ---- scalars ---- */

static void emit_escape(struct emitter *e, char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found = strchr(from, c);
	char escaped[8];

	if (found)
		snprintf(escaped, sizeof escaped, "\\%c", to[found - from]);
	else
		snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned char)c);
	add_string(e, escaped);
}

/* How many bytes at s need no escape. */
static size_t plain(const char *s, size_t n)
{
	size_t at = 0, length;

	while (at < n && (unsigned char)s[at] >= 0x20 && s[at] != '"' && s[at] != '\\') {
		length = oci_utf8_length(s + at, n - at);
		if (length == 0)
			break;
		at += length;
	}
	return at;
}

/* Adds a string in quotes; a byte that is not UTF-8 becomes U+FFFD. */
static void quote(struct emitter *e, const char *s)
{
	size_t left = strlen(s);

	add(e, "\"", 1);
	while (left > 0) {
		size_t n = plain(s, left);

		add(e, s, n);
		s += n;
		left -= n;
		if (left == 0)
			break;
		if ((unsigned char)*s >= 0x80)
			add_string(e, "\xef\xbf\xbd");
		else
			emit_escape(e, *s);
		s++;
		left--;
	}
	add(e, "\"", 1);
}

static void emit_key(struct emitter *e, const char *key)
{
	separate(e);
	quote(e, key);
	add_string(e, e->style == OCI_COMPACT ? ":" : ": ");
}

static void emit_signed(struct emitter *e, int64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRId64, value);
	add_string(e, digits);
}

static void emit_unsigned(struct emitter *e, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRIu64, value);
	add_string(e, digits);
}

/* A number without a word can't come from the parser: it would be a mistake in our own code. */
static void emit_word(struct emitter *e, const struct oci_enum *list, int32_t number)
{
	quote(e, number >= 0 && (size_t)number < list->n ? list->words[number] : "?");
}

/* ---- objects ---- */

static void emit_object(struct emitter *e, const struct oci_type *type, const void *object);

static void emit_element(struct emitter *e, const struct oci_field *field, const void *v)
{
	const struct oci_pair *pair = v;
	const struct schema_entry *entry = v;

	switch (field->kind) {
	case OCI_STRS:
		separate(e);
		quote(e, *(const char *const *)v);
		break;
	case OCI_U32S:
		separate(e);
		emit_unsigned(e, *(const uint32_t *)v);
		break;
	case OCI_ENUMS:
		separate(e);
		emit_word(e, field->child, *(const int32_t *)v);
		break;
	case OCI_OBJS:
		separate(e);
		emit_object(e, field->child, v);
		break;
	case OCI_MAP:
		emit_key(e, pair->key);
		quote(e, pair->value);
		break;
	default:
		emit_key(e, entry->key);
		emit_object(e, field->child, &entry->has);
		break;
	}
}

static void emit_list(struct emitter *e, const struct oci_field *field, const void *member)
{
	const struct schema_list *list = member;
	size_t size = oci_schema_element_size(field);
	bool is_array = oci_schema_is_array(field);

	open_bracket(e, is_array ? "[" : "{");
	for (size_t i = 0; i < list->n; i++)
		emit_element(e, field, (const char *)list->v + i * size);
	close_bracket(e, is_array ? "]" : "}");
}

static void emit_member(struct emitter *e, const struct oci_field *field, const void *v)
{
	switch (field->kind) {
	case OCI_BOOL:
		add_string(e, *(const bool *)v ? "true" : "false");
		break;
	case OCI_I32:
		emit_signed(e, *(const int32_t *)v);
		break;
	case OCI_I64:
		emit_signed(e, *(const int64_t *)v);
		break;
	case OCI_U16:
		emit_unsigned(e, *(const uint16_t *)v);
		break;
	case OCI_U32:
		emit_unsigned(e, *(const uint32_t *)v);
		break;
	case OCI_U64:
		emit_unsigned(e, *(const uint64_t *)v);
		break;
	case OCI_STR:
		quote(e, *(const char *const *)v);
		break;
	case OCI_ENUM:
		emit_word(e, field->child, *(const int32_t *)v);
		break;
	case OCI_OBJ:
		emit_object(e, field->child, *(const void *const *)v);
		break;
	default:
		emit_list(e, field, v);
		break;
	}
}

/* A string or object that is marked as present but is NULL is left out. */
static bool is_null_pointer(const struct oci_field *field, const void *v)
{
	return (field->kind == OCI_STR || field->kind == OCI_OBJ) && !*(const void *const *)v;
}

static void emit_object(struct emitter *e, const struct oci_type *type, const void *object)
{
	uint64_t has = *(const uint64_t *)object;

	open_bracket(e, "{");
	for (unsigned i = 0; i < type->n_fields; i++) {
		const struct oci_field *field = &type->fields[i];
		const void *member = (const char *)object + field->offset;

		if (!(has >> i & 1) || field->kind == OCI_OTHER || is_null_pointer(field, member))
			continue;
		emit_key(e, field->key);
		emit_member(e, field, member);
	}
	close_bracket(e, "}");
}

char *oci_emit(const struct oci_type *type, const void *object, enum oci_style style, size_t *len)
{
	struct emitter e = { .style = style, .is_first = true };

	emit_object(&e, type, object);
	if (style == OCI_PRETTY)
		add(&e, "\n", 1);
	if (e.failed) {
		free(e.text);
		return NULL;
	}
	if (len)
		*len = e.n;
	return e.text;
}
