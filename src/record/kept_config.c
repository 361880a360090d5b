/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept_config.c - the config as create read it
 *
 * A bundle may change or vanish while its container runs, so start, exec and delete read the copy
 * that lies beside the record.
 */
#include "record/record.h"

#include "base/auto.h"
#include "base/door.h"
#include "base/log.h"
#include "sys/file.h"

static bool warn_problem(struct oci_sink *sink, const struct oci_problem *problem)
{
	if (problem->severity == OCI_ERROR)
		warn("kept config.json: %s: %s", problem->pointer, problem->text);
	return true;
}

const struct oci_config *container_kept_config(struct record *record)
{
	struct oci_sink sink = { .take = warn_problem };
	const char *skip = door("OCIRT_SKIP");
	char words[2 * ERROR_TEXT_MAX];
	auto_free char *text = NULL;
	struct error err;
	void *config;
	size_t len;

	if (file_read(record->dir, "config.json", OCI_SIZE_MAX, &text, &len, &err) < 0) {
		warn("kept config.json: %s", error_words(&err, words, sizeof words));
		return NULL;
	}
	config = oci_parse(&oci_config_type, text, len, record->arena, &sink);
	if (config && skip)
		oci_forget(&oci_config_type, config, skip);
	return config;
}
