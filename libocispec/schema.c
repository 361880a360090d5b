/* SPDX-License-Identifier: Apache-2.0 */
/* schema.c - the rows of spec.def and the words of enums.def as arrays that code can walk */
#include "libocispec/schema.h"

#define OCI_TABLE "libocispec/spec.def"
#include "libocispec/table_schema.h"
#undef OCI_TABLE

#define WORDS(e)       static const char *const e##_words[] = {
#define WORD(e, id, w) w,
#define WORDS_END(e)                                                                               \
	}                                                                                          \
	;
#include "libocispec/enums.def"
#undef WORDS
#undef WORD
#undef WORDS_END

#define WORDS(e) const struct oci_enum oci_##e##_enum = { #e, OCI_##e##_WORDS, e##_words };
#define WORD(e, id, w)
#define WORDS_END(e)
#include "libocispec/enums.def"
#undef WORDS
#undef WORD
#undef WORDS_END

static size_t object_size(const struct oci_field *field)
{
	const struct oci_type *type = field->child;

	return type->size;
}

size_t oci_schema_element_size(const struct oci_field *field)
{
	switch (field->kind) {
	case OCI_STRS:
		return sizeof(char *);
	case OCI_U32S:
		return sizeof(uint32_t);
	case OCI_ENUMS:
		return sizeof(int32_t);
	case OCI_MAP:
		return sizeof(struct oci_pair);
	case OCI_OBJS:
		return object_size(field);
	case OCI_MAPOF:
		return offsetof(struct schema_entry, has) + object_size(field);
	default:
		return 0;
	}
}

bool oci_schema_is_array(const struct oci_field *field)
{
	return field->kind == OCI_STRS || field->kind == OCI_U32S || field->kind == OCI_ENUMS ||
	       field->kind == OCI_OBJS;
}
