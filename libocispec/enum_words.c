/* SPDX-License-Identifier: Apache-2.0 */
/* enum_words.c - a word's number in its list, and for a mistyped word the one that was meant */
#include "libocispec/ocispec.h"

#include <string.h>

enum { WORD_MAX = 40, NOT_NEAR = 1000 };

int oci_word_number(const struct oci_enum *list, const char *word, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->words[i], word, n) == 0 && list->words[i][n] == '\0')
			return (int)i;
	return -1;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static int least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters have to be changed, added, dropped or swapped with their neighbour to turn one
 * word into the other; upper and lower case count as the same (Damerau-Levenshtein distance). */
static int distance(const char *a, size_t n, const char *b, size_t m)
{
	int rows[3][WORD_MAX + 1] = { 0 };
	int *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= m; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= n; i++) {
		int *oldest = before;

		now[0] = (int)i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(last[j] + 1, now[j - 1] + 1,
				       last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1])));
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = oldest;
	}
	return last[m];
}

static bool ends_with(const char *a, size_t n, const char *b, size_t m)
{
	return n >= m && m >= 4 && strncasecmp(a + n - m, b, m) == 0;
}

/* How far a candidate is from the word; NOT_NEAR if nobody would mistake one for the other.  About
 * a quarter of the letters may differ.  A word that ends with the other counts as near, but as the
 * farthest of all: "KILL" and "SIGKILL". */
static int score(const char *word, size_t n, const char *candidate)
{
	size_t m = strlen(candidate), longest = n > m ? n : m;
	int d;

	if (n > WORD_MAX || m > WORD_MAX)
		return NOT_NEAR;
	d = distance(word, n, candidate, m);
	if (d <= (int)(longest + 2) / 4)
		return d;
	return ends_with(word, n, candidate, m) || ends_with(candidate, m, word, n) ? WORD_MAX
										    : NOT_NEAR;
}

const char *oci_nearest(const char *word, size_t len, const char *const *words, size_t n)
{
	const char *nearest = NULL;
	int best = NOT_NEAR;

	for (size_t i = 0; i < n; i++) {
		int s = score(word, len, words[i]);

		if (s >= best)
			continue;
		best = s;
		nearest = words[i];
	}
	return nearest;
}
