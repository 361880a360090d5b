/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_structs.h - reads a table twice: once for the structs, once for their presence bits
 *
 * Before including it, #define OCI_TABLE "path/of.def".  It may be included for several tables:
 * ocirt's record of a container is a table, too (record/record.def).
 */
#define OBJECT(o)                   \
	struct oci_##o {            \
		uint64_t has;
#define END(o)                      };
#define BOOL(o, m, k, f)            bool m;
#define I32(o, m, k, f)             int32_t m;
#define I64(o, m, k, f)             int64_t m;
#define U16(o, m, k, f)             uint16_t m;
#define U32(o, m, k, f)             uint32_t m;
#define U64(o, m, k, f)             uint64_t m;
#define STR(o, m, k, f)             const char *m;
#define OTHER(o, m, k, f)
#define ENUM(o, m, k, f, e)         int32_t m;
#define STRS(o, m, k, f)            struct oci_strs m;
#define U32S(o, m, k, f)            struct oci_u32s m;
#define ENUMS(o, m, k, f, e)        struct oci_ints m;
#define MAP(o, m, k, f)             struct oci_map m;
#define OBJ(o, m, k, f, t)          struct oci_##t *m;
#define OBJS(o, m, k, f, t)         \
	struct {                    \
		size_t n;           \
		struct oci_##t *v;  \
	} m;
#define MAPOF(o, m, k, f, t)                \
	struct {                            \
		size_t n;                   \
		struct {                    \
			const char *key;    \
			struct oci_##t value; \
		} *v;                       \
	} m;
#include OCI_TABLE
#include "libocispec/table_undef.h"

#define OBJECT(o)            enum {
#define END(o)               OCI_##o##_MEMBERS };
#define BOOL(o, m, k, f)     OCI_##o##_##m,
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
#define ENUM(o, m, k, f, t)  OCI_##o##_##m,
#define ENUMS                ENUM
#define OBJ                  ENUM
#define OBJS                 ENUM
#define MAPOF                ENUM
#include OCI_TABLE
#include "libocispec/table_undef.h"

#define OBJECT(o)            extern const struct oci_type oci_##o##_type;
#define END(o)
#define BOOL(o, m, k, f)
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
#define ENUM(o, m, k, f, t)
#define ENUMS                ENUM
#define OBJ                  ENUM
#define OBJS                 ENUM
#define MAPOF                ENUM
#include OCI_TABLE
#include "libocispec/table_undef.h"
