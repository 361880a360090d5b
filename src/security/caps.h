/* SPDX-License-Identifier: Apache-2.0 */
/* caps.h - between the files that make up capabilities: names (caps_names.c), rules (caps.c), the
 * kernel (caps_kernel.c) */
#pragma once
#include "security/security.h"

enum { CAPS_MAX = 64 }; /* what capset(2) has room for */
#define CAP_BIT(n) (UINT64_C(1) << (n))

/* The number of what is a name as a whole, CAP_[A-Z_]+, and one of these; -1 if it is none. */
int caps_number(const struct caps_names *names, const char *name);
/* a to z as capitals, in place */
void caps_capitals(char *text);

/* Which of those asked for we have ourselves: permitted, and in our bounding set. */
int caps_own(const struct caps_names *names, uint64_t asked, uint64_t *ret, struct error *err);
