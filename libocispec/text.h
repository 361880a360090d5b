/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - builds messages in buffers of fixed size, and makes words of the document printable */
#pragma once
#include <stddef.h>

/* A buffer that is always NUL terminated; what does not fit is left out. */
struct oci_text {
	char *at, *end; /* end: the last byte, kept for the NUL */
};

struct oci_text oci_text_in(char *buf, size_t size);
__attribute__((format(printf, 2, 3))) void oci_text_add(struct oci_text *text, const char *fmt,
							...);
/* Adds a word of the document: control characters and bad UTF-8 are written as \x0a, and a long
 * word loses its middle.  oci_text_quote() puts it in double quotes. */
void oci_text_word(struct oci_text *text, const char *word, size_t n);
void oci_text_quote(struct oci_text *text, const char *word, size_t n);
/* Adds a slash and one token of a JSON pointer (RFC 6901); control characters as above. */
void oci_text_token(struct oci_text *text, const char *key, size_t n);
