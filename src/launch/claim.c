/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim.c - the runtime's first step: the id is taken with a record, before anything is made
 *
 * A runtime may be killed at any moment.  Whatever it makes before the record names it would be
 * found by nobody.
 */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/log.h"
#include "life/lifecycle.h"
#include "record/record_cgroups.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#include <errno.h>
#include <string.h>

static int record_strings(struct launch *l, struct error *err)
{
	const struct plan *p = &l->plan;
	struct oci_record *d = &l->record.data;
	char now[LOG_TIME_MAX], *created;

	(void)log_time(now);
	created = oci_arena_copy(l->record.arena, now, strlen(now));
	if (!created)
		return fail(err, ENOMEM, "record");
	oci_set(record, d, id, l->request->id);
	oci_set(record, d, oci_version, p->config->oci_version);
	oci_set(record, d, bundle, p->bundle);
	oci_set(record, d, rootfs, p->container.mounts.rootfs);
	oci_set(record, d, created, created);
	oci_set(record, d, status, "creating");
	oci_set(record, d, no_new_keyring, l->request->no_new_keyring);
	if (p->process.keyring)
		oci_set(record, d, keyring, p->process.keyring);
	if (p->config->annotations.n)
		oci_set(record, d, annotations, p->config->annotations);
	return 0;
}

/* Engines often show no warnings, so they are kept in the record, where `state` can read them. */
static int record_warnings(struct launch *l, struct error *err)
{
	size_t n = log_warnings_count();
	const char **v;

	if (n == 0)
		return 0;
	v = oci_arena_get(l->record.arena, n * sizeof *v);
	if (!v)
		return fail(err, ENOMEM, "warnings");
	for (size_t i = 0; i < n; i++)
		v[i] = log_warning(i);
	oci_set(record, &l->record.data, warnings, (struct oci_strs){ n, v });
	return 0;
}

/* All that the record says before anything is made. */
static int record_begun(struct launch *l, struct error *err)
{
	const struct plan *p = &l->plan;

	if (record_identify(&l->record, p->procfs, err) < 0 || record_strings(l, err) < 0 ||
	    record_warnings(l, err) < 0)
		return error_code(err);
	return cgroups_to_record(&p->container.cgroup, &l->record, err);
}

int launch_claim(struct launch *l, struct error *err)
{
	const struct request *request = l->request;
	const struct plan *p = &l->plan;

	l->claimed = true;
	if (record_begin(request->root, &l->record, err) < 0 || record_begun(l, err) < 0 ||
	    record_create(&l->record, err) < 0 ||
	    file_create(l->record.dir, "config.json", p->json, p->json_len, 0600, err) < 0 ||
	    record_claim(&l->record, request->root, request->id, err) < 0)
		return error_code(err);
	if (!p->config->hooks)
		return 0;
	if (state_text_make(&l->record, "creating", &l->creating, err) < 0)
		return error_code(err);
	return state_text_make(&l->record, "created", &l->created, err);
}

/* run --keep: who says that sends a delete in any case (BuildKit).  The record names no cgroups any
 * more, because somebody else may have made one of the same name until then. */
static bool keep_stopped(struct launch *l)
{
	struct oci_record *d = &l->record.data;
	struct error ignored;

	if (!l->request->keep || !l->request->starts || l->record.dir < 0 || *l->record.draft)
		return false;
	oci_set(record, d, status, "stopped");
	oci_set(record, d, pid, 0);
	d->cgroups.n = 0;
	return record_save(&l->record, &ignored) >= 0;
}

void launch_unclaim(struct launch *l)
{
	const struct oci_hooks *hooks = l->plan.container.hooks;
	struct error ignored;

	interrupts_forget(); /* the poststop hooks are ended by those that come from now on */
	if (l->claimed && !l->left && !keep_stopped(l) &&
	    (!l->hooked || container_give_up(&l->record, hooks, &ignored) < 0))
		record_drop(&l->record, l->request->id);
	l->claimed = false;
}
