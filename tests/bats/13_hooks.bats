#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hooks: when and where each kind runs, what it is given, and what its failure does.
load lib/all

# $OUT has the same name outside and inside, so that every hook can write there.
setup() {
	bundle_new
	OUT=$BATS_TEST_TMPDIR/hooks
	mkdir -m 777 "$OUT"
	config '.mounts += [{destination: $out, source: $out, type: "bind", options: ["rbind", "rw"]}]' \
		--arg out "$OUT"
}
teardown() { bundle_drop; }

kinds="prestart createRuntime createContainer startContainer poststart poststop"

# hook KIND SCRIPT [SECONDS]: one more, run by sh
hook() {
	config '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", $script],
		env: ["PATH=/bin:/usr/bin", "OUT=\($out)", "KIND=\($kind)"]}
		+ if $timeout == "" then {} else {timeout: ($timeout | tonumber)} end]' \
		--arg kind "$1" --arg script "$2" --arg timeout "${3:-}" --arg out "$OUT"
}

# hook_all SCRIPT: one of each kind
hook_all() {
	local kind
	for kind in $kinds; do
		hook "$kind" "$1"
	done
}

# has FILE TEXT: a hook wrote this
has() { is "$1" "$(cat "$OUT/$1" 2>&1)" "$2"; }

gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; }

ended() { [ "$(state_of)" = stopped ]; }

@test "the six kinds run in the order of the specification, each list in its own" {
	local kind
	for kind in $kinds; do
		hook "$kind" 'echo $KIND 1 >>$OUT/order'
		hook "$kind" 'echo $KIND 2 >>$OUT/order'
	done
	created "echo program >$OUT/program; exec sleep 600"
	succeeds
	has order $'prestart 1\nprestart 2\ncreateRuntime 1\ncreateRuntime 2\ncreateContainer 1\ncreateContainer 2'
	[ ! -e "$OUT/program" ]
	: >"$OUT/order"
	ocirt start "$ID"
	succeeds
	has order $'startContainer 1\nstartContainer 2\npoststart 1\npoststart 2'
	: >"$OUT/order"
	ocirt kill "$ID" KILL
	until_true ended
	has order ''
	ocirt delete "$ID"
	succeeds
	has order $'poststop 1\npoststop 2'
	has program program
}

@test "run runs them all, in the foreground too" {
	hook_all 'echo $KIND >>$OUT/order'
	inside 'exit 7'
	exits 7
	[ "$(sort "$OUT/order")" = "$(tr ' ' '\n' <<<"$kinds" | sort)" ] || complain "$(cat "$OUT/order")"
	is "the last" "$(tail -n 1 "$OUT/order")" poststop
}

@test "prestart, createRuntime, poststart and poststop see our namespaces, the others the container's" {
	local kind ns
	hook_all 'for ns in cgroup ipc mnt net uts; do readlink /proc/self/ns/$ns; done >$OUT/$KIND
		readlink /proc/self/ns/pid >>$OUT/$KIND'
	detached 'sleep 600'
	succeeds
	for ns in cgroup ipc mnt net uts pid; do
		readlink "/proc/$PID/ns/$ns"
	done >"$OUT/container"
	for ns in cgroup ipc mnt net uts pid; do
		readlink "/proc/self/ns/$ns"
	done >"$OUT/ours"
	ocirt delete --force "$ID"
	for kind in createContainer startContainer; do
		has $kind "$(cat "$OUT/container")"
	done
	for kind in prestart createRuntime poststart poststop; do
		# the program itself started again in a mount namespace of its own, if it did
		is $kind "$(grep -v mnt "$OUT/$kind")" "$(grep -v mnt "$OUT/ours")"
	done
}

@test "createContainer finds its path outside, startContainer inside" {
	printf '#!/bin/sh\necho outside >"%s/$1"\n' "$OUT" >"$BATS_TEST_TMPDIR/who"
	mkdir -p "$BUNDLE/rootfs$BATS_TEST_TMPDIR"
	printf '#!/bin/sh\necho inside >"%s/$1"\n' "$OUT" >"$BUNDLE/rootfs$BATS_TEST_TMPDIR/who"
	chmod 755 "$BATS_TEST_TMPDIR/who" "$BUNDLE/rootfs$BATS_TEST_TMPDIR/who"
	config '.hooks = ($kinds | split(" ") | map({(.): [{path: $path, args: ["who", .]}]}) | add)' \
		--arg kinds "$kinds" --arg path "$BATS_TEST_TMPDIR/who"
	inside :
	succeeds
	has startContainer inside
	for kind in prestart createRuntime createContainer poststart poststop; do
		has "$kind" outside
	done
}

@test "the state on stdin: status, pid, id, bundle, annotations" {
	local kind status
	config '.annotations = {"a.key": "a value"}'
	hook_all 'cat >$OUT/$KIND'
	detached 'sleep 600'
	succeeds
	ocirt delete --force "$ID"
	for kind in $kinds; do
		case $kind in
		startContainer) status=created ;;
		poststart) status=running ;;
		poststop) status=stopped ;;
		*) status=creating ;;
		esac
		is "$kind" "$(jq -r '.status, .id, .bundle, .annotations["a.key"], (.ociVersion | type)' \
			"$OUT/$kind")" "$status"$'\n'"$ID"$'\n'"$BUNDLE"$'\na value\nstring'
		[ "$kind" = poststop ] || is "the pid for $kind" "$(jq .pid "$OUT/$kind")" "$PID"
	done
}

@test "args and env are exactly the hook's; without args its path is the only one" {
	config '.hooks.createRuntime = [
		{path: "/bin/sh", args: ["zeroth", "-c", $script + "first", "a b", ""], env: ["A=1", "B=a=b", "A=2"]},
		{path: $file}]' --arg script "cat /proc/\$\$/cmdline >$OUT/args; cat /proc/\$\$/environ >$OUT/env; : " \
		--arg file "$OUT/script"
	printf '#!/bin/sh\ncat /proc/$$/cmdline >%s/args2; cat /proc/$$/environ >%s/env2\n' "$OUT" "$OUT" >"$OUT/script"
	chmod 755 "$OUT/script"
	WORD=ours inside :
	succeeds
	[[ $(tr '\0' '|' <"$OUT/args") == 'zeroth|-c|'*'|a b||' ]] || complain "$(tr '\0' '|' <"$OUT/args")"
	is "the environment" "$(tr '\0' '|' <"$OUT/env")" 'A=1|B=a=b|A=2|'
	is "the script's words" "$(tr '\0' '|' <"$OUT/args2")" "/bin/sh|$OUT/script|"
	is "no environment" "$(wc -c <"$OUT/env2")" 0
}

@test "a hook may call ocirt state" {
	local kind
	for kind in prestart createRuntime poststart; do
		hook "$kind" "timeout 5 $OCIRT --root $STATE state $ID >\$OUT/\$KIND 2>&1"
	done
	inside "until grep -q pid $OUT/poststart; do sleep 0.05; done 2>/dev/null"
	succeeds
	is prestart "$(jq -r .status "$OUT/prestart")" creating
	is createRuntime "$(jq -r .status "$OUT/createRuntime")" creating
	is poststart "$(jq -r .status "$OUT/poststart")" running
}

@test "a hook that does not read its stdin, or writes much, is no trouble" {
	hook createRuntime 'exec <&-; exit 0'
	hook createRuntime 'head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero'
	inside 'echo fine'
	succeeds
	prints fine
}

@test "after its timeout a hook dies with all its children, and the container with it" {
	hook createRuntime 'sleep 600 & echo $! >$OUT/child; echo $$ >$OUT/self; wait' 1
	program /bin/true
	run_bundle
	refuses /hooks/createRuntime/0 'timed out after 1 s'
	until_true gone "$(cat "$OUT/self")"
	until_true gone "$(cat "$OUT/child")"
}

@test "within its timeout a hook is not disturbed" {
	hook createContainer 'sleep 0.3; echo done >$OUT/slow' 5
	inside :
	succeeds
	has slow "done"
}

@test "a failing hook before the program undoes everything; poststop hooks run" {
	local kind
	hook poststop 'echo after >>$OUT/poststop'
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/kept.json"
	for kind in prestart createRuntime createContainer startContainer; do
		cp "$BATS_TEST_TMPDIR/kept.json" "$BUNDLE/config.json"
		rm -f "$OUT"/*
		hook $kind 'echo first >$OUT/first'
		hook $kind 'echo an earlier line >&2; echo words of mine >&2; exit 7'
		hook $kind 'echo third >$OUT/third'
		inside "echo ran >$OUT/program"
		refuses "/hooks/$kind/1" 'exited with 7' '"words of mine"' || complain $kind || return
		has first first
		[ ! -e "$OUT/third" ] || complain "$kind: the next one ran" || return
		[ ! -e "$OUT/program" ] || complain "$kind: the program ran" || return
		has poststop after || complain $kind || return
	done
}

@test "a startContainer hook that fails is start's error" {
	hook startContainer 'kill -TERM $$'
	created "echo ran >$OUT/program"
	succeeds
	ocirt start "$ID"
	exits 1
	says /hooks/startContainer/0 SIGTERM
	[ ! -e "$OUT/program" ]
	ocirt delete --force "$ID"
	leaves_nothing
}

@test "a poststart hook that fails ends the container" {
	hook poststart 'exit 3'
	hook poststop 'echo after >$OUT/poststop'
	program /bin/sleep 600
	run_bundle --detach
	refuses /hooks/poststart/0 'exited with 3'
	has poststop after
	ocirt create --bundle "$BUNDLE" "$ID"
	succeeds
	ocirt start "$ID"
	refuses /hooks/poststart/0 'exited with 3'
}

@test "a poststop hook that fails is a warning, and the next one runs" {
	hook poststop 'echo sorry >&2; exit 4'
	hook poststop 'echo next >$OUT/next'
	detached 'sleep 600'
	succeeds
	ocirt --log "$OUT/log" --log-level warning delete --force "$ID"
	succeeds
	output=$(cat "$OUT/log")
	says 'hook poststop[0]' 'exited with 4' sorry
	has next next
	leaves_nothing
}

@test "hooks end with a runtime that is killed" {
	local kind
	for kind in createRuntime poststart; do
		config '.hooks = {}'
		hook "$kind" 'echo $$ >$OUT/new; mv $OUT/new $OUT/pid; exec sleep 1000'
		program /bin/sleep 1000
		"$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 </dev/null 3>&- &
		until_true test -s "$OUT/pid"
		kill -KILL $!
		wait $! || true
		until_true gone "$(<"$OUT/pid")"
		rm "$OUT/pid"
		ocirt delete --force "$ID"
		succeeds
	done
	leaves_nothing
}

# asked_to_end SIGNAL COMMAND [OPTION]...: which waits for a hook, and is sent the signal; $HOOK is it
asked_to_end() {
	rm -f "$OUT/pid"
	env --default-signal "$OCIRT" --root "$STATE" "${@:2}" --bundle "$BUNDLE" "$ID" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- &
	RUNTIME=$!
	until_true test -s "$OUT/pid" || return
	HOOK=$(<"$OUT/pid")
	kill "-$1" "$RUNTIME"
	ended_runtime
}

ended_runtime() {
	status=0
	wait "$RUNTIME" || status=$?
	output=$(<"$BATS_TEST_TMPDIR/out") errors=$(<"$BATS_TEST_TMPDIR/err")
}

hangs='echo $$ >$OUT/new; mv $OUT/new $OUT/pid; exec sleep 1000'

@test "TERM, INT, HUP or QUIT while a hook hangs: create and run undo all and say so" {
	local kind command signal
	hook poststop 'echo after >>$OUT/poststop'
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/kept.json"
	program /bin/sleep 1000
	while read -r kind signal command; do
		cp "$BATS_TEST_TMPDIR/kept.json" "$BUNDLE/config.json"
		program /bin/sleep 1000
		hook "$kind" "$hangs"
		# shellcheck disable=SC2086 # words
		asked_to_end "$signal" $command
		exits $((128 + $(kill -l "$signal"))) || complain "$kind $command $signal" || return
		says "interrupted by SIG$signal" || return
		refused_whole || complain "$kind $command $signal" || return
		[ "$kind" = createContainer ] || [ "$kind" = startContainer ] || gone "$HOOK"
		is "$kind $command" "$(cat "$OUT/poststop")" after || return
		rm "$OUT/poststop"
	done <<-END
		prestart TERM create
		createRuntime HUP create
		createContainer INT create
		createRuntime TERM run
		createContainer HUP run
		startContainer TERM run
		poststart QUIT run
		createRuntime INT run --detach
		startContainer TERM run --detach
		poststart TERM run --detach
	END
}

# refused_whole: one line, and nothing is left
refused_whole() {
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ] || complain "stderr is not one line" || return
	leaves_nothing
}

@test "a hook that writes without end can be interrupted, and is named" {
	hook createRuntime 'echo $$ >$OUT/new; mv $OUT/new $OUT/pid; exec yes >&2'
	program /bin/true
	asked_to_end TERM create
	exits 143
	says /hooks/createRuntime/0 'interrupted by SIGTERM'
	gone "$HOOK"
	leaves_nothing
}

@test "a signal that the caller ignores stays without effect" {
	hook createRuntime "$hangs"
	program /bin/true
	for command in create run; do
		rm -f "$OUT/pid"
		env --ignore-signal=HUP,INT "$OCIRT" --root "$STATE" $command --bundle "$BUNDLE" "$ID" \
			>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- &
		RUNTIME=$!
		until_true test -s "$OUT/pid"
		# both are lower, and taken before TERM
		kill -STOP "$RUNTIME"
		kill -HUP "$RUNTIME"
		kill -INT "$RUNTIME"
		kill -TERM "$RUNTIME"
		kill -CONT "$RUNTIME"
		ended_runtime
		exits 143
		says 'interrupted by SIGTERM'
		leaves_nothing
	done
}

@test "who sends two signals at once does not cut the undo short" {
	hook createRuntime "$hangs"
	hook poststop 'echo begin >>$OUT/poststop; sleep 0.2; echo end >>$OUT/poststop'
	program /bin/true
	env --default-signal "$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- &
	RUNTIME=$!
	until_true test -s "$OUT/pid"
	kill -STOP "$RUNTIME"
	kill -TERM "$RUNTIME"
	kill -HUP "$RUNTIME"
	kill -CONT "$RUNTIME"
	ended_runtime
	exits 129
	has poststop $'begin\nend'
	leaves_nothing
}

@test "a poststop hook that hangs can be interrupted: the next one runs, the code stays the program's" {
	hook poststop "$hangs"
	hook poststop 'echo next >$OUT/next'
	program /bin/sh -c 'exit 7'
	asked_to_end TERM --log "$OUT/log" --log-level warning run
	exits 7
	output=$(<"$OUT/log")
	says 'hook poststop[0]' 'interrupted by SIGTERM'
	gone "$HOOK"
	has next next
	leaves_nothing
}

@test "a start whose startContainer hook hangs ends with the signal; the container can be deleted" {
	hook startContainer "$hangs"
	created 'sleep 1000'
	succeeds
	"$OCIRT" --root "$STATE" start "$ID" >/dev/null 2>&1 </dev/null 3>&- &
	RUNTIME=$!
	until_true test -s "$OUT/pid"
	kill -TERM "$RUNTIME"
	status=0
	wait "$RUNTIME" || status=$?
	exits 143
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
}

@test "a hook that is not there or cannot be executed is named" {
	config '.hooks.createRuntime = [{path: "/no/such/hook"}]'
	program /bin/true
	run_bundle
	refuses /hooks/createRuntime/0 /no/such/hook ENOENT
	touch "$OUT/plain"
	config '.hooks.createRuntime = [{path: $path}]' --arg path "$OUT/plain"
	run_bundle
	refuses /hooks/createRuntime/0 "$OUT/plain" EACCES
	config '.hooks.createRuntime = [{path: "relative"}]'
	run_bundle
	refuses /hooks/createRuntime/0 relative
	config '.hooks.createRuntime = [{path: "/bin/true", timeout: 0}]'
	run_bundle
	refuses /hooks/createRuntime/0/timeout
}
