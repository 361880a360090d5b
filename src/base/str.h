/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str.h - numbers read strictly, text that grows
 *
 * A number is decimal digits and nothing else: no sign but the minus of parse_i64, no blank, no
 * leading zero ("0" itself is one), nothing after it, never out of range.  "1" is 1 and "01", "+1",
 * " 1", "1 " and "" are no numbers: ids that two readers read differently have made root of a user
 * (CVE-2016-3697, CVE-2024-40635, CVE-2026-30892).
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each returns whether s is such a number; *ret is set only then. */
bool parse_u64(const char *s, uint64_t *ret);
bool parse_u32(const char *s, uint32_t *ret);
bool parse_i64(const char *s, int64_t *ret);

/* Text that grows.  A failed allocation is remembered, so that a row of appends needs one check at
 * its end: failed, or strbuf_take() == NULL.  Start with STRBUF_EMPTY; strbuf_done() frees. */
struct strbuf {
	char *text; /* NUL terminated; NULL while empty */
	size_t len, size;
	bool failed; /* memory ran out: the text is cut, later appends do nothing */
};

#define STRBUF_EMPTY                                                                               \
	{                                                                                          \
		.text = NULL                                                                       \
	}
#define auto_strbuf __attribute__((cleanup(strbuf_done)))

void strbuf_add_n(struct strbuf *b, const char *s, size_t n);
void strbuf_add(struct strbuf *b, const char *s);
void strbuf_add_char(struct strbuf *b, char c);
__attribute__((format(printf, 2, 3))) void strbuf_print(struct strbuf *b, const char *fmt, ...);
/* The inside of a JSON string: quotes, backslashes and control characters escaped. */
void strbuf_add_json(struct strbuf *b, const char *s);
/* Hands the text on (malloc'ed, the caller frees it; "" if nothing was added); NULL if memory ran
 * out.  The strbuf is empty afterwards. */
char *strbuf_take(struct strbuf *b);
void strbuf_done(struct strbuf *b);

bool str_starts_with(const char *s, const char *start);
bool str_ends_with(const char *s, const char *end);
