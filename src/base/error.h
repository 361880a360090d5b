/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - errors are values that functions fill in and return
 *
 * A struct error holds no pointer and no memory of its own.  So it can be filled in when memory is
 * out and in a cloned child, and init sends it to the runtime as it is, with one send(2).
 *
 *	fd = in_root_open(root, path, O_PATH, err);
 *	if (fd < 0)
 *		return fd;                                  pass the error on
 *	...
 *	return fail_named(err, errno, "openat", "open", path);      a new error
 *	return within(err, "mounts[%zu]", i);              "mounts[2]: open \"/x\": ..."
 *
 * A function that can fail takes `struct error *err` as its last parameter.  It returns 0, an fd or
 * a count; or a negative number, and then err is filled in.  That number is what fail() or a
 * function that failed returned, or error_code(err), never one made up (contrib/lint/failure).  A
 * positive result that means something else is described in the function's header.
 *
 * Each of fail() and its kin is a macro: it notes the function and the line of the source that
 * called it.  --log-level debug shows them, so a message that many places could have written leads
 * to the one that did.
 *
 * Engines search our messages for phrases: podman and docker take "permission denied" to mean that
 * the user's command can't be run.  So the words for an errno come from our own table ("is missing
 * (ENOENT)"), and error_words() breaks up each phrase that the error must not use (enum
 * error_phrase).
 */
#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of phrases that engines search for.  An error may print the phrases of its own kind. */
enum error_phrase {
	ERROR_PHRASE_NONE,
	ERROR_PHRASE_COMMAND,	   /* the user's program can't be executed */
	ERROR_PHRASE_NO_CONTAINER, /* "does not exist": no container has this id */
	ERROR_PHRASE_NOT_RUNNING,  /* "container not running", "no such process" */
};

enum {
	ERROR_TEXT_MAX = 1536,
	ERROR_POINTER_MAX = 512,
	ERROR_WORD_MAX = 256,	 /* of a hint; holds an oci_problem's advice */
	ERROR_HINT_MAX = 1024,	 /* a hint's text with its words */
	ERROR_FOREIGN_MAX = 200, /* bytes of a text from outside that a message repeats */
};

/* The pieces of advice that an error can carry: the rows of hints.def. */
enum error_hint {
	HINT_NONE,
#define HINT(id, text) HINT_##id,
#include "base/hints.def"
#undef HINT
	HINTS,
};

struct error {
	int32_t errno_value;		 /* the kernel's answer; 0: none */
	uint8_t phrase;			 /* enum error_phrase */
	uint8_t usage;			 /* the command line is at fault: exit code 2 */
	uint8_t cut;			 /* text was too long and lost its middle */
	uint8_t spelt;			 /* text is complete: do not add the errno's words */
	char operation[16];		 /* the command: "create" */
	char id[256];			 /* the container's id */
	char step[48];			 /* row of the step table that failed: "change the root" */
	char syscall[24];		 /* "openat2" */
	char file[512];			 /* what pointer points into: "config.json" */
	char pointer[ERROR_POINTER_MAX]; /* RFC 6901: "/mounts/3/source"; "" is the whole */
	uint8_t has_pointer;
	uint8_t signal; /* that ended a wait of ours; exit code 128 and it; 0: none */
	uint32_t line,
		column; /* in file, when known already (a syntax error); 0: found by pointer */
	char text[ERROR_TEXT_MAX];     /* "mounts[2]: open \"/x\"": what failed, outermost first */
	uint16_t hint;		       /* enum error_hint */
	char words[2][ERROR_WORD_MAX]; /* {1} and {2} of the hint's text */
	char function[40];	       /* the function of ours that failed, cut when longer */
	uint32_t source_line;	       /* and the line in its file */
};

/* A place in our own source.  ERROR_HERE is where it is written. */
struct error_place {
	const char *function;
	uint32_t line;
};
#define ERROR_HERE ((struct error_place){ __func__, __LINE__ })

/* Fills in a new error: sets errno_value and text, clears everything else.  Returns a negative
 * number (-errno_value, or -ECANCELED if that is 0).  A text that is too long loses its middle.
 *	fail(err, errno_value, format, ...) */
#define fail(err, ...) fail_from(ERROR_HERE, err, __VA_ARGS__)
/* The same, and notes the name of the system call that failed.
 *	fail_call(err, errno_value, syscall, format, ...) */
#define fail_call(err, ...) fail_call_from(ERROR_HERE, err, __VA_ARGS__)
/* The same for a name from outside (from the config, mostly a path): the text is `what "name"`, and
 * the name is made harmless by foreign().  With what "" the text is the name alone; syscall may be
 * NULL.
 *	fail_named(err, errno_value, syscall, what, name) */
#define fail_named(err, ...) fail_named_from(ERROR_HERE, err, __VA_ARGS__)
/* As fail(), when the user's program can't be executed: this error may use the phrases of
 * ERROR_PHRASE_COMMAND.  The text is complete: the errno's words are not added. */
#define fail_command(err, ...) fail_command_from(ERROR_HERE, err, __VA_ARGS__)
/* As fail(), for a command line that makes no sense: exit code 2.
 *	fail_usage(err, format, ...) */
#define fail_usage(err, ...) fail_usage_from(ERROR_HERE, err, __VA_ARGS__)

/* What the macros call. */
__attribute__((format(printf, 4, 5), cold)) int fail_from(struct error_place place,
							  struct error *err, int errno_value,
							  const char *fmt, ...);
__attribute__((format(printf, 5, 6), cold)) int fail_call_from(struct error_place place,
							       struct error *err, int errno_value,
							       const char *syscall, const char *fmt,
							       ...);
__attribute__((cold)) int fail_named_from(struct error_place place, struct error *err,
					  int errno_value, const char *syscall, const char *what,
					  const char *name);
__attribute__((format(printf, 4, 5), cold)) int fail_command_from(struct error_place place,
								  struct error *err,
								  int errno_value, const char *fmt,
								  ...);
__attribute__((format(printf, 3, 4), cold)) int fail_usage_from(struct error_place place,
								struct error *err, const char *fmt,
								...);
/* Puts "what: " before the error's text.  Returns the error's negative number. */
__attribute__((format(printf, 2, 3), cold)) int within(struct error *err, const char *fmt, ...);
/* Notes the JSON pointer of the value that is at fault.  If a pointer has been noted before, that
 * one stays: the innermost function knows the place best.  Returns the error's negative number. */
__attribute__((format(printf, 2, 3), cold)) int fail_at(struct error *err, const char *pointer_fmt,
							...);
/* Adds advice: a row of hints.def and the words that go into it (NULL if it has none); a word that
 * is too long loses its middle.  Replaces an earlier hint.  Returns the error's negative number. */
__attribute__((cold)) int hint(struct error *err, enum error_hint number, const char *word1,
			       const char *word2);
/* The text of a row, with its "{1}" and "{2}"; "" for HINT_NONE and for unknown numbers. */
const char *hint_text(unsigned number);
/* Writes the error's advice into buf, with its words filled in; "" if there is none.  Returns buf. */
char *error_advice(const struct error *err, char buf[ERROR_HINT_MAX]);

/* The result code of an error that is filled in.  It is negative whatever err holds, and an
 * analyzer sees that: it never takes `if (x < 0) return error_code(err)` for a success. */
static inline int error_code(const struct error *err)
{
	return err->errno_value > 0 ? -err->errno_value : -ECANCELED;
}

/* `check` reports all errors, every other command stops at the first.  So a loop over a list of the
 * config calls error_more() for each element that failed.  `check` gives it a sink, whose take()
 * receives the error and returns false to stop; everybody else gives it NULL. */
struct error_sink {
	bool (*take)(struct error_sink *sink, const struct error *err);
	bool (*known)(const struct error_sink *sink, const char *pointer);
	void *context;
};
/* Returns 0 if the sink took the error: the loop goes on with the next element.  Returns a negative
 * number if the loop must stop and return this error: without a sink, and when memory is out. */
__attribute__((cold)) int error_more(struct error_sink *sink, const struct error *err);
/* True if an error has been reported before about the value at this pointer, about a part of it or
 * about something that holds it.  The loop must skip such an element: a part of it may be missing,
 * and another error would only be a consequence of the first.  False without a sink. */
bool error_known(const struct error_sink *sink, const char *pointer_fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The name of an errno, "ENOENT": a static string.  For a number without a name, "errno 524" in
 * buf. */
enum { ERRNO_NAME_MAX = 24 };
const char *errno_name(int errno_value, char buf[ERRNO_NAME_MAX]);
/* Our own words for an errno: "is missing"; "failed" for a number without a name. */
const char *errno_words(int errno_value);

/* Writes the whole message into buf: the error's text, and ": is missing (ENOENT)" if errno_value
 * is set and the text is not complete without it.  Phrases that engines search for are broken up
 * unless err->phrase allows them.  One line, no control characters.  Returns buf. */
char *error_words(const struct error *err, char *buf, size_t size);

/* Makes a text from outside fit for a message (a hook's stderr, a name from the config): at most
 * ERROR_FOREIGN_MAX bytes, a longer text loses its middle, control characters and bad UTF-8 are
 * escaped, phrases that engines search for are broken up.  Returns buf. */
enum { FOREIGN_BUF = 4 * ERROR_FOREIGN_MAX + 8 };
char *foreign(const char *words, char buf[FOREIGN_BUF]);
/* The same for n bytes that need not end with a NUL. */
char *foreign_n(const char *words, size_t n, char buf[FOREIGN_BUF]);

/* Makes a text harmless in place, before it is printed: phrases that are not allowed are broken up
 * ("permission_denied"), control characters and bytes that are not UTF-8 become "?". */
void words_clean(char *text, enum error_phrase allowed);
/* Writes the whole text into ret, which holds 4 * strlen(text) + 1 bytes: control characters and
 * bytes that are not UTF-8 are written as \x1b.  It is for what is shown at a terminal and is no
 * message.  Returns ret. */
char *words_escape(const char *text, char *ret);
/* Length of the valid UTF-8 sequence at s (n bytes are left), or 0. */
size_t utf8_length(const unsigned char *s, size_t n);
