/* SPDX-License-Identifier: Apache-2.0 */
/* view_print.c - what state and list share: a container as JSON, and memory for what is seen */
#include "verb/view_print.h"
#include "base/auto.h"
#include "cli/output.h"
#include "verb/commands.h"

/* The JSON object that engines read (CRI-O, buildah, go-runc); malloc'ed. */
char *view_json(const struct container_view *view, enum oci_style style)
{
	struct oci_view out = { 0 };
	size_t len;

	oci_set(view, &out, oci_version, view->oci_version);
	oci_set(view, &out, id, view->id);
	oci_set(view, &out, pid, view->pid);
	oci_set(view, &out, status, container_status_name(view->status));
	oci_set(view, &out, bundle, view->bundle);
	if (view->rootfs)
		oci_set(view, &out, rootfs, view->rootfs);
	if (view->created)
		oci_set(view, &out, created, view->created);
	if (view->owner)
		oci_set(view, &out, owner, view->owner);
	if (view->annotations && view->annotations->n)
		oci_set(view, &out, annotations, *view->annotations);
	return oci_emit(&oci_view_type, &out, style, &len);
}

/* What both commands do: a request, and an arena for what is seen. */
int view_print(const struct options *options, struct outcome *outcome,
	       int (*print)(FILE *, const struct options *, const struct request *,
			    struct oci_arena *, struct error *),
	       struct error *err)
{
	auto_arena struct oci_arena *arena = oci_arena_new();
	struct job job;

	if (!arena)
		return fail(err, ENOMEM, "%s", options->command->name);
	if (job_init(&job, options, err) < 0)
		return error_code(err);
	return print(outcome->out, options, &job.request, arena, err);
}
