/* SPDX-License-Identifier: Apache-2.0 */
/* test_limit_weights.c - weights of cgroup v1 as those of v2 */
#include "unit.h"

#include "limit/knob.h"

#include <math.h>

/* The formula as the C library computes it; 1024 shares are 100 by definition. */
static void test_weights(void **state)
{
	(void)state;
	assert_int_equal(cpu_weight(1), 1);
	assert_int_equal(cpu_weight(2), 1);
	assert_int_equal(cpu_weight(1024), 100);
	assert_int_equal(cpu_weight(262144), 10000);
	assert_int_equal(cpu_weight(UINT64_MAX), 10000);
	for (unsigned x = 3; x < 262144; x++) {
		double l = log2(x);
		double y = x == 1024 ? 100 : ceil(pow(10, (l * l + 125 * l) / 612 - 7.0 / 34));

		if (cpu_weight(x) != (unsigned)y)
			print_error("%u shares\n", x);
		assert_int_equal(cpu_weight(x), (unsigned)y);
	}
	assert_int_equal(io_weight(10), 1);
	assert_int_equal(io_weight(100), 910);
	assert_int_equal(io_weight(1000), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_weights) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
