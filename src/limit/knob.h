/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knob.h - limits: a value of the config, the file that takes it on v1 and on v2
 *
 * The same rows run twice.  Planning runs them with a dry pen, which checks values and homes and
 * writes nothing; limits_apply runs them over the container's directories.  So what is refused is
 * refused before anything is made, by the very code that would write.
 */
#pragma once
#include "cgroup/hierarchy.h"

enum { KNOB_POINTER = 256, KNOB_TEXT = 512 };

struct knob_pen {
	const struct cgroup *cg;
	const struct oci_resources *resources;
	bool dry;
	bool nowhere;		 /* no cgroup is made: whatever is asked for is refused */
	uint32_t needed;	 /* controllers that were asked for */
	struct error_sink *more; /* who wants every error; NULL: nobody */
};

/* Where one value goes.  pointer is relative to /linux/resources: "cpu/shares". */
struct knob_place {
	enum cgroup_controller controller;
	const char *pointer;
	const char *v1, *v2;	     /* file names; NULL: that version has none */
	struct cgroup_hierarchy *at; /* where, if that is not the controller's home */
};
#define KNOB_NO_CONTROLLER CGROUP_CONTROLLERS /* with `at` only */

/* The version of the controller's home: 1, 2; 0 and an error if it has none. */
int knob_version(struct knob_pen *pen, const struct knob_place *place, struct error *err);
/* Writes (unless dry) text into the place's file.  The error says pointer, value and file. */
int knob_write(struct knob_pen *pen, const struct knob_place *place, const char *text,
	       struct error *err);
/* Reads a file of the container's cgroup in the controller's home; "" when dry or missing. */
void knob_read(const struct knob_pen *pen, enum cgroup_controller c, const char *file,
	       char text[CGROUP_TEXT]);
/* Begins an error at a place: "/linux/resources/cpu/shares: text". */
__attribute__((format(printf, 4, 5), cold)) int knob_fail(struct error *err, int errno_value,
							  const char *pointer, const char *fmt,
							  ...);

/* error_known() for a place below /linux/resources. */
__attribute__((format(printf, 2, 3))) bool knob_known(const struct knob_pen *pen,
						      const char *pointer_fmt, ...);

/* Copies a key as a token of a JSON pointer (RFC 6901: ~ is ~0, / is ~1). */
void knob_token(char *to, size_t size, const char *key);

/* Rules: what is more than one value in one file. */
typedef int knob_rule(struct knob_pen *pen, struct error *err);
knob_rule knob_memory, knob_cpu_quota, knob_block_io, knob_hugepages, knob_rdma, knob_network,
	knob_unified;

/* cpu.shares (2..262144) as cpu.weight (1..10000). */
unsigned cpu_weight(uint64_t shares);
/* blkio weight (10..1000) as io.weight (1..10000). */
unsigned io_weight(unsigned weight);

/* Device rules, deny by default: the v1 files, or a program on v2. */
int device_rules_apply(struct knob_pen *pen, struct error *err);
