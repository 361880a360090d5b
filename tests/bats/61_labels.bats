#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# 61_labels.bats - labels that a kernel with AppArmor puts on the program.  A profile is the machine's,
# so these tests run in a VM of tests/vm alone.
load lib/all

setup() {
	[ -n "${VM_FLAVOUR:-}" ] || skip "a profile would be loaded for the whole machine: only in tests/vm"
	need tool:apparmor_parser
	mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
	[ -e /sys/kernel/security/apparmor/profiles ] || skip "no AppArmor in this kernel"
	bundle_new
	profile=ocirt-test-$ID
	echo "profile $profile flags=(attach_disconnected,mediate_deleted) { file, capability, mount, signal, ptrace, unix, network, deny /secret r, }" |
		apparmor_parser -r -K
	echo hidden >"$BUNDLE/rootfs/secret"
	config '.process.apparmorProfile = $p' --arg p "$profile"
}

teardown() {
	[ -z "${profile:-}" ] || {
		bundle_drop
		echo "profile $profile { }" | apparmor_parser -R
	}
}

@test "apparmorProfile: the program of run is under it, without sysctls too" {
	inside 'cat /proc/self/attr/current; cat /secret'
	says "$profile (enforce)"
	says_not hidden
}

@test "apparmorProfile: the program of create and start, and of exec" {
	created 'cat /proc/self/attr/current >/tmp/label; sleep 600'
	config '.mounts += [{destination: "/tmp", type: "tmpfs"}]'
	ocirt delete --force "$ID"
	created 'cat /proc/self/attr/current >/tmp/label; sleep 600'
	ocirt start "$ID"
	succeeds
	until_true "$OCIRT" --root "$STATE" exec "$ID" cat /tmp/label
	ocirt exec "$ID" cat /tmp/label
	prints "$profile (enforce)"
	ocirt exec "$ID" cat /proc/self/attr/current
	prints "$profile (enforce)"
}

@test "apparmorProfile: one that is not loaded is refused" {
	config '.process.apparmorProfile = "no-such-profile"'
	run_bundle
	refuses /process/apparmorProfile
}
