/* SPDX-License-Identifier: Apache-2.0 */
/* limits_hugetlb.c - huge pages: used and, where the kernel can (5.7), reserved */
#include "base/auto.h"
#include "base/retry.h"
#include "limit/knob.h"
#include "sys/file.h"

#include <inttypes.h>
#include <string.h>

#define HUGEPAGES "/sys/kernel/mm/hugepages"

/* The page sizes of this machine as cgroup files and the specification spell them: "2MB, 1GB". */
static bool page_size_offered(const char *wanted, char *list, size_t size)
{
	auto_dir DIR *dir = retry_null(opendir(HUGEPAGES));
	bool found = false;
	size_t n = 0;

	*list = '\0';
	for (struct dirent *e; dir && (e = file_list_next(dir)) != NULL;) {
		unsigned long long kb;
		char name[32];

		if (strncmp(e->d_name, "hugepages-", 10) != 0)
			continue;
		kb = strtoull(e->d_name + 10, NULL, 10);
		if (kb >= 1048576)
			(void)snprintf(name, sizeof name, "%lluGB", kb >> 20);
		else if (kb >= 1024)
			(void)snprintf(name, sizeof name, "%lluMB", kb >> 10);
		else
			(void)snprintf(name, sizeof name, "%lluKB", kb);
		found = found || strcmp(name, wanted) == 0;
		if (n + strlen(name) + 3 < size)
			n += (size_t)snprintf(list + n, size - n, "%s%s", n ? ", " : "", name);
	}
	return found;
}

static int check_page_size(const char *wanted, size_t i, struct error *err)
{
	char pointer[KNOB_POINTER], list[256], shown[FOREIGN_BUF];

	if (page_size_offered(wanted, list, sizeof list))
		return 0;
	(void)snprintf(pointer, sizeof pointer, "hugepageLimits/%zu/pageSize", i);
	if (!*list)
		return knob_fail(err, 0, pointer, "%s is not offered (no huge pages here)",
				 foreign(wanted, shown));
	return knob_fail(err, 0, pointer, "%s is not offered (%s %s)", foreign(wanted, shown), list,
			 strchr(list, ',') ? "are" : "is");
}

static int write_limit(struct knob_writer *w, const struct oci_hugepage_limit *limit, size_t i,
		       struct error *err)
{
	static const char *const kinds[] = { "", ".rsvd" };
	char pointer[KNOB_POINTER], v1[96], v2[96], text[32];
	const struct knob_place place = {
		CGROUP_HUGETLB,
		pointer,
		.v1 = { v1, PROPERTY_NONE },
		.v2 = { v2, PROPERTY_NONE },
	};

	(void)snprintf(pointer, sizeof pointer, "hugepageLimits/%zu/limit", i);
	if (knob_version(w, &place, err) == 0)
		return error_code(err);
	if (check_page_size(limit->page_size, i, err) < 0)
		return error_code(err);
	(void)snprintf(text, sizeof text, "%" PRIu64, limit->limit);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		(void)snprintf(v1, sizeof v1, "hugetlb.%s%s.limit_in_bytes", limit->page_size,
			       kinds[k]);
		(void)snprintf(v2, sizeof v2, "hugetlb.%s%s.max", limit->page_size, kinds[k]);
		if (knob_write(w, &place, text, err) < 0 && !(k > 0 && err->errno_value == ENOENT))
			return error_code(err);
	}
	return 0;
}

int knob_hugepages(struct knob_writer *w, struct error *err)
{
	const struct oci_resources *r = w->resources;

	for (size_t i = 0; i < r->hugepage_limits.n; i++)
		if (!knob_known(w, "hugepageLimits/%zu", i) &&
		    write_limit(w, &r->hugepage_limits.v[i], i, err) < 0 &&
		    error_more(w->sink, err) < 0)
			return error_code(err);
	return 0;
}
