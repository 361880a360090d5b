/* SPDX-License-Identifier: Apache-2.0 */
/*
 * banned.h - functions that must not be used in ocirt: a call to one does not compile
 *
 * strcpy and its kin write without a bound, strtok keeps state between calls, system starts a
 * shell, and strerror has words that engines misunderstand (see error.h).  The build includes this
 * file before each source file (gcc -include), so none can forget it.  The system's headers come
 * first, as they declare these functions.  A file that must use one says #undef.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With FORTIFY the C library has defined some of them as macros. */
#undef strcpy
#undef stpcpy
#undef strcat
#undef strncat
#undef sprintf
#undef vsprintf
#undef gets
#undef strtok
#undef strtok_r
#undef atoi
#undef atol
#undef atoll
#undef strerror
#undef strerror_r
#undef perror
#undef system
#undef popen
#undef mktemp
#undef tmpnam

#define strcpy(...)	banned_use_memcpy(strcpy, __VA_ARGS__)
#define stpcpy(...)	banned_use_memcpy(stpcpy, __VA_ARGS__)
#define strcat(...)	banned_use_snprintf(strcat, __VA_ARGS__)
#define strncat(...)	banned_use_snprintf(strncat, __VA_ARGS__)
#define sprintf(...)	banned_use_snprintf(sprintf, __VA_ARGS__)
#define vsprintf(...)	banned_use_vsnprintf(vsprintf, __VA_ARGS__)
#define gets(...)	banned_use_file_read(gets, __VA_ARGS__)
#define strtok(...)	banned_use_strcspn(strtok, __VA_ARGS__)
#define strtok_r(...)	banned_use_strcspn(strtok_r, __VA_ARGS__)
#define atoi(...)	banned_use_parse_i64(atoi, __VA_ARGS__)
#define atol(...)	banned_use_parse_i64(atol, __VA_ARGS__)
#define atoll(...)	banned_use_parse_i64(atoll, __VA_ARGS__)
#define strerror(...)	banned_use_errno_words(strerror, __VA_ARGS__)
#define strerror_r(...) banned_use_errno_words(strerror_r, __VA_ARGS__)
#define perror(...)	banned_use_errno_words(perror, __VA_ARGS__)
#define system(...)	banned_use_execve(system, __VA_ARGS__)
#define popen(...)	banned_use_execve(popen, __VA_ARGS__)
#define mktemp(...)	banned_use_o_excl(mktemp, __VA_ARGS__)
#define tmpnam(...)	banned_use_o_excl(tmpnam, __VA_ARGS__)
