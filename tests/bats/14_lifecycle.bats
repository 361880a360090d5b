#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The rarer ways of a container's life: races, signals, descriptors handed down, programs that don't start.
load lib/all

setup() { bundle_new; }
teardown() { bundle_drop; }

# behind SCRIPT [OPTION]...: run in the background, until it says ready; sets RUNTIME and SEEN.  $signals
# is env's option for those that it shall ignore.
behind() {
	SEEN=$BATS_TEST_TMPDIR/seen
	rm -f "$SEEN" # the one before was ready, too
	program /bin/sh -c "$1"
	env "${signals:---default-signal}" "$OCIRT" --root "$STATE" run "${@:2}" --bundle "$BUNDLE" "$ID" \
		>"$SEEN" 2>&1 3>&- &
	RUNTIME=$!
	until_true grep -q ready "$SEEN"
}

# taken SIGNAL PID: it is not pending any more: who blocks it has read it, and has done what it does with it
taken() {
	local pending
	pending=$(sed -n 's/^ShdPnd:[[:space:]]*//p' "/proc/$2/status")
	[ $((0x$pending >> ($(kill -l "$1") - 1) & 1)) = 0 ]
}

ended() {
	status=0
	wait "$RUNTIME" || status=$?
	output=$(<"$SEEN") errors=
}

# executable NAME: stdin becomes this program of the root file system
executable() {
	cat >"$BUNDLE/rootfs/$1"
	chmod 755 "$BUNDLE/rootfs/$1"
}

@test "each signal to run is the program's, and no other" {
	local signal
	for signal in TERM INT HUP USR1 USR2 QUIT WINCH CONT; do
		behind 'for s in TERM INT HUP USR1 USR2 QUIT; do trap "echo got $s; exit 42" $s; done
			echo ready; while :; do sleep 0.05; done'
		kill -"$signal" "$RUNTIME"
		case $signal in
		WINCH | CONT)
			# these do not end the program: when they have arrived, TERM does
			until_true taken "$signal" "$RUNTIME"
			kill -TERM "$RUNTIME"
			signal=TERM
			;;
		esac
		ended
		exits 42
		prints $'ready\ngot '"$signal"
		leaves_nothing
	done
}

@test "a SIGHUP that run's caller ignores (nohup) is not the program's" {
	local signals=--ignore-signal=HUP
	behind 'trap "echo got HUP" HUP; trap "echo got TERM; exit 42" TERM
		echo ready; while :; do sleep 0.05; done'
	kill -HUP "$RUNTIME"
	until_true taken HUP "$RUNTIME"
	kill -TERM "$RUNTIME"
	ended
	exits 42
	prints $'ready\ngot TERM'
}

@test "run passes every exit code on" {
	local code
	for code in 0 1 2 125 126 127 128 254 255; do
		inside "exit $code"
		exits "$code"
		[ -z "$errors" ] || complain "something is on stderr"
	done
	leaves_nothing
}

@test "orphans of the container are run's, or with --no-subreaper its pid 1's" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	program /bin/sh -c 'parent() { cut -d " " -f 4 "/proc/$1/stat"; }
		orphan=$(sleep 5 >/dev/null & echo $!)
		echo "$(parent $$) $(parent "$orphan")"; kill "$orphan"'
	run_bundle
	succeeds
	is "the orphan's parent" "${output#* }" "${output% *}"
	run_bundle --no-subreaper
	succeeds
	is "the orphan's parent" "${output#* }" 1
	leaves_nothing
}

@test "a detached run is running when it returns, without a pid file, too" {
	program /bin/sleep 100
	run_bundle --detach
	succeeds
	state_is running
}

@test "--keep: the container stays until it is deleted" {
	program /bin/sh -c 'exit 4'
	run_bundle --keep
	exits 4
	state_is stopped
	ocirt kill "$ID"
	fails_with 'container not running'
	ocirt start "$ID"
	exits 1
	ocirt delete "$ID"
	succeeds
	leaves_nothing
}

@test "--keep: what can't be started stays, stopped, until it is deleted; its cgroup is gone" {
	local kind
	config '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "echo after >>\($out)"]}]' \
		--arg out "$BATS_TEST_TMPDIR/poststop"
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/kept.json"
	for kind in program createRuntime poststart; do
		cp "$BATS_TEST_TMPDIR/kept.json" "$BUNDLE/config.json"
		program /bin/sleep 600
		if [ $kind = program ]; then
			program /no/such/program
		else
			config '.hooks[$kind] = [{path: "/bin/false"}]' --arg kind $kind
		fi
		run_bundle --keep --pid-file "$BATS_TEST_TMPDIR/pid"
		exits 1 || complain $kind || return
		state_is stopped || complain $kind || return
		[ ! -e "$BATS_TEST_TMPDIR/pid" ] || complain "$kind: the pid file is left" || return
		rm -rf "$BATS_TEST_TMPDIR/record"
		mv "$STATE/$ID" "$BATS_TEST_TMPDIR/record"
		leaves_nothing || complain $kind || return
		mv "$BATS_TEST_TMPDIR/record" "$STATE/$ID"
		[ ! -e "$BATS_TEST_TMPDIR/poststop" ] || complain "$kind: poststop hooks ran" || return
		run_bundle --keep
		exits 1 || complain $kind || return
		says 'is stopped' || return
		is "$kind: all that is kept" "$(ls -A "$STATE")" "$ID" || return
		ocirt delete "$ID"
		succeeds || complain $kind || return
		is "$kind: the poststop hook" "$(cat "$BATS_TEST_TMPDIR/poststop")" after || return
		rm "$BATS_TEST_TMPDIR/poststop"
		leaves_nothing || complain $kind || return
	done
}

@test "a terminal's listener that accepts nobody is an error, not a wait without end" {
	local socket=$BATS_TEST_TMPDIR/socket listener
	need tool:perl
	config '.process.terminal = true'
	program /bin/true
	# takes two connections into its queue and accepts none
	perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die;
		@kept = map { IO::Socket::UNIX->new(Peer => $ARGV[0]) or die } 1 .. 2;
		open F, ">", "$ARGV[0].full" or die; close F; sleep 600' "$socket" 3>&- &
	listener=$!
	until_true test -e "$socket.full"
	ocirt create --console-socket "$socket" --bundle "$BUNDLE" "$ID"
	kill "$listener"
	refuses --console-socket "$socket" 'accepted nobody for 10 s'
}

# waits_at COMMAND STEP [ARG]...: a process that waits in this step of the container's side for ever
waits_at() {
	env --default-signal OCIRT_WAIT_AT="$2" "$OCIRT_TEST" --root "$STATE" --log "$BATS_TEST_TMPDIR/log" \
		--debug "$1" "${@:3}" >"$BATS_TEST_TMPDIR/seen" 2>&1 3>&- &
	RUNTIME=$! SEEN=$BATS_TEST_TMPDIR/seen
	until_true grep -q 'waits for a debugger' "$BATS_TEST_TMPDIR/log"
}

@test "TERM, INT, HUP or QUIT while init hangs: create and run undo all and say so" {
	local command step signal
	need doors
	program /bin/sleep 600
	while read -r signal command step; do
		rm -f "$BATS_TEST_TMPDIR/log"
		waits_at "$command" "$step" --bundle "$BUNDLE" "$ID"
		kill -"$signal" "$RUNTIME"
		ended
		exits $((128 + $(kill -l "$signal"))) || complain "$command, $step" || return
		says "interrupted by SIG$signal" || return
		leaves_nothing || return
	done <<-END
		TERM create mount file systems
		INT create find the program
		HUP run make namespaces
		QUIT run find the program
		TERM run execute
	END
}

@test "TERM while exec's process hangs: it is ended, the container goes on" {
	local step
	need doors
	detached 'exec sleep 600'
	succeeds
	for step in 'join the namespaces' 'find the program' execute; do
		rm -f "$BATS_TEST_TMPDIR/log"
		waits_at exec "$step" "$ID" /bin/true
		kill -TERM "$RUNTIME"
		ended
		exits 143 || complain "$step" || return
		says 'interrupted by SIGTERM' || return
	done
	state_is running
	ocirt exec "$ID" /bin/sh -c 'echo /proc/[0-9]*'
	prints "/proc/1 /proc/$(tr -dc '0-9 ' <<<"${output##*/proc/}")"
	ocirt delete --force "$ID"
	leaves_nothing
}

@test "kill reaches init alone, kill --all all its processes" {
	# what came is told by number: the first signal before the second
	local each='for s in USR1 USR2; do trap "echo $who $s >>/tmp/got" $s; done; touch /tmp/$who
		while :; do sleep 0.05; done'
	detached "(who=child; $each) & who=init; $each"
	until_true test -e "$BUNDLE/rootfs/tmp/init"
	until_true test -e "$BUNDLE/rootfs/tmp/child"
	# a shell's sleep dies of it, and the shell goes on
	ocirt kill "$ID" USR1
	succeeds
	until_true grep -q init "$BUNDLE/rootfs/tmp/got"
	ocirt kill --all "$ID" USR2
	succeeds
	until_true grep -q 'init USR2' "$BUNDLE/rootfs/tmp/got"
	until_true grep -q 'child USR2' "$BUNDLE/rootfs/tmp/got"
	is "who got what" "$(sort "$BUNDLE/rootfs/tmp/got")" $'child USR2\ninit USR1\ninit USR2'
}

@test "kill --all without a pid namespace, and of what init left behind" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	detached 'trap "exit 3" USR1; sleep 1234 & sleep 1235 & echo $! >/tmp/last; while :; do sleep 0.1; done'
	until_true test -s "$BUNDLE/rootfs/tmp/last"
	ocirt kill "$ID" USR1
	succeeds
	until_true state_is stopped
	# the others outlive it
	[ -d "/proc/$(<"$BUNDLE/rootfs/tmp/last")" ] || complain "they are gone already"
	ocirt kill --all "$ID" KILL
	succeeds
	until_true test ! -d "/proc/$(<"$BUNDLE/rootfs/tmp/last")"
	ocirt delete "$ID"
	succeeds
	leaves_nothing
}

@test "kill --all without a cgroup reaches init, and is no error when it has ended" {
	program /bin/sleep 600
	ocirt --cgroup-manager disabled run --detach --bundle "$BUNDLE" --pid-file "$BATS_TEST_TMPDIR/pid" "$ID"
	succeeds
	ocirt kill --all "$ID" KILL
	succeeds
	until_true state_is stopped
	ocirt kill --all "$ID" KILL
	succeeds
	ocirt kill "$ID" KILL
	fails_with 'container not running'
}

@test "run ends with its program's code though delete --force was faster" {
	local pid code=0
	program /bin/sleep 600
	"$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	until_true state_is running
	kill -STOP "$pid"
	ocirt delete --force "$ID"
	succeeds
	mkdir "$STATE/$ID" # somebody takes the id: it is not run's to remove
	kill -CONT "$pid"
	wait "$pid" || code=$?
	is "exit code" "$code" 137
	is stderr "$(<"$BATS_TEST_TMPDIR/err")" ''
	rmdir "$STATE/$ID"
}

@test "delete takes along what a container without a pid namespace leaves" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	detached 'sleep 1234 & echo $! >/tmp/last; exit 0'
	until_true state_is stopped
	ocirt delete "$ID"
	succeeds
	[ ! -d "/proc/$(<"$BUNDLE/rootfs/tmp/last")" ] || complain "a process is left"
	leaves_nothing
}

@test "a created container can be killed; it is stopped and can't be started" {
	created 'echo never >/tmp/ran'
	ocirt kill "$ID" KILL
	succeeds
	until_true state_is stopped
	ocirt start "$ID"
	exits 1
	ocirt delete "$ID"
	succeeds
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ]
	leaves_nothing
}

# does_not_start PROGRAM TEXT...: run says each text of it, in one line, and nothing is left
does_not_start() {
	program "$1"
	run_bundle
	[ "$status" != 0 ] || complain "it ran" || return
	is "lines on stderr" "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1 || return
	says "exec: \"$1\"" "${@:2}" || return
	leaves_nothing
}

@test "a program that is no program, or for another machine" {
	head -c 4096 /dev/zero | executable zeros
	does_not_start /zeros 'exec format error'
	# an ELF file's header says for which machine: at 18, and here it is none
	head -c 4096 "$BUNDLE/rootfs/bin/busybox" | executable alien
	printf '\377\376' | dd of="$BUNDLE/rootfs/alien" bs=1 seek=18 conv=notrunc 2>/dev/null
	does_not_start /alien 'exec format error'
	: | executable empty
	does_not_start /empty 'exec format error'
}

@test "a script whose interpreter is missing, or has Windows' line ends" {
	printf '#!/bin/none -x\necho\n' | executable script
	does_not_start /script 'interpreter "/bin/none"'
	printf '#!/bin/sh\r\necho\r\n' | executable script
	does_not_start /script 'interpreter "/bin/sh\r"'
	printf '#!/bin/sh\necho works\n' | executable script
	run_bundle
	prints works
}

@test "a startContainer hook that fails: start says so, the program never runs" {
	printf '#!/bin/sh\necho "of the hook" >&2\nexit 5\n' | executable hook
	config '.hooks = {startContainer: [{path: "/hook"}]}'
	created 'echo never >/tmp/ran'
	succeeds
	ocirt start "$ID"
	exits 1
	is "lines on stderr" "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
	says /hooks/startContainer/0 5
	until_true state_is stopped
	ocirt delete "$ID"
	succeeds
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ] || complain "the program ran"
	leaves_nothing
}

@test "poststart comes after the program's execve, and before start returns" {
	cat >"$BATS_TEST_TMPDIR/hook" <<-'END'
		#!/bin/sh
		pid=$(jq -r .pid)
		tr '\0' ' ' <"/proc/$pid/cmdline" >"$1"
	END
	chmod 755 "$BATS_TEST_TMPDIR/hook"
	config '.hooks = {poststart: [{path: $hook, args: ["hook", $to], env: ["PATH=/usr/bin:/bin"]}]}' \
		--arg hook "$BATS_TEST_TMPDIR/hook" --arg to "$BATS_TEST_TMPDIR/cmdline"
	program /bin/sleep 1000
	ocirt create --bundle "$BUNDLE" "$ID"
	succeeds
	[ ! -e "$BATS_TEST_TMPDIR/cmdline" ] || complain "it ran before start"
	ocirt start "$ID"
	succeeds
	is "the process it saw" "$(<"$BATS_TEST_TMPDIR/cmdline")" '/bin/sleep 1000 '
}

# unreaped SCRIPT: bash runs it in a pid namespace whose pid 1 waits for nobody else, as a shim may
unreaped() {
	local perl='$p = fork // die; exec @ARGV unless $p; waitpid $p, 0; exit $? >> 8'
	capture unshare --pid --fork --kill-child --mount-proc perl -e "$perl" bash -c "$1"
}

@test "an init that nobody reaps has ended: it is stopped, can't be killed or started, and is deleted" {
	need tool:perl
	export OCIRT STATE ID BUNDLE
	program /bin/true
	unreaped '
		ocirt() { "$OCIRT" --root "$STATE" "$@" || echo "status $?"; }
		ocirt run --detach --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
		until grep -q "^State:.Z" "/proc/$(<"$BUNDLE/pid")/status"; do sleep 0.02; done
		ocirt state "$ID" | jq -r .status
		ocirt list | sed -n "s/^$ID .* \(stopped\) .*/list: \1/p"
		ocirt kill "$ID" KILL
		ocirt start "$ID"
		ocirt delete "$ID" && echo deleted
		grep "^State:.Z" "/proc/$(<"$BUNDLE/pid")/status"'
	succeeds
	prints $'stopped\nlist: stopped\nstatus 1\nstatus 1\ndeleted\nState:\tZ (zombie)'
	says 'container not running' 'is stopped'
	leaves_nothing
}

# waiting_hook: a hook that says it is there and waits for a line; fd 9 is the test's end
waiting_hook() {
	mkfifo "$BATS_TEST_TMPDIR/gate"
	exec 9<>"$BATS_TEST_TMPDIR/gate"
	printf '%s\n' '#!/bin/sh' ">$BATS_TEST_TMPDIR/there" "read -r _ <$BATS_TEST_TMPDIR/gate" \
		>"$BATS_TEST_TMPDIR/hook"
	chmod 755 "$BATS_TEST_TMPDIR/hook"
}

# gone PID: it has ended, reaped or not
gone() { ! grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }

@test "delete --force of a container that is being made ends its creator, too" {
	local creator code=0
	waiting_hook
	config '.hooks.createRuntime = [{path: $hook}]' --arg hook "$BATS_TEST_TMPDIR/hook"
	program /bin/true
	"$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 3>&- 9>&- &
	creator=$!
	until_true test -e "$BATS_TEST_TMPDIR/there"
	state_is creating
	ocirt delete --force "$ID"
	succeeds
	gone "$creator" || complain "the creator is still at it"
	echo >&9
	wait "$creator" || code=$?
	is "its exit code" "$code" 137
	leaves_nothing
}

@test "two starts at once: exactly one wins, each time" {
	local round first
	program /bin/sleep 1000
	for ((round = 0; round < 100; round++)); do
		ocirt create --bundle "$BUNDLE" "$ID"
		succeeds
		"$OCIRT" --root "$STATE" start "$ID" >/dev/null 2>"$BATS_TEST_TMPDIR/1" 3>&- &
		first=$!
		"$OCIRT" --root "$STATE" start "$ID" >/dev/null 2>"$BATS_TEST_TMPDIR/2" 3>&- &
		local second=$!
		status=0
		wait "$first" || status=$?
		first=$status status=0
		wait "$second" || status=$?
		is "the exit codes of round $round" "$(printf '%s\n' "$first" "$status" | sort | tr '\n' ' ')" '0 1 '
		is "lines on stderr" "$(cat "$BATS_TEST_TMPDIR"/[12] | wc -l)" 1
		"$OCIRT" --root "$STATE" delete --force "$ID"
	done
	leaves_nothing
}

@test "two creates of one id at once: exactly one wins, and it can be started" {
	local round first
	program /bin/sleep 1000
	for ((round = 0; round < 40; round++)); do
		"$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" >/dev/null 2>"$BATS_TEST_TMPDIR/1" \
			</dev/null 3>&- &
		first=$!
		ocirt create --bundle "$BUNDLE" "$ID"
		local second=$status
		status=0
		wait "$first" || status=$?
		errors+=$(<"$BATS_TEST_TMPDIR/1")
		is "the exit codes of round $round" \
			"$(printf '%s\n' "$second" "$status" | sort | tr '\n' ' ')" '0 1 '
		says "$ID"
		ocirt start "$ID"
		succeeds
		state_is running
		ocirt delete --force "$ID"
		succeeds
	done
	leaves_nothing
}

@test "creates, kills and forced deletes of one id at once: what is gone is no failure" {
	local worker told=$BATS_TEST_TMPDIR/told
	program /bin/sleep 1000
	for worker in 1 2 3 4 kill; do
		for ((round = 0; round < 40; round++)); do
			if [ "$worker" = kill ]; then
				"$OCIRT" --root "$STATE" kill --all "$ID" KILL 2>&1 |
					grep -vE 'container not running|does not exist|state.json": is missing' >>"$told"
				continue
			fi
			"$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 </dev/null
			"$OCIRT" --root "$STATE" delete --force "$ID" >>"$told" 2>&1 || echo "delete: $?" >>"$told"
		done 3>&- &
	done
	wait
	is "what was told" "$(<"$told")" ''
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
}

@test "what the caller leaks is not inside: run, create and exec" {
	exec 5</etc/passwd 9</etc/passwd 77</etc/passwd
	program /bin/ls /proc/self/fd
	run_bundle
	prints $'0\n1\n2\n3'
	detached 'while :; do sleep 0.1; done'
	local fd
	for fd in 5 9 77; do
		[ ! -e "/proc/$PID/fd/$fd" ] || complain "$fd is inside"
	done
	exec 5<&- 9<&- 77<&-
}

@test "--preserve-fds: those and no more, with their places in files" {
	printf 'one\ntwo\n' >"$BATS_TEST_TMPDIR/handed"
	program /bin/sh -c 'read -r line <&3; read -r line <&3; echo "$line"; exec ls /proc/self/fd'
	status=0
	output=$("$OCIRT" --root "$STATE" run --preserve-fds 2 --bundle "$BUNDLE" "$ID" \
		2>"$BATS_TEST_TMPDIR/err" 3<"$BATS_TEST_TMPDIR/handed" 4</dev/null 5</etc/passwd) || status=$?
	errors=$(<"$BATS_TEST_TMPDIR/err")
	succeeds
	prints $'two\n0\n1\n2\n3\n4\n5' # 5 is the folder that ls reads
	ocirt run --preserve-fds 40 --bundle "$BUNDLE" "$ID"
	fails_with --preserve-fds
	leaves_nothing
}

@test "--preserve-fds: more than there can be are refused" {
	for n in 2147483647 2147479548 5000; do
		LISTEN_FDS=1 capture "$OCIRT" --root "$STATE" run --preserve-fds "$n" --bundle "$BUNDLE" "$ID"
		fails_with preserve-fds
		leaves_nothing
	done
}

@test "a pid file never takes the place of a device or a socket" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	program /bin/true
	for file in "$BATS_TEST_TMPDIR/pipe" "$BATS_TEST_TMPDIR"; do
		ocirt run --pid-file "$file" --bundle "$BUNDLE" "$ID"
		refuses --pid-file "\"$file\" is there already"
	done
	[ -p "$BATS_TEST_TMPDIR/pipe" ]
	ln -s pid "$BATS_TEST_TMPDIR/link"
	ocirt run --pid-file "$BATS_TEST_TMPDIR/link" --bundle "$BUNDLE" "$ID"
	succeeds
}

@test "a pid file of somebody else survives a start that fails before it is written" {
	need doors
	echo theirs >"$BATS_TEST_TMPDIR/theirs"
	ocirt_test OCIRT_FAIL_AT="write the pid file" create --bundle "$BUNDLE" \
		--pid-file "$BATS_TEST_TMPDIR/theirs" "$ID"
	exits 1
	leaves_nothing
	is "the file" "$(<"$BATS_TEST_TMPDIR/theirs")" theirs
}

@test "LISTEN_FDS: sockets and names are handed on, LISTEN_PID is the program's" {
	program /bin/sh -c 'echo "$LISTEN_FDS $LISTEN_FDNAMES $LISTEN_PID $$"; cat <&4; exec ls /proc/self/fd'
	echo second >"$BATS_TEST_TMPDIR/second"
	status=0
	output=$(
		exec 3</dev/null 4<"$BATS_TEST_TMPDIR/second" 5</etc/passwd
		LISTEN_FDS=2 LISTEN_FDNAMES=a:b LISTEN_PID=$BASHPID exec "$OCIRT" --root "$STATE" run \
			--bundle "$BUNDLE" "$ID" 2>"$BATS_TEST_TMPDIR/err"
	) || status=$?
	errors=$(<"$BATS_TEST_TMPDIR/err")
	succeeds
	prints $'2 a:b 1 1\nsecond\n0\n1\n2\n3\n4\n5'
	# another process's sockets, whose number our caller did not take out of the environment
	program /bin/sh -c 'echo "${LISTEN_FDS-none}"'
	LISTEN_FDS=2 LISTEN_PID=1 ocirt run --bundle "$BUNDLE" "$ID"
	succeeds
	prints none
}

# A closed pipe and a limit on file size are errors of write(2): they end nothing halfway.
@test "a caller that closed our stderr gets its container, and its program finds SIGPIPE deadly" {
	local how="$OCIRT --debug --root $STATE"
	program /bin/grep SigIgn /proc/self/status
	capture bash -o pipefail -c "$how run -b $BUNDLE $ID 2> >(exec true)"
	prints $'SigIgn:\t0000000000000000'
	program /bin/sleep 600
	capture bash -o pipefail -c "$how run --detach -b $BUNDLE $ID 2> >(exec true)"
	succeeds
	capture bash -o pipefail -c "$how exec $ID /bin/grep SigIgn /proc/self/status 2> >(exec true)"
	prints $'SigIgn:\t0000000000000000'
	capture bash -o pipefail -c "$how delete --force $ID 2> >(exec true)"
	succeeds
	leaves_nothing
}

@test "a limit on the size of files (RLIMIT_FSIZE) is an error of create, and its id is free again" {
	program /bin/true
	capture bash -o pipefail -c "(ulimit -f 0; exec $OCIRT --root $STATE create -b $BUNDLE $ID) 2>&1 | cat >&2"
	refuses '(EFBIG)'
}

@test "list: a bundle's name can't speak to the terminal" {
	local bundle=$BATS_TEST_TMPDIR/$'red\e[31m\u9bé'
	cp -a "$BUNDLE" "$bundle"
	ocirt create -b "$bundle" "$ID"
	succeeds
	ocirt list
	succeeds
	says $'/red\\x1b[31m\\xc2\\x9bé '
	says_not $'\e'
	ocirt list --format json
	json_holds '.[0].bundle | contains("red\u001b[31m")' "$BATS_TEST_TMPDIR/out"
	ocirt delete "$ID"
	succeeds
	leaves_nothing
}
