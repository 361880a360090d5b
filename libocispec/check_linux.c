/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_linux.c - the rules for /linux without its resources, sysctls and seccomp: namespaces, id
 * mappings, time offsets, network devices, devices, paths, memory policy, personality, Intel RDT
 *
 * Most of them keep a setting from meaning something else than was said: the kernel takes
 * 4294967295 as "no id", an id outside of the mappings can't be used, and mounts without a mount
 * namespace of their own would change the host.
 */
#include "libocispec/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MAPPINGS_MAX = 340, /* the most lines that the kernel accepts in a uid_map */
	NANOSECONDS = 1000000000,
	INTERFACE_MAX = 15, /* IFNAMSIZ without its NUL */
	MAJOR_MAX = 4095,
	MINOR_MAX = 1048575,
};

/* ---- namespaces ---- */

void oci_rule_namespaces(struct oci_check *c)
{
	const struct oci_linux *linux = oci_linux_of(c);
	size_t first[OCI_namespace_type_WORDS] = { 0 };

	for (size_t i = 0; i < linux->namespaces.n; i++) {
		const struct oci_namespace *ns = &linux->namespaces.v[i];

		oci_at(c, "/linux/namespaces/%zu/path", i);
		if (oci_is_relative(ns->path))
			oci_wrong(c, "must be an absolute path, is %s", oci_quoted(c, ns->path));
		if (!oci_has(namespace, ns, type))
			continue;
		oci_at(c, "/linux/namespaces/%zu", i);
		if (first[ns->type])
			oci_wrong(c, "\"%s\" is there already, as entry %zu",
				  oci_namespace_type_enum.words[ns->type], first[ns->type] - 1);
		else
			first[ns->type] = i + 1;
	}
}

void oci_rule_mount_namespace(struct oci_check *c)
{
	static const char text[] = "needs a mount namespace, and /linux/namespaces has none";
	const struct oci_linux *linux = oci_linux_of(c);

	if (oci_namespace_of(c, OCI_namespace_type_MOUNT))
		return;
	oci_at(c, "/mounts");
	if (c->config->mounts.n > 0)
		oci_wrong(c, text);
	oci_at(c, "/linux/maskedPaths");
	if (linux->masked_paths.n > 0)
		oci_wrong(c, text);
	oci_at(c, "/linux/readonlyPaths");
	if (linux->readonly_paths.n > 0)
		oci_wrong(c, text);
	oci_at(c, "/linux/rootfsPropagation");
	if (oci_has(linux, linux, rootfs_propagation))
		oci_wrong(c, text);
}

/* ---- ids ---- */

void oci_rule_user_namespace(struct oci_check *c)
{
	const struct oci_linux *linux = oci_linux_of(c);
	const struct oci_namespace *ns = oci_namespace_of(c, OCI_namespace_type_USER);
	const struct {
		const char *name;
		size_t n;
	} lists[] = { { "uidMappings", linux->uid_mappings.n },
		      { "gidMappings", linux->gid_mappings.n } };

	for (size_t i = 0; i < 2; i++) {
		oci_at(c, "/linux/%s", lists[i].name);
		if (ns && !ns->path && lists[i].n == 0)
			oci_wrong(c, "missing, a new user namespace needs them");
		if (!ns && lists[i].n > 0)
			oci_wrong(c, "needs a user namespace, and /linux/namespaces has none");
	}
}

static bool overlap(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
	return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

static void check_range(struct oci_check *c, const struct oci_id_mapping *m)
{
	if (m->size == 0)
		oci_wrong(c, "size must be above 0");
	else if ((uint64_t)m->container_id + m->size > UINT32_MAX)
		oci_wrong(c, "containerID %" PRIu32 " and size %" PRIu32 " go beyond 4294967294",
			  m->container_id, m->size);
	else if ((uint64_t)m->host_id + m->size > UINT32_MAX)
		oci_wrong(c, "hostID %" PRIu32 " and size %" PRIu32 " go beyond 4294967294",
			  m->host_id, m->size);
}

static void check_mappings(struct oci_check *c, const char *pointer,
			   const struct oci_id_mapping *list, size_t n)
{
	oci_at(c, "%s", pointer);
	if (n > MAPPINGS_MAX) {
		oci_wrong(c, "has %zu entries, the kernel takes %d", n, MAPPINGS_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		oci_at(c, "%s/%zu", pointer, i);
		check_range(c, &list[i]);
		for (size_t j = 0; j < i; j++)
			if (overlap(list[i].container_id, list[i].size, list[j].container_id,
				    list[j].size) ||
			    overlap(list[i].host_id, list[i].size, list[j].host_id, list[j].size))
				oci_wrong(c, "overlaps with entry %zu", j);
	}
}

void oci_rule_id_mappings(struct oci_check *c)
{
	const struct oci_linux *linux = oci_linux_of(c);
	char pointer[64];

	check_mappings(c, "/linux/uidMappings", linux->uid_mappings.v, linux->uid_mappings.n);
	check_mappings(c, "/linux/gidMappings", linux->gid_mappings.v, linux->gid_mappings.n);
	for (size_t i = 0; i < c->config->mounts.n; i++) {
		const struct oci_mount *mount = &c->config->mounts.v[i];

		if (mount->uid_mappings.n + mount->gid_mappings.n == 0)
			continue;
		snprintf(pointer, sizeof pointer, "/mounts/%zu/uidMappings", i);
		check_mappings(c, pointer, mount->uid_mappings.v, mount->uid_mappings.n);
		snprintf(pointer, sizeof pointer, "/mounts/%zu/gidMappings", i);
		check_mappings(c, pointer, mount->gid_mappings.v, mount->gid_mappings.n);
	}
}

static bool is_mapped(const struct oci_id_mapping *list, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (id >= list[i].container_id && id - list[i].container_id < list[i].size)
			return true;
	return n == 0;
}

void oci_rule_mapped_user(struct oci_check *c)
{
	const struct oci_linux *linux = oci_linux_of(c);
	const struct oci_user *user = c->process ? c->process->user : NULL;
	const struct oci_namespace *ns = oci_namespace_of(c, OCI_namespace_type_USER);
	const struct oci_id_mapping *gids = linux->gid_mappings.v;
	size_t n_gids = linux->gid_mappings.n;

	if (!user || !ns || ns->path)
		return;
	oci_at(c, "/process/user/uid");
	if (!is_mapped(linux->uid_mappings.v, linux->uid_mappings.n, user->uid))
		oci_wrong(c, "%" PRIu32 " is not in /linux/uidMappings", user->uid);
	oci_at(c, "/process/user/gid");
	if (!is_mapped(gids, n_gids, user->gid))
		oci_wrong(c, "%" PRIu32 " is not in /linux/gidMappings", user->gid);
	for (size_t i = 0; i < user->additional_gids.n; i++) {
		oci_at(c, "/process/user/additionalGids/%zu", i);
		if (!is_mapped(gids, n_gids, user->additional_gids.v[i]))
			oci_wrong(c, "%" PRIu32 " is not in /linux/gidMappings",
				  user->additional_gids.v[i]);
	}
}

/* ---- time and network ---- */

void oci_rule_time_offsets(struct oci_check *c)
{
	const struct oci_time_offsets *offsets = oci_linux_of(c)->time_offsets;
	const struct oci_namespace *ns = oci_namespace_of(c, OCI_namespace_type_TIME);

	if (!offsets)
		return;
	oci_at(c, "/linux/timeOffsets");
	if (!ns)
		oci_wrong(c, "needs a time namespace, and /linux/namespaces has none");
	else if (ns->path)
		oci_wrong(c, "needs a new time namespace, and /linux/namespaces joins one");
	oci_at(c, "/linux/timeOffsets/boottime/nanosecs");
	if (offsets->boottime && offsets->boottime->nanosecs >= NANOSECONDS)
		oci_wrong(c, "must be a number from 0 to 999999999");
	oci_at(c, "/linux/timeOffsets/monotonic/nanosecs");
	if (offsets->monotonic && offsets->monotonic->nanosecs >= NANOSECONDS)
		oci_wrong(c, "must be a number from 0 to 999999999");
}

static bool is_interface(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= INTERFACE_MAX && strcspn(name, "/: \t\n\v\f\r") == n &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

void oci_rule_net_devices(struct oci_check *c)
{
	const struct oci_linux *linux = oci_linux_of(c);

	oci_at(c, "/linux/netDevices");
	if (linux->net_devices.n > 0 && !oci_namespace_of(c, OCI_namespace_type_NETWORK))
		oci_wrong(c, "needs a network namespace, and /linux/namespaces has none");
	for (size_t i = 0; i < linux->net_devices.n; i++) {
		const char *key = linux->net_devices.v[i].key;
		const char *name = linux->net_devices.v[i].value.name;

		oci_at_key(c, "/linux/netDevices", key);
		if (!is_interface(key))
			oci_wrong(c, "%s can't be the name of an interface", oci_quoted(c, key));
		if (name && *name && !is_interface(name))
			oci_wrong(c, "%s can't be the name of an interface", oci_quoted(c, name));
	}
}

/* ---- devices ---- */

static void check_number(struct oci_check *c, const char *name, int64_t number, int64_t max)
{
	if (number < 0 || number > max)
		oci_wrong(c, "%s must be a number from 0 to %" PRId64 ", is %" PRId64, name, max,
			  number);
}

static void check_device(struct oci_check *c, const struct oci_device *d, size_t index)
{
	oci_at(c, "/linux/devices/%zu/path", index);
	if (oci_is_relative(d->path))
		oci_wrong(c, "must be an absolute path, is %s", oci_quoted(c, d->path));
	oci_at(c, "/linux/devices/%zu/uid", index);
	if (d->uid == UINT32_MAX)
		oci_wrong(c, "must be below 4294967295: to the kernel that is \"no id\"");
	oci_at(c, "/linux/devices/%zu/gid", index);
	if (d->gid == UINT32_MAX)
		oci_wrong(c, "must be below 4294967295: to the kernel that is \"no id\"");
	if (!oci_has(device, d, type) || d->type == OCI_device_type_P)
		return;
	oci_at(c, "/linux/devices/%zu/major", index);
	if (!oci_has(device, d, major))
		oci_wrong(c, "missing, type %s needs it", oci_device_type_enum.words[d->type]);
	check_number(c, "major", d->major, MAJOR_MAX);
	oci_at(c, "/linux/devices/%zu/minor", index);
	if (!oci_has(device, d, minor))
		oci_wrong(c, "missing, type %s needs it", oci_device_type_enum.words[d->type]);
	check_number(c, "minor", d->minor, MINOR_MAX);
}

void oci_rule_devices(struct oci_check *c)
{
	const struct oci_linux *linux = oci_linux_of(c);

	for (size_t i = 0; i < linux->devices.n; i++)
		check_device(c, &linux->devices.v[i], i);
}

/* ---- paths, policies ---- */

static void check_paths(struct oci_check *c, const char *name, const struct oci_strs *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (!oci_is_relative(paths->v[i]))
			continue;
		oci_at(c, "/linux/%s/%zu", name, i);
		oci_wrong(c, "must be an absolute path, is %s", oci_quoted(c, paths->v[i]));
	}
}

void oci_rule_paths(struct oci_check *c)
{
	check_paths(c, "maskedPaths", &oci_linux_of(c)->masked_paths);
	check_paths(c, "readonlyPaths", &oci_linux_of(c)->readonly_paths);
}

static bool has_flag(const struct oci_ints *flags, int flag)
{
	for (size_t i = 0; i < flags->n; i++)
		if (flags->v[i] == flag)
			return true;
	return false;
}

void oci_rule_memory_policy(struct oci_check *c)
{
	const struct oci_memory_policy *policy = oci_linux_of(c)->memory_policy;
	bool takes_none, needs_some, has_nodes;

	if (!oci_has(memory_policy, policy, mode))
		return;
	takes_none = policy->mode == OCI_memory_policy_mode_MPOL_DEFAULT ||
		     policy->mode == OCI_memory_policy_mode_MPOL_LOCAL;
	needs_some = !takes_none && policy->mode != OCI_memory_policy_mode_MPOL_PREFERRED;
	has_nodes = policy->nodes && *policy->nodes;
	oci_at(c, "/linux/memoryPolicy/nodes");
	if (needs_some && !has_nodes)
		oci_wrong(c, "missing, %s needs them",
			  oci_memory_policy_mode_enum.words[policy->mode]);
	if (takes_none && has_nodes)
		oci_wrong(c, "%s takes none", oci_memory_policy_mode_enum.words[policy->mode]);
	oci_at(c, "/linux/memoryPolicy/flags");
	if (has_flag(&policy->flags, OCI_memory_policy_flag_MPOL_F_RELATIVE_NODES) &&
	    has_flag(&policy->flags, OCI_memory_policy_flag_MPOL_F_STATIC_NODES))
		oci_wrong(c, "MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES exclude each other");
}

void oci_rule_personality(struct oci_check *c)
{
	const struct oci_personality *personality = oci_linux_of(c)->personality;

	oci_at(c, "/linux/personality/flags");
	if (personality && personality->flags.n > 0)
		oci_doubtful(c, "%s is ignored, no flag is defined",
			     oci_quoted(c, personality->flags.v[0]));
}

void oci_rule_intel_rdt(struct oci_check *c)
{
	const struct oci_intel_rdt *rdt = oci_linux_of(c)->intel_rdt;

	if (!rdt)
		return;
	oci_at(c, "/linux/intelRdt/closID");
	if (rdt->clos_id && (*rdt->clos_id == '\0' || strchr(rdt->clos_id, '/') ||
			     strcmp(rdt->clos_id, ".") == 0 || strcmp(rdt->clos_id, "..") == 0))
		oci_wrong(c, "%s can't be the name of a directory", oci_quoted(c, rdt->clos_id));
	oci_at(c, "/linux/intelRdt/memBwSchema");
	if (rdt->mem_bw_schema && strncmp(rdt->mem_bw_schema, "MB:", 3) != 0)
		oci_wrong(c, "must start with \"MB:\", is %s", oci_quoted(c, rdt->mem_bw_schema));
	if (rdt->mem_bw_schema && strchr(rdt->mem_bw_schema, '\n'))
		oci_wrong(c, "must not contain a newline");
	for (size_t i = 0; i < rdt->schemata.n; i++) {
		oci_at(c, "/linux/intelRdt/schemata/%zu", i);
		if (strchr(rdt->schemata.v[i], '\n'))
			oci_wrong(c, "must not contain a newline");
	}
}
