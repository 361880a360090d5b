/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reporter.h - how an error is said
 *
 * Three forms come from one error value:
 *	machines  one line: config.json:12:5: /process/args: must be an array, is a string
 *	people    the same line, the place in the source, advice
 *	JSON      one object a line: level, msg (the line above), time, op, id, step, file, pointer,
 *		  line, column, errno, syscall, hint, warnings; at debug level function and
 *		  sourceLine, too
 * Engines read what we write: the log holds one JSON document for a failure and none for a success
 * (podman parses the file whole), and stderr gets the line too (conmon and containerd read that).
 */
#pragma once
#include "base/error.h"
#include "base/log.h"
#include "cli/options.h"

#include <stdbool.h>
#include <stdio.h>

/* The text that an error's pointer leads into. */
struct report_source {
	const char *file; /* what to call it if the error does not say; NULL: config.json */
	const char *text; /* NULL: not known */
	size_t len;
};

/* Where an error is; line 0: not known. */
struct report_place {
	const char *file; /* NULL: nowhere */
	unsigned line, column;
};

enum { REPORT_LINE_MAX = 4096 };

/* Finds the place of an error.  The file's name belongs to err or source. */
void report_locate(const struct error *err, const struct report_source *source,
		   struct report_place *ret);
/* The form for machines, without a newline.  Returns buf. */
char *report_line(const struct error *err, const struct report_place *place,
		  char buf[REPORT_LINE_MAX]);
/* The form for people, colours included when wanted. */
void report_people(FILE *out, const struct error *err, const struct report_place *place,
		   const struct report_source *source, bool colour);
/* The JSON form (malloc'ed, without a newline) with the warnings kept so far, from the first-th on;
 * NULL when out of memory. */
char *report_json(const struct error *err, const struct report_place *place, size_t first);
/* Warnings without a failure, as one object; NULL when out of memory. */
char *report_warnings_json(const char *operation, const char *id, size_t first);

/* How this process speaks, and which warnings it has told where. */
struct report_style {
	bool people; /* stderr is a terminal */
	bool colour;
	size_t shown, dropped; /* to people */
	size_t logged;
};
/* A failure, and the warnings that were not told yet: to stderr, and to the log if one is open. */
void report_error(const struct error *err, const struct report_source *source,
		  struct report_style *style);
/* Before a container's program starts: the warnings, to people if there are any.  It may yet fail,
 * and a failure's one object in the log holds them. */
void report_warnings_people(struct report_style *style);
/* Without a failure: the warnings that were not told yet, where somebody asked for them.  When a
 * container's program has started, and at the end of a command that succeeded. */
void report_warnings(const char *operation, const char *id, struct report_style *style);

/* May colours be sent to this fd?  --color, NO_COLOR, TERM. */
bool wants_colour(const struct options *options, int fd);
