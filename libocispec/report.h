/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - the problems that parse.c finds, in words
 *
 * Each function gives one problem to the sink and returns true if parsing goes on.
 */
#pragma once
#include "libocispec/parser.h"
#include "libocispec/scan.h"

/* The JSON type that the frame's next value must have.  The frame's field must not be NULL. */
enum oci_json oci_wanted(const struct oci_frame *frame);
/* Offset of the string just read (its opening quote). */
size_t oci_parser_string_offset(const struct oci_parser *p);

/* About the value just read.  offset is where it begins; OCI_NO_OFFSET for a string, whose
 * beginning is searched for. */
bool oci_report_type(struct oci_parser *p, enum oci_json is, size_t offset);
bool oci_report_number(struct oci_parser *p, enum oci_number fault, const char *s, size_t n);
bool oci_report_word(struct oci_parser *p, const char *word, size_t n);
bool oci_report_empty(struct oci_parser *p, size_t offset);
/* About the key just read. */
bool oci_report_duplicate(struct oci_parser *p);
bool oci_report_unknown(struct oci_parser *p, size_t offset);
/* About the object just closed. */
bool oci_report_missing(struct oci_parser *p, const struct oci_frame *done,
			const struct oci_field *field);
/* About the text as a whole; these always return false: parsing can't go on. */
bool oci_report_syntax(struct oci_parser *p, enum oci_fault fault, size_t offset);
bool oci_report_memory(struct oci_parser *p);
