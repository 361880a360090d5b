/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - an error is a value
 *
 * A struct error owns no heap and holds no pointer: it is valid after a failed allocation, in a
 * cloned child, and one send() carries it unchanged from the container's side to the runtime.
 *
 *	fd = in_root_open(root, path, O_PATH, err);
 *	if (fd < 0)
 *		return fd;                            forwarded; a loop above says in what
 *	...
 *	return fail_named(err, errno, "openat", "open", path);      begins a chain
 *	return within(err, "mounts[%zu]", i);              "mounts[2]: open \"/x\": ..."
 *
 * A function that can fail takes `struct error *err` last and returns 0, an fd or a count, or a
 * negative number (then err is filled in; only its sign means something); a positive result other
 * than an fd or count is named in the function's header.
 *
 * Engines look for phrases in our messages (podman and docker turn "permission denied" into "the
 * user's command cannot be run"), so errno is spelt by our own table ("is missing (ENOENT)") and
 * error_words() breaks up every phrase that the error has no right to use: see enum error_phrase.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The phrases that engines match, and the one kind of error that may print each. */
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
	ERROR_FOREIGN_MAX = 200, /* bytes of other people's words we repeat */
};

/* Advice for people: the rows of hints.def. */
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
	uint8_t spelt;			 /* text says the errno already: do not add its words */
	char operation[16];		 /* command: "create" */
	char id[256];			 /* container */
	char step[48];			 /* row of the step table that failed: "change the root" */
	char syscall[24];		 /* "openat2" */
	char file[512];			 /* what pointer points into: "config.json" */
	char pointer[ERROR_POINTER_MAX]; /* RFC 6901: "/mounts/3/source"; "" is the whole */
	uint8_t has_pointer;
	uint32_t line,
		column; /* in file, when known already (a syntax error); 0: found by pointer */
	char text[ERROR_TEXT_MAX];     /* the chain, outermost first */
	uint16_t hint;		       /* enum error_hint */
	char words[2][ERROR_WORD_MAX]; /* {1} and {2} of the hint's text */
};

/* Begins an error: sets errno_value and text, clears all else.  Returns a negative number
 * (-errno_value, or -ECANCELED if that is 0).  A text that is too long is cut in its middle. */
__attribute__((format(printf, 3, 4), cold)) int fail(struct error *err, int errno_value,
						     const char *fmt, ...);
/* The same, and names the system call that failed. */
__attribute__((format(printf, 4, 5), cold)) int fail_call(struct error *err, int errno_value,
							  const char *syscall, const char *fmt,
							  ...);
/* The same about a name that is other people's (from the config, mostly a path): `what "name"`, and
 * the name is foreign().  what "": the name alone; syscall NULL: none. */
__attribute__((cold)) int fail_named(struct error *err, int errno_value, const char *syscall,
				     const char *what, const char *name);
/* As fail(), for the container's own program: the only kind of error that may use the phrases
 * that engines match.  The text is final: errno is not spelt after it. */
__attribute__((format(printf, 3, 4), cold)) int fail_command(struct error *err, int errno_value,
							     const char *fmt, ...);
/* As fail(), for a command line that makes no sense: exit code 2. */
__attribute__((format(printf, 2, 3), cold)) int fail_usage(struct error *err, const char *fmt, ...);
/* Puts "what: " before the chain.  Returns the error's negative number. */
__attribute__((format(printf, 2, 3), cold)) int within(struct error *err, const char *fmt, ...);
/* Says which place of the config is at fault, as a JSON pointer; a pointer set before stays (the
 * innermost knows best).  Returns the error's negative number. */
__attribute__((format(printf, 2, 3), cold)) int fail_at(struct error *err, const char *pointer_fmt,
							...);
/* Advice for people: a row of hints.def and the words it needs (NULL: none), each cut in its middle
 * when it is too long.  A hint given before is replaced.  Returns the error's negative number. */
__attribute__((cold)) int hint(struct error *err, enum error_hint number, const char *word1,
			       const char *word2);
/* The text of a row, with "{1}" and "{2}" ("" for HINT_NONE and unknown numbers), and the advice of
 * an error with its words filled in, into buf ("" if there is none).  Returns buf. */
const char *hint_text(unsigned number);
char *error_advice(const struct error *err, char buf[ERROR_HINT_MAX]);

/* The result code of an error that is filled in. */
int error_code(const struct error *err);

/* Who wants to hear of every error and not only of the first (check): a loop over a list asks
 * error_more() about each element that failed.  take() returns false to hear no more. */
struct error_sink {
	bool (*take)(struct error_sink *sink, const struct error *err);
	bool (*known)(const struct error_sink *sink, const char *pointer);
	void *context;
};
/* 0: the error was handed on, go on with what comes next.  Negative: stop, with this error; so it
 * is for everybody else (more is NULL) and when memory is out. */
__attribute__((cold)) int error_more(struct error_sink *more, const struct error *err);
/* Was an error told of the element at this place, or of something in it or around it, before the
 * loop came by?  Then it is not to be judged: it may be missing, and what is said may be an echo.
 * false for everybody else: the first error ended all. */
bool error_known(const struct error_sink *more, const char *pointer_fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "ENOENT" (a static string; in buf "errno 524" for a number without a name), and our own words for
 * it: "is missing", "refused by the kernel", "access refused", else "failed". */
enum { ERRNO_NAME_MAX = 24 };
const char *errno_name(int errno_value, char buf[ERRNO_NAME_MAX]);
const char *errno_words(int errno_value);

/* The whole text for machines into buf: chain, then " is missing (ENOENT)" where errno_value is
 * set and text does not spell it; phrases of engines broken up unless err->phrase allows them.
 * One line, no control characters.  Returns buf. */
char *error_words(const struct error *err, char *buf, size_t size);

/* Other people's words (a hook's stderr, the kernel's mount messages, a name from the config):
 * at most ERROR_FOREIGN_MAX bytes, cut in the middle, control characters and bad UTF-8 escaped,
 * engines' phrases broken up.  buf must hold FOREIGN_BUF bytes.  Returns buf. */
enum { FOREIGN_BUF = 4 * ERROR_FOREIGN_MAX + 8 };
char *foreign(const char *words, char buf[FOREIGN_BUF]);
/* The same for words that have a length and maybe no NUL. */
char *foreign_n(const char *words, size_t n, char buf[FOREIGN_BUF]);

/* Makes a text that is printed as it is harmless: phrases that belong to another kind of error are
 * broken up ("permission_denied"), control characters and bytes that are no UTF-8 become "?". */
void words_clean(char *text, enum error_phrase allowed);
/* Length of the valid UTF-8 sequence at s (n bytes are left), or 0. */
size_t utf8_length(const unsigned char *s, size_t n);
