/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_options.c - any bytes as an options list: the type on the first line, a word on each other
 *
 * What is understood is consistent: no bit is set and cleared, a bind has no file system options,
 * the list and the string for mount(2) hold the same; what is refused names its word.
 */
#include "mount/kernel.h"
#include "mount/mount.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 256 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Lines of text become strings; returns their number. */
static size_t split(char *text, const char **words)
{
	size_t n = 0;

	while (n < WORDS_MAX && text) {
		char *end = strchr(text, '\n');

		if (end)
			*end++ = '\0';
		words[n++] = text;
		text = end;
	}
	return n;
}

static void check_bits(uint64_t set, uint64_t clear)
{
	must((set & clear & ~(uint64_t)MOUNT_ATTR__ATIME) == 0);
	/* mount_setattr(2): the access time mode is changed as a whole */
	must((clear & MOUNT_ATTR__ATIME) == 0 || (clear & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME);
	must((set & MOUNT_ATTR__ATIME) == 0 || (clear & MOUNT_ATTR__ATIME) != 0);
}

/* All keys and values are in the string, in order. */
static void check_parameters(const struct mount_options *o, size_t n_words)
{
	const char *at = o->data;

	must((o->n_parameters == 0) || (o->parameters && at));
	for (size_t i = 0; i < o->n_parameters; i++) {
		const struct mount_parameter *p = &o->parameters[i];

		must(p->word < n_words && (i == 0 || p->word >= p[-1].word));
		at = strstr(at + strspn(at, ","), p->key);
		must(at != NULL);
		at += strlen(p->key);
		if (!p->value)
			continue;
		must(*at == '=' && strncmp(at + 1, p->value, strlen(p->value)) == 0);
		at += 1 + strlen(p->value);
	}
}

static void check(const struct mount_options *o, size_t n_words)
{
	check_bits(o->attr_set, o->attr_clear);
	check_bits(o->recursive_set, o->recursive_clear);
	must((o->super_set & o->super_clear) == 0);
	must(!o->bind || o->n_parameters == 0);
	must(!o->bind || (o->super_set & ~(uint64_t)MS_SILENT) == 0);
	must(!o->recursive || o->bind);
	must((o->propagation & (o->propagation - 1)) == 0);
	check_parameters(o, n_words);
}

static void check_error(const struct error *err)
{
	char words[4096];

	must(strncmp(err->pointer, "/mounts/3/options/", 18) == 0);
	must(*error_words(err, words, sizeof words) != '\0');
	must(strpbrk(words, "\n\r\t") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oci_arena *arena = oci_arena_new();
	const char *words[WORDS_MAX];
	struct oci_mount spec = { .destination = "/x" };
	struct mount_options o;
	struct error err;
	char *text = malloc(size + 1);
	size_t n;

	must(arena && text);
	memcpy(text, data, size);
	text[size] = '\0';
	n = split(text, words);
	spec.type = *words[0] ? words[0] : NULL;
	spec.options.n = n - 1;
	spec.options.v = words + 1;
	if (mount_options_parse(&spec, 3, arena, NULL, &o, &err) < 0)
		check_error(&err);
	else
		check(&o, n - 1);
	oci_arena_free(arena);
	free(text);
	return 0;
}
