# SPDX-License-Identifier: Apache-2.0
# 84_debugging.bats - docs/debugging.md, whose blocks are run as they stand there, and its doors
load lib/all

# What there is against gdb here, asked once
setup_file() {
	if ! command -v gdb >/dev/null || ! command -v readelf >/dev/null; then
		NO_GDB="gdb or readelf is missing"
	elif ! readelf -S "$OCIRT_TEST" | grep -qF .debug_info; then
		NO_GDB="built without -g"
	elif [[ $(gdb -nx -batch -ex run --args /bin/true 2>&1 </dev/null) != *"exited normally"* ]]; then
		NO_GDB="gdb can't trace here"
	fi
	export NO_GDB
}

setup() {
	bundle_new
	need doors
	program /bin/true
	cd "$BATS_TEST_TMPDIR" || return
	# the build folder of the document
	mkdir -p bin tests/unit
	ln -s "$OCIRT" ocirt
	ln -s "$OCIRT_TEST" ocirt-test
	ln -s "$OCIRT_TOP/tests/unit/run" tests/unit/run
	if [ -x "$OCIRT_BUILD/tests/unit/test_text" ]; then
		ln -s "$OCIRT_BUILD/tests/unit/test_text" tests/unit/test_text
	fi
	PATH=$PWD/bin:$PATH
	export OCIRT_TIMEOUT=1200 # gdb reads the symbols of the C library, too, which may take a while
	# a leak detector is no debugger's friend: it uses ptrace(2) itself
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}
teardown() {
	bundle_drop
	[ -z "${waiting:-}" ] || wait "$waiting" || true
}

# instead NAME LINE: a program in front of the one of this name
instead() {
	printf '#!/bin/bash\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

# block KIND N SECTION: the Nth block of this kind below a heading of the document
block() {
	awk -v kind="$1" -v n="$2" -v section="## $3" '
		/^## / { here = $0 == section }
		on && /^```$/ { exit }
		on { print }
		here && $0 == "```" kind && --n == 0 { on = 1 }' "$OCIRT_TOP/docs/debugging.md" | grep .
}

# gdb with the commands that somebody would type; the rest of its words are the document's
with_gdb() {
	[ -z "${NO_GDB:-}" ] || skip "$NO_GDB"
	instead gdb "exec $(command -v gdb) -nx -batch -x '$PWD/commands' \"\$@\""
}

# debugged N SECTION [M]: its Nth commands for gdb, begun by its Nth (Mth) block for the shell
debugged() {
	block gdb "$1" "$2" >commands
	block sh "${3:-$1}" "$2" >words
	capture bash -eu words
	succeeds
}

# stops FUNCTION...: gdb stopped in them, in this order
stops() {
	is "where it stopped" "$(grep -oE '^[^#]*Breakpoint [0-9.]+, [a-z_]+ \(' out | sed 's/.* \([a-z_]*\) (/\1/' |
		paste -sd ' ')" "$*"
}

@test "gdb: a breakpoint in the runtime's side, from the first line on" {
	with_gdb
	debugged 1 "From the first line on"
	stops launch_record
	says '"bug"' 'steps_run (' 'exited normally]'
	leaves_nothing
}

@test "gdb: breakpoints in the runtime and in init, at once" {
	with_gdb
	debugged 1 "The runtime and init at once"
	stops init_mounts init_pivot launch_record
	says "\"$(jq -r .hostname "$BUNDLE/config.json")\"" '"bug"'
	until_true rmdir state # they go on alone, and the record goes last
	leaves_nothing
}

# Until a tracer has come to the container's init, which then does not run before it says so.
until_traced() {
	local try
	for ((try = 0; try < 20 * OCIRT_TIMEOUT; try++)); do
		grep -qs '^TracerPid:.*[1-9]' "/proc/$(./ocirt --root state state bug 2>/dev/null | jq .pid)/status" &&
			return
		sleep 0.05
	done
}

@test "gdb: exec's second process, which gdb can't follow" {
	need tool:pgrep
	with_gdb
	program /bin/sleep 1000
	local section="A second clone: exec, and a pid namespace that is joined"
	block sh 1 "$section" >words
	bash -eu words </dev/null >exec.out 2>exec.err 3>&- &
	waiting=$!
	until_true grep -qF 'step "set capabilities": waits for a debugger' exec.err
	grep -qF '`step "set capabilities": waits for a debugger`' "$OCIRT_TOP/docs/debugging.md"
	debugged 1 "$section" 2
	stops init_find_program
	says '<exec_process_steps+' '= 0x' '"/"' 'is executing new program' 'exited normally]'
	wait "$waiting"
	waiting=
	grep -qF 'step "find the program"' exec.err
}

@test "gdb: the installed program" {
	with_gdb
	debugged 1 "The installed program"
	[[ $output != *"executing new program"* ]] || skip "here the program is started again instead"
	stops launch_record
	says '"bug"' 'exited normally]'
	leaves_nothing
}

@test "gdb: the init of a created container" {
	with_gdb
	block sh 3 "The installed program" >start
	{
		until_traced
		bash -eu start
	} </dev/null >start.out 2>&1 3>&- &
	waiting=$!
	debugged 2 "The installed program"
	stops init_execute
	says '"/bin/true"' 'exited normally]'
	wait "$waiting"
	waiting=
}

# Is the program of a process on a mount that can be written to?  (access(2) asks the mount; that the
# file runs is no obstacle for it.)
can_be_written() { [ -w "/proc/$1/exe" ] && [[ $(readlink "/proc/$1/exe") != /memfd:* ]]; }

@test "the doors are in ocirt-test alone" {
	capture env OCIRT_WAIT_AT="claim the id" OCIRT_UNPROTECTED=1 OCIRT_FAIL_AT="clone init" \
		OCIRT_SKIP="clone init" OCIRT_FAIL_AFTER="clone init" OCIRT_NO=clone3,openat2,pidfd_open \
		./ocirt --root state create --bundle bundle bug
	succeeds
	! can_be_written "$(./ocirt --root state state bug | jq .pid)" || complain "ocirt has the door"
	./ocirt --root state delete --force bug
	capture env OCIRT_UNPROTECTED=1 ./ocirt-test --root state create --bundle bundle bug
	succeeds
	can_be_written "$(./ocirt --root state state bug | jq .pid)" || complain "ocirt-test has not"
}

@test "without a debugger: --debug, doors by the name of a step" {
	local line
	block sh 1 "Without a debugger" >words
	capture bash -eu words
	succeeds
	says 'step "clone init": ' 'step "change the root": ' 'received READY'
	block sh 3 "Without a debugger" >words
	while read -r line; do
		capture bash -c "$line"
		case $line in
		*list-steps*) says $'runtime\tclone init' $'init\tchange the root' $'exec' ;;
		*FAIL_A*) fails_with "told to fail" "$(cut -d '"' -f 2 <<<"$line"): " ;;
		*) succeeds ;;
		esac
	done <words
	[ "$(wc -l <words)" = 5 ]
	leaves_nothing
}

@test "without a debugger: strace follows every process" {
	need tool:strace
	capture strace -f -o trace true
	[ "$status" = 0 ] || skip "strace can't trace here: $errors"
	block sh 2 "Without a debugger" >words
	capture bash -eu words
	succeeds
	# the steps are lines of different processes
	[ "$(sed -nE 's/^([0-9]+) .*write\(2, .*step .*(clone init|change the root).*/\1/p' trace | sort -u | wc -l)" = 2 ]
}

@test "one unit test by hand" {
	[ -e "$OCIRT_TOP/tests/unit/test_text.c" ] # the document names it
	[ -e tests/unit/test_text ] || skip "test_text is not built"
	instead make '[ "$*" = tests/unit/test_text ]' # nothing is built while tests run
	block sh 1 "One unit test by hand" >words
	capture bash -eu words
	succeeds
	is "how many have run" "$(grep -c '^\[ RUN' out)" \
		"$(($(grep -c '^\[ RUN' <(tests/unit/run tests/unit/test_text 2>&1)) + 1))"
	says "[ RUN      ] no_character_is_cut"
	with_gdb
	debugged 1 "One unit test by hand" 2
	stops no_character_is_cut
}
