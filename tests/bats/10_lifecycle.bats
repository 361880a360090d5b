#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A container's life: run, or create, start, kill and delete; and what is left after each end.
load lib/all

setup() { bundle_new; }
teardown() { bundle_drop; }

@test "run shows the program's output and passes its exit status on" {
	inside 'echo out; echo err >&2; exit 7'
	exits 7
	is stdout "$output" out
	is stderr "$errors" err
	leaves_nothing
}

@test "run of a program that a signal kills exits with 128 and its number" {
	program /bin/sh -c 'echo ready; while :; do sleep 0.1; done'
	"$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID" >"$BATS_TEST_TMPDIR/seen" 3>&- &
	local runtime=$!
	until_true grep -q ready "$BATS_TEST_TMPDIR/seen"
	kill -KILL "$("$OCIRT" --root "$STATE" state "$ID" | jq -r .pid)"
	status=0
	wait "$runtime" || status=$?
	exits 137
	leaves_nothing
}

@test "the program sees its arguments as they are" {
	program /bin/sh -c 'for word; do echo "[$word]"; done' name 'two words' '' $'a\nline' '*'
	run_bundle
	succeeds
	prints $'[two words]\n[]\n[a\nline]\n[*]'
}

@test "stdin is the container's" {
	program /bin/cat
	echo 'through and through' | "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID" \
		>"$BATS_TEST_TMPDIR/seen"
	is output "$(cat "$BATS_TEST_TMPDIR/seen")" 'through and through'
	leaves_nothing
}

@test "namespaces: all that the configuration asks for are new, and no other" {
	inside 'for ns in cgroup ipc mnt net pid time user uts; do echo "$ns $(readlink /proc/self/ns/$ns)"; done'
	succeeds
	local ns
	for ns in cgroup ipc mnt net pid uts; do
		says_not "$(readlink "/proc/self/ns/$ns")"
	done
	for ns in time user; do
		says_line "$ns $(readlink "/proc/self/ns/$ns")"
	done
}

@test "the hostname, the directory, the environment and the user are the configuration's" {
	config '.process.cwd = "/home/guest" | .process.user = {uid: 1000, gid: 1000, additionalGids: [5, 7], umask: 23}
		| .process.env += ["WORD=some words"]'
	inside 'hostname; pwd; id -u; id -g; id -G; umask; echo "$WORD"'
	succeeds
	prints $'ocirt-test\n/home/guest\n1000\n1000\n1000 5 7\n0027\nsome words'
}

@test "the capabilities are those of the configuration, no_new_privs is set" {
	inside 'grep -E "^(Cap|NoNewPrivs)" /proc/self/status'
	succeeds
	# CAP_KILL 5, CAP_NET_BIND_SERVICE 10, CAP_AUDIT_WRITE 29
	says_line $'CapInh:\t0000000000000000' $'CapPrm:\t0000000020000420' $'CapEff:\t0000000020000420' \
		$'CapBnd:\t0000000020000420' $'CapAmb:\t0000000000000000' $'NoNewPrivs:\t1'
}

@test "no file descriptor of ours is in the container" {
	# bash's own would be; ls has the folder open as 3
	program /bin/ls /proc/self/fd
	run_bundle
	prints $'0\n1\n2\n3'
}

@test "signals are neither blocked nor ignored, whatever our caller did" {
	program /bin/grep -E '^Sig(Blk|Ign)' /proc/self/status
	(
		trap '' HUP USR1 RTMIN
		run_bundle
		prints $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
	)
}

@test "masked paths are empty, readonly paths can't be written" {
	inside 'wc -c </proc/keys; ls /sys/firmware | wc -l; echo x >/proc/sys/kernel/hostname; echo "write $?"'
	says_line 0
	says 'Read-only file system' 'write 1'
}

@test "the default devices and links are there and work" {
	inside 'cd /dev; ls -d null zero full random urandom tty fd stdin stdout stderr ptmx
		echo x >null && head -c 3 zero | wc -c; echo x >full; cat /dev/kmsg; [ ! -e /dev/sda ] && echo gone'
	says_line null zero full random urandom tty fd stdin stdout stderr ptmx 3 gone
	says 'No space left on device'
}

@test "a device that no rule allows can't be opened" {
	need cgroup:devices
	grep -q ' fuse$' /proc/misc || skip 'no device that everybody may open: /dev/fuse'
	# any node may be made, and it is the rules alone that keep it shut
	config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
	inside 'mknod /null c 1 3 && echo x >/null && mknod /fuse c 10 229 && echo made; : </fuse'
	[ "$status" != 0 ]
	says_line made
	says 'Operation not permitted'
}

@test "the rootfs is read-only where the configuration says so" {
	config '.root.readonly = true'
	inside 'touch /x'
	fails_with 'Read-only file system'
	inside 'touch /dev/shm/x'
	succeeds
}

@test "create, start, state, kill, delete: the states and their files" {
	created 'echo started; while :; do sleep 0.1; done'
	succeeds
	state_is created
	[ -d "/proc/$PID" ]
	ocirt state "$ID"
	is pid "$(jq -r .pid <<<"$output")" "$PID"
	is bundle "$(jq -r .bundle <<<"$output")" "$BUNDLE"
	is id "$(jq -r .id <<<"$output")" "$ID"
	ocirt start "$ID"
	succeeds
	state_is running
	ocirt list --quiet
	says_line "$ID"
	ocirt start "$ID"
	exits 1
	ocirt delete "$ID"
	exits 1
	ocirt kill "$ID" KILL
	succeeds
	until_true state_is stopped
	ocirt kill "$ID"
	fails_with 'container not running'
	ocirt delete "$ID"
	succeeds
	leaves_nothing
	ocirt state "$ID"
	fails_with 'does not exist'
}

@test "a created container is deleted without --force, as engines expect" {
	created 'sleep 100'
	succeeds
	ocirt delete "$ID"
	succeeds
	leaves_nothing
}

@test "delete --force ends a running container, and is content with a missing one" {
	detached 'trap "" TERM; while :; do sleep 0.1; done'
	succeeds
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
	ocirt delete --force "$ID"
	succeeds
	ocirt delete "$ID"
	fails_with 'does not exist'
}

@test "an id that is taken is refused and the first container lives" {
	detached 'while :; do sleep 0.1; done'
	ocirt run --bundle "$BUNDLE" "$ID"
	fails_with "$ID"
	state_is running
}

@test "signals to run reach the container" {
	program /bin/sh -c 'trap "echo got it; exit 3" USR1; echo ready; while :; do sleep 0.1; done'
	"$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID" >"$BATS_TEST_TMPDIR/seen" 3>&- &
	local runtime=$!
	until_true grep -q ready "$BATS_TEST_TMPDIR/seen"
	kill -USR1 "$runtime"
	status=0
	wait "$runtime" || status=$?
	exits 3
	grep -q 'got it' "$BATS_TEST_TMPDIR/seen"
	leaves_nothing
}

@test "a container that run started survives run's death" {
	program /bin/sh -c 'until [ -e /tmp/asked ]; do sleep 0.1; done; touch /tmp/answered; exec sleep 100'
	"$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 3>&- &
	local runtime=$!
	until_true state_is running
	kill -KILL "$runtime"
	wait "$runtime" || true
	# a signal that the runtime's death sent would have come before this answer
	touch "$BUNDLE/rootfs/tmp/asked"
	until_true test -e "$BUNDLE/rootfs/tmp/answered"
	state_is running
	ocirt delete --force "$ID"
	leaves_nothing
}

@test "the pid file has the pid and no newline" {
	detached 'while :; do sleep 0.1; done'
	is "the pid file's size" "$(wc -c <"$BATS_TEST_TMPDIR/pid")" "${#PID}"
	is "the container's pid" "$PID" "$("$OCIRT" --root "$STATE" state "$ID" | jq -r .pid)"
}

@test "limits: memory and pids, read back and felt" {
	need cgroup:memory cgroup:pids
	config '.linux.resources += {memory: {limit: 33554432}, pids: {limit: 20}}'
	inside 'dd if=/dev/zero of=/dev/null bs=100M count=1; echo "dd $?"
		(i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); done; echo all)'
	says 'dd 137' "can't fork"
	says_not all
	detached 'while :; do sleep 0.1; done'
	is memory "$(cgroup_value memory memory.limit_in_bytes memory.max)" 33554432
	is pids "$(cgroup_value pids pids.max pids.max)" 20
}

@test "a program that can't be run is the container's error: exit code and one line" {
	local program
	for program in /missing /etc/passwd /etc; do
		program "$program"
		run_bundle
		[ "$status" != 0 ]
		is "lines of stderr for $program" "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
		says "$program"
		leaves_nothing
	done
}
