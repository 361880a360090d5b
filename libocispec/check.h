/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - what the functions of the rules in check.def use
 *
 * A rule says where it looks (oci_at()), then what is wrong there (oci_wrong()).
 */
#pragma once
#include "libocispec/ocispec.h"

struct oci_check {
	struct oci_sink *sink;
	const struct oci_config *config;   /* for the rules of CONFIG */
	const struct oci_process *process; /* for the rules of PROCESS */
	const char *process_pointer;	   /* "/process", or "" when it is the document */
	const char *where, *sentence;	   /* of the rule that runs now: its row in check.def */
	bool failed, stopped;		   /* an error was found; the sink wants no more */
	const char *base, *place;	   /* the next problem's pointer is base, then place */
	char placed[400];		   /* the text of place, if it had to be formatted */
	struct oci_problem problem;	   /* what is handed to the sink */
	char words[2][400];		   /* what oci_quoted() returns */
	unsigned n_words;
};

/* clang-format off */
#define RULE(part, function, where, sentence) void oci_rule_##function(struct oci_check *c);
#include "libocispec/check.def"
#undef RULE
/* clang-format on */

/* Sets the place of the next problem: a pointer; a pointer inside the process; a key of the map at
 * a pointer. */
__attribute__((format(printf, 2, 3))) void oci_at(struct oci_check *c, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void oci_at_process(struct oci_check *c, const char *fmt,
							  ...);
void oci_at_key(struct oci_check *c, const char *map, const char *key);
/* Reports an error, or a warning, at that place.  Does nothing after the sink has stopped it. */
__attribute__((format(printf, 2, 3))) void oci_wrong(struct oci_check *c, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void oci_doubtful(struct oci_check *c, const char *fmt, ...);
/* A word of the document in quotes, escaped and cut.  The last two results stay valid. */
const char *oci_quoted(struct oci_check *c, const char *word);

/* True if there is a path (not NULL) and it does not begin with a slash. */
bool oci_is_relative(const char *path);
/* The Linux section, or an empty one. */
const struct oci_linux *oci_linux_of(const struct oci_check *c);
const struct oci_resources *oci_resources_of(const struct oci_check *c);
/* The namespace of a type, whether it is new or joined by its path; NULL if the config has none. */
const struct oci_namespace *oci_namespace_of(const struct oci_check *c, int type);
