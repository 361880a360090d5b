/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpu_weight.c - cpu.shares (2 to 262144) as cpu.weight (1 to 10000)
 *
 * y = 10 ^ ((log2(x)^2 + 125 * log2(x)) / 612 - 7/34), rounded up, maps 2, 1024 and 262144 shares
 * to weights 1, 100 and 10000.  Both functions are written out (their series converge to all bits
 * of a double): linking libm costs every start of the runtime more than any formula.
 */
#include "limit/knob.h"

static double log2_of(uint64_t x)
{
	double whole = 0, m = (double)x, z, power, sum = 0;

	for (; m >= 2; m /= 2)
		whole++;
	z = (m - 1) / (m + 1); /* ln m = 2 * atanh z, z < 1/3 */
	power = z;
	for (int k = 1; k < 40; k += 2, power *= z * z)
		sum += power / k;
	return whole + 2 * sum * 1.44269504088896340736;
}

static double exp10_of(double x)
{
	double term = 1, sum = 1, result = 1;

	for (; x >= 1; x--)
		result *= 10;
	x *= 2.30258509299404568402;
	for (int k = 1; k < 40; k++) {
		term *= x / k;
		sum += term;
	}
	return result * sum;
}

unsigned cpu_weight(uint64_t shares)
{
	double l, y;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2_of(shares);
	y = exp10_of((l * l + 125 * l) / 612 - 7.0 / 34);
	/* 1024 gives 100 but for rounding errors, and would become 101 without this.  No other
	 * result is that near to a whole number. */
	return (unsigned)(y - 1e-8) + 1;
}
