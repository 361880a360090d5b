/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - how the rules of check.def speak */
#pragma once
#include "libocispec/ocispec.h"

struct oci_check {
	struct oci_sink *sink;
	const struct oci_config *config;   /* for the rules of CONFIG */
	const struct oci_process *process; /* for the rules of PROCESS */
	const char *process_pointer;	   /* "/process", or "" when it is the document */
	const char *where, *sentence;	   /* of the rule at work */
	bool failed, stopped;
	const char *base, *place;   /* of the next problem: its pointer is base + place */
	char placed[400];	    /* place, if it had to be formatted */
	struct oci_problem problem; /* being told */
	char words[2][400];	    /* of oci_quoted() */
	unsigned n_words;
};

/* clang-format off */
#define RULE(part, function, where, sentence) void oci_rule_##function(struct oci_check *c);
#include "libocispec/check.def"
#undef RULE
/* clang-format on */

/* The place of the next problem: oci_at() a pointer, of the process oci_at_process(), oci_at_key()
 * a key of the map at a pointer. */
__attribute__((format(printf, 2, 3))) void oci_at(struct oci_check *c, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void oci_at_process(struct oci_check *c, const char *fmt,
							  ...);
void oci_at_key(struct oci_check *c, const char *map, const char *key);
/* The problem at that place; after the sink stopped the check it goes nowhere. */
__attribute__((format(printf, 2, 3))) void oci_wrong(struct oci_check *c, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void oci_doubtful(struct oci_check *c, const char *fmt, ...);
/* A word of the document in quotes, escaped and cut; the last two stay valid. */
const char *oci_quoted(struct oci_check *c, const char *word);

/* True of a string that is there and does not begin with a slash. */
bool oci_is_relative(const char *path);
/* The Linux section, or an empty one. */
const struct oci_linux *oci_linux_of(const struct oci_check *c);
const struct oci_resources *oci_resources_of(const struct oci_check *c);
/* The namespace of a kind, new or joined, or NULL. */
const struct oci_namespace *oci_namespace_of(const struct oci_check *c, int type);
