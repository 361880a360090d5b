/* SPDX-License-Identifier: Apache-2.0 */
/* id_map.c - id mappings as the lines of uid_map and gid_map, user_namespaces(7) */
#include "libocispec/ocispec.h"

#include <inttypes.h>
#include <stdio.h>

size_t oci_id_map_text(const struct oci_id_mapping *v, size_t n, char *to, size_t size)
{
	size_t len = 0;

	*to = '\0';
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(to + len, size - len,
					"%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", v[i].container_id,
					v[i].host_id, v[i].size);
	return len;
}
