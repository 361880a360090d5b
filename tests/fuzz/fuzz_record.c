/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_record.c - any bytes as a container's state.json, read by the runtime's own reader
 *
 * What is accepted has all that delete --force works from, is written and read again without a
 * change, and gives the state that hooks get; what is refused is one line that names the file.
 */
#include "base/auto.h"
#include "record/record.h"
#include "record/record_cgroups.h"
#include "sys/procfs.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* One for a process; removed with its end. */
static char root[] = "/tmp/ocirt-fuzz-record.XXXXXX";
static char file[sizeof root + 16];
static int procfs = -1;

static void root_remove(void)
{
	char directory[sizeof root + 4];

	(void)snprintf(directory, sizeof directory, "%s/c", root);
	(void)unlink(file);
	(void)rmdir(directory);
	(void)rmdir(root);
}

static void root_make(void)
{
	char directory[sizeof root + 4];
	struct error err;

	if (procfs >= 0)
		return;
	must(mkdtemp(root) != NULL && atexit(root_remove) == 0);
	(void)snprintf(directory, sizeof directory, "%s/c", root);
	(void)snprintf(file, sizeof file, "%s/c/state.json", root);
	must(mkdir(directory, 0700) == 0);
	procfs = procfs_open_host(&err);
	must(procfs >= 0);
}

static void input_write(const uint8_t *data, size_t size)
{
	FILE *f = fopen(file, "we");

	must(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

static void check_error(const struct error *err)
{
	char words[2 * ERROR_TEXT_MAX];

	(void)error_words(err, words, sizeof words);
	must(strstr(words, "record of container \"c\"") != NULL);
	must(strpbrk(words, "\n\r\t") == NULL);
}

static char *state_of(const struct record *record)
{
	struct error err;
	char *text;
	size_t len;

	must(record_state_json(record, "stopped", 0, &text, &len, &err) >= 0 && len > 0);
	return text;
}

static void round_trip(struct record *record)
{
	struct record again;
	char *before = state_of(record), *after;
	struct error err;

	must(record_save(record, &err) >= 0 && record_load(root, "c", &again, &err) >= 0);
	after = state_of(&again);
	must(strcmp(before, after) == 0 && again.data.cgroups.n == record->data.cgroups.n);
	free(before);
	free(after);
	record_done(&again);
}

static void check(struct record *record)
{
	const struct oci_record *d = &record->data;
	enum container_status status;
	struct cgroup cg = CGROUP_EMPTY;
	struct error err;

	must(d->format <= RECORD_FORMAT && d->id && d->bundle && d->status);
	must(d->boot_id && d->pid_namespace);
	for (size_t i = 0; i < d->cgroups.n; i++)
		must(d->cgroups.v[i].name && d->cgroups.v[i].path);
	if (record_locate(record, procfs, &err) >= 0)
		(void)record_status(record, procfs, &status, &err);
	(void)cgroups_from_record(&cg, record, procfs, &err);
	cgroup_done(&cg);
	round_trip(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record record;
	struct error err;

	root_make();
	input_write(data, size);
	if (record_load(root, "c", &record, &err) < 0)
		check_error(&err);
	else
		check(&record);
	record_done(&record);
	return 0;
}
