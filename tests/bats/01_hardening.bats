#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What configure promised, read back from the program.
load lib/all

setup() {
	need tool:readelf
	grep -qs "^enable_hardening='no'" "$OCIRT_BUILD/config.log" && skip "built with --disable-hardening"
	symbols=$(readelf -sW "$OCIRT")
	dynamic=$(readelf -dW "$OCIRT")
	segments=$(readelf -lW "$OCIRT")
}

# has WHERE PATTERN
has() {
	grep -qE -e "$2" <<<"$1" || complain "no $2"
}

lacks() {
	if grep -E -e "$2" <<<"$1"; then complain "there is $2"; fi
}

@test "the program is position independent" {
	has "$(readelf -hW "$OCIRT")" 'Type: +DYN'
	has "$dynamic" 'FLAGS_1.* PIE'
}

@test "relocations are read-only and bound at start" {
	has "$segments" 'GNU_RELRO'
	has "$dynamic" 'BIND_NOW|FLAGS_1.* NOW'
	lacks "$dynamic" 'TEXTREL'
}

@test "the stack is not executable, no segment is writable and executable" {
	has "$segments" 'GNU_STACK.* RW '
	lacks "$segments" 'LOAD .* RWE '
}

@test "the stack protector is compiled in" {
	has "$symbols" '__stack_chk_fail'
}

@test "FORTIFY replaced functions by checking ones" {
	[[ $symbols != *__asan_init* ]] || skip "the address sanitizer watches these functions itself"
	[[ $(ldd "$OCIRT" 2>&1) != *musl* ]] || skip "musl has no FORTIFY"
	has "$symbols" '__(snprintf|vsnprintf|fprintf|read|memcpy|strncpy|vfprintf)_chk'
}

@test "no library path is built in, and only the needed libraries are linked" {
	lacks "$dynamic" 'R(UN)?PATH'
	[[ $symbols != *__asan_init* ]] || skip "the sanitizers bring their own"
	lacks "$(grep NEEDED <<<"$dynamic" | grep -vE 'lib(c|yajl|cap)\.so|ld-(linux|musl)|libc\.musl')" NEEDED
}

@test "what configure found an archive of is in the program, and libpsx is not" {
	local name
	for name in YAJL:yajl_alloc CAP:cap_set_proc; do
		grep -q "^${name%:*}_LIBS='-l:" "$OCIRT_BUILD/config.log" || skip "no archive of ${name%:*}"
		has "$symbols" " ${name#*:}\$"
	done
	[[ $symbols != *__asan_init* ]] || skip "the sanitizers bring their own"
	lacks "$(grep NEEDED <<<"$dynamic" | grep -vE 'libc\.(so|musl)|ld-(linux|musl)')" NEEDED
	# it would make each call in each thread, by a signal
	lacks "$symbols" 'psx_(syscall|register)|__psx'
}
