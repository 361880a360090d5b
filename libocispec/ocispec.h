/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ocispec.h - the OCI runtime specification's JSON as C structs
 *
 * spec.def holds the specification's objects as a table.  The structs (oci_config, oci_process,
 * oci_linux, ...) and one presence bit for each member are made from it, and one engine parses and
 * emits every object:
 *
 *	auto_arena struct oci_arena *arena = oci_arena_new();
 *	const struct oci_config *c = oci_parse(&oci_config_type, json, len, arena, &sink);
 *	if (oci_has(memory, c->linux->resources->memory, limit)) ...
 *
 * An absent string or object is NULL, an absent list is empty, an absent number is 0: to tell 0
 * from absent, ask oci_has().  Everything that oci_parse() returns lives in the arena.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oci_strs {
	size_t n;
	const char **v;
};
struct oci_u32s {
	size_t n;
	uint32_t *v;
};
struct oci_ints {
	size_t n;
	int32_t *v;
};
struct oci_pair {
	const char *key, *value;
};
struct oci_map {
	size_t n;
	struct oci_pair *v;
};
struct oci_type;

/* clang-format off */
/* The words of each list as numbers: OCI_namespace_type_MOUNT is 0, and so on;
 * OCI_namespace_type_WORDS says how many there are. */
#define WORDS(e)         enum oci_##e {
#define WORD(e, id, w)   OCI_##e##_##id,
#define WORDS_END(e)     OCI_##e##_WORDS };
#include "libocispec/enums.def"
#undef WORDS
#undef WORD
#undef WORDS_END

struct oci_enum {
	const char *name;
	size_t n;
	const char *const *words;
};
#define WORDS(e)         extern const struct oci_enum oci_##e##_enum;
#define WORD(e, id, w)
#define WORDS_END(e)
#include "libocispec/enums.def"
#undef WORDS
#undef WORD
#undef WORDS_END
/* clang-format on */

#define OCI_TABLE "libocispec/spec.def"
#include "libocispec/table_structs.h"
#undef OCI_TABLE

/* Is the member there?  oci_has(memory, p, limit): p may be NULL. */
#define oci_has(o, p, m) ((p) != NULL && ((p)->has >> OCI_##o##_##m & 1) != 0)
/* Sets a member by hand: oci_set(state, &s, pid, 12). */
#define oci_set(o, p, m, ...) ((p)->m = (__VA_ARGS__), (p)->has |= UINT64_C(1) << OCI_##o##_##m)
/* Marks a member that was filled in by other means as present. */
#define oci_mark(o, p, m) ((p)->has |= UINT64_C(1) << OCI_##o##_##m)

/* ---- memory: all of a document is freed at once ---- */
struct oci_arena;
/* NULL when out of memory. */
struct oci_arena *oci_arena_new(void);
/* Zeroed memory, aligned for any type, or NULL when out of memory. */
void *oci_arena_get(struct oci_arena *arena, size_t size);
/* A copy of n bytes of s and a NUL; NULL when out of memory. */
char *oci_arena_copy(struct oci_arena *arena, const char *s, size_t n);
/* Accepts NULL; returns NULL. */
struct oci_arena *oci_arena_free(struct oci_arena *arena);
/* The owner in its declaration: auto_arena struct oci_arena *arena = oci_arena_new(); */
static inline void oci_arena_drop(struct oci_arena **arena)
{
	*arena = oci_arena_free(*arena);
}
#define auto_arena __attribute__((cleanup(oci_arena_drop)))

/* ---- problems ---- */
enum oci_severity { OCI_WARNING, OCI_ERROR };
enum oci_problem_kind {
	OCI_PROBLEM_SYNTAX, /* not JSON, bad UTF-8, NUL, too deep, too long: parsing stops */
	OCI_PROBLEM_TYPE,   /* wrong type or range, unknown word, null where none may be */
	OCI_PROBLEM_DUPLICATE,
	OCI_PROBLEM_MISSING, /* pointer names the missing member */
	OCI_PROBLEM_UNKNOWN, /* a key that the specification does not have: a warning */
	OCI_PROBLEM_RULE,    /* a rule across members (check.c) */
	OCI_PROBLEM_MEMORY,  /* out of memory */
};
struct oci_problem {
	enum oci_severity severity;
	enum oci_problem_kind kind;
	size_t offset;	   /* byte in the JSON text; OCI_NO_OFFSET: only the pointer is known */
	char pointer[512]; /* RFC 6901; "" is the whole document */
	char text[1024];   /* "must be an integer, is a string": one line, foreign words escaped */
	char help[256];	   /* advice ("did you mean \"limit\"?"), or "" */
};
#define OCI_NO_OFFSET SIZE_MAX

/* Receives the problems.  take() returns true to hear more, false to stop; after a syntax error or
 * when memory is out, parsing stops in any case.  problem is only valid during the call. */
struct oci_sink {
	bool (*take)(struct oci_sink *sink, const struct oci_problem *problem);
	void *context;
	bool failed; /* set when an error was handed in */
};

/* ---- parsing, emitting, checking ---- */
enum { OCI_SIZE_MAX = 16 << 20, OCI_DEPTH_MAX = 32 };

/*
 * Parses one JSON object of the type.  Returns NULL after any problem of severity error, even if
 * the sink wanted to hear more: a result that is not NULL is complete and without errors.  As the
 * specification asks, an unknown key is accepted (with a warning), and null counts as absent.
 */
void *oci_parse(const struct oci_type *type, const char *json, size_t len, struct oci_arena *arena,
		struct oci_sink *sink);

/*
 * Like oci_parse(), but returns what could be understood even after errors, so that `check` can go
 * on to the rules between members.  Required members may be absent then.  sink->failed says whether
 * there was an error.
 */
void *oci_parse_all(const struct oci_type *type, const char *json, size_t len,
		    struct oci_arena *arena, struct oci_sink *sink);

enum oci_style { OCI_COMPACT, OCI_PRETTY };
/* The object as JSON, members in the table's order; slashes unescaped.  malloc'ed (free it), NUL
 * terminated, *len without the NUL; NULL when out of memory. */
char *oci_emit(const struct oci_type *type, const void *object, enum oci_style style, size_t *len);

/* Checks the rules of the specification that a row of the table can't express (check.def), and
 * gives each problem to the sink.  Returns false if an error was found or the sink stopped it. */
bool oci_check_config(const struct oci_config *config, struct oci_sink *sink);
bool oci_check_process(const struct oci_process *process, const char *pointer,
		       struct oci_sink *sink);

/* A key as one token of a JSON pointer, as problems name it (RFC 6901: "~" is ~0 and "/" is ~1;
 * control characters are escaped, and a long key loses its middle).  OCI_TOKEN_MAX holds any key.
 * Returns buf. */
enum { OCI_TOKEN_MAX = 800 };
char *oci_pointer_token(const char *key, char *buf, size_t size);
/* Reads the text again to find the line and column (from 1, columns in bytes) of the value that a
 * pointer names; if that is missing, those of the object that should hold it.  False if there is no
 * such place. */
bool oci_locate(const char *json, size_t len, const char *pointer, unsigned *line,
		unsigned *column);
/* The same for a byte offset. */
void oci_line_column(const char *json, size_t len, size_t offset, unsigned *line, unsigned *column);

/* ---- id mappings ---- */
/* "containerID hostID size" a line, as the kernel's uid_map takes it, ended by NUL; to has
 * OCI_ID_MAP_SIZE(n) bytes.  Returns the length. */
#define OCI_ID_MAP_SIZE(n) ((n)*36 + 1)
size_t oci_id_map_text(const struct oci_id_mapping *v, size_t n, char *to, size_t size);

/* ---- words ---- */
/* The number of a word of n bytes, or -1. */
int oci_word_number(const struct oci_enum *list, const char *word, size_t n);
/* The nearest of n words to a mistyped one of len bytes, or NULL if none is near. */
const char *oci_nearest(const char *word, size_t len, const char *const *words, size_t n);

/* ---- walking the table ---- */
/* clang-format off */
enum oci_kind {
	OCI_BOOL, OCI_I32, OCI_I64, OCI_U16, OCI_U32, OCI_U64, OCI_STR, OCI_ENUM,
	OCI_STRS, OCI_U32S, OCI_ENUMS, OCI_MAP, OCI_OBJ, OCI_OBJS, OCI_MAPOF,
	OCI_OTHER, /* a section for another operating system: accepted, not kept */
};
/* clang-format on */
enum { OCI_REQUIRED = 1, OCI_POSITIVE = 2, OCI_MODE = 4, OCI_NONEMPTY = 8 };
struct oci_field {
	const char *key;
	uint8_t key_len, kind, flags;
	uint16_t offset;
	const void *child; /* struct oci_type of objects, struct oci_enum of words */
};
struct oci_type {
	const char *name;
	uint16_t size, n_fields;
	uint64_t required;
	const struct oci_field *fields;
};
/* Removes the property that the pointer names from an object, as if the text had not had it; does
 * nothing if there is none.  For tests that leave one property out. */
void oci_forget(const struct oci_type *type, void *object, const char *pointer);
