/* SPDX-License-Identifier: Apache-2.0 */
/* limits_network.c - rdma and network priorities: lines that begin with a device's name */
#include "base/auto.h"
#include "limit/knob.h"

#include <string.h>

/* A name that goes into a line of a kernel file must be one word. */
static int check_word(const char *word, const char *pointer, struct error *err)
{
	char shown[FOREIGN_BUF];

	if (*word && !strpbrk(word, " \t\r\n"))
		return 0;
	return knob_fail(err, 0, pointer, "\"%s\" is no device name", foreign(word, shown));
}

static int write_rdma(struct knob_writer *w, const char *name, const struct oci_rdma *limit,
		      struct error *err)
{
	char pointer[KNOB_POINTER] = "rdma/", handles[40] = "", objects[40] = "";
	char text[KNOB_TEXT];
	const struct knob_place place = {
		CGROUP_RDMA,
		pointer,
		.v1 = { "rdma.max", PROPERTY_NONE },
		.v2 = { "rdma.max", PROPERTY_NONE },
	};

	(void)oci_pointer_token(name, pointer + 5, sizeof pointer - 5);
	if (knob_known(w, "%s", pointer))
		return 0;
	if (check_word(name, pointer, err) < 0)
		return error_code(err);
	if (oci_has(rdma, limit, hca_handles))
		(void)snprintf(handles, sizeof handles, " hca_handle=%u", limit->hca_handles);
	if (oci_has(rdma, limit, hca_objects))
		(void)snprintf(objects, sizeof objects, " hca_object=%u", limit->hca_objects);
	if (!*handles && !*objects)
		return 0;
	(void)snprintf(text, sizeof text, "%.200s%s%s", name, handles, objects);
	return knob_write(w, &place, text, err);
}

int knob_rdma(struct knob_writer *w, struct error *err)
{
	const struct oci_resources *r = w->resources;

	for (size_t i = 0; i < r->rdma.n; i++)
		if (write_rdma(w, r->rdma.v[i].key, &r->rdma.v[i].value, err) < 0 &&
		    error_more(w->sink, err) < 0)
			return error_code(err);
	return 0;
}

static int write_priority(struct knob_writer *w, const struct oci_interface_priority *p, size_t i,
			  struct error *err)
{
	char pointer[KNOB_POINTER], text[KNOB_TEXT];
	const struct knob_place place = {
		CGROUP_NET_PRIO,
		pointer,
		.v1 = { "net_prio.ifpriomap", PROPERTY_NONE },
	};

	(void)snprintf(pointer, sizeof pointer, "network/priorities/%zu", i);
	if (check_word(p->name, pointer, err) < 0)
		return error_code(err);
	(void)snprintf(text, sizeof text, "%.200s %u", p->name, p->priority);
	return knob_write(w, &place, text, err);
}

int knob_network(struct knob_writer *w, struct error *err)
{
	const struct oci_network *network = w->resources->network;

	for (size_t i = 0; network && i < network->priorities.n; i++)
		if (!knob_known(w, "network/priorities/%zu", i) &&
		    write_priority(w, &network->priorities.v[i], i, err) < 0 &&
		    error_more(w->sink, err) < 0)
			return error_code(err);
	return 0;
}
