/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - what parse.c says when something is wrong
 *
 * Each function hands one problem to the sink and returns true if parsing goes on.
 */
#pragma once
#include "libocispec/parser.h"
#include "libocispec/scan.h"

/* The JSON type of the value that the frame waits for; its field is not NULL. */
enum oci_json oci_wanted(const struct oci_frame *frame);
/* Offset of the string just read (its opening quote). */
size_t oci_parser_string_offset(const struct oci_parser *p);

/* About the value just read; offset OCI_NO_OFFSET: it is a string. */
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
/* About the text as a whole; these return false. */
bool oci_report_syntax(struct oci_parser *p, enum oci_fault fault, size_t offset);
bool oci_report_memory(struct oci_parser *p);
