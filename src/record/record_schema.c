/* SPDX-License-Identifier: Apache-2.0 */
/* record_schema.c - record.def as field and type rows for libocispec's engine */
#include "record/record.h"

#define OCI_TABLE "record/record.def"
#include "libocispec/table_schema.h"
#undef OCI_TABLE
