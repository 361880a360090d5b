/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_resources.c - the rules for /linux/resources
 *
 * A limit below -1 or a swap limit below the memory limit has no meaning, and each version of
 * cgroups answers it differently or not at all.  What depends on the machine's cgroups (is the file
 * there, which unit does it take) is not judged here but in src/cgroup.
 */
#include "libocispec/check.h"

#include <inttypes.h>
#include <string.h>

enum { ANY = -1, SWAPPINESS_MAX = 100 };

static void check_device_rule(struct oci_check *c, const struct oci_device_rule *rule, size_t index)
{
	oci_at(c, "/linux/resources/devices/%zu/type", index);
	if (rule->type && *rule->type && (!strchr("abc", *rule->type) || rule->type[1] != '\0'))
		oci_wrong(c, "%s is not one of a, b, c", oci_quoted(c, rule->type));
	oci_at(c, "/linux/resources/devices/%zu/access", index);
	if (rule->access && rule->access[strspn(rule->access, "rwm")] != '\0')
		oci_wrong(c, "%s must be made of r, w and m", oci_quoted(c, rule->access));
	oci_at(c, "/linux/resources/devices/%zu/major", index);
	if (rule->major < ANY)
		oci_wrong(c, "must be -1 (any) or more, is %" PRId64, rule->major);
	oci_at(c, "/linux/resources/devices/%zu/minor", index);
	if (rule->minor < ANY)
		oci_wrong(c, "must be -1 (any) or more, is %" PRId64, rule->minor);
}

void oci_rule_device_rules(struct oci_check *c)
{
	const struct oci_resources *resources = oci_resources_of(c);

	for (size_t i = 0; i < resources->devices.n; i++)
		check_device_rule(c, &resources->devices.v[i], i);
}

static void check_limit(struct oci_check *c, const char *name, int64_t value)
{
	oci_at(c, "/linux/resources/memory/%s", name);
	if (value < -1)
		oci_wrong(c, "must be -1 (unlimited) or more, is %" PRId64, value);
}

void oci_rule_memory(struct oci_check *c)
{
	const struct oci_memory *m = oci_resources_of(c)->memory;

	if (!m)
		return;
	check_limit(c, "limit", m->limit);
	check_limit(c, "reservation", m->reservation);
	check_limit(c, "swap", m->swap);
	check_limit(c, "kernel", m->kernel);
	check_limit(c, "kernelTCP", m->kernel_tcp);
	oci_at(c, "/linux/resources/memory/swappiness");
	if (m->swappiness > SWAPPINESS_MAX)
		oci_wrong(c, "must be a number from 0 to %d, is %" PRIu64, SWAPPINESS_MAX,
			  m->swappiness);
	oci_at(c, "/linux/resources/memory/swap");
	if (m->swap > 0 && m->limit > 0 && m->swap < m->limit)
		oci_wrong(c, "%" PRId64 " is memory and swap together, and below limit %" PRId64,
			  m->swap, m->limit);
	if (m->swap > 0 && m->limit == -1)
		oci_wrong(c, "%" PRId64 " is memory and swap together, and limit is unlimited",
			  m->swap);
}

void oci_rule_cpu(struct oci_check *c)
{
	const struct oci_cpu *cpu = oci_resources_of(c)->cpu;

	if (!cpu)
		return;
	oci_at(c, "/linux/resources/cpu/burst");
	if (cpu->quota > 0 && cpu->burst > (uint64_t)cpu->quota)
		oci_wrong(c, "%" PRIu64 " is over quota %" PRId64, cpu->burst, cpu->quota);
	oci_at(c, "/linux/resources/cpu/quota");
	if (cpu->quota < -1)
		oci_wrong(c, "must be -1 (unlimited) or more, is %" PRId64, cpu->quota);
	oci_at(c, "/linux/resources/cpu/idle");
	if (cpu->idle != 0 && cpu->idle != 1)
		oci_wrong(c, "must be 0 or 1, is %" PRId64, cpu->idle);
}

void oci_rule_block_io(struct oci_check *c)
{
	const struct oci_block_io *io = oci_resources_of(c)->block_io;

	for (size_t i = 0; io && i < io->weight_device.n; i++) {
		const struct oci_weight_device *device = &io->weight_device.v[i];

		oci_at(c, "/linux/resources/blockIO/weightDevice/%zu", i);
		if (!oci_has(weight_device, device, weight) &&
		    !oci_has(weight_device, device, leaf_weight))
			oci_wrong(c, "weight or leafWeight missing");
	}
}

static bool is_page_size(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && *s != '0' && s[n] != '\0' && strchr("KMG", s[n]) &&
	       strcmp(s + n + 1, "B") == 0;
}

void oci_rule_hugepages(struct oci_check *c)
{
	const struct oci_resources *resources = oci_resources_of(c);

	for (size_t i = 0; i < resources->hugepage_limits.n; i++) {
		const char *size = resources->hugepage_limits.v[i].page_size;

		oci_at(c, "/linux/resources/hugepageLimits/%zu/pageSize", i);
		if (size && !is_page_size(size))
			oci_wrong(c, "must be a size such as 64KB, 2MB or 1GB, is %s",
				  oci_quoted(c, size));
	}
}

void oci_rule_rdma(struct oci_check *c)
{
	const struct oci_resources *resources = oci_resources_of(c);

	for (size_t i = 0; i < resources->rdma.n; i++) {
		const struct oci_rdma *rdma = &resources->rdma.v[i].value;

		oci_at_key(c, "/linux/resources/rdma", resources->rdma.v[i].key);
		if (!oci_has(rdma, rdma, hca_handles) && !oci_has(rdma, rdma, hca_objects))
			oci_wrong(c, "hcaHandles or hcaObjects missing");
	}
}

void oci_rule_unified(struct oci_check *c)
{
	const struct oci_map *unified = &oci_resources_of(c)->unified;

	for (size_t i = 0; i < unified->n; i++) {
		const char *key = unified->v[i].key;

		oci_at_key(c, "/linux/resources/unified", key);
		if (*key == '\0' || *key == '.' || strchr(key, '/'))
			oci_wrong(c, "%s can't be a file of the cgroup", oci_quoted(c, key));
	}
}
