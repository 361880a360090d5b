# SPDX-License-Identifier: Apache-2.0
# ocirt.m4 - probes for configure.ac

# OCIRT_MISSING(library, apt package, dnf package, apk package): stop, and say how to get it
AC_DEFUN([OCIRT_MISSING],
	[AC_MSG_ERROR([$1 is missing. Install it with one of:
	apt-get install $2
	dnf install $3
	apk add $4])])

# OCIRT_CFLAG(variable, flag, [name]): append the flag when the compiler takes it without a
# warning; the name, if given, goes into the list that the summary shows.
AC_DEFUN([OCIRT_CFLAG],
	[AS_VAR_PUSHDEF([cache], [ocirt_cv_cflag_$2])
	AC_CACHE_CHECK([whether $CC takes $2], [cache],
		[ocirt_saved="$CFLAGS"
		CFLAGS="$CFLAGS -Werror $2"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]],
			[[char text[8]; memset(text, 0, sizeof(text)); return text[0];]])],
			[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		CFLAGS="$ocirt_saved"])
	AS_VAR_IF([cache], [yes],
		[AS_VAR_APPEND([$1], [" $2"])
		m4_ifnblank([$3], [ocirt_hardening="$ocirt_hardening $3"])
		$4], [$5])
	AS_VAR_POPDEF([cache])])

# OCIRT_LDFLAG(variable, flag, [name], [if yes], [if no]): the same for the linker
AC_DEFUN([OCIRT_LDFLAG],
	[AS_VAR_PUSHDEF([cache], [ocirt_cv_ldflag_$2])
	AC_CACHE_CHECK([whether the linker takes $2], [cache],
		[ocirt_saved="$LDFLAGS"; ocirt_saved_cflags="$CFLAGS"
		CFLAGS="$CFLAGS $ocirt_pie_cflags -Werror"
		LDFLAGS="$LDFLAGS $2"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		LDFLAGS="$ocirt_saved"; CFLAGS="$ocirt_saved_cflags"])
	AS_VAR_IF([cache], [yes],
		[AS_VAR_APPEND([$1], [" $2"])
		m4_ifnblank([$3], [ocirt_hardening="$ocirt_hardening $3"])
		$4], [$5])
	AS_VAR_POPDEF([cache])])
