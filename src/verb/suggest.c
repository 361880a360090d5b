/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.c - for people: the container that was probably meant */
#include "base/auto.h"
#include "verb/commands.h"

#include <string.h>

static void suggest_from(struct error *err, const struct request *request, struct oci_arena *arena)
{
	struct container_view *views = NULL;
	struct error ignored;
	int n = container_list(request, arena, &views, &ignored);
	char known[ERROR_WORD_MAX];
	const char **ids, *near;

	if (n < 0)
		return;
	ids = oci_arena_get(arena, ((size_t)n + 1) * sizeof *ids);
	for (int i = 0; ids && i < n; i++)
		ids[i] = views[i].id;
	near = ids ? oci_nearest(request->id, strlen(request->id), ids, (size_t)n) : NULL;
	(void)snprintf(known, sizeof known, "%d known under %s", n, request->root);
	if (near)
		(void)hint(err, HINT_NEAR_ID, near, known);
	else
		(void)hint(err, HINT_LIST, known, NULL);
}

void suggest_container(struct error *err, const struct options *options)
{
	auto_arena struct oci_arena *arena = NULL;
	struct error ignored;
	struct job job;

	if (err->phrase != ERROR_PHRASE_NO_CONTAINER || err->hint ||
	    job_init(&job, options, &ignored) < 0)
		return;
	arena = oci_arena_new();
	if (arena)
		suggest_from(err, &job.request, arena);
}
