/* SPDX-License-Identifier: Apache-2.0 */
/* verb_state.c - the state of one container, as JSON */
#include "base/auto.h"
#include "verb/view_print.h"

static int state_print(FILE *out, const struct options *options, const struct request *request,
		       struct oci_arena *arena, struct error *err)
{
	struct container_view view;
	auto_free char *json = NULL;
	int r = container_view(request, arena, &view, err);

	if (r < 0)
		return r;
	json = view_json(&view, OCI_PRETTY);
	if (!json)
		return fail(err, ENOMEM, "state");
	(void)fprintf(out, "%s\n", json);
	return 0;
}

int command_state(const struct options *options, struct outcome *outcome, struct error *err)
{
	return view_print(options, outcome, state_print, err);
}
