/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_line.c - one parser over the tables of commands and options
 *
 * getopt_long would print by itself, knows no one-dash long names and no suggestions.
 */
#include "base/auto.h"
#include "cli/options.h"
#include "libocispec/ocispec.h"

#include <limits.h>
#include <string.h>

struct parser {
	int argc, at; /* the next word */
	char **argv;
	struct options *options;
	struct error *err;
};

/* The nearest of n words as `; did you mean "x"?`, or nothing. */
static const char *suggestion(const char *word, size_t len, const char *const *words, size_t n,
			      char buf[96])
{
	const char *near = oci_nearest(word, len, words, n);

	if (near)
		(void)snprintf(buf, 96, "; did you mean \"%s\"?", near);
	else
		*buf = '\0';
	return buf;
}

__attribute__((cold)) int command_unknown(const char *word, struct error *err)
{
	const char *names[2 * COMMANDS];
	char buf[96];
	size_t n = 0;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (commands[i].flags & IS_HIDDEN)
			continue;
		names[n++] = commands[i].name;
		if (commands[i].alias)
			names[n++] = commands[i].alias;
	}
	return fail_usage(err, "unknown command \"%s\"%s", word,
			  suggestion(word, strlen(word), names, n, buf));
}

/* Options of the command come first: `spec --rootless` is not the global --rootless. */
static const struct option *option_find(const struct options *options, const char *name, size_t len,
					char letter)
{
	for (int global = options->command ? 0 : 1; global < 2; global++)
		for (size_t i = 0; i < options_table_n; i++) {
			const struct option *o = &options_table[i];

			if (!option_is_for(o, global ? NULL : options->command))
				continue;
			if (name ? strlen(o->name) == len && memcmp(o->name, name, len) == 0
				 : o->letter == letter)
				return o;
		}
	return NULL;
}

__attribute__((cold, noinline)) static int option_unknown(const struct parser *p, const char *word,
							  size_t len)
{
	const char *names[64];
	const struct command *command = p->options->command;
	char buf[96], dashed[64][32];
	size_t n = 0;

	for (size_t i = 0; i < options_table_n && n < ARRAY_SIZE(names); i++)
		if (option_is_for(&options_table[i], command) ||
		    option_is_for(&options_table[i], NULL)) {
			(void)snprintf(dashed[n], sizeof dashed[n], "--%s", options_table[i].name);
			names[n] = dashed[n];
			n++;
		}
	return fail_usage(p->err, "unknown option \"%.*s\"%s%s%s", (int)len, word,
			  command ? " of " : "", command ? command->name : "",
			  suggestion(word, len, names, n, buf));
}

static int number_set(int *target, const char *value)
{
	long long sum = 0;

	if (!*value)
		return -1;
	for (const char *c = value; *c; c++) {
		if (*c < '0' || *c > '9' || (sum = sum * 10 + (*c - '0')) > INT_MAX)
			return -1;
	}
	*target = (int)sum;
	return 0;
}

static int choice_set(int *target, const char *value, const char *words)
{
	size_t len = strlen(value);

	for (int place = 0;; place++) {
		size_t n = strcspn(words, "|");

		if (n == len && memcmp(words, value, n) == 0) {
			*target = place;
			return 0;
		}
		if (!words[n])
			return -1;
		words += n + 1;
	}
}

static int flag_set(bool *target, const char *value)
{
	static const char yes_no[] = "true|false|1|0";
	int place = 0;

	if (value && choice_set(&place, value, yes_no) < 0)
		return -1;
	*target = place % 2 == 0;
	return 0;
}

static int list_add(struct option_list *list, const char *value)
{
	if (list->n == ARRAY_SIZE(list->v))
		return -1;
	list->v[list->n++] = value;
	return 0;
}

/* shown: the option as it was typed, for messages. */
static int option_set(const struct parser *p, const struct option *o, const char *shown,
		      const char *value)
{
	char *target = (char *)p->options + o->target;

	switch (o->type) {
	case OPTION_FLAG:
		if (flag_set((bool *)(void *)target, value) < 0)
			return fail_usage(p->err, "option \"%s\" takes true or false, not \"%s\"",
					  shown, value);
		return 0;
	case OPTION_TEXT:
		*(const char **)(void *)target = value;
		return 0;
	case OPTION_NUMBER:
		if (number_set((int *)(void *)target, value) < 0)
			return fail_usage(p->err,
					  "option \"%s\" takes a decimal number from 0, not \"%s\"",
					  shown, value);
		return 0;
	case OPTION_CHOICE:
		if (choice_set((int *)(void *)target, value, o->metavar) < 0)
			return fail_usage(p->err, "option \"%s\" takes %s, not \"%s\"", shown,
					  o->metavar, value);
		return 0;
	case OPTION_LIST:
		if (list_add((struct option_list *)(void *)target, value) < 0)
			return fail_usage(p->err, "option \"%s\" comes more than %d times", shown,
					  OPTION_LIST_MAX);
		return 0;
	}
	return 0;
}

/* value: what followed "=" or the letter in the same word, or NULL. */
static int option_take(struct parser *p, const struct option *o, const char *shown,
		       const char *value)
{
	if (!value && o->type != OPTION_FLAG) {
		if (p->at >= p->argc)
			return fail_usage(p->err, "option \"%s\" requires an argument (%s)", shown,
					  o->metavar);
		value = p->argv[p->at++];
	}
	return option_set(p, o, shown, value);
}

/* "--x", "--x=v", "-x=v" with a long name: name is without its dashes. */
static int long_parse(struct parser *p, const char *word, const char *name)
{
	size_t len = strcspn(name, "=");
	const struct option *o = option_find(p->options, name, len, 0);
	char shown[64];

	if (!o)
		return option_unknown(p, word, (size_t)(name - word) + len);
	(void)snprintf(shown, sizeof shown, "--%s", o->name);
	return option_take(p, o, shown, name[len] ? name + len + 1 : NULL);
}

/* "-ab", "-b v", "-bv". */
static int letters_parse(struct parser *p, const char *word)
{
	for (const char *c = word + 1; *c; c++) {
		const struct option *o = option_find(p->options, NULL, 0, *c);
		char shown[] = { '-', *c, '\0' };
		int r;

		if (!o)
			return option_unknown(p, c == word + 1 ? word : shown,
					      c == word + 1 ? strlen(word) : 2);
		if (o->type != OPTION_FLAG) {
			const char *rest = c[1] == '=' ? c + 2 : c + 1;

			return option_take(p, o, shown, c[1] ? rest : NULL);
		}
		r = option_take(p, o, shown, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

static int option_parse(struct parser *p, const char *word)
{
	if (word[1] == '-')
		return long_parse(p, word, word + 2);
	/* Go programs are told `-no-subreaper`: a long name with one dash. */
	if (word[2] && option_find(p->options, word + 1, strcspn(word + 1, "="), 0))
		return long_parse(p, word, word + 1);
	return letters_parse(p, word);
}

static int argument_take(const struct parser *p, const char *word)
{
	struct options *o = p->options;

	if (!o->command) {
		o->command = command_find(word);
		return o->command ? 0 : command_unknown(word, p->err);
	}
	if (o->n_arguments >= o->command->most)
		return fail_usage(p->err,
				  "\"%s\" is one argument too many: ocirt %s [OPTION...]%s%s", word,
				  o->command->name, o->command->arguments ? " " : "",
				  o->command->arguments ? o->command->arguments : "");
	o->arguments[o->n_arguments++] = word;
	return 0;
}

/* Has the id of a command come whose other words are not ours to read? */
static bool stops_here(struct parser *p)
{
	struct options *o = p->options;

	if (!o->command || !(o->command->flags & STOPS_AT_ID) || o->n_arguments == 0)
		return false;
	if (p->at < p->argc && strcmp(p->argv[p->at], "--") == 0)
		p->at++;
	o->rest = p->argv + p->at;
	o->n_rest = (size_t)(p->argc - p->at);
	return true;
}

static int complete(const struct parser *p)
{
	const struct options *o = p->options;

	if (o->help || o->version)
		return 0;
	if (!o->command)
		return fail_usage(p->err, "no command; ocirt --help lists them");
	if (o->n_arguments < o->command->least)
		return fail_usage(p->err, "%.*s is missing: ocirt %s [OPTION...] %s",
				  (int)strcspn(o->command->arguments, " "), o->command->arguments,
				  o->command->name, o->command->arguments);
	return 0;
}

int options_parse(int argc, char **argv, struct options *ret, struct error *err)
{
	struct parser p = { .argc = argc, .at = 1, .argv = argv, .options = ret, .err = err };
	bool only_arguments = false;

	while (p.at < argc && !stops_here(&p)) {
		const char *word = argv[p.at++];
		int r = 0;

		if (only_arguments || word[0] != '-' || word[1] == '\0')
			r = argument_take(&p, word);
		else if (strcmp(word, "--") == 0)
			only_arguments = true;
		else
			r = option_parse(&p, word);
		if (r < 0)
			return r;
	}
	return complete(&p);
}
