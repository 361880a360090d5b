/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forget.c - removes one property from a parsed object, found by its JSON pointer
 *
 * For the test door OCIRT_SKIP: tests/mutate leaves out one property of a config after the other
 * and wants a test to fail each time.
 */
#include "libocispec/ocispec.h"

#include <string.h>

static size_t value_size(const struct oci_field *f)
{
	switch (f->kind) {
	case OCI_BOOL:
		return sizeof(bool);
	case OCI_U16:
		return sizeof(uint16_t);
	case OCI_I32:
	case OCI_U32:
	case OCI_ENUM:
		return sizeof(uint32_t);
	case OCI_I64:
	case OCI_U64:
	case OCI_STR:
	case OCI_OBJ:
		return sizeof(uint64_t) > sizeof(void *) &&
				       (f->kind == OCI_STR || f->kind == OCI_OBJ)
			       ? sizeof(void *)
			       : sizeof(uint64_t);
	default:
		return sizeof(struct oci_strs);
	}
}

static const struct oci_field *field_of(const struct oci_type *type, const char *key, size_t n)
{
	for (unsigned i = 0; i < type->n_fields; i++)
		if (type->fields[i].key_len == n && memcmp(type->fields[i].key, key, n) == 0)
			return &type->fields[i];
	return NULL;
}

void oci_forget(const struct oci_type *type, void *object, const char *pointer)
{
	while (object && *pointer == '/') {
		size_t n = strcspn(++pointer, "/");
		const struct oci_field *f = field_of(type, pointer, n);
		char *value;

		if (!f)
			return;
		value = (char *)object + f->offset;
		pointer += n;
		if (!*pointer) {
			*(uint64_t *)object &= ~(UINT64_C(1) << (f - type->fields));
			memset(value, 0, value_size(f));
			return;
		}
		if (f->kind != OCI_OBJ)
			return;
		object = *(void **)value;
		type = f->child;
	}
}
