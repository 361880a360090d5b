/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h - container runtimes side by side
 *
 *	bench.c		the command line, the rounds
 *	bench_spawn.c	runs one command and says what it took
 *	bench_memory.c	peak memory; the smallest limit a container starts under
 *	bench_stats.c	medians, intervals, the table
 *
 * Times are printed as ratios only: both sides of a ratio come from the same rounds, so what else
 * the machine did hits both.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BENCH_RUNTIMES = 8, BENCH_ARGS = 16, BENCH_TEXT = 256 };

/* What a runtime can be measured at. */
enum bench_operation { BENCH_RUN, BENCH_LIFE, BENCH_EXEC, BENCH_OPERATIONS };

struct bench_sample {
	double wall, cpu; /* seconds */
};

struct bench_runtime {
	const char *name, *path;
	bool is_floor;					/* takes other words, and only runs */
	struct bench_sample *samples[BENCH_OPERATIONS]; /* one a round; NULL: not measured */
	uint64_t peak;					/* bytes, median; 0: not measured */
	uint64_t limit;					/* bytes, the smallest; 0: none found */
	char sleeper[32];				/* the container exec enters */
};

struct bench {
	int rounds, warm_up;
	const char *work; /* a folder of ours: bundle, state, pid file */
	struct bench_runtime runtimes[BENCH_RUNTIMES];
	int n;
	unsigned serial; /* of the next id */
	uint64_t lots;	 /* state of bench_draw for the order of rounds */
};

/* A command, ended by NULL; words that are made live in text. */
struct bench_command {
	const char *argv[BENCH_ARGS];
	char text[4][BENCH_TEXT];
};

/* ---- bench_spawn.c ---- */
/* RUNTIME --root WORK/state/NAME VERB..., for the floor its own words. */
void bench_command_make(struct bench_command *c, const struct bench *b,
			const struct bench_runtime *r, const char *verb, const char *id);
/* Runs it, its output thrown away; what it took is added to *sum.  With a cgroup (a directory of
 * the v1 memory hierarchy or a v2 one) it is there from before its exec.  Returns the status of
 * wait(2); a command that takes longer than 20 seconds is killed. */
int bench_spawn(const struct bench_command *c, const char *cgroup, struct bench_sample *sum);
/* run; 0 if the container's program ended with 0. */
int bench_run_once(struct bench *b, const struct bench_runtime *r, const char *cgroup,
		   struct bench_sample *ret);
/* create, start, delete; the program's own end is waited for between and not counted. */
int bench_life_once(struct bench *b, const struct bench_runtime *r, struct bench_sample *ret);
/* Creates and starts the container of WORK/sleeper for bench_exec_once. */
void bench_sleeper_start(struct bench *b, struct bench_runtime *r);
void bench_sleeper_end(struct bench *b, struct bench_runtime *r);
/* exec in the sleeper; 0 if the program ended with 0. */
int bench_exec_once(struct bench *b, const struct bench_runtime *r, struct bench_sample *ret);
/* The random end of the work folder's name, in all names that we make: a pid is the same in each
 * new pid namespace. */
const char *bench_word(const struct bench *b);
/* Prints a line and ends the program. */
_Noreturn void bench_die(const char *what, const char *name);

/* ---- bench_memory.c ---- */
void bench_peak(struct bench *b, struct bench_runtime *r);
void bench_limit(struct bench *b, struct bench_runtime *r);

/* ---- bench_stats.c ---- */
void bench_print(const struct bench *b);
uint64_t bench_median_u64(uint64_t *v, size_t n);
/* The next of a row of numbers that is the same in every run; *state must not be 0. */
uint64_t bench_draw(uint64_t *state);
