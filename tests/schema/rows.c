/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - the paths and words of the table, one a line: rows config | state | features */
#include "libocispec/ocispec.h"

#include <stdio.h>
#include <string.h>

static void print_words(const char *path, const struct oci_enum *list)
{
	for (size_t i = 0; i < list->n; i++)
		printf("%s = %s\n", path, list->words[i]);
}

/* Elements of a list are at /[], values of a map at an asterisk. */
static void print_object(const char *path, const struct oci_type *type)
{
	for (unsigned i = 0; i < type->n_fields; i++) {
		const struct oci_field *field = &type->fields[i];
		char here[512], inner[520];

		snprintf(here, sizeof here, "%s/%s", path, field->key);
		puts(here);
		snprintf(inner, sizeof inner, "%s%s", here,
			 field->kind == OCI_MAPOF ? "/*" : "/[]");
		if (field->kind == OCI_OBJ)
			print_object(here, field->child);
		else if (field->kind == OCI_OBJS || field->kind == OCI_MAPOF)
			print_object(inner, field->child);
		else if (field->kind == OCI_ENUM)
			print_words(here, field->child);
		else if (field->kind == OCI_ENUMS)
			print_words(inner, field->child);
	}
}

int main(int argc, char **argv)
{
	static const struct oci_type *const types[] = { &oci_config_type, &oci_state_type,
							&oci_features_type };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (argc == 2 && strcmp(argv[1], types[i]->name) == 0) {
			print_object("", types[i]);
			return 0;
		}
	fprintf(stderr, "usage: rows config | state | features\n");
	return 2;
}
