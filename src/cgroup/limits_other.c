/* SPDX-License-Identifier: Apache-2.0 */
/* limits_other.c - rdma, network priorities, and the files of cgroup v2 by name ("unified") */
#include "base/auto.h"
#include "cgroup/knob.h"

#include <string.h>

/* Copies a key as a token of a JSON pointer (RFC 6901: ~ is ~0, / is ~1). */
static void pointer_token(char *to, size_t size, const char *key)
{
	size_t n = 0;

	for (; *key && n + 3 < size; key++) {
		if (*key == '~' || *key == '/')
			to[n++] = '~';
		to[n++] = (char)(*key == '~' ? '0' : *key == '/' ? '1' : *key);
	}
	to[n] = '\0';
}

/* A name that goes into a line of a kernel file must be one word. */
static int check_word(const char *word, const char *pointer, struct error *err)
{
	char shown[FOREIGN_BUF];

	if (*word && !strpbrk(word, " \t\r\n"))
		return 0;
	return knob_fail(err, 0, pointer, "\"%s\" is no device name", foreign(word, shown));
}

static int write_rdma(struct knob_pen *pen, const char *name, const struct oci_rdma *limit,
		      struct error *err)
{
	char pointer[KNOB_POINTER] = "rdma/", handles[40] = "", objects[40] = "";
	char text[KNOB_TEXT];
	struct knob_place place = { CGROUP_RDMA, pointer, "rdma.max", "rdma.max", NULL };

	pointer_token(pointer + 5, sizeof pointer - 5, name);
	if (knob_known(pen, "%s", pointer))
		return 0;
	if (check_word(name, pointer, err) < 0)
		return -1;
	if (oci_has(rdma, limit, hca_handles))
		(void)snprintf(handles, sizeof handles, " hca_handle=%u", limit->hca_handles);
	if (oci_has(rdma, limit, hca_objects))
		(void)snprintf(objects, sizeof objects, " hca_object=%u", limit->hca_objects);
	if (!*handles && !*objects)
		return 0;
	(void)snprintf(text, sizeof text, "%.200s%s%s", name, handles, objects);
	return knob_write(pen, &place, text, err);
}

int knob_rdma(struct knob_pen *pen, struct error *err)
{
	const struct oci_resources *r = pen->resources;

	for (size_t i = 0; i < r->rdma.n; i++)
		if (write_rdma(pen, r->rdma.v[i].key, &r->rdma.v[i].value, err) < 0 &&
		    error_more(pen->more, err) < 0)
			return -1;
	return 0;
}

static int write_priority(struct knob_pen *pen, const struct oci_interface_priority *p, size_t i,
			  struct error *err)
{
	char pointer[KNOB_POINTER], text[KNOB_TEXT];
	struct knob_place place = { CGROUP_NET_PRIO, pointer, "net_prio.ifpriomap", NULL, NULL };

	(void)snprintf(pointer, sizeof pointer, "network/priorities/%zu", i);
	if (check_word(p->name, pointer, err) < 0)
		return -1;
	(void)snprintf(text, sizeof text, "%.200s %u", p->name, p->priority);
	return knob_write(pen, &place, text, err);
}

int knob_network(struct knob_pen *pen, struct error *err)
{
	const struct oci_network *network = pen->resources->network;

	for (size_t i = 0; network && i < network->priorities.n; i++)
		if (!knob_known(pen, "network/priorities/%zu", i) &&
		    write_priority(pen, &network->priorities.v[i], i, err) < 0 &&
		    error_more(pen->more, err) < 0)
			return -1;
	return 0;
}

/* ---- unified ---- */

static struct cgroup_hierarchy *find_v2(const struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n; i++)
		if (cg->h[i].version == 2)
			return &cg->h[i];
	return NULL;
}

/* A key is a file of the container's own cgroup, and none that moves or kills processes. */
static bool key_allowed(const char *key)
{
	static const char *const forbidden[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill",
						 "cgroup.freeze" };

	if (!*key || *key == '.' || strchr(key, '/'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
		if (strcmp(key, forbidden[i]) == 0)
			return false;
	return true;
}

static enum cgroup_controller key_controller(const char *key)
{
	char name[32];
	uint32_t bit;
	int c = 0;

	(void)snprintf(name, sizeof name, "%.*s", (int)strcspn(key, "."), key);
	bit = cgroup_controller_bits(name, ",");
	if (!bit)
		return KNOB_NO_CONTROLLER;
	while (!(bit >> c & 1))
		c++;
	return (enum cgroup_controller)c;
}

static int write_unified(struct knob_pen *pen, const struct oci_pair *pair, struct error *err)
{
	struct cgroup_hierarchy *v2 = find_v2(pen->cg), *home;
	char pointer[KNOB_POINTER] = "unified/", shown[FOREIGN_BUF];
	enum cgroup_controller c = key_controller(pair->key);
	struct knob_place place = { c, pointer, NULL, pair->key, v2 };

	pointer_token(pointer + 8, sizeof pointer - 8, pair->key);
	if (knob_known(pen, "%s", pointer))
		return 0;
	if (pen->cg->disabled)
		return knob_fail(err, 0, "unified", "no cgroup to apply it in");
	if (!v2)
		return knob_fail(err, 0, pointer,
				 "cannot use unified on cgroup v1: no cgroup2 is mounted");
	if (!key_allowed(pair->key))
		return knob_fail(err, 0, pointer, "\"%s\" can't be set by name",
				 foreign(pair->key, shown));
	home = c == KNOB_NO_CONTROLLER ? v2 : cgroup_home(pen->cg, c);
	if (home && home != v2)
		return knob_fail(err, 0, pointer,
				 "cannot use unified on cgroup v1: controller \"%s\" lives there",
				 cgroup_controller_name(c));
	if (!home)
		place.at = NULL;
	return knob_write(pen, &place, pair->value, err);
}

int knob_unified(struct knob_pen *pen, struct error *err)
{
	const struct oci_resources *r = pen->resources;

	for (size_t i = 0; i < r->unified.n; i++)
		if (write_unified(pen, &r->unified.v[i], err) < 0 && error_more(pen->more, err) < 0)
			return -1;
	return 0;
}
