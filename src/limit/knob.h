/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knob.h - one value of the config, and where it goes
 *
 * A place says which file takes the value on v1 and on v2, and which property of a systemd unit
 * says the same.  Every value goes through knob_write(), and what becomes of it there is up to the
 * writer's way: checked only, written into the file, or put into a list of properties.  So a limit
 * is refused before anything is made by the very code that would write it.
 */
#pragma once
#include "cgroup/hierarchy.h"
#include "limit/property.h"

enum { KNOB_POINTER = 256, KNOB_TEXT = 512 };

/* How a version of cgroups spells a limit. */
struct knob_spelling {
	const char *file;	   /* NULL: that version has no such limit, which is an error */
	enum property_id property; /* PROPERTY_NONE: only the file says it */
};

/* Where one value goes.  pointer is relative to /linux/resources: "cpu/shares". */
struct knob_place {
	enum cgroup_controller controller;
	const char *pointer;
	struct knob_spelling v1, v2;
	struct cgroup_hierarchy *at; /* where, if that is not the controller's home */
};
#define KNOB_NO_CONTROLLER CGROUP_CONTROLLERS /* with `at` only */

struct device_rules;
struct knob_writer;

/* What becomes of a value that has been judged. */
struct knob_way {
	int (*write)(struct knob_writer *w, const struct knob_place *place,
		     const struct knob_spelling *spelling, const char *text, struct error *err);
	int (*devices)(struct knob_writer *w, struct cgroup_hierarchy *h,
		       const struct device_rules *rules, struct error *err);
	bool reads; /* what the files hold now counts (false: knob_read gives "") */
};
/* Nothing is written, and nothing is read. */
extern const struct knob_way knob_way_check;
/* The text goes into the file of the container's cgroup. */
extern const struct knob_way knob_way_file;
/* The third is limits_properties() alone: the text becomes a property of w->properties, or its
 * pointer is noted there as left to the files (knob_property.c). */

struct knob_writer {
	const struct knob_way *way;
	const struct cgroup *cg;
	const struct oci_resources *resources;
	bool nowhere;		       /* no cgroup is made: whatever is asked for is refused */
	uint32_t needed;	       /* controllers that were asked for */
	struct error_sink *sink;       /* who wants every error; NULL: nobody */
	struct properties *properties; /* of the way that collects them */
};

/* The version of the controller's home: 1, 2; 0 and an error if it has none. */
int knob_version(struct knob_writer *w, const struct knob_place *place, struct error *err);
/* Writes the text that the place's file takes, in the writer's way.  Refused are a controller that
 * is nowhere and a file that its version does not have.  The error says pointer, value and file. */
int knob_write(struct knob_writer *w, const struct knob_place *place, const char *text,
	       struct error *err);
/* Reads a file of the container's cgroup in the controller's home; "" if it is missing. */
void knob_read(const struct knob_writer *w, enum cgroup_controller c, const char *file,
	       char text[CGROUP_TEXT]);
/* Begins an error at a place: "/linux/resources/cpu/shares: text". */
__attribute__((format(printf, 4, 5), cold)) int knob_fail(struct error *err, int errno_value,
							  const char *pointer, const char *fmt,
							  ...);

/* error_known() for a place below /linux/resources. */
__attribute__((format(printf, 2, 3))) bool knob_known(const struct knob_writer *w,
						      const char *pointer_fmt, ...);

/* ---- what is written ---- */
/* All rows of knobs.def, in their order. */
int knobs_write(struct knob_writer *w, struct error *err);
/* The device rules, deny by default: the v1 files, or a program on v2. */
int knob_devices(struct knob_writer *w, struct error *err);

/* Rules: rows of knobs.def that are more than one value in one file. */
typedef int knob_rule(struct knob_writer *w, struct error *err);
knob_rule knob_memory, knob_cpu_quota, knob_block_io, knob_hugepages, knob_rdma, knob_network,
	knob_unified;

/* cpu.shares (2..262144) as cpu.weight (1..10000). */
unsigned cpu_weight(uint64_t shares);
/* blkio weight (10..1000) as io.weight (1..10000). */
unsigned io_weight(unsigned weight);
