/* SPDX-License-Identifier: Apache-2.0 */
/* table_undef.h - undefines the row macros of a table, so that the next reading can define them */
#undef OBJECT
#undef END
#undef BOOL
#undef I32
#undef I64
#undef U16
#undef U32
#undef U64
#undef STR
#undef OTHER
#undef ENUM
#undef STRS
#undef U32S
#undef ENUMS
#undef MAP
#undef OBJ
#undef OBJS
#undef MAPOF
