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

# At once, each as pid 2 of a pid namespace of its own, where $$ is the same for both.  With a /proc of
# its own, too: the leak sanitizer looks for itself there, under the pid that it was told.
at_once() {
	local each pids=()
	for each in one two; do
		unshare --pid --mount-proc --fork --kill-child \
			sh -c '"$@"; exit $?' sh "$@" >"$BATS_TEST_TMPDIR/$each" 2>&1 3>&- &
		pids+=($!)
	done
	for each in "${pids[@]}"; do
		wait "$each" || complain "$(cat "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two")" || return
	done
}

# named PATTERN: sets names to what both said; they differ, and no cgroup of these names is left
named() {
	local name mountpoint
	mapfile -t names < <(grep -ohE "$1" "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two")
	is "names" ${#names[@]} 2 || return
	[ "${names[0]}" != "${names[1]}" ] || complain "both have ${names[0]}" || return
	while read -r _ mountpoint _; do
		for name in "${names[@]}"; do
			[ ! -e "$mountpoint$name" ] || complain "$mountpoint$name is left" || return
		done
	done < <(cgroup_mounts)
}

@test "two suites with the same pids do not meet, and leave nothing" {
	# shellcheck disable=SC2016
	printf '%s\n' '@test "a name" {' 'echo "# $OCIRT_CGROUP is there" >&3' \
		'[ -z "$(cut -d: -f3 /proc/self/cgroup | grep tests)" ] || grep -q "$OCIRT_CGROUP/suite" /proc/self/cgroup' \
		'}' >"$BATS_TEST_TMPDIR/inner.bats"
	# (bats puts a folder of its own programs in front)
	at_once env -i PATH="${PATH##*/bats-core:}" TMPDIR="$BATS_TEST_TMPDIR" OCIRT="$OCIRT" \
		"$OCIRT_TOP/tests/bats/run" "$BATS_TEST_TMPDIR/inner.bats"
	named '/ocirt-tests-[0-9a-f]+'
}

@test "two unit programs with the same pids do not meet, and leave nothing" {
	local program=$OCIRT_BUILD/tests/unit/test_cgroup_life
	need file:"$program"
	at_once "$program" 5
	named '/ocirt-test-[0-9a-f]+'
}

@test "a name that is taken in one hierarchy is left alone, and another is found" {
	local mountpoint taken OCIRT_CGROUP=$OCIRT_CGROUP
	read -r _ mountpoint _ < <(cgroup_mounts | tac)
	[ -n "$mountpoint" ] || skip "no cgroups"
	taken=$mountpoint$OCIRT_CGROUP/suite-taken
	mkdir "$taken"
	random_word() { [ -e "$BATS_TEST_TMPDIR/asked" ] && echo free || echo taken; : >"$BATS_TEST_TMPDIR/asked"; }
	cgroup_claim "${OCIRT_CGROUP#/}/suite"
	is name "${OCIRT_CGROUP##*-}" free
	is "cgroups of the taken name" "$(find /sys/fs/cgroup -maxdepth 4 -path "*/suite-taken" | wc -l)" 1
	rmdir "$taken"
	while read -r _ mountpoint _; do
		rmdir "$mountpoint$OCIRT_CGROUP"
	done < <(cgroup_mounts)
}
