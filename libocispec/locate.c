/* SPDX-License-Identifier: Apache-2.0 */
/* locate.c - from a pointer or an offset to line and column, by a second reading of the text */
#include "libocispec/walk.h"

#include <string.h>

void oci_line_column(const char *json, size_t len, size_t offset, unsigned *line, unsigned *column)
{
	size_t begin = 0;

	*line = 1;
	if (offset > len)
		offset = len;
	for (size_t i = 0; i < offset; i++) {
		if (json[i] != '\n')
			continue;
		++*line;
		begin = i + 1;
	}
	*column = (unsigned)(offset - begin) + 1;
}

/* How much of the wanted pointer a value's pointer says, in whole tokens, or -1. */
static int covered(const char *wanted, const char *pointer)
{
	size_t n = strlen(pointer);

	if (strncmp(wanted, pointer, n) != 0 || (wanted[n] != '\0' && wanted[n] != '/'))
		return -1;
	return (int)n;
}

bool oci_locate(const char *json, size_t len, const char *pointer, unsigned *line, unsigned *column)
{
	struct oci_walk walk;
	enum oci_token token;
	int best = -1, all = (int)strlen(pointer);
	size_t offset = 0;

	oci_walk_begin(&walk, json, len);
	while (best < all) {
		char here[sizeof((struct oci_problem *)NULL)->pointer];
		struct oci_text text = oci_text_in(here, sizeof here);
		int depth;

		token = oci_walk_next(&walk);
		if (token == OCI_TOKEN_BAD || token == OCI_TOKEN_END)
			break;
		if (token != OCI_TOKEN_OPEN && token != OCI_TOKEN_SCALAR)
			continue;
		depth = walk.depth;
		walk.depth -= token == OCI_TOKEN_OPEN;
		oci_walk_pointer(&walk, &text);
		walk.depth = depth;
		if (covered(pointer, here) <= best)
			continue;
		best = covered(pointer, here);
		offset = walk.start;
	}
	if (best < 0)
		return false;
	oci_line_column(json, len, offset, line, column);
	return true;
}
