/* SPDX-License-Identifier: Apache-2.0 */
/* mountinfo.c - the lines of /proc/PID/mountinfo */
#include "sys/mountinfo.h"

#include <string.h>

const char *mountinfo_field(const char *at, unsigned number)
{
	while (number-- && *at) {
		at += strcspn(at, " \n");
		at += *at == ' ';
	}
	return at;
}

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

bool mountinfo_copy(const char *field, char *buf, size_t size)
{
	size_t n = 0;

	for (; *field && *field != ' ' && *field != '\n'; field++) {
		char c = *field;

		if (c == '\\' && is_octal(field + 1)) {
			c = (char)((field[1] - '0') << 6 | (field[2] - '0') << 3 |
				   (field[3] - '0'));
			field += 3;
		}
		if (n + 1 >= size)
			return false;
		buf[n++] = c;
	}
	buf[n] = '\0';
	return true;
}
