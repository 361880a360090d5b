/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - texts of fixed size: append, and say other people's words on one line */
#pragma once
#include <stddef.h>

/* A buffer that is always NUL terminated; what does not fit is left out. */
struct oci_text {
	char *at, *end; /* end: the last byte, kept for the NUL */
};

struct oci_text oci_text_in(char *buf, size_t size);
__attribute__((format(printf, 2, 3))) void oci_text_add(struct oci_text *text, const char *fmt,
							...);
/* A word from the document: control characters and bad UTF-8 as \x0a, the middle of a long one
 * left out.  oci_text_quote puts it in double quotes. */
void oci_text_word(struct oci_text *text, const char *word, size_t n);
void oci_text_quote(struct oci_text *text, const char *word, size_t n);
/* One token of a JSON pointer (RFC 6901), with its slash; control characters as above. */
void oci_text_token(struct oci_text *text, const char *key, size_t n);
