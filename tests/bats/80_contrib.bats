#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The scripts of contrib: the package manager's line, lint's rules, on trees and machines made up here.
load lib/all

setup() {
	stubs=$BATS_TEST_TMPDIR/stubs
	mkdir "$stubs"
	local tool
	for tool in bash sort tr env id mktemp rm sed cat head dirname; do
		ln -s "$(command -v "$tool")" "$stubs/$tool"
	done
}

# stub NAME [STATUS]: a program that writes its own command line down
stub() {
	cat >"$stubs/$1" <<-SCRIPT
		#!/bin/bash
		echo "$1 \$*" >>"$BATS_TEST_TMPDIR/called"
		exit ${2:-0}
	SCRIPT
	chmod +x "$stubs/$1"
}

# install GROUP...: packages_install on a machine that has nothing but the stubs
install() {
	capture env PATH="$stubs" bash -c '. "$0" && packages_install "$@"' \
		"$OCIRT_TOP/contrib/lib/packages.bash" "$@"
	called=$(cat "$BATS_TEST_TMPDIR/called" 2>/dev/null || true)
}

@test "dnf: the line is shown and run, with Fedora's names" {
	stub dnf
	install build tests
	succeeds
	says_line "+ $called"
	[[ $called == 'dnf --assumeyes install '* ]]
	for name in gcc glibc-devel make autoconf automake yajl-devel libcap-devel libcmocka-devel bats jq busybox; do
		[[ " $called " == *" $name "* ]] || complain "no $name"
	done
}

@test "apk: the line is shown and run, with Alpine's names" {
	stub apk
	install build tests
	succeeds
	says_line "+ $called"
	[[ $called == 'apk add '* ]]
	for name in gcc musl-dev linux-headers make autoconf automake yajl-dev libcap-dev cmocka-dev bats jq \
		busybox-static; do
		[[ " $called " == *" $name "* ]] || complain "no $name"
	done
}

@test "apt: the line is shown and run, with Debian's names; what is there is not asked for" {
	stub apt-get
	stub jq
	install build tests
	succeeds
	says 'apt-get -q --yes --no-install-recommends install'
	for name in gcc libc6-dev make autoconf automake libyajl-dev libcap-dev libcmocka-dev bats busybox-static; do
		[[ " $called " == *" $name "* ]] || complain "no $name"
	done
	[[ " $called " != *" jq "* ]]
}

@test "apt: a failed install is tried again after an update, then it is a failure" {
	stub apt-get 100
	install try
	[ "$status" != 0 ]
	[[ $called == *'apt-get -q update'* ]]
}

@test "nothing is missing: nothing is called" {
	stub dnf
	stub busybox
	install try
	succeeds
	is called "$called" ''
}

@test "no package manager: the names are said" {
	install try
	fails_with 'missing: busybox-static' 'None of apt-get, dnf and apk is here'
}

@test "an ordinary user's line has sudo, and fails without it" {
	stub dnf
	rm "$stubs/id"
	printf '#!/bin/bash\necho 1000\n' >"$stubs/id"
	chmod +x "$stubs/id"
	install try
	fails_with 'missing: busybox' 'there is no sudo here' 'run this line as root' \
		$'\n    dnf --assumeyes install busybox'
	is called "$called" ''
	stub sudo
	install try
	succeeds
	is called "$called" 'sudo dnf --assumeyes install busybox'
}

@test "check stops before it builds where it can't install, and says what root has to run" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/contrib" "$tree/autogen.sh"
	cp -r "$OCIRT_TOP/contrib/check" "$OCIRT_TOP/contrib/lib" "$tree/contrib/"
	ln -s "$(command -v nproc)" "$(command -v date)" "$stubs"
	stub apt-get 100
	capture env PATH="$stubs" "$tree/contrib/check"
	exits 1
	says 'could not be installed' 'run this line as root' 'nothing was built or tested' \
		$'\n    apt-get update && apt-get -q --yes --no-install-recommends install autoconf automake'
	says_not 'stage 1'
	[ ! -e "$tree/build" ] || complain "something was built"
}

# watched FOLDER: what progress_watch says of its log and its results, which change each time it spoke
watched() {
	# shellcheck disable=SC2016
	capture bash -c '. "$0" && progress_seconds=0.05 && cd "$1" && {
		until [ "$(wc -l <said)" -ge 1 ]; do :; done
		printf "%s\n" "$PWD/"{tests/unit/test_a,tests/unit/test_b,tests/bats/c,contrib/lint/run}.trs >results
		until [ "$(wc -l <said)" -ge 2 ]; do :; done
		: >tests/unit/test_b.trs
		until [ "$(wc -l <said)" -ge 3 ]; do :; done
	} | progress_watch log results >said && cat said' "$OCIRT_TOP/contrib/lib/progress.bash" "$1"
}

@test "check says how far it is: the last line while it builds, then the tests that ended" {
	local folder=$BATS_TEST_TMPDIR/built
	mkdir -p "$folder"/{tests/unit,tests/bats,contrib/lint}
	printf '  CC       src/base/%s.o\n' one two >"$folder/log"
	: >"$folder/said"
	watched "$folder"
	succeeds
	is lines "$(cut -d' ' -f2- <<<"$output")" "  CC src/base/two.o
  unit tests 0 of 2, bats files 0 of 1, others 0 of 1
  unit tests 1 of 2, bats files 0 of 1, others 0 of 1"
}

@test "check says how far it is in one line, written over, on a terminal" {
	printf 'one\n' >"$BATS_TEST_TMPDIR/log"
	cat >"$BATS_TEST_TMPDIR/watch" <<-SCRIPT
		. "$OCIRT_TOP/contrib/lib/progress.bash"
		cd "$BATS_TEST_TMPDIR"
		progress_watch log results < <(until grep -q one out; do :; done
			echo two >>log
			until grep -q two out; do :; done)
		echo end
	SCRIPT
	capture_terminal "bash $BATS_TEST_TMPDIR/watch"
	succeeds
	is lines "$(wc -l <<<"$output")" 1
	[[ $output == $'\e[K'*'   one'$'\e[K'*'   two'$'\e[K''end' ]] || complain "not so"
}

@test "check knows what its tests will leave, and what is left of an earlier run does not count" {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p tests/unit tests/bats
	: >tests/unit/test_b.trs
	# shellcheck source=contrib/lib/progress.bash
	. "$OCIRT_TOP/contrib/lib/progress.bash"
	# (MAKEFLAGS: the make that runs this test says which logs it wants)
	make() { env -u MAKEFLAGS -u MFLAGS make -s -f "$OCIRT_BUILD/Makefile" -C "$OCIRT_BUILD" --no-print-directory "$@"; }
	progress_expect results "$PWD" TESTS='tests/unit/test_a tests/unit/test_b tests/bats/c.bats'
	is text "$(progress_tests results)" 'unit tests 0 of 2, bats files 0 of 1'
	: >tests/unit/test_b.trs
	is text "$(progress_tests results)" 'unit tests 1 of 2, bats files 0 of 1'
}

# tree: a tree that lint has nothing against
tree() {
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/contrib" "$tree/src/base" "$tree/src/sys" "$tree/src/mount" \
		"$tree/src/manager" "$tree/src/cgroup" "$tree/libocispec"
	cp -r "$OCIRT_TOP/contrib/lint" "$tree/contrib/"
	cp "$OCIRT_TOP/.clang-format" "$tree/"
	printf '%s\n' '/* SPDX-License-Identifier: Apache-2.0 */' '/* one.c - nothing */' '' \
		'int one(void)' '{' $'\treturn 1;' '}' >"$tree/src/base/one.c"
}

# rule NAME: run it there
rule() {
	cd "$tree" || return
	capture "contrib/lint/$1"
}

# breaks RULE FILE TEXT...: with these lines at its end, the file has a place that the rule names
breaks() {
	local rule=$1 file=$2
	shift 2
	tree
	rule "$rule"
	[ "$status" != 77 ] || skip "$output"
	succeeds
	[ -e "$tree/$file" ] || cp "$tree/src/base/one.c" "$tree/$file"
	printf '%s\n' "$@" >>"$tree/$file"
	rule "$rule"
	fails_with "$file:"
}

@test "lint layers: no include upwards" {
	breaks layers src/base/two.h '#include "sys/file.h"'
}

@test "lint layers: no include of a sibling" {
	breaks layers src/mount/two.c '#include "cgroup/cgroup.h"'
}

@test "lint layers: no include of a sibling that stands on another" {
	breaks layers src/mount/two.c '#include "manager/manager.h"'
}

@test "lint layers: no include by a sibling that stands on another" {
	breaks layers src/manager/two.c '#include "mount/mount.h"'
}

@test "lint layers: a sibling may stand on another, and not the other way round" {
	tree
	mkdir -p "$tree/src/manager" "$tree/src/cgroup"
	cp "$tree/src/base/one.c" "$tree/src/manager/two.c"
	printf '%s\n' '#include "cgroup/cgroup.h"' >>"$tree/src/manager/two.c"
	rule layers
	succeeds
	breaks layers src/cgroup/two.c '#include "manager/manager.h"'
}

@test "lint layers: the specification's library is below cgroup, not below sys" {
	breaks layers src/sys/two.c '#include "libocispec/ocispec.h"'
}

@test "lint layers: the specification's library knows nothing of src" {
	breaks layers libocispec/two.c '#include "base/error.h"'
}

@test "lint layers: a file name stands once" {
	breaks layers src/sys/one.c
	says 'src/base/one.c has this name already'
	rm "$tree/src/sys/one.c"
	cp "$tree/src/base/one.c" "$tree/libocispec/"
	rule layers
	fails_with 'src/base/one.c: libocispec/one.c has this name already'
}

@test "lint layers: a folder of 23 .c files" {
	tree
	local i
	for ((i = 2; i <= 22; i++)); do
		cp "$tree/src/base/one.c" "$tree/src/base/c$i.c"
	done
	rule layers
	succeeds
	cp "$tree/src/base/one.c" "$tree/src/base/c23.c"
	rule layers
	fails_with 'src/base: more than 22 .c files'
}

# made FILE TEXT...: a file of these lines, with none of the tree's own
made() {
	mkdir -p "$tree/${1%/*}"
	printf '%s\n' "${@:2}" >"$tree/$1"
}

@test "lint circles: headers that include each other" {
	tree
	made src/base/two.h '#include "base/three.h"'
	made src/base/three.h '#include "libocispec/four.h"'
	made libocispec/four.h ''
	rule circles
	succeeds
	made libocispec/four.h '#include "base/two.h"'
	rule circles
	fails_with src/base/two.h libocispec/four.h
	says_line 'libocispec/four.h -> src/base/two.h -> src/base/three.h -> libocispec/four.h'
}

# two uses the words TEXT, and one uses two: is that a circle?
circle_by() {
	tree
	made src/base/one.c "${one[@]}" 'int one(void)' '{' $'\treturn two();' '}'
	made src/base/two.c "$@"
	rule circles
}

@test "lint circles: .c files that use each other" {
	local one=()
	circle_by 'int two(void)' '{' $'\treturn 1;' '}'
	succeeds
	circle_by 'int two(void)' '{' $'\treturn one();' '}'
	fails_with 'src/base/one.c -> src/base/two.c (two) -> src/base/one.c (one)'
	circle_by 'int two(void);' 'int (*const table[])(void) = { one };'
	succeeds
	one=('int (*const own[])(void) = { table };')
	circle_by 'int (*const table[])(void) = { [0] = one };'
	fails_with 'src/base/one.c -> src/base/two.c (table) -> src/base/one.c (one)'
}

@test "lint circles: by a macro and by an inline function of a header, and by a table's row" {
	local one=()
	tree
	made src/base/two.h $'#define TWO(x) \\' $'\tone(x)'
	circle_by '#include "base/two.h"' 'int two(void)' '{' $'\treturn TWO(1);' '}'
	fails_with 'src/base/two.c (two)'
	made src/base/two.h 'static inline int three(void)' '{' $'\treturn one(1);' '}'
	circle_by 'int two(void)' '{' $'\treturn three();' '}'
	fails_with 'src/base/two.c (two)'
	made src/base/two.def 'ROW(on, "one", 1)'
	circle_by 'int two(void);' '#define ROW(name, x, y) name##e,' 'void *const two[] = {' '#include "base/two.def"' '};'
	fails_with 'src/base/two.c (two)'
}

@test "lint circles: a member, a tag, a local name and a text are no use" {
	local one=()
	circle_by '/* one() */' 'struct one { int one; };' 'static int three(struct one *p, const char *one)' '{' \
		$'\treturn p->one + !one + !"one()";' '}' 'int two(void)' '{' $'\tint zero = 0, one = 1;' \
		$'\tstruct one x = { .one = one };' $'\tfor (int i = one; i; i--)' $'\t\tx.one += zero;' \
		$'\treturn three(&x, "");' '}'
	succeeds
}

# two.c and who uses it
dead_by() {
	tree
	rm -f "$tree/contrib/lint/waiting.txt"
	made src/base/main.c 'int main(void)' '{' $'\treturn one();' '}'
	made src/base/two.c "$@"
	rule dead
}

@test "lint dead: a function or an object without a user" {
	dead_by 'static int two(void)' '{' $'\treturn one();' '}'
	succeeds
	dead_by 'int two(void)' '{' $'\treturn two();' '}'
	fails_with 'src/base/two.c:1: two has no user'
	dead_by '' 'const int two[] = { 2 };'
	fails_with 'src/base/two.c:2: two has no user'
	made src/base/one.c 'int one(void)' '{' $'\treturn *two;' '}'
	rule dead
	succeeds
}

@test "lint dead: a header's function" {
	dead_by '#include "base/two.h"'
	succeeds
	made src/base/two.h 'static inline int two(void)' '{' $'\treturn one();' '}'
	rule dead
	fails_with 'src/base/two.h:1: two has no user'
	made src/base/two.c 'static int three(void)' '{' $'\treturn two();' '}'
	rule dead
	succeeds
}

@test "lint dead: what its own file alone uses is static, or there for a test" {
	dead_by 'int two(void)' '{' $'\treturn 2;' '}' 'static int three(void)' '{' $'\treturn two();' '}'
	fails_with 'two.c:1: two is used in this file only'
	made tests/unit/test_two.c 'int main(void)' '{' $'\treturn two();' '}'
	rule dead
	succeeds
	made src/base/two.c 'int two(void)' '{' $'\treturn 2;' '}'
	rule dead
	fails_with 'two has no user but tests'
}

@test "lint dead: who waits for a user has a reason, and no user yet" {
	dead_by 'int two(void)' '{' $'\treturn 2;' '}'
	fails_with 'two has no user'
	made contrib/lint/waiting.txt '# name, reason' 'two	three will call it'
	rule dead
	succeeds
	made contrib/lint/waiting.txt 'two'
	rule dead
	fails_with 'waiting.txt: two has no reason'
	made contrib/lint/waiting.txt 'two	three will call it' 'one	so it was'
	rule dead
	fails_with 'waiting.txt: one has a user'
	made contrib/lint/waiting.txt 'two	three will call it' 'four	so it was'
	rule dead
	fails_with 'waiting.txt: four is defined nowhere'
}

# returns STATEMENT [PARAMETERS]: a function that fills an error ends like that
returns() {
	tree
	made src/base/one.c '/* return -1; */' "int one(${2-int a, struct error *err})" '{' $'\tint r = -1;' \
		$'\tif (a < -1)' $'\t\t'"$1" '}'
	rule failure
}

@test "lint failure: a number of one's own" {
	local statement
	for statement in 'return -1;' 'return -EINVAL;' 'return -errno;' 'return a ? -1 : 0;' \
		'return two(a, err) ? 0 : -r;' $'return two(a, err) < 0 ? 0\n\t: -1;'; do
		returns "$statement"
		fails_with 'src/base/one.c:6:'
	done
}

@test "lint failure: what others gave, and where there is no error to fill" {
	local statement
	for statement in 'return fail(err, -r, "x");' 'return error_code(err);' 'return r < 0 ? r : a - 1;' \
		'return two(r ? -1 : 2, err);'; do
		returns "$statement"
		succeeds
	done
	returns 'return -1;' 'int a'
	succeeds
	returns 'return err->errno_value ? -err->errno_value : -1;' 'const struct error *err'
	succeeds
}

@test "lint lengths: a function of 71 lines" {
	local lines
	mapfile -t lines < <(for ((i = 0; i < 69; i++)); do echo $'\tone();'; done)
	breaks lengths src/base/two.c 'void two(void)' '{' "${lines[@]}" '}'
	says 'two() has 71 lines'
}

@test "lint lengths: the median" {
	tree
	local lines
	mapfile -t lines < <(for ((i = 0; i < 13; i++)); do echo $'\tone();'; done)
	printf '%s\n' 'void two(void)' '{' "${lines[@]}" '}' 'void three(void)' '{' "${lines[@]}" '}' \
		>>"$tree/src/base/one.c"
	rule lengths
	fails_with 'median 15 of 3'
}

@test "lint lengths: a file of 501 lines" {
	local lines
	mapfile -t lines < <(for ((i = 0; i < 494; i++)); do echo '/* */'; done)
	breaks lengths src/base/one.c "${lines[@]}"
}

@test "lint style: six parameters, #if in a function, a typedef of a struct" {
	breaks style src/base/two.c 'int two(int a, int b, int c, int d, int e, int f)' '{' '}'
	rm -r "$tree"
	breaks style src/base/two.c 'int two(void)' '{' '#ifdef X' '#endif' '}'
	rm -r "$tree"
	breaks style src/base/two.c 'typedef struct two two_t;'
}

@test "lint banned: strcpy anywhere, getenv outside src/cli, not in comments or strings" {
	breaks banned src/base/two.c $'\tstrcpy (a, b);'
	rm -r "$tree"
	breaks banned src/sys/two.c $'\tgetenv("X");'
	rm -r "$tree"
	tree
	printf '%s\n' '/* strcpy(a, b) */' 'const char *text = "strcpy(";' '#ifdef OCIRT_TESTING' 'getenv("X");' \
		'#endif' >>"$tree/src/base/one.c"
	mkdir "$tree/src/cli"
	echo 'getenv("X");' >"$tree/src/cli/two.c"
	rule banned
	succeeds
}

@test "lint proc: the string outside its owner, not in a comment" {
	breaks proc src/base/two.c 'const char *text = "/proc/self/fd";'
	rm -r "$tree"
	breaks proc src/base/two.c 'const char *text = "/proc"' '"/self/fd";'
	rm -r "$tree"
	tree
	echo '/* "/proc/" */' >>"$tree/src/base/one.c"
	echo 'const char *text = "/proc/";' | tee "$tree/src/sys/procfs.c" >"$tree/src/sys/procfs.h"
	rule proc
	succeeds
}

@test "lint format, shell, text" {
	local lines
	breaks text src/base/two.c 'int two; '
	rm -r "$tree"
	tree
	echo 'int two;' >"$tree/src/base/two.c"
	rule text
	fails_with 'SPDX'
	rm -r "$tree"
	tree
	mapfile -t lines < <(for ((i = 0; i < 100; i++)); do echo 'int two;'; done)
	printf '%s\n' "${lines[@]}" >>"$tree/src/base/one.c"
	rule text
	fails_with 'src/base/one.c:2: more than 100 lines, and the purpose does not say why'
	sed -i '2s|.*|/*\n * one.c - nothing, because\n */|' "$tree/src/base/one.c"
	rule text
	succeeds
	rm -r "$tree"
	breaks shell contrib/two.bash 'echo $1'
	rm -r "$tree"
	breaks format src/base/two.c 'int  two( void );'
}

@test "lint docs-drift: a command that no document names" {
	tree
	mkdir -p "$tree/docs" "$tree/src/cli"
	echo 'COMMAND (run, "run", "make and start")' >"$tree/src/cli/commands.def"
	echo 'ocirt create' >"$tree/docs/ocirt.1.md"
	rule docs-drift
	fails_with '"run"'
	echo 'ocirt run' >>"$tree/docs/ocirt.1.md"
	rule docs-drift
	succeeds
}

# The names are put together: the rule reads this file, too.
@test "lint docs-drift: a door that the table lacks, a row without a door" {
	tree
	mkdir -p "$tree/docs" "$tree/src/cli"
	echo 'COMMAND (run, "run", "make and start")' >"$tree/src/cli/commands.def"
	printf '%s\n' 'ocirt run' 'OCIRT''_SHUT in a text' '## Doors' '|---|' '| `OCIRT''_OPEN=1` | x | y |' \
		>"$tree/docs/debugging.md"
	echo 'const char *name = "OCIRT''_OPEN";' >>"$tree/src/base/one.c"
	rule docs-drift
	succeeds
	echo 'const char *other = "OCIRT''_SHUT";' >>"$tree/src/base/one.c"
	rule docs-drift
	fails_with 'the table of doors lacks OCIRT''_SHUT'
	echo '| `OCIRT''_SHUT` | x | y |' >>"$tree/docs/debugging.md"
	rule docs-drift
	succeeds
	echo '| `OCIRT''_GONE` | x | y |' >>"$tree/docs/debugging.md"
	rule docs-drift
	fails_with 'nothing uses OCIRT''_GONE'
}

@test "lint docs-drift: a file without a line in architecture.md, a line without a file" {
	tree
	mkdir -p "$tree/docs" "$tree/src/cli" "$tree/libocispec"
	echo 'COMMAND (run, "run", "make and start")' >"$tree/src/cli/commands.def"
	printf '%s\n' 'ocirt run, see `one.c`' '### `src/base/`' '- `one.c`: the first' >"$tree/docs/architecture.md"
	rule docs-drift
	succeeds
	cp "$tree/src/base/one.c" "$tree/libocispec/two.c"
	rule docs-drift
	fails_with 'the list of files lacks libocispec/two.c'
	echo '- `two.c`: below the wrong heading' >>"$tree/docs/architecture.md"
	rule docs-drift
	fails_with 'the list of files lacks libocispec/two.c' 'src/base/two.c is listed and is not there'
	sed -i '$d' "$tree/docs/architecture.md"
	printf '%s\n' '### `libocispec/`' '- `two.c`, `three.c`: more' '## The end' >>"$tree/docs/architecture.md"
	rule docs-drift
	fails_with 'libocispec/three.c is listed and is not there' 'there is no three.c'
	sed -i 's/, `three.c`//' "$tree/docs/architecture.md"
	rule docs-drift
	succeeds
	echo 'a property is judged in `four.c`' >>"$tree/docs/architecture.md"
	rule docs-drift
	fails_with 'there is no four.c'
}

@test "lint links: a file, a heading, a file in backticks that are not there" {
	tree
	mkdir -p "$tree/docs"
	printf '%s\n' '# One & two' 'a [file](docs/two.md), a [heading](#one--two), an [other](docs/two.md#it-is),' \
		'`src/base/one.c`, `src/*/one.c`, `tests/unit/test_X.c`, [elsewhere](https://example.org/x)' \
		>"$tree/README.md"
	printf '%s\n' '## It is' '[back](../README.md)' >"$tree/docs/two.md"
	rule links
	succeeds
	echo '`src/base/two.c`, `src/base/one.c`' >>"$tree/README.md"
	rule links
	fails_with 'README.md:4: there is no `src/base/two.c`'
	is "lines" "$(wc -l <<<"$output")" 1
	sed -i '$d' "$tree/README.md"
	echo '[back](../README.md#one) [far](three.md)' >>"$tree/docs/two.md"
	rule links
	fails_with 'docs/two.md:3: there is no heading for ../README.md#one' 'docs/two.md:3: there is no three.md'
	sed -i '$d' "$tree/docs/two.md"
	rule links
	succeeds
	echo '/* as one.c does it, from base/four.def */' >>"$tree/src/base/one.c"
	rule links
	fails_with 'src/base/one.c:8: there is no four.def'
	is "lines" "$(wc -l <<<"$output")" 1
}

@test "lint hints: a row that nobody gives, and words that do not fit" {
	tree
	printf '%s\n' 'HINT(PLAIN, "do it")' 'HINT(NAMED, "do {1}, not {2}")' 'HINT(GONE, "")' \
		>"$tree/src/base/hints.def"
	printf '%s\n' 'return hint(err, HINT_PLAIN, NULL, NULL);' \
		'(void)hint(from->err, HINT_NAMED,' $'\t   of(a, "b)"), NULL);' >>"$tree/src/base/one.c"
	rule hints
	fails_with 'NAMED: word 2 is given as NULL'
	sed -i 's/, NULL);$/, c);/' "$tree/src/base/one.c"
	rule hints
	fails_with 'PLAIN: word 2 is given as c'
	sed -i 's/PLAIN, NULL, c/PLAIN, NULL, NULL/' "$tree/src/base/one.c"
	rule hints
	succeeds
	sed -i '/PLAIN/d' "$tree/src/base/one.c"
	rule hints
	fails_with 'PLAIN: given nowhere'
}

@test "mutate is skipped, with the reason, where the command tests would be" {
	cd "$OCIRT_BUILD" || return
	ln -s "$(command -v unshare)" "$(command -v jq)" "$stubs"
	capture env PATH="$stubs" "$OCIRT_TOP/tests/mutate/run" 1
	succeeds
	prints '1..0 # SKIP bats is missing'
}

@test "random choices: by OCIRT_SEED, by the commit, by the version, and in CI each time by others" {
	need tool:git
	cd "$BATS_TEST_TMPDIR" && mkdir -p tree/tests && cd tree || return
	cp "$OCIRT_TOP/tests/seed" tests/
	cp "$OCIRT_TOP/configure.ac" .
	seed() { env -i PATH="$PATH" HOME="$BATS_TEST_TMPDIR" "$@" tests/seed; }
	is "in a tarball" "$(seed A=)" "$(sed -n 's/.*\[ocirt\], \[\(.*\)\].*/\1/p' configure.ac)"
	git init -q . && git add . && git -c user.name=a -c user.email=b commit -qm c
	is "of a commit" "$(seed CI=false)" "$(git rev-parse --short=12 HEAD)"
	is "as it is given" "$(seed OCIRT_SEED='a b' CI=true)" 'a b'
	[ "$(seed CI=true)" != "$(seed CI=true)" ] || complain "CI chooses alike"
}

@test "a sample by lot: the same for a seed, another for another" {
	# shellcheck source=tests/bats/lib/seed.bash
	. "$OCIRT_TOP/tests/bats/lib/seed.bash"
	local one other sample
	sample() { seq 100 | OCIRT_SEED=$1 bash -c '. "$0" && seed_begin && seed_sample 10' \
		"$OCIRT_TOP/tests/bats/lib/seed.bash"; }
	one=$(sample 1) other=$(sample 2)
	is "its size" "$(sort -u <<<"$one" | wc -l)" 10
	is "drawn again" "$(sample 1)" "$one"
	[ "$one" != "$other" ] || complain "two seeds, one sample"
}

@test "make fuzz is skipped where no compiler can make fuzzers" {
	cd "$BATS_TEST_TMPDIR" || return
	capture env FUZZ_CC=false "$OCIRT_TOP/tests/fuzz/run" corpora 1 "$OCIRT_TOP" -- src/base/decimal.c
	succeeds
	says 'fuzz: skipped: no false, or one without -fsanitize=fuzzer'
	capture env FUZZ_CC=/nope "$OCIRT_TOP/tests/fuzz/run" corpora 1 "$OCIRT_TOP" -- src/base/decimal.c
	succeeds
	says 'fuzz: skipped: no /nope'
}

# analyzed TOOL: its opinion of two functions in src/base, of which one calls a failure a success
analyzed() {
	need "tool:$1"
	mkdir -p src/base
	printf '%s\n' '#include "base/error.h"' "$2" >src/base/planted.c
	cp "$OCIRT_TOP/.clang-tidy" .
	capture "$OCIRT_TOP/contrib/lib/analyze" "$1" -iquote "$OCIRT_TOP/src" -D_GNU_SOURCE -std=c11 \
		-- src/base/planted.c
}

# planted TOOL: a null pointer that is used is found, and a failure is known to be one
planted() {
	cd "$BATS_TEST_TMPDIR" || return
	local get='static int get(int a, int **ret, struct error *err) {
		static int value;
		if (a)
			return fail(err, 0, "no");
		*ret = &value;
		return 0;
	}'
	analyzed "$1" "$get"'
	int use(int a, struct error *err) {
		int *p = NULL;
		return get(a, &p, err) < 0 ? error_code(err) : *p;
	}'
	succeeds
	says '1 of 1 src/base/planted.c'
	analyzed "$1" "$get"'
	int use(int a, struct error *err) {
		int *p = NULL;
		return get(a, &p, err) < 0 ? *p : 0;
	}'
	fails_with 'planted.c:11:' ereference
}

@test "clang-tidy finds a planted fault" {
	planted clang-tidy
	analyzed clang-tidy 'void twice(char *p, unsigned n) { for (unsigned char i = 0; i < n; i++) p[i] = 0; }'
	fails_with bugprone-too-small-loop-variable
}

@test "gcc's analyzer finds a planted fault" {
	planted gcc
	analyzed gcc '#include <stdlib.h>
	void twice(char *p) { free(p); free(p); }'
	fails_with 'double-free'
}

@test "check counts what the test runners wrote, and only that" {
	printf '%s\n' '# PASS:  3' '# FAIL:  1' 'PASS: x' '# SKIP:  2' '4 passed, 0 failed, 1 skipped' \
		>"$BATS_TEST_TMPDIR/log"
	# shellcheck disable=SC1090
	source <(sed -n '/^counts() {/,/^}/p' "$OCIRT_TOP/contrib/check")
	is counts "$(counts "$BATS_TEST_TMPDIR/log")" '7 1 3'
}

@test "a copy of a tree without git has nothing that was built in it: make would take it for its own" {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p tree/tests/unit tree/.deps
	printf 'int main(void) { return 0; }\n' >tree/tests/unit/test_x.c
	cp "$OCIRT" tree/ocirt
	cp "$OCIRT" tree/tests/unit/test_x
	touch tree/Makefile tree/config.h tree/tests/unit/test_x.{log,trs,o} tree/.deps/x.c
	printf '#!/bin/sh\n' >tree/autogen.sh
	# shellcheck source=contrib/lib/sources.bash
	. "$OCIRT_TOP/contrib/lib/sources.bash"
	sources_copy tree copy
	is files "$(cd copy && find . -type f | sort)" $'./autogen.sh\n./tests/unit/test_x.c'
}
