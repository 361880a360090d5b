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

# OCIRT_RELR: packed relocations, where the C library is known to understand them (glibc 2.36; an
# older one refuses to start such a program)
AC_DEFUN([OCIRT_RELR],
	[AC_MSG_CHECKING([whether the C library knows packed relocations])
	AC_PREPROC_IFELSE([AC_LANG_SOURCE([[#include <features.h>
#if !defined __GLIBC__ || !__GLIBC_PREREQ(2, 36)
#error
#endif]])],
		[AC_MSG_RESULT([yes])
		OCIRT_LDFLAG([OCIRT_LDFLAGS], [-Wl,-z,pack-relative-relocs])],
		[AC_MSG_RESULT([no, or not known])])])

# OCIRT_ARCHIVE(variable, library, flag, archives, header, expression, [[apt], [dnf], [apk packages]]):
# what links a library into a program with shared libraries: its archive where one links, else the
# shared one; --disable-static-LIBRARY wants the latter, --enable-static-LIBRARY an archive or an error
AC_DEFUN([OCIRT_ARCHIVE],
	[$1=$3
	AS_IF([test "x$enable_static_$2" != xno],
		[ocirt_saved="$LIBS"; ocirt_saved_cflags="$CFLAGS"
		CFLAGS="$CFLAGS$ocirt_pie_cflags"
		AC_MSG_CHECKING([for the archive of $2])
		for ocirt_archive in $4; do
			LIBS="-l:$ocirt_archive $ocirt_saved $OCIRT_LDFLAGS"
			AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <$5>]], [[return $6 != 0;]])],
				[$1=-l:$ocirt_archive; break])
		done
		LIBS="$ocirt_saved"; CFLAGS="$ocirt_saved_cflags"
		AS_IF([test "x$$1" != x$3], [AC_MSG_RESULT([$$1])],
			[AC_MSG_RESULT([none])
			AS_IF([test "x$enable_static_$2" = xyes],
				[OCIRT_MISSING([the archive of $2 ($4)], $7)])])])])

# OCIRT_LINKED(variable, flags, flag): how a library is linked, in words
AC_DEFUN([OCIRT_LINKED],
	[$1="linked from its archive"
	AS_IF([test "x$enable_static$2" = "xno$3"], [$1="shared library"])])
