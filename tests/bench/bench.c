/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - bench WORK NAME=PATH...: measures runtimes in turn; tests/bench/README.md explains */
#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static int number_from(const char *name, int otherwise)
{
	const char *text = getenv(name);
	long n = text ? strtol(text, NULL, 10) : otherwise;

	return n > 0 && n < 1000000 ? (int)n : otherwise;
}

static void runtimes_parse(struct bench *b, int argc, char **argv)
{
	for (int i = 2; i < argc && b->n < BENCH_RUNTIMES; i++) {
		struct bench_runtime *r = &b->runtimes[b->n++];
		char *equals = strchr(argv[i], '=');

		if (!equals)
			bench_die("must be NAME=PATH", argv[i]);
		*equals = '\0';
		r->name = argv[i];
		r->path = equals + 1;
		r->is_floor = strncmp(r->name, "floor", 5) == 0;
	}
}

static void samples_new(struct bench *b)
{
	for (int i = 0; i < b->n; i++)
		for (int o = 0; o < BENCH_OPERATIONS; o++) {
			struct bench_runtime *r = &b->runtimes[i];

			if (r->is_floor && o != BENCH_RUN)
				continue;
			r->samples[o] = calloc((size_t)b->rounds, sizeof **r->samples);
			if (!r->samples[o])
				bench_die("out of memory", "samples");
		}
}

/* What a container leaves to the kernel (its network namespace above all) is cleaned up during the
 * next one's time: no runtime may always follow the same one. */
static void shuffle(int *order, int n, uint64_t *state)
{
	for (int i = 0; i < n; i++)
		order[i] = i;
	for (int i = n - 1; i > 0; i--) {
		int other = (int)(bench_draw(state) % (uint64_t)(i + 1)), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

/* One round: each runtime once, in an order drawn by lot. */
static void round_run(struct bench *b, enum bench_operation o, int round)
{
	int order[BENCH_RUNTIMES];

	shuffle(order, b->n, &b->lots);
	for (int k = 0; k < b->n; k++) {
		struct bench_runtime *r = &b->runtimes[order[k]];
		struct bench_sample s;
		int status;

		if (!r->samples[o])
			continue;
		status = o == BENCH_RUN	   ? bench_run_once(b, r, NULL, &s)
			 : o == BENCH_LIFE ? bench_life_once(b, r, &s)
					   : bench_exec_once(b, r, &s);
		if (status != 0)
			bench_die("failed; BENCH_VERBOSE=1 shows what it says", r->name);
		if (round >= 0)
			r->samples[o][round] = s;
	}
}

/* exec needs a container that lives; the others would only find it in their way. */
static void sleepers(struct bench *b, void (*change)(struct bench *, struct bench_runtime *))
{
	for (int i = 0; i < b->n; i++)
		if (!b->runtimes[i].is_floor)
			change(b, &b->runtimes[i]);
}

static void operation_run(struct bench *b, enum bench_operation o)
{
	if (o == BENCH_EXEC)
		sleepers(b, bench_sleeper_start);
	for (int round = -b->warm_up; round < b->rounds; round++)
		round_run(b, o, round);
	if (o == BENCH_EXEC)
		sleepers(b, bench_sleeper_end);
}

int main(int argc, char **argv)
{
	struct bench b = { .rounds = number_from("BENCH_ROUNDS", 200),
			   .warm_up = number_from("BENCH_WARM_UP", 20),
			   .lots = 88172645463325252u };

	if (argc < 3) {
		(void)fprintf(stderr, "usage: bench WORK NAME=PATH...\n");
		return 2;
	}
	b.work = argv[1];
	runtimes_parse(&b, argc, argv);
	samples_new(&b);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int o = 0; o < BENCH_OPERATIONS; o++)
		operation_run(&b, (enum bench_operation)o);
	for (int i = 0; i < b.n; i++) {
		bench_peak(&b, &b.runtimes[i]);
		if (!b.runtimes[i].is_floor && !getenv("BENCH_NO_LIMIT"))
			bench_limit(&b, &b.runtimes[i]);
	}
	bench_print(&b);
	return 0;
}
