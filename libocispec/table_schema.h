/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_schema.h - reads a table twice: once for the rows of each object, once for its type
 *
 * To add a table, write the lines below in a header and in one source file; then oci_parse() and
 * oci_emit() work with &oci_OBJECT_type for each of its objects.  Its objects may hold objects of
 * another table if that table's structs were included before.
 *
 *	record.h                                        record_schema.c
 *	#include "libocispec/ocispec.h"                 #include "record/record.h"
 *	#define OCI_TABLE "record/record.def"           #define OCI_TABLE "record/record.def"
 *	#include "libocispec/table_structs.h"           #include "libocispec/table_schema.h"
 *	#undef OCI_TABLE                                #undef OCI_TABLE
 */
#define REQUIRED OCI_REQUIRED
#define POSITIVE OCI_POSITIVE
#define MODE     OCI_MODE
#define NONEMPTY OCI_NONEMPTY

#define ROW(o, m, k, f, kind, child) \
	{ k, sizeof(k) - 1, kind, f, offsetof(struct oci_##o, m), child },
#define OBJECT(o)            static const struct oci_field o##_fields[] = {
#define END(o)               };  \
	_Static_assert(OCI_##o##_MEMBERS <= 64, "one presence bit each"); \
	_Static_assert(offsetof(struct oci_##o, has) == 0, "bits come first");
#define BOOL(o, m, k, f)     ROW(o, m, k, f, OCI_BOOL, NULL)
#define I32(o, m, k, f)      ROW(o, m, k, f, OCI_I32, NULL)
#define I64(o, m, k, f)      ROW(o, m, k, f, OCI_I64, NULL)
#define U16(o, m, k, f)      ROW(o, m, k, f, OCI_U16, NULL)
#define U32(o, m, k, f)      ROW(o, m, k, f, OCI_U32, NULL)
#define U64(o, m, k, f)      ROW(o, m, k, f, OCI_U64, NULL)
#define STR(o, m, k, f)      ROW(o, m, k, f, OCI_STR, NULL)
#define OTHER(o, m, k, f)    { k, sizeof(k) - 1, OCI_OTHER, f, 0, NULL },
#define ENUM(o, m, k, f, e)  ROW(o, m, k, f, OCI_ENUM, &oci_##e##_enum)
#define STRS(o, m, k, f)     ROW(o, m, k, f, OCI_STRS, NULL)
#define U32S(o, m, k, f)     ROW(o, m, k, f, OCI_U32S, NULL)
#define ENUMS(o, m, k, f, e) ROW(o, m, k, f, OCI_ENUMS, &oci_##e##_enum)
#define MAP(o, m, k, f)      ROW(o, m, k, f, OCI_MAP, NULL)
#define OBJ(o, m, k, f, t)   ROW(o, m, k, f, OCI_OBJ, &oci_##t##_type)
#define OBJS(o, m, k, f, t)  ROW(o, m, k, f, OCI_OBJS, &oci_##t##_type)
#define MAPOF(o, m, k, f, t) ROW(o, m, k, f, OCI_MAPOF, &oci_##t##_type)
#include OCI_TABLE
#include "libocispec/table_undef.h"
#undef ROW

#define OBJECT(o) \
	const struct oci_type oci_##o##_type = { \
		#o, sizeof(struct oci_##o), OCI_##o##_MEMBERS, 0
#define END(o)               , o##_fields };
#define BOOL(o, m, k, f)     | (uint64_t)((f) & OCI_REQUIRED) << OCI_##o##_##m
#define I32                  BOOL
#define I64                  BOOL
#define U16                  BOOL
#define U32                  BOOL
#define U64                  BOOL
#define STR                  BOOL
#define OTHER                BOOL
#define STRS                 BOOL
#define U32S                 BOOL
#define MAP                  BOOL
#define ENUM(o, m, k, f, t)  BOOL(o, m, k, f)
#define ENUMS                ENUM
#define OBJ                  ENUM
#define OBJS                 ENUM
#define MAPOF                ENUM
#include OCI_TABLE
#include "libocispec/table_undef.h"

#undef REQUIRED
#undef POSITIVE
#undef MODE
#undef NONEMPTY
