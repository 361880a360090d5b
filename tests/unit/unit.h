/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - cmocka with what it needs before it, and without its macro fail(), which is ours */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

/* The tests that `tests/unit/run PROGRAM PATTERN` asks for; none asked for: all. */
__attribute__((constructor)) static void unit_choose(void)
{
	const char *pattern = getenv("OCIRT_UNIT");

	if (pattern && *pattern)
		cmocka_set_test_filter(pattern);
}
