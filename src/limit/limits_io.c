/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits_io.c - weights and rates of block devices
 *
 * Which file takes a weight depends on the I/O scheduler of the machine, and neither the version of
 * cgroups nor of the kernel tells.  So the files are tried one after the other until one is there.
 */
#include "base/auto.h"
#include "limit/knob.h"

#include <inttypes.h>

/* BFQ has files of its own, and CFQ (gone with Linux 5.0) had others.  io.weight belongs to iocost
 * and counts to 10000. */
struct weight_files {
	struct knob_spelling v1[2], v2[2];
};
static const struct weight_files weight_files = {
	.v1 = { { "blkio.weight", PROPERTY_BlockIOWeight },
		{ "blkio.bfq.weight", PROPERTY_BlockIOWeight } },
	.v2 = { { "io.bfq.weight", PROPERTY_IOWeightOfBFQ }, { "io.weight", PROPERTY_IOWeight } },
};
static const struct weight_files device_files = {
	.v1 = { { "blkio.weight_device", PROPERTY_BlockIODeviceWeight },
		{ "blkio.bfq.weight_device", PROPERTY_BlockIODeviceWeight } },
	.v2 = { { "io.bfq.weight", PROPERTY_IODeviceWeightOfBFQ },
		{ "io.weight", PROPERTY_IODeviceWeight } },
};
static const struct weight_files leaf_files = { .v1 = { { "blkio.leaf_weight", PROPERTY_NONE } } };
static const struct weight_files leaf_device_files = {
	.v1 = { { "blkio.leaf_weight_device", PROPERTY_NONE } },
};

unsigned io_weight(unsigned weight)
{
	return 1 + (weight - 10) * 9999 / 990;
}

struct weight {
	const char *pointer, *device; /* "8:0 ", or "" for all devices */
	unsigned value;
};

/* 0 is what engines write for "not given". */
static int write_weight(struct knob_writer *w, const struct weight_files *files,
			const struct weight *weight, struct error *err)
{
	int r = 0;

	if (weight->value == 0)
		return 0;
	if (weight->value < 10 || weight->value > 1000)
		return knob_fail(err, 0, weight->pointer, "must be 10 to 1000, is %u",
				 weight->value);
	for (size_t i = 0; i < 2; i++) {
		const struct knob_place place = {
			CGROUP_BLKIO,
			weight->pointer,
			.v1 = files->v1[i],
			.v2 = files->v2[i],
		};
		int version = knob_version(w, &place, err);
		char text[64];

		if (version == 0)
			return error_code(err);
		if (i > 0 && !(version == 1 ? place.v1 : place.v2).file)
			break;
		(void)snprintf(text, sizeof text, "%s%u", weight->device,
			       version == 2 && i == 1 ? io_weight(weight->value) : weight->value);
		r = knob_write(w, &place, text, err);
		if (r >= 0 || err->errno_value != ENOENT)
			break;
	}
	return r;
}

static int write_device_weight(struct knob_writer *w, const struct oci_weight_device *d, size_t i,
			       struct error *err)
{
	char pointer[KNOB_POINTER], device[48];
	struct weight weight = { pointer, device, d->weight };
	int r;

	(void)snprintf(device, sizeof device, "%" PRId64 ":%" PRId64 " ", d->major, d->minor);
	(void)snprintf(pointer, sizeof pointer, "blockIO/weightDevice/%zu/weight", i);
	r = write_weight(w, &device_files, &weight, err);
	if (r < 0 && error_more(w->sink, err) < 0)
		return r;
	(void)snprintf(pointer, sizeof pointer, "blockIO/weightDevice/%zu/leafWeight", i);
	weight.value = d->leaf_weight;
	return write_weight(w, &leaf_device_files, &weight, err);
}

static int write_weights(struct knob_writer *w, const struct oci_block_io *io, struct error *err)
{
	struct weight weight = { "blockIO/weight", "", io->weight };
	struct weight leaf = { "blockIO/leafWeight", "", io->leaf_weight };

	if (write_weight(w, &weight_files, &weight, err) < 0 && error_more(w->sink, err) < 0)
		return error_code(err);
	if (write_weight(w, &leaf_files, &leaf, err) < 0 && error_more(w->sink, err) < 0)
		return error_code(err);
	for (size_t i = 0; i < io->weight_device.n; i++)
		if (!knob_known(w, "blockIO/weightDevice/%zu", i) &&
		    write_device_weight(w, &io->weight_device.v[i], i, err) < 0 &&
		    error_more(w->sink, err) < 0)
			return error_code(err);
	return 0;
}

struct throttle {
	const char *key;
	struct knob_spelling v1; /* a file for each kind */
	const char *v2;		 /* io.max: a word for each kind */
	enum property_id v2_property;
	size_t n;
	const struct oci_throttle_device *v;
};

/* v1 takes 0 for "no limit", io.max the word. */
static int write_throttle(struct knob_writer *w, const struct throttle *t, size_t i,
			  struct error *err)
{
	const struct oci_throttle_device *d = &t->v[i];
	char pointer[KNOB_POINTER], text[128];
	const struct knob_place place = {
		CGROUP_BLKIO,
		pointer,
		.v1 = t->v1,
		.v2 = { "io.max", t->v2_property },
	};
	int version, n;

	(void)snprintf(pointer, sizeof pointer, "blockIO/%s/%zu", t->key, i);
	version = knob_version(w, &place, err);
	if (version == 0)
		return error_code(err);
	n = snprintf(text, sizeof text, "%" PRId64 ":%" PRId64 " ", d->major, d->minor);
	if (version == 1)
		(void)snprintf(text + n, sizeof text - (size_t)n, "%" PRIu64, d->rate);
	else if (d->rate)
		(void)snprintf(text + n, sizeof text - (size_t)n, "%s=%" PRIu64, t->v2, d->rate);
	else
		(void)snprintf(text + n, sizeof text - (size_t)n, "%s=max", t->v2);
	return knob_write(w, &place, text, err);
}

int knob_block_io(struct knob_writer *w, struct error *err)
{
	const struct oci_block_io *io = w->resources->block_io;

	if (!io)
		return 0;
	const struct throttle throttles[] = {
		{ "throttleReadBpsDevice",
		  { "blkio.throttle.read_bps_device", PROPERTY_BlockIOReadBandwidth },
		  "rbps",
		  PROPERTY_IOReadBandwidthMax,
		  io->read_bps.n,
		  io->read_bps.v },
		{ "throttleWriteBpsDevice",
		  { "blkio.throttle.write_bps_device", PROPERTY_BlockIOWriteBandwidth },
		  "wbps",
		  PROPERTY_IOWriteBandwidthMax,
		  io->write_bps.n,
		  io->write_bps.v },
		{ "throttleReadIOPSDevice",
		  { "blkio.throttle.read_iops_device", PROPERTY_NONE },
		  "riops",
		  PROPERTY_IOReadIOPSMax,
		  io->read_iops.n,
		  io->read_iops.v },
		{ "throttleWriteIOPSDevice",
		  { "blkio.throttle.write_iops_device", PROPERTY_NONE },
		  "wiops",
		  PROPERTY_IOWriteIOPSMax,
		  io->write_iops.n,
		  io->write_iops.v },
	};
	if (write_weights(w, io, err) < 0)
		return error_code(err);
	for (size_t k = 0; k < ARRAY_SIZE(throttles); k++)
		for (size_t i = 0; i < throttles[k].n; i++)
			if (!knob_known(w, "blockIO/%s/%zu", throttles[k].key, i) &&
			    write_throttle(w, &throttles[k], i, err) < 0 &&
			    error_more(w->sink, err) < 0)
				return error_code(err);
	return 0;
}
