/* SPDX-License-Identifier: Apache-2.0 */
/* property.c - a list of unit properties */
#include "limit/property.h"

#include <errno.h>
#include <string.h>

struct property *property_find(struct properties *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	return NULL;
}

/* There are no more names than rows, so there is always room. */
struct property *property_get(struct properties *list, const char *name, const char *type)
{
	struct property *p = property_find(list, name);

	if (p)
		return p;
	p = &list->v[list->n++];
	*p = (struct property){ .name = name, .type = type };
	return p;
}

/* An array with room for one more than n: it doubles whenever n is a power of two. */
static void *array_grow(struct oci_arena *arena, void *v, size_t n, size_t size, struct error *err)
{
	void *more;

	if (n & (n - 1))
		return v;
	more = oci_arena_get(arena, (n ? 2 * n : 1) * size);
	if (!more)
		(void)fail(err, ENOMEM, "unit properties");
	else if (n)
		memcpy(more, v, n * size);
	return more;
}

struct property_entry *property_entry(struct properties *list, struct property *p, const char *path,
				      struct error *err)
{
	struct property_entry *v;
	char *copy;

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->entries[i].path, path) == 0)
			return &p->entries[i];
	v = array_grow(list->arena, p->entries, p->n, sizeof *v, err);
	if (!v)
		return NULL;
	p->entries = v;
	copy = oci_arena_copy(list->arena, path, strlen(path));
	if (!copy) {
		(void)fail(err, ENOMEM, "unit properties");
		return NULL;
	}
	v[p->n] = (struct property_entry){ .path = copy };
	return &v[p->n++];
}

int property_leave(struct properties *list, const char *pointer, struct error *err)
{
	const char **v;
	char *copy;

	if (list->n_left && strcmp(list->left[list->n_left - 1], pointer) == 0)
		return 0; /* the same value in another file */
	v = array_grow(list->arena, list->left, list->n_left, sizeof *v, err);
	if (!v)
		return error_code(err);
	list->left = v;
	copy = oci_arena_copy(list->arena, pointer, strlen(pointer));
	if (!copy)
		return fail(err, ENOMEM, "unit properties");
	v[list->n_left++] = copy;
	return 0;
}
