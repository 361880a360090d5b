/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decimal.h - numbers read strictly
 *
 * A number is decimal digits and nothing else: no sign but the minus of parse_i64, no blank, no
 * leading zero ("0" itself is one), nothing after it, never out of range.  "1" is 1 and "01", "+1",
 * " 1", "1 " and "" are no numbers: ids that two readers read differently have made root of a user
 * (CVE-2016-3697, CVE-2024-40635, CVE-2026-30892).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Each returns whether s is such a number; *ret is set only then. */
bool parse_u32(const char *s, uint32_t *ret);
bool parse_i64(const char *s, int64_t *ret);
