/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - the JSON objects of output.def as structs */
#pragma once
#include "libocispec/ocispec.h"

#define OCI_TABLE "cli/output.def"
#include "libocispec/table_structs.h"
#undef OCI_TABLE
