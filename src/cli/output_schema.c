/* SPDX-License-Identifier: Apache-2.0 */
/* output_schema.c - output.def as field and type rows */
#include "cli/output.h"

#define OCI_TABLE "cli/output.def"
#include "libocispec/table_schema.h"
#undef OCI_TABLE
