/* SPDX-License-Identifier: Apache-2.0 */
/* bench_memory.c - peak memory; the smallest limit a container starts under */
#include "bench.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PEAKS = 21, STARTS = 5, STEP = 32 << 10, FIRST = 2, LAST = 512 };

/* Where no hierarchy is mounted, a folder may be: what is made there is no cgroup. */
static bool is_cgroup(const char *folder)
{
	struct statfs fs;

	return statfs(folder, &fs) == 0 &&
	       (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

/* The v1 hierarchy, or the v2 one where the memory controller is there. */
static bool cgroup_new(const struct bench *b, char path[BENCH_TEXT], const char **ret_file)
{
	static const char *const places[][2] = {
		{ "/sys/fs/cgroup/memory", "memory.max_usage_in_bytes" },
		{ "/sys/fs/cgroup", "memory.peak" },
	};
	char file[BENCH_TEXT + 32];

	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, BENCH_TEXT, "%s/ocirt-bench-%.10s-XXXXXX", places[i][0],
			       bench_word(b));
		if (!is_cgroup(places[i][0]) || !mkdtemp(path))
			continue;
		(void)snprintf(file, sizeof file, "%s/%s", path, places[i][1]);
		*ret_file = places[i][1];
		if (access(file, R_OK) == 0)
			return true;
		(void)rmdir(path);
	}
	return false;
}

static uint64_t number_read(const char *dir, const char *name)
{
	char path[BENCH_TEXT + 32];
	unsigned long long value = 0;
	FILE *in;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	in = fopen(path, "re");
	if (!in || fscanf(in, "%llu", &value) != 1)
		bench_die("holds no number", path);
	(void)fclose(in);
	return value;
}

static void cgroup_drop(const char *path)
{
	for (int i = 0; rmdir(path) < 0 && errno == EBUSY && i < 1000; i++)
		(void)usleep(1000);
}

/* Each in a fresh cgroup: a maximum has no past then. */
void bench_peak(struct bench *b, struct bench_runtime *r)
{
	uint64_t peaks[PEAKS];
	struct bench_sample ignored;
	char path[BENCH_TEXT];
	const char *file;

	for (int i = 0; i < PEAKS; i++) {
		if (!cgroup_new(b, path, &file))
			return;
		if (bench_run_once(b, r, path, &ignored) != 0)
			bench_die("failed in a memory cgroup", r->name);
		peaks[i] = number_read(path, file);
		cgroup_drop(path);
	}
	r->peak = bench_median_u64(peaks, PEAKS);
}

/* Puts the limit into the bundle's config, made from its template. */
static void config_write(const struct bench *b, uint64_t limit)
{
	static const char before[] = "\"resources\":{";
	char path[BENCH_TEXT], text[16384], *at;
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof path, "%s/bundle/config.json.plain", b->work);
	file = fopen(path, "re");
	n = file ? fread(text, 1, sizeof text - 1, file) : 0;
	text[n] = '\0';
	at = strstr(text, before);
	if (!at || fclose(file) != 0)
		bench_die("has no \"resources\"", path);
	at += strlen(before);
	path[strlen(path) - strlen(".plain")] = '\0';
	file = fopen(path, "we");
	if (!file)
		bench_die("can't be written", path);
	(void)fwrite(text, 1, (size_t)(at - text), file);
	if (limit)
		(void)fprintf(file, "\"memory\":{\"limit\":%llu},", (unsigned long long)limit);
	(void)fputs(at, file);
	if (fclose(file) != 0)
		bench_die("can't be written", path);
}

static bool starts_under(struct bench *b, const struct bench_runtime *r, uint64_t limit)
{
	struct bench_sample ignored;

	config_write(b, limit);
	for (int i = 0; i < STARTS; i++)
		if (bench_run_once(b, r, NULL, &ignored) != 0)
			return false;
	return true;
}

void bench_limit(struct bench *b, struct bench_runtime *r)
{
	unsigned low = FIRST, high = LAST;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (starts_under(b, r, (uint64_t)middle * STEP))
			high = middle;
		else
			low = middle + 1;
	}
	config_write(b, 0);
	if (high < LAST)
		r->limit = (uint64_t)high * STEP;
}
