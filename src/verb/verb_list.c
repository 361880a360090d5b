/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb_list.c - all containers: a table, JSON, or their ids
 *
 * Engines read the JSON.  The table is for people at a terminal, so the names of bundles, which
 * others have chosen, are made harmless for it.
 */
#include "base/auto.h"
#include "verb/view_print.h"

#include <string.h>

static int list_json(FILE *out, const struct container_view *views, size_t n, struct error *err)
{
	const char *comma = "";

	(void)fputc('[', out);
	for (size_t i = 0; i < n; i++) {
		auto_free char *json = NULL;

		/* Engines know the specification's four words, and take a fifth for an error. */
		if (views[i].status == CONTAINER_UNKNOWN)
			continue;
		json = view_json(&views[i], OCI_COMPACT);
		if (!json)
			return fail(err, ENOMEM, "list");
		(void)fprintf(out, "%s%s", comma, json);
		comma = ",";
	}
	(void)fputs("]\n", out);
	return 0;
}

enum { LIST_COLUMNS = 6 };
static const char *const list_heads[LIST_COLUMNS] = { "ID",	"PID",	   "STATUS",
						      "BUNDLE", "CREATED", "OWNER" };

static void list_cells(const struct container_view *view, char pid[16],
		       const char *cells[LIST_COLUMNS])
{
	(void)snprintf(pid, 16, "%d", (int)view->pid);
	cells[0] = view->id;
	cells[1] = pid;
	cells[2] = container_status_name(view->status);
	cells[3] = view->bundle ? view->bundle : "-";
	cells[4] = view->created ? view->created : "-";
	cells[5] = view->owner ? view->owner : "-";
}

static void list_row(FILE *out, const char *const *cells, const int *widths)
{
	for (int c = 0; c < LIST_COLUMNS - 1; c++)
		(void)fprintf(out, "%-*s  ", widths[c], cells[c]);
	(void)fprintf(out, "%s\n", cells[LIST_COLUMNS - 1]);
}

static void list_table(FILE *out, const struct container_view *views, size_t n)
{
	int widths[LIST_COLUMNS];
	const char *cells[LIST_COLUMNS];
	char pid[16];

	for (int c = 0; c < LIST_COLUMNS; c++)
		widths[c] = (int)strlen(list_heads[c]);
	for (size_t i = 0; i < n; i++) {
		list_cells(&views[i], pid, cells);
		for (int c = 0; c < LIST_COLUMNS; c++)
			if ((int)strlen(cells[c]) > widths[c])
				widths[c] = (int)strlen(cells[c]);
	}
	list_row(out, list_heads, widths);
	for (size_t i = 0; i < n; i++) {
		list_cells(&views[i], pid, cells);
		list_row(out, cells, widths);
	}
}

static int list_print(FILE *out, const struct options *options, const struct request *request,
		      struct oci_arena *arena, struct error *err)
{
	struct container_view *views = NULL;
	int n = container_list(request, arena, &views, err);

	if (n < 0)
		return n;
	for (int i = 0; options->quiet && i < n; i++)
		(void)fprintf(out, "%s\n", views[i].id);
	if (options->quiet)
		return 0;
	if (options->list_format == LIST_JSON)
		return list_json(out, views, (size_t)n, err);
	for (int i = 0; i < n; i++) {
		/* Whoever makes a bundle names its folder, and a terminal would obey an escape
		 * sequence in the name. */
		char *shown;

		if (!views[i].bundle)
			continue;
		shown = oci_arena_get(arena, 4 * strlen(views[i].bundle) + 1);
		if (!shown)
			return fail(err, ENOMEM, "list");
		views[i].bundle = words_escape(views[i].bundle, shown);
	}
	list_table(out, views, (size_t)n);
	return 0;
}

int command_list(const struct options *options, struct outcome *outcome, struct error *err)
{
	return view_print(options, outcome, list_print, err);
}
