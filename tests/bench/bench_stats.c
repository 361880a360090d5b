/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_stats.c - medians, intervals, the table
 *
 * The interval of a ratio of medians is a bootstrap's: rounds are drawn again with replacement, for
 * runtimes from the same rounds, and the middle 95 % of the ratios are kept.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 2000 };

struct interval {
	double value, low, high;
};

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t bench_median_u64(uint64_t *v, size_t n)
{
	qsort(v, n, sizeof *v, compare_u64);
	return v[n / 2];
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare_double);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

uint64_t bench_draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static double member(const struct bench_sample *s, bool cpu)
{
	return cpu ? s->cpu : s->wall;
}

/* The ratio of the medians over the rounds that index names. */
static double ratio_of(const struct bench_sample *a, const struct bench_sample *b, bool cpu,
		       const size_t *index, size_t n)
{
	double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y), r;

	if (!x || !y)
		bench_die("out of memory", "ratio");
	for (size_t i = 0; i < n; i++) {
		x[i] = member(&a[index[i]], cpu);
		y[i] = member(&b[index[i]], cpu);
	}
	r = median(x, n) / median(y, n);
	free(x);
	free(y);
	return r;
}

static struct interval ratio(const struct bench *b, const struct bench_sample *x,
			     const struct bench_sample *y, bool cpu)
{
	size_t n = (size_t)b->rounds, *index = calloc(n, sizeof *index);
	double *ratios = calloc(RESAMPLES, sizeof *ratios);
	uint64_t state = 88172645463325252U;
	struct interval result;

	if (!index || !ratios)
		bench_die("out of memory", "ratio");
	for (size_t i = 0; i < n; i++)
		index[i] = i;
	result.value = ratio_of(x, y, cpu, index, n);
	for (size_t k = 0; k < RESAMPLES; k++) {
		for (size_t i = 0; i < n; i++)
			index[i] = bench_draw(&state) % n;
		ratios[k] = ratio_of(x, y, cpu, index, n);
	}
	qsort(ratios, RESAMPLES, sizeof *ratios, compare_double);
	result.low = ratios[RESAMPLES * 25 / 1000];
	result.high = ratios[RESAMPLES * 975 / 1000];
	free(index);
	free(ratios);
	return result;
}

static void print_ratio(const struct bench *b, const struct bench_sample *x,
			const struct bench_sample *y, bool cpu)
{
	struct interval i;

	if (!x || !y) {
		(void)printf(" - |");
		return;
	}
	if (x == y) {
		(void)printf(" 1 |");
		return;
	}
	i = ratio(b, x, y, cpu);
	(void)printf(" %.2f (%.2f to %.2f) |", i.value, i.low, i.high);
}

static const struct bench_runtime *find(const struct bench *b, const char *name)
{
	for (int i = 0; i < b->n; i++)
		if (strcmp(b->runtimes[i].name, name) == 0)
			return &b->runtimes[i];
	return NULL;
}

static void print_operation(const struct bench *b, enum bench_operation o, const char *title)
{
	static const char *const bases[] = { "crun", "floor" };

	(void)printf("\n%s, medians of %d rounds, with 95 %% intervals\n\n", title, b->rounds);
	(void)printf("| runtime | wall / crun | wall / floor | cpu / crun | cpu / floor |\n");
	(void)printf("|---|---|---|---|---|\n");
	for (int i = 0; i < b->n; i++) {
		const struct bench_sample *x = b->runtimes[i].samples[o];

		if (!x)
			continue;
		(void)printf("| %s |", b->runtimes[i].name);
		for (int k = 0; k < 4; k++) {
			const struct bench_runtime *base = find(b, bases[k % 2]);

			print_ratio(b, x, base ? base->samples[o] : NULL, k >= 2);
		}
		(void)printf("\n");
	}
}

static void print_size(uint64_t bytes)
{
	if (bytes)
		(void)printf(" %llu KiB |", (unsigned long long)bytes >> 10);
	else
		(void)printf(" - |");
}

static void print_memory(const struct bench *b)
{
	(void)printf(
		"\nmemory\n\n| runtime | peak of the runtime | smallest limit that starts 5 of 5 "
		"|\n|---|---|---|\n");
	for (int i = 0; i < b->n; i++) {
		(void)printf("| %s |", b->runtimes[i].name);
		print_size(b->runtimes[i].peak);
		print_size(b->runtimes[i].limit);
		(void)printf("\n");
	}
}

void bench_print(const struct bench *b)
{
	print_operation(b, BENCH_RUN, "run /bin/true");
	print_operation(b, BENCH_LIFE, "create + start + delete");
	print_operation(b, BENCH_EXEC, "exec /bin/true");
	print_memory(b);
	(void)fflush(stdout);
}
