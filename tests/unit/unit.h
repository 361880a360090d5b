/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - cmocka with what it needs before it, and without its macro fail(), which is ours */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
