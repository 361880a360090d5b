/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount_options.c - parses the words of mounts[].options
 *
 * A word that is in mount_options.def becomes bits.  Any other is an option of the file system
 * itself, and is kept for fsconfig(2) or mount(2).  A bind has no file system of its own, so an
 * unknown word there is a mistake: if it were ignored, "noexce" would leave a mount executable.
 */
#include "base/auto.h"
#include "mount/kernel.h"
#include "mount/mount.h"

#include <errno.h>
#include <string.h>

enum option_kind { NONE, ATTR, TREE, SUPER, PROPAGATION, FLAG };

enum option_flag {
	OPTION_BIND = 1 << 0,
	OPTION_RECURSIVE = 1 << 1,
	OPTION_REMOUNT = 1 << 2,
	OPTION_COPY_UP = 1 << 3,
	OPTION_IDMAP = 1 << 4,
	OPTION_IDMAP_RECURSIVE = 1 << 5,
	OPTION_SOURCE_NOFOLLOW = 1 << 6,
	OPTION_DESTINATION_NOFOLLOW = 1 << 7,
	OPTION_COPY_SYMLINK = 1 << 8,
};

struct option_row {
	const char *word;
	enum option_kind kind;
	uint64_t set, clear;
};

static const struct option_row rows[] = {
#define OPTION(word, kind, set, clear) { word, kind, set, clear },
#include "mount/mount_options.def"
#undef OPTION
};

static const char *const words[] = {
#define OPTION(word, kind, set, clear) word,
#include "mount/mount_options.def"
#undef OPTION
};

const char *const *mount_option_words(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(words);
	return words;
}

static int row_compare(const void *word, const void *row)
{
	return strcmp(word, ((const struct option_row *)row)->word);
}

static const struct option_row *row_find(const char *word)
{
	return bsearch(word, rows, ARRAY_SIZE(rows), sizeof *rows, row_compare);
}

static void bits_change(uint64_t *set, uint64_t *clear, const struct option_row *row)
{
	*set = (*set & ~row->clear) | row->set;
	*clear = (*clear & ~row->set) | row->clear;
}

static void flags_set(struct mount_options *o, uint64_t flags)
{
	o->bind |= (flags & OPTION_BIND) != 0;
	o->recursive |= (flags & OPTION_RECURSIVE) != 0;
	o->remount |= (flags & OPTION_REMOUNT) != 0;
	o->copy_up |= (flags & OPTION_COPY_UP) != 0;
	o->idmap |= (flags & OPTION_IDMAP) != 0;
	o->idmap_recursive |= (flags & OPTION_IDMAP_RECURSIVE) != 0;
	o->source_nofollow |= (flags & OPTION_SOURCE_NOFOLLOW) != 0;
	o->destination_nofollow |= (flags & OPTION_DESTINATION_NOFOLLOW) != 0;
	o->copy_symlink |= (flags & OPTION_COPY_SYMLINK) != 0;
}

static void row_apply(struct mount_options *o, const struct option_row *row)
{
	switch (row->kind) {
	case NONE:
		break;
	case ATTR:
		bits_change(&o->attr_set, &o->attr_clear, row);
		break;
	case TREE:
		bits_change(&o->recursive_set, &o->recursive_clear, row);
		break;
	case SUPER:
		bits_change(&o->super_set, &o->super_clear, row);
		break;
	case PROPAGATION:
		o->propagation = row->set & ~(uint64_t)MS_REC;
		o->propagation_recursive = (row->set & MS_REC) != 0;
		break;
	case FLAG:
		flags_set(o, row->set);
		break;
	}
}

bool mount_is_bind(const struct oci_mount *spec)
{
	if (spec->type && (strcmp(spec->type, "bind") == 0 || strcmp(spec->type, "rbind") == 0))
		return true;
	for (size_t i = 0; i < spec->options.n; i++)
		if (strcmp(spec->options.v[i], "bind") == 0 ||
		    strcmp(spec->options.v[i], "rbind") == 0)
			return true;
	return false;
}

/*
 * The length of the option that begins at s.  A word may hold several options with commas between
 * them ("size=1m,mode=0").  But some commas belong to a value: one before a digit (mpol=bind:0,2),
 * after a backslash, or in quotes (context="a:s0,c1").
 */
static size_t parameter_length(const char *s)
{
	bool quoted = false;
	size_t n;

	for (n = 0; s[n]; n++) {
		if (s[n] == '\\' && s[n + 1])
			n++;
		else if (s[n] == '"')
			quoted = !quoted;
		else if (s[n] == ',' && !quoted && !(n > 0 && s[n + 1] >= '0' && s[n + 1] <= '9'))
			break;
	}
	return n;
}

static size_t parameters_count(const char *word)
{
	size_t n = 0;

	for (;;) {
		size_t len = parameter_length(word);

		n += len != 0;
		word += len;
		if (!*word)
			return n;
		word++;
	}
}

/* Splits one "key" or "key=value" into p.  -1 when out of memory. */
static int parameter_fill(struct mount_parameter *p, const char *s, size_t n,
			  struct oci_arena *arena)
{
	const char *equals = memchr(s, '=', n);
	size_t key_len = equals ? (size_t)(equals - s) : n;

	p->key = oci_arena_copy(arena, s, key_len);
	p->value = equals ? oci_arena_copy(arena, equals + 1, n - key_len - 1) : NULL;
	return p->key && (!equals || p->value) ? 0 : -1;
}

static int word_split(struct mount_parameter **at, const char *word, size_t index,
		      struct oci_arena *arena)
{
	for (;;) {
		size_t len = parameter_length(word);

		if (len) {
			if (parameter_fill(*at, word, len, arena) < 0)
				return -1;
			(*at)->word = index;
			(*at)++;
		}
		word += len;
		if (!*word)
			return 0;
		word++;
	}
}

/* Joins the file system's own options with commas, for mount(2). */
static char *data_join(const struct oci_strs *list, struct oci_arena *arena)
{
	size_t size = 1;
	char *data, *at;

	for (size_t i = 0; i < list->n; i++)
		if (!row_find(list->v[i]))
			size += strlen(list->v[i]) + 1;
	at = data = oci_arena_get(arena, size);
	for (size_t i = 0; data && i < list->n; i++) {
		size_t len = strlen(list->v[i]);

		if (row_find(list->v[i]) || !len)
			continue;
		if (at != data)
			*at++ = ',';
		memcpy(at, list->v[i], len);
		at += len;
	}
	return data;
}

static int parameters_make(const struct oci_strs *list, size_t n, struct oci_arena *arena,
			   struct mount_options *o)
{
	struct mount_parameter *p = oci_arena_get(arena, n * sizeof *p), *at = p;

	o->parameters = p;
	o->n_parameters = n;
	o->data = data_join(list, arena);
	if (!p || !o->data)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		if (!row_find(list->v[i]) && word_split(&at, list->v[i], i, arena) < 0)
			return -1;
	return 0;
}

/* An unknown word of a bind: names it, and the word that may have been meant. */
static int bind_word_unknown(const char *word, struct error *err)
{
	const char *near = oci_nearest(word, strlen(word), words, ARRAY_SIZE(words));
	char buf[FOREIGN_BUF];

	if (near)
		return fail(err, 0, "\"%s\" is no option of a bind mount; did you mean \"%s\"?",
			    foreign(word, buf), near);
	return fail(err, 0, "\"%s\" is no option of a bind mount, which has no file system options",
		    foreign(word, buf));
}

/* A bind shares its file system with its source, so an option that changes the whole file system is
 * refused. */
static int bind_word_check(const struct option_row *row, struct error *err)
{
	if (row->kind == SUPER && row->set & ~(uint64_t)MS_SILENT)
		return fail(err, 0,
			    "\"%s\" is a property of the whole file system, which a bind mount "
			    "shares with its source",
			    row->word);
	if (row->kind == FLAG && row->set == OPTION_COPY_UP)
		return fail(err, 0, "\"%s\" is for tmpfs, not for a bind mount", row->word);
	return 0;
}

static int word_parse(const char *word, bool is_bind, struct mount_options *o, size_t *n_parameters,
		      struct error *err)
{
	const struct option_row *row = row_find(word);

	if (!row && is_bind && *word)
		return bind_word_unknown(word, err);
	if (!row) {
		*n_parameters += parameters_count(word);
		return 0;
	}
	row_apply(o, row);
	return is_bind ? bind_word_check(row, err) : 0;
}

int mount_options_parse(const struct oci_mount *spec, size_t index, struct oci_arena *arena,
			struct error_sink *sink, struct mount_options *ret, struct error *err)
{
	struct mount_options o = { 0 };
	size_t n_parameters = 0;

	o.bind = mount_is_bind(spec);
	o.recursive = spec->type && strcmp(spec->type, "rbind") == 0;
	for (size_t i = 0; i < spec->options.n; i++) {
		if (word_parse(spec->options.v[i], o.bind, &o, &n_parameters, err) >= 0)
			continue;
		(void)fail_at(err, "/mounts/%zu/options/%zu", index, i);
		if (error_more(sink, err) < 0)
			return error_code(err);
	}
	if (n_parameters && parameters_make(&spec->options, n_parameters, arena, &o) < 0)
		return fail_named(err, ENOMEM, NULL, "options of mount", spec->destination);
	*ret = o;
	return 0;
}
