/* SPDX-License-Identifier: Apache-2.0 */
/* generate.h - valid JSON made from the table itself: every member of every object */
#pragma once
#include "tests/unit/collect.h"

static inline void generate_object(struct json *json, const struct oci_type *type);

/* One element of a repeated member, or the value of a single one. */
static inline void generate_one(struct json *json, const struct oci_field *field)
{
	const struct oci_enum *list = field->child;

	switch (field->kind) {
	case OCI_BOOL:
		json_add(json, "true");
		break;
	case OCI_STR:
	case OCI_STRS:
	case OCI_MAP:
		json_add(json, "\"s\"");
		break;
	case OCI_ENUM:
	case OCI_ENUMS:
		json_add(json, "\"%s\"", list->words[list->n - 1]);
		break;
	case OCI_OBJ:
	case OCI_OBJS:
	case OCI_MAPOF:
		generate_object(json, field->child);
		break;
	case OCI_OTHER:
		json_add(json, "{\"a\":[null]}");
		break;
	default:
		json_add(json, "1");
		break;
	}
}

static inline bool generate_is_list(const struct oci_field *field)
{
	return field->kind == OCI_STRS || field->kind == OCI_U32S || field->kind == OCI_ENUMS ||
	       field->kind == OCI_OBJS;
}

static inline bool generate_is_map(const struct oci_field *field)
{
	return field->kind == OCI_MAP || field->kind == OCI_MAPOF;
}

static inline void generate_value(struct json *json, const struct oci_field *field)
{
	if (generate_is_list(field))
		json_add(json, "[");
	else if (generate_is_map(field))
		json_add(json, "{\"k\":");
	generate_one(json, field);
	if (generate_is_list(field))
		json_add(json, "]");
	else if (generate_is_map(field))
		json_add(json, "}");
}

/* All members but those of other systems, in the table's order: what oci_emit() makes of it too. */
static inline void generate_object(struct json *json, const struct oci_type *type)
{
	const char *comma = "";

	json_add(json, "{");
	for (unsigned i = 0; i < type->n_fields; i++) {
		if (type->fields[i].kind == OCI_OTHER)
			continue;
		json_add(json, "%s\"%s\":", comma, type->fields[i].key);
		generate_value(json, &type->fields[i]);
		comma = ",";
	}
	json_add(json, "}");
}

/* The documents that are read on their own. */
static const struct oci_type *const documents[] = {
	&oci_config_type, &oci_process_type,  &oci_resources_type,
	&oci_state_type,  &oci_features_type, &oci_container_process_state_type,
};
enum { DOCUMENTS = sizeof documents / sizeof *documents };
