#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The README's commands, as they stand there.

load lib/all

setup() {
	readme=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/README.md
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	# the README says `ocirt`; here each call has a state root of its own
	printf '#!/bin/sh\nexec "%s" --root "%s" "$@"\n' "$OCIRT" "$BATS_TEST_TMPDIR/state" \
		>"$BATS_TEST_TMPDIR/bin/ocirt"
	chmod +x "$BATS_TEST_TMPDIR/bin/ocirt"
	cd "$BATS_TEST_TMPDIR" || return
}

# every fenced block marked sh, in order
commands() {
	awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme"
}

@test "a first container, without any engine" {
	command -v jq >/dev/null || skip "jq is missing"
	commands >commands.sh
	[ "$(wc -l <commands.sh)" -gt 15 ]
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run bash -eu -o pipefail commands.sh
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"0 errors, 0 warnings"* ]]
	[[ $output == *"hello from ocirt"* ]]
	[[ $output == *'"status": "created"'* ]]
	[[ $output == *"a second process"* ]]
	[ -z "$(ls -A state)" ]
}

# The two lines for a copy of the tree: what is built here is neither optimized nor tested again.
@test "installing, and make bench" {
	need tool:autoreconf tool:automake tool:flock tool:jq
	local line
	line=$(grep -x '    ./autogen.sh && .*' "$readme")
	is "the line" "$line" '    ./autogen.sh && ./configure && make && make check && make install'
	line=${line/make check/make check TESTS= check_PROGRAMS=}
	# shellcheck source=contrib/lib/sources.bash
	. "$OCIRT_TOP/contrib/lib/sources.bash"
	sources_copy "$OCIRT_TOP" tree
	chmod -R u+w tree
	cd tree || return
	OCIRT_TIMEOUT=1200 capture env MAKEFLAGS="-s -j$(nproc)" CFLAGS=-O0 bash -c "${line/make install/make install DESTDIR=../installed}"
	succeeds
	capture ../installed/usr/local/bin/ocirt --version
	says "ocirt version"
	grep -q '`make bench`' "$readme"
	OCIRT_TIMEOUT=1200 capture env MAKEFLAGS=-s BENCH_ROUNDS=2 BENCH_WARM_UP=1 BENCH_NO_LIMIT=1 \
		BENCH_LOCK="$BATS_TEST_TMPDIR/lock" make bench
	succeeds
	says '| floor' '| ocirt' # the table that the README shows
}

@test "the packages for an installation are those that contrib/check asks for" {
	local manager line
	for manager in apt-get dnf apk; do
		line=$(grep -E "^    $manager (install|add) " "$readme")
		# on a machine that has nothing: what is missing is all of it
		is "$manager" "$(cut -d ' ' -f 7- <<<"$line" | tr ' ' '\n' | sort)" \
			"$(bash -c '. "$0"; packages_has() { false; }; packages_missing "$1" build' \
				"$OCIRT_TOP/contrib/lib/packages.bash" "$manager")" || return
	done
}

@test "the table of commands is what --help lists" {
	"$OCIRT" --help | awk '/^ +[a-z]+ / { print $1 }' | sort -u >known
	grep -oE '^\| `[a-z]+' "$readme" | tr -d '|` ' | sort -u >told
	for command in run create start exec state kill delete list spec check features version; do
		grep -qx "$command" known
		grep -qx "$command" told || grep -q "\`$command\`" "$readme"
	done
}

@test "the options of configure that the README names are those that there are" {
	is "options that only one of them has" "$(comm -3 \
		<(sed -n 's/^AC_ARG_ENABLE(\[\([^]]*\)\].*/\1/p' "$OCIRT_TOP/configure.ac" | sort -u) \
		<(grep '^| `--' "$readme" | cut -d '|' -f 2 | grep -oE -- '--(en|dis)able-[a-z-]+' |
			sed 's/^--[a-z]*able-//' | sort -u))" ""
}
