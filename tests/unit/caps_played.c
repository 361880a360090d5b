/* SPDX-License-Identifier: Apache-2.0 */
/* caps_played.c - see caps_played.h */
#include "tests/unit/caps_played.h"

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
char *__real_cap_to_name(cap_value_t number);
char *__wrap_cap_to_name(cap_value_t number);
int __real_cap_from_name(const char *name, cap_value_t *ret);
int __wrap_cap_from_name(const char *name, cap_value_t *ret);
cap_value_t __real_cap_max_bits(void);
cap_value_t __wrap_cap_max_bits(void);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
/* clang-format on */

struct caps_played played = { .allocations_max = -1 };

char *__wrap_cap_to_name(cap_value_t number)
{
	/* no library has a name for a number that is as large */
	return __real_cap_to_name(played.named && number >= played.named ? number + 1000 : number);
}

int __wrap_cap_from_name(const char *name, cap_value_t *ret)
{
	int r = __real_cap_from_name(name, ret);

	return r == 0 && played.named && *ret >= played.named ? -1 : r;
}

cap_value_t __wrap_cap_max_bits(void)
{
	return played.counted ? played.counted : __real_cap_max_bits();
}

static bool may_allocate(void)
{
	return played.allocations++ < played.allocations_max || played.allocations_max < 0;
}

void *__wrap_malloc(size_t size)
{
	return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return may_allocate() ? __real_calloc(n, size) : NULL;
}
