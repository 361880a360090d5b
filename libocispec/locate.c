/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locate.c - the line and column that a JSON pointer or a byte offset stands for
 *
 * The parser keeps no positions.  When a problem is to be shown, the text is read a second time.
 */
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

/* If a value's pointer is the wanted one, or that of an object around it: how many bytes of the
 * wanted pointer it covers.  Else -1. */
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
