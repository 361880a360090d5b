#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What configure says of a machine that lacks something: the compiler is a stub that does not find it.
load lib/all

# (configure takes its time on a busy machine)
OCIRT_TIMEOUT=1200

# What the build's own configure found out need not be found out again: the answers are in its log.
setup() {
	local file
	[ -x "$OCIRT_TOP/configure" ] || skip "configure is not made"
	file=$OCIRT_BUILD/config.log
	[ -e "$file" ] || skip "no config.log"
	cd "$BATS_TEST_TMPDIR" || return
	sed -n '/^## Cache variables/,/^## Output variables/p' "$file" |
		grep -E '^[a-z]+_cv_' |
		grep -vE '^ac_cv_(env|prog_(CC|CPP|ac_ct_CC)|header_(yajl|sys_capability|linux_mount|seccomp))' >config.cache
	# the tree itself may be configured, which configure does not like
	mkdir tree build
	for file in configure configure.ac aclocal.m4 Makefile.in config.h.in build-aux m4 src libocispec tests contrib; do
		ln -s "$OCIRT_TOP/$file" tree/
	done
	cat >cc <<-'SCRIPT'
		#!/bin/bash
		for word; do
			case $word in
			*.c) ! grep -qF "#include <$HIDDEN>" "$word" || exit 1 ;;
			-l:*) [ "$HIDDEN" != "${word#-l:}" ] && [ "$HIDDEN" != archives ] || exit 1 ;;
			-lseccomp) [ "$HIDDEN" != libseccomp.a ] || exit 1 ;;
			esac
		done
		exec cc "$@"
	SCRIPT
	chmod +x cc
}

# configured HIDDEN OPTION...: the header, or "archives", is not there
configured() {
	cd "$BATS_TEST_TMPDIR/build" || return
	capture env HIDDEN="$1" ../tree/configure --cache-file=../config.cache --disable-dependency-tracking \
		CC="$BATS_TEST_TMPDIR/cc" "${@:2}"
}

# names WHAT APT DNF APK: configure fails and names it and its packages
names() {
	fails_with "$1" 'is missing' "apt-get install $2" "dnf install $3" "apk add $4"
}

@test "a missing header: its package for apt, dnf and apk" {
	configured yajl/yajl_parse.h
	names yajl/yajl_parse.h libyajl-dev yajl-devel yajl-dev
	configured sys/capability.h
	names sys/capability.h libcap-dev libcap-devel libcap-dev
	configured linux/mount.h
	names linux/mount.h linux-libc-dev kernel-headers linux-headers
}

@test "--enable-seccomp: a missing libseccomp is an error, and only then" {
	configured seccomp.h --enable-seccomp
	names seccomp.h libseccomp-dev libseccomp-devel libseccomp-dev
	configured seccomp.h
	succeeds
	says_line '  system call filters   not in this version'
}

@test "--enable-static: seccomp.h without libseccomp.a is done without, or is an error with --enable-seccomp" {
	[[ $(cc -print-file-name=libyajl_s.a) == /* && $(cc -print-file-name=libcap.a) == /* ]] ||
		skip "no archives of yajl and libcap"
	mkdir header
	echo 'int seccomp_init(unsigned);' >header/seccomp.h
	configured libseccomp.a --enable-static CPPFLAGS="-isystem $BATS_TEST_TMPDIR/header"
	succeeds
	says_line '  system call filters   not in this version'
	configured libseccomp.a --enable-static --enable-seccomp CPPFLAGS="-isystem $BATS_TEST_TMPDIR/header"
	names libseccomp.a libseccomp-dev libseccomp-static libseccomp-static
}

@test "--enable-static-yajl, --enable-static-libcap: a missing archive is an error" {
	configured archives --enable-static-yajl
	names libyajl_s.a libyajl-dev yajl-static yajl-static
	configured libcap.a --enable-static-libcap
	names libcap.a libcap-dev libcap-static libcap-static
}

@test "without an archive, or where it is not wanted, the shared library is linked" {
	configured archives
	succeeds
	says_line '  yajl                  shared library' '  libcap                shared library'
	configured nothing --disable-static-yajl --disable-static-libcap
	succeeds
	says_line '  yajl                  shared library' '  libcap                shared library'
}

@test "a libcap without what we call is too old" {
	local header
	header=$(echo '#include <sys/capability.h>' | cc -M -x c - | grep -o '/[^ ]*/sys/capability.h')
	mkdir -p old/sys
	sed 's/cap_max_bits/cap_other_bits/' "$header" >old/sys/capability.h
	sed -i /cap_max_bits/d config.cache
	configured nothing CPPFLAGS="-isystem $PWD/old"
	fails_with 'this libcap is too old' 'cap_max_bits'
}

@test "the summary says what was decided" {
	configured nothing --prefix=/some/where --enable-werror
	succeeds
	[[ $output == *$'\nocirt '*' for '* ]] || complain "no head"
	says_line '  linking               dynamic' '  sanitizers            no' '  warnings are errors   yes' \
		'  prefix                /some/where'
	for name in compiler hardening yajl libcap 'system call filters' 'systemd driver' 'checkpoint (criu)' \
		'unit tests' 'command tests' 'lint with'; do
		says $'\n  '"$name "
	done
}

@test "options that exclude each other are refused" {
	configured nothing --enable-static --enable-asan
	fails_with '--enable-static and --enable-asan exclude each other'
}
