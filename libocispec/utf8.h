/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h - which bytes are a UTF-8 character (RFC 3629: no overlong form, no surrogate) */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* How many bytes the character at s has; n bytes are there to read.  0 if it is not valid. */
size_t oci_utf8_length(const char *s, size_t n);
/* Writes a character (at most 4 bytes) and returns its length. */
size_t oci_utf8_write(uint32_t point, char *ret_bytes);
/* The value of the four hexadecimal digits at s, or -1. */
int32_t oci_hex4(const char *s, size_t n);
