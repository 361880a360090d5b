/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - one engine that fills the structs of any table from JSON
 *
 * A hand-written reader for each object would forget a range check or a duplicate key sooner or
 * later.  So the rows of spec.def are data, and this file treats every row alike.
 *
 * yajl reads the text and calls the on_...() functions below, one for each token.  They keep a
 * stack of frames, one for each open bracket.  A frame is an object that is being filled in, a list
 * or map that is growing, or something unknown that is skipped.  The top frame says which row the
 * next value belongs to, and so its JSON type and where it is stored.
 *
 * In order: oci_scan() looks at the raw bytes first, since yajl lets NUL and bad UTF-8 pass; then
 * yajl runs; required members are looked for when their object closes.
 */
#include "libocispec/report.h"
#include "libocispec/schema.h"
#include "libocispec/syntax.h"

#include <string.h>

/* ---- where a value goes ---- */

static bool is_list(const struct oci_frame *frame)
{
	return !frame->type && frame->field;
}

/* Room for one more element of the top frame's list.  NULL when out of memory. */
static void *append_element(struct oci_parser *p, struct oci_frame *top)
{
	size_t size = oci_schema_element_size(top->field);

	if (top->list.n == top->room) {
		size_t room = top->room ? top->room * 2 : 4;
		void *v = oci_arena_get(p->arena, room * size);

		if (!v)
			return NULL;
		if (top->list.n)
			memcpy(v, top->list.v, top->list.n * size);
		top->list.v = v;
		top->room = room;
	}
	return (char *)top->list.v + top->list.n++ * size;
}

/* Where the next value is stored: in the object's member, which counts as present from now on, or
 * in a new element of a list or map.  NULL when out of memory. */
static void *place_value(struct oci_parser *p)
{
	struct oci_frame *top = oci_parser_top(p);
	char *element;

	if (top->type) {
		*(uint64_t *)top->base |= UINT64_C(1) << (top->field - top->type->fields);
		return (char *)top->base + top->field->offset;
	}
	element = append_element(p, top);
	if (!element)
		return NULL;
	if (top->field->kind == OCI_MAP) {
		((struct oci_pair *)element)->key = top->key;
		return element + offsetof(struct oci_pair, value);
	}
	if (top->field->kind == OCI_MAPOF) {
		((struct schema_entry *)element)->key = top->key;
		return element + offsetof(struct schema_entry, has);
	}
	return element;
}

enum verdict { TAKE, IGNORE, STOP };

/* Decides what to do with a value of this JSON type: TAKE it, IGNORE it, or STOP parsing.  A value
 * of the wrong type is reported, and ignored if the sink wants to hear more. */
static enum verdict judge(struct oci_parser *p, enum oci_json json, size_t offset)
{
	struct oci_frame *top = oci_parser_top(p);
	enum oci_json want;

	if (top->is_array)
		top->index++;
	if (!top->field || top->skip || top->field->kind == OCI_OTHER)
		return IGNORE;
	want = oci_wanted(top);
	if (json == want)
		return TAKE;
	if (json == OCI_JSON_NULL && top->type && !(top->field->flags & OCI_REQUIRED))
		return IGNORE;
	return oci_report_type(p, json, offset) ? IGNORE : STOP;
}

/* ---- scalars ---- */

static int on_null(void *context)
{
	return judge(context, OCI_JSON_NULL, oci_parser_offset(context, 4)) != STOP;
}

static int on_bool(void *context, int value)
{
	struct oci_parser *p = context;
	enum verdict verdict = judge(p, OCI_JSON_BOOL, oci_parser_offset(p, value ? 4 : 5));
	bool *member;

	if (verdict != TAKE)
		return verdict == IGNORE;
	member = place_value(p);
	if (!member)
		return oci_report_memory(p);
	*member = value != 0;
	return true;
}

static void store(void *member, int kind, uint64_t value)
{
	switch (kind) {
	case OCI_U16:
		*(uint16_t *)member = (uint16_t)value;
		break;
	case OCI_I32:
		*(int32_t *)member = (int32_t)value;
		break;
	case OCI_U32:
	case OCI_U32S:
		*(uint32_t *)member = (uint32_t)value;
		break;
	case OCI_I64:
		*(int64_t *)member = (int64_t)value;
		break;
	default:
		*(uint64_t *)member = value;
		break;
	}
}

static int on_number(void *context, const char *s, size_t n)
{
	struct oci_parser *p = context;
	enum verdict verdict = judge(p, OCI_JSON_NUMBER, oci_parser_offset(p, n));
	const struct oci_field *field = oci_parser_top(p)->field;
	enum oci_number result;
	uint64_t value;
	void *member;

	if (verdict != TAKE)
		return verdict == IGNORE;
	result = oci_number_read(s, n, oci_range_of(field), &value);
	if (result != OCI_NUMBER_FITS)
		return oci_report_number(p, result, s, n);
	member = place_value(p);
	if (!member)
		return oci_report_memory(p);
	store(member, field->kind, value);
	return true;
}

static int take_word(struct oci_parser *p, const char *s, size_t n)
{
	int number = oci_word_number(oci_parser_top(p)->field->child, s, n);
	int32_t *member;

	if (number < 0)
		return oci_report_word(p, s, n);
	member = place_value(p);
	if (!member)
		return oci_report_memory(p);
	*member = number;
	return true;
}

static int take_string(struct oci_parser *p, const char *s, size_t n)
{
	const struct oci_frame *top = oci_parser_top(p);
	char *copy, **member;

	if (n == 0 && top->type && (top->field->flags & OCI_NONEMPTY))
		return oci_report_empty(p, OCI_NO_OFFSET);
	copy = oci_arena_copy(p->arena, s, n);
	member = copy ? place_value(p) : NULL;
	if (!member)
		return oci_report_memory(p);
	*member = copy;
	return true;
}

static int on_string(void *context, const unsigned char *s, size_t n)
{
	struct oci_parser *p = context;
	enum verdict verdict = judge(p, OCI_JSON_STRING, OCI_NO_OFFSET);
	const struct oci_field *field = oci_parser_top(p)->field;

	if (verdict != TAKE)
		return verdict == IGNORE;
	if (field->kind == OCI_ENUM || field->kind == OCI_ENUMS)
		return take_word(p, (const char *)s, n);
	return take_string(p, (const char *)s, n);
}

/* ---- keys ---- */

/* The row of a key, or NULL.  Most documents have their keys in the order of the table, so the
 * search begins at the row after the last one found. */
static const struct oci_field *find_field(struct oci_frame *top, const char *s, size_t n)
{
	const struct oci_type *type = top->type;
	unsigned at = top->next;

	for (unsigned i = 0; i < type->n_fields; i++, at++) {
		const struct oci_field *field;

		if (at >= type->n_fields)
			at = 0;
		field = &type->fields[at];
		if (field->key_len == n && memcmp(field->key, s, n) == 0) {
			top->next = at + 1;
			return field;
		}
	}
	return NULL;
}

static int take_member(struct oci_parser *p, struct oci_frame *top, const struct oci_field *field)
{
	uint64_t bit = UINT64_C(1) << (field - top->type->fields);

	top->key = field->key;
	top->key_len = field->key_len;
	if (top->seen & bit) {
		top->skip = true;
		return oci_report_duplicate(p);
	}
	top->seen |= bit;
	top->field = field;
	return true;
}

/* yajl's key is only valid during the callback, and unknown keys are needed later for "did you
 * mean".  A key that yajl left in the JSON text can stay there, as the text lives until parsing
 * ends.  A map's key is copied all the same: it becomes part of the object.  NULL: no memory. */
static const char *keep_key(struct oci_parser *p, const char *s, size_t n)
{
	bool is_text = s >= p->json && s < p->json + p->len;

	return is_text && !is_list(oci_parser_top(p)) ? s : oci_arena_copy(p->arena, s, n);
}

static int take_other(struct oci_parser *p, struct oci_frame *top, const char *s, size_t n)
{
	struct oci_key key = { keep_key(p, s, n), n, 0 };
	int added;

	if (!key.s)
		return oci_report_memory(p);
	top->key = key.s;
	top->key_len = n;
	key.offset = oci_parser_string_offset(p);
	added = oci_keyset_add(&top->keys, key, p->arena);
	if (added < 0)
		return oci_report_memory(p);
	if (added == 0) {
		top->skip = true;
		return oci_report_duplicate(p);
	}
	return top->type ? oci_report_unknown(p, key.offset) : true;
}

static int on_key(void *context, const unsigned char *s, size_t n)
{
	struct oci_parser *p = context;
	struct oci_frame *top = oci_parser_top(p);
	const struct oci_field *field;

	top->skip = false;
	if (!top->type)
		return take_other(p, top, (const char *)s, n);
	field = find_field(top, (const char *)s, n);
	if (field)
		return take_member(p, top, field);
	top->field = NULL;
	return take_other(p, top, (const char *)s, n);
}

/* ---- brackets ---- */

static void push(struct oci_parser *p, struct oci_frame frame)
{
	frame.opened = oci_parser_offset(p, 1);
	frame.index = SIZE_MAX;
	p->frames[++p->depth] = frame;
}

/* Opens an object that the top frame's row describes: a member, or an element of a list or map. */
static int push_object(struct oci_parser *p)
{
	const struct oci_field *field = oci_parser_top(p)->field;
	const struct oci_type *type = field->child;
	void *object = place_value(p);

	if (object && field->kind == OCI_OBJ) {
		void **member = object;

		object = *member = oci_arena_get(p->arena, type->size);
	}
	if (!object)
		return oci_report_memory(p);
	push(p, (struct oci_frame){ .type = type, .base = object });
	return true;
}

static int on_open(struct oci_parser *p, enum oci_json json)
{
	enum verdict verdict = judge(p, json, oci_parser_offset(p, 1));
	const struct oci_frame *top = oci_parser_top(p);
	const struct oci_field *field = top->field;
	bool is_array = json == OCI_JSON_ARRAY;

	if (verdict == STOP)
		return false;
	if (verdict == IGNORE)
		push(p, (struct oci_frame){ .is_array = is_array });
	else if (field->kind == OCI_OBJ || !top->type)
		return push_object(p);
	else
		push(p, (struct oci_frame){
				.is_array = is_array, .field = field, .base = place_value(p) });
	return true;
}

static int on_open_object(void *context)
{
	return on_open(context, OCI_JSON_OBJECT);
}

static int on_open_array(void *context)
{
	return on_open(context, OCI_JSON_ARRAY);
}

/* The list or map is complete: its frame has been taken off the stack, and the top frame is the
 * object that holds it. */
static int finish_list(struct oci_parser *p, const struct oci_frame *done)
{
	*(struct schema_list *)done->base = done->list;
	if (done->index == SIZE_MAX && (done->field->flags & OCI_NONEMPTY))
		return oci_report_empty(p, done->opened);
	return true;
}

static int finish_object(struct oci_parser *p, const struct oci_frame *done)
{
	uint64_t missing = done->type->required & ~done->seen;

	for (unsigned i = 0; missing; i++, missing >>= 1)
		if ((missing & 1) && !oci_report_missing(p, done, &done->type->fields[i]))
			return false;
	return true;
}

static int on_close(void *context)
{
	struct oci_parser *p = context;
	const struct oci_frame *done = &p->frames[p->depth--];

	if (done->type)
		return finish_object(p, done);
	return done->field ? finish_list(p, done) : true;
}

/* ---- the whole ---- */

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_open_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_open_array,
	.yajl_end_array = on_close,
};

/* Runs yajl over the text.  False after a problem that ended parsing. */
static bool feed(struct oci_parser *p)
{
	yajl_alloc_funcs funcs = oci_pool_funcs(&p->pool);
	yajl_status status;

	if (setjmp(p->pool.out_of_memory))
		return oci_report_memory(p);
	p->yajl = yajl_alloc(&callbacks, &funcs, p);
	yajl_config(p->yajl, yajl_dont_validate_strings, 1); /* oci_scan() has done it */
	status = yajl_parse(p->yajl, (const unsigned char *)p->json, p->len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(p->yajl);
	if (status == yajl_status_error)
		return oci_report_syntax(p, OCI_FAULT_SYNTAX, yajl_get_bytes_consumed(p->yajl));
	return status == yajl_status_ok;
}

static bool parse(struct oci_parser *p)
{
	size_t offset = 0;
	enum oci_fault fault = oci_scan(p->json, p->len, &offset);

	if (fault != OCI_FAULT_NONE)
		return oci_report_syntax(p, fault, offset);
	return feed(p);
}

void *oci_parse_all(const struct oci_type *type, const char *json, size_t len,
		    struct oci_arena *arena, struct oci_sink *sink)
{
	/* The document is treated as the one member of an outer object, so that the outermost
	 * brace needs no code of its own. */
	struct holder {
		uint64_t has;
		void *document;
	} holder = { 0 };
	const struct oci_field row = { "", 0, OCI_OBJ, 0, offsetof(struct holder, document), type };
	const struct oci_type outer = { "", sizeof holder, 1, 0, &row };
	struct oci_parser p;

	p.json = json;
	p.len = len;
	p.arena = arena;
	p.sink = sink;
	p.hints = 0;
	p.depth = 0;
	p.pool.arena = arena;
	p.pool.used = 0;
	p.frames[0] = (struct oci_frame){ .type = &outer, .base = &holder, .field = &row };
	if (!parse(&p))
		holder.document = NULL;
	return holder.document;
}

void *oci_parse(const struct oci_type *type, const char *json, size_t len, struct oci_arena *arena,
		struct oci_sink *sink)
{
	bool failed_before = sink && sink->failed, failed;
	void *object;

	if (sink)
		sink->failed = false;
	object = oci_parse_all(type, json, len, arena, sink);
	failed = sink && sink->failed;
	if (sink)
		sink->failed |= failed_before;
	return failed ? NULL : object;
}
