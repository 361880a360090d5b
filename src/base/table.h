/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - names and their numbers: one array, two lookups
 *
 *	static const struct named levels[] = { { "error", 0 }, { "debug", 1 } };
 *
 *	if (!table_find(levels, ARRAY_SIZE(levels), word, &number))
 *		...
 *	table_name(levels, ARRAY_SIZE(levels), number)
 *
 * Where two rows have the same number, the first is its name.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct named {
	const char *name;
	long long number;
};

/* The number of a name; *ret is set only when it is found. */
static inline bool table_find(const struct named *table, size_t n, const char *name, long long *ret)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0) {
			*ret = table[i].number;
			return true;
		}
	return false;
}

/* The name of a number, or NULL. */
static inline const char *table_name(const struct named *table, size_t n, long long number)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].number == number)
			return table[i].name;
	return NULL;
}
