/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reporter.c - how an error is shown: a line for machines, a page for people, JSON for engines
 *
 * Engines parse the log, and look for a few phrases in it and in our stderr.  They must find the
 * error even if memory is out, and whole: it is written with one write(2), because stdio drops a
 * line that a signal interrupts.
 */
#include "cli/reporter.h"

#include "base/auto.h"
#include "cli/excerpt.h"
#include "cli/output.h"
#include "sys/file.h"

#include <string.h>

void report_locate(const struct error *err, const struct report_source *source,
		   struct report_place *ret)
{
	struct report_place place = { .file = *err->file ? err->file : NULL };

	if (!place.file && (err->has_pointer || err->line))
		place.file = source->file ? source->file : "config.json";
	place.line = err->line;
	place.column = err->column;
	if (!place.line && err->has_pointer && source->text &&
	    !oci_locate(source->text, source->len, err->pointer, &place.line, &place.column))
		place.line = 0;
	*ret = place;
}

/* The text of an error that names its file needs no "FILE: " before it. */
static bool text_names(const char *text, const char *file)
{
	size_t len = strlen(file);

	return strncmp(text, file, len) == 0 && (text[len] == ':' || text[len] == '\0');
}

char *report_line(const struct error *err, const struct report_place *place,
		  char buf[REPORT_LINE_MAX])
{
	char words[ERROR_TEXT_MAX + 256], where[ERROR_POINTER_MAX + 600] = "";
	size_t at = 0;

	(void)error_words(err, words, sizeof words);
	if (place->file && place->line)
		at = (size_t)snprintf(where, sizeof where, "%.511s:%u:%u: ", place->file,
				      place->line, place->column);
	else if (place->file && !text_names(words, place->file))
		at = (size_t)snprintf(where, sizeof where, "%.511s: ", place->file);
	if (err->has_pointer && *err->pointer)
		(void)snprintf(where + at, sizeof where - at, "%s: ", err->pointer);
	(void)snprintf(buf, REPORT_LINE_MAX, "%s%s", where, words);
	words_clean(buf, err->phrase);
	return buf;
}

static void help_lines(FILE *out, const char *text, bool colour)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[ERROR_HINT_MAX];

		(void)snprintf(line, sizeof line, "%.*s", (int)n, text);
		words_clean(line, ERROR_PHRASE_NONE);
		(void)fprintf(out, "%shelp:%s %s\n", colour ? "\033[1;32m" : "",
			      colour ? "\033[0m" : "", line);
		text += n + (text[n] == '\n');
	}
}

static void warnings_print(FILE *out, struct report_style *style)
{
	size_t dropped = log_warnings_dropped() - style->dropped;
	bool colour = style->colour;

	for (; style->shown < log_warnings_count(); style->shown++) {
		char line[LOG_WARNING_MAX];

		(void)snprintf(line, sizeof line, "%s", log_warning(style->shown));
		words_clean(line, ERROR_PHRASE_NONE);
		(void)fprintf(out, "%swarning:%s %s\n", colour ? "\033[1;33m" : "",
			      colour ? "\033[0m" : "", line);
	}
	if (dropped)
		(void)fprintf(out, "and %zu more warnings\n", dropped);
	style->dropped += dropped;
}

void report_people(FILE *out, const struct error *err, const struct report_place *place,
		   const struct report_source *source, bool colour)
{
	char line[REPORT_LINE_MAX], advice[ERROR_HINT_MAX];

	(void)fprintf(out, "%s%s%s\n", colour ? "\033[1m" : "", report_line(err, place, line),
		      colour ? "\033[0m" : "");
	if (place->line && source->text)
		excerpt_print(
			out,
			&(struct excerpt){ source->text, source->len, place->line, place->column },
			colour);
	help_lines(out, error_advice(err, advice), colour);
}

/* With --log-level debug: which of our functions found the error.  "" if that is not known or not
 * asked for. */
static const char *function_shown(const struct error *err)
{
	return log_level_now() >= LOG_LEVEL_DEBUG ? err->function : "";
}

/* A cleaned copy of a string; "" when out of memory (the arena says so at the end). */
static const char *copy_clean(struct oci_arena *arena, const char *s, enum error_phrase allowed)
{
	char *copy = oci_arena_copy(arena, s, strlen(s));

	if (!copy)
		return "";
	words_clean(copy, allowed);
	return copy;
}

static void warnings_fill(struct oci_log_entry *entry, struct oci_arena *arena, size_t first)
{
	size_t n = log_warnings_count() - first;
	const char **list = n ? oci_arena_get(arena, n * sizeof *list) : NULL;

	if (!list)
		return;
	for (size_t i = 0; i < n; i++)
		list[i] = copy_clean(arena, log_warning(first + i), ERROR_PHRASE_NONE);
	entry->warnings = (struct oci_strs){ n, list };
	oci_mark(log_entry, entry, warnings);
}

static void place_fill(struct oci_log_entry *entry, const struct error *err,
		       const struct report_place *place, struct oci_arena *arena)
{
	if (place->file)
		oci_set(log_entry, entry, file, copy_clean(arena, place->file, ERROR_PHRASE_NONE));
	if (err->has_pointer)
		oci_set(log_entry, entry, pointer,
			copy_clean(arena, err->pointer, ERROR_PHRASE_NONE));
	if (place->line) {
		oci_set(log_entry, entry, line, place->line);
		oci_set(log_entry, entry, column, place->column);
	}
}

static void error_fill(struct oci_log_entry *entry, const struct error *err,
		       const struct report_place *place, struct oci_arena *arena)
{
	char line[REPORT_LINE_MAX], advice[ERROR_HINT_MAX], name[ERRNO_NAME_MAX];

	oci_set(log_entry, entry, msg,
		copy_clean(arena, report_line(err, place, line), err->phrase));
	if (*err->operation)
		oci_set(log_entry, entry, op, err->operation);
	if (*err->id)
		oci_set(log_entry, entry, id, copy_clean(arena, err->id, ERROR_PHRASE_NONE));
	if (*err->step)
		oci_set(log_entry, entry, step, err->step);
	place_fill(entry, err, place, arena);
	if (err->errno_value)
		oci_set(log_entry, entry, errno_name,
			copy_clean(arena, errno_name(err->errno_value, name), ERROR_PHRASE_NONE));
	if (*err->syscall)
		oci_set(log_entry, entry, syscall, err->syscall);
	if (*error_advice(err, advice))
		oci_set(log_entry, entry, hint, copy_clean(arena, advice, ERROR_PHRASE_NONE));
	if (*function_shown(err)) {
		oci_set(log_entry, entry, function,
			copy_clean(arena, err->function, ERROR_PHRASE_NONE));
		oci_set(log_entry, entry, source_line, err->source_line);
	}
}

static void begin(struct oci_log_entry *entry, enum log_level level, char time[LOG_TIME_MAX])
{
	oci_set(log_entry, entry, level, log_level_name(level));
	oci_set(log_entry, entry, msg, "");
	oci_set(log_entry, entry, time, log_time(time));
}

char *report_json(const struct error *err, const struct report_place *place, size_t first)
{
	struct oci_log_entry entry = { 0 };
	auto_arena struct oci_arena *arena = oci_arena_new();
	char time[LOG_TIME_MAX];
	size_t len;

	if (!arena)
		return NULL;
	begin(&entry, LOG_LEVEL_ERROR, time);
	error_fill(&entry, err, place, arena);
	warnings_fill(&entry, arena, first);
	return oci_emit(&oci_log_entry_type, &entry, OCI_COMPACT, &len);
}

char *report_warnings_json(const char *operation, const char *id, size_t first)
{
	struct oci_log_entry entry = { 0 };
	auto_arena struct oci_arena *arena = oci_arena_new();
	char time[LOG_TIME_MAX];
	size_t len;

	if (!arena)
		return NULL;
	begin(&entry, LOG_LEVEL_WARNING, time);
	warnings_fill(&entry, arena, first);
	if (entry.warnings.n)
		entry.msg = entry.warnings.v[0];
	if (operation)
		oci_set(log_entry, &entry, op, operation);
	if (id)
		oci_set(log_entry, &entry, id, copy_clean(arena, id, ERROR_PHRASE_NONE));
	return oci_emit(&oci_log_entry_type, &entry, OCI_COMPACT, &len);
}

/* With a newline behind it, in one write(2). */
static void stderr_line(const char *line)
{
	char whole[REPORT_LINE_MAX + 1];
	struct error ignored;
	size_t len = strlen(line);

	if (len >= sizeof whole) {
		(void)file_write_fd(STDERR_FILENO, line, len, &ignored);
		(void)file_write_fd(STDERR_FILENO, "\n", 1, &ignored);
		return;
	}
	memcpy(whole, line, len);
	whole[len] = '\n';
	(void)file_write_fd(STDERR_FILENO, whole, len + 1, &ignored);
}

/* The JSON form even without memory: an engine must find one object. */
static void json_write(bool to_log, const char *json)
{
	static const char last_words[] =
		"{\"level\":\"error\",\"msg\":\"out of memory\",\"time\":\"%s\"}";
	char time[LOG_TIME_MAX], buf[160];

	if (!json) {
		(void)snprintf(buf, sizeof buf, last_words, log_time(time));
		json = buf;
	}
	if (to_log)
		log_write(LOG_LEVEL_ERROR, json);
	else
		stderr_line(json);
}

/* The page for people in one write; the line alone when there is no memory for more. */
static void people_write(const struct error *err, const struct report_place *place,
			 const struct report_source *source, struct report_style *style)
{
	auto_free char *text = NULL;
	char line[REPORT_LINE_MAX];
	struct error ignored;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out && err)
		report_people(out, err, place, source, style->colour);
	if (out)
		warnings_print(out, style);
	if (out && fclose(out) == 0)
		(void)file_write_fd(STDERR_FILENO, text, len, &ignored);
	else if (err)
		stderr_line(report_line(err, place, line));
}

void report_error(const struct error *err, const struct report_source *source,
		  struct report_style *style)
{
	bool json = log_format_now() == LOG_FORMAT_JSON;
	auto_free char *object = NULL;
	struct report_place place;
	char line[REPORT_LINE_MAX];

	if (!json && *function_shown(err))
		log_debug("the error began in %s(), line %u", err->function, err->source_line);
	report_locate(err, source, &place);
	(void)report_line(err, &place, line);
	if (json)
		object = report_json(err, &place, style->logged);
	if (log_is_open() && json)
		json_write(true, object);
	else if (log_is_open())
		log_write(LOG_LEVEL_ERROR, line);
	if (style->people) {
		people_write(err, &place, source, style);
	} else if (json && !log_is_open()) {
		json_write(false, object);
	} else {
		stderr_line(line);
	}
}

/* The log takes them only when asked: podman wants an empty file after a success. */
static void warnings_log(const char *operation, const char *id, struct report_style *style)
{
	size_t first = style->logged;

	style->logged = log_warnings_count();
	if (log_format_now() == LOG_FORMAT_JSON) {
		auto_free char *object = report_warnings_json(operation, id, first);

		if (object)
			log_write(LOG_LEVEL_WARNING, object);
		return;
	}
	for (size_t i = first; i < style->logged; i++) {
		char line[LOG_WARNING_MAX + 16];

		(void)snprintf(line, sizeof line, "warning: %s", log_warning(i));
		words_clean(line, ERROR_PHRASE_NONE);
		log_write(LOG_LEVEL_WARNING, line);
	}
}

void report_warnings_people(struct report_style *style)
{
	if (log_level_now() >= LOG_LEVEL_WARNING && style->people &&
	    (style->shown < log_warnings_count() || style->dropped < log_warnings_dropped()))
		people_write(NULL, NULL, NULL, style);
}

void report_warnings(const char *operation, const char *id, struct report_style *style)
{
	if (log_level_now() < LOG_LEVEL_WARNING)
		return;
	report_warnings_people(style);
	if (log_is_open() && style->logged < log_warnings_count())
		warnings_log(operation, id, style);
}
