#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The library itself: an assertion that can't fail would make every test below worthless.
load lib/all

setup() { bundle_new; }
teardown() { bundle_drop; }

# after STATUS STDOUT STDERR: as if a command had just ended so
after() {
	status=$1 output=$2 errors=$3
	printf '%s' "$3" >"$BATS_TEST_TMPDIR/err"
}

# rejects ASSERTION...: it must fail, and say why
rejects() {
	local why
	if why=$("$@"); then
		echo "did not fail: $*"
		return 1
	fi
	[ -n "$why" ]
}

@test "the assertions about an outcome fail when it is another" {
	after 1 'out word' 'err word'
	rejects succeeds
	rejects exits 2
	rejects says 'other'
	rejects says 'out word' 'other'
	rejects says_not 'err'
	rejects says_line 'out'
	rejects prints 'out'
	rejects is x a b
	fails_with 'err word' 'out word'
	exits 1
	says_line 'out word'
	prints 'out word'
	after 0 'fine' ''
	rejects fails_with 'fine'
	rejects refuses 'fine'
	succeeds
}

@test "nothing at all holds nothing" {
	json_holds .a <<<'{"a": 1}'
	rejects json_holds .b <<<'{"a": 1}'
	rejects json_holds .a <<<''
	rejects json_holds .a <<<'{"a": 1}{"a": 1}'
	rejects json_holds .a <<<'{"a": 1'
}

@test "an error of two lines is not refused properly" {
	after 1 '' $'one\ntwo\n'
	rejects refuses one
	after 1 '' $'one\n'
	refuses one
}

@test "leftovers are seen: record, cgroup, mount, process" {
	leaves_nothing
	mkdir -p "$STATE/$ID"
	rejects leaves_nothing
	rmdir "$STATE/$ID"

	local version mountpoint
	read -r version mountpoint _ < <(cgroup_mounts)
	if [ -n "$version" ]; then
		mkdir "$mountpoint$CGROUP"
		rejects leaves_nothing
		rmdir "$mountpoint$CGROUP"
	fi

	mount -t tmpfs tmpfs "$BUNDLE/rootfs/tmp"
	rejects leaves_nothing
	umount "$BUNDLE/rootfs/tmp"

	sh -c 'while :; do sleep 0.1; done' "$ID" 3>&- &
	until_true grep -q "$ID" "/proc/$!/cmdline"
	rejects leaves_nothing
	kill "$!"
	wait "$!" || true
	leaves_nothing
}

@test "a test that hangs is ended and says so" {
	OCIRT_TIMEOUT=0.2 capture sleep 100
	exits 124
	says 'time limit'
}

@test "the suite has namespaces and cgroups of its own" {
	[ "$(readlink /proc/1/ns/mnt)" = "$(readlink /proc/self/ns/mnt)" ]
	grep -qF "$OCIRT_CGROUP/suite" /proc/self/cgroup || [ -z "$(cgroup_mounts)" ]
	is "shared mounts" "$(grep -F " $OCIRT_SUITE " /proc/self/mountinfo | grep -c ' shared:')" 0
}
