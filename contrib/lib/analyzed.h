/* SPDX-License-Identifier: Apache-2.0 */
/*
 * analyzed.h - what an analyzer can't see, because it reads one file at a time
 *
 * contrib/lib/analyze includes it before each file of src.  An analyzer that does not know that
 * these functions return a negative number follows a failure into the code after
 * `if (r < 0) return r;`, and finds lines that use what was never set.
 */
#pragma once
#include "base/error.h"

static inline int analyzed_negative(int code)
{
	if (code >= 0)
		__builtin_unreachable();
	return code;
}

/* Inside its own replacement a macro's name is the function.  (Of error_code() clang 14 could see
 * the body, but a minus before a variable is any number to it.) */
#define fail_from(...)	       analyzed_negative(fail_from(__VA_ARGS__))
#define fail_call_from(...)    analyzed_negative(fail_call_from(__VA_ARGS__))
#define fail_named_from(...)   analyzed_negative(fail_named_from(__VA_ARGS__))
#define fail_command_from(...) analyzed_negative(fail_command_from(__VA_ARGS__))
#define fail_usage_from(...)   analyzed_negative(fail_usage_from(__VA_ARGS__))
#define fail_at(...)	       analyzed_negative(fail_at(__VA_ARGS__))
#define within(...)	       analyzed_negative(within(__VA_ARGS__))
#define hint(...)	       analyzed_negative(hint(__VA_ARGS__))
#define error_code(...)	       analyzed_negative(error_code(__VA_ARGS__))
