/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - a fuzz target as a test: runs it over the files named, or over those of directories
 *
 * make fuzz makes a fuzzer of the same target, without this file.
 */
#include "tests/fuzz/fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static long n_files;

static int replay(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	size_t size = (size_t)status->st_size;
	uint8_t *data;
	FILE *file;

	(void)ftw;
	if (type != FTW_F)
		return 0;
	file = fopen(path, "re");
	data = malloc(size ? size : 1); /* of exactly its size, for sanitizers */
	if (!file || !data || fread(data, 1, size, file) != size) {
		fprintf(stderr, "%s: can't be read\n", path);
		exit(99);
	}
	fclose(file);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	n_files++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], replay, 8, FTW_PHYS) != 0)
			return 99;
	printf("%ld inputs\n", n_files);
	return n_files > 0 ? 0 : 99;
}
