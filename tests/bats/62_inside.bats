#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# ocirt inside a container of another engine: docker's masks over /proc and /sys
load lib/all

setup() { bundle_new; }
teardown() { bundle_drop; }

# masked ARG...: ocirt where /proc and /sys look as they do in a container of docker: parts of them
# read-only mounts of their own, others covered by /dev/null or by an empty tmpfs
masked() {
	# shellcheck disable=SC2016
	capture unshare --mount --propagation private sh -c '
		for at in bus fs irq sys sysrq-trigger; do
			[ -e /proc/$at ] || continue
			mount --bind /proc/$at /proc/$at && mount -o remount,bind,ro,nosuid,nodev,noexec /proc/$at || exit 90
		done
		for at in kcore keys latency_stats timer_list sched_debug; do
			[ ! -e /proc/$at ] || mount --bind /dev/null /proc/$at || exit 91
		done
		for at in /proc/acpi /proc/scsi /sys/firmware; do
			[ ! -d $at ] || mount -t tmpfs -o ro tmpfs $at || exit 92
		done
		exec "$@"' sh "$OCIRT" --root "$STATE" "$@"
}

@test "a container runs where /proc/sys is a mount of its own" {
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1"}'
	program /bin/cat /proc/sys/net/ipv4/ip_forward
	masked run -b "$BUNDLE" "$ID"
	prints 1
	leaves_nothing
}

@test "create, start, exec, state, kill and delete there" {
	program /bin/sleep 600
	masked create -b "$BUNDLE" "$ID"
	succeeds
	masked start "$ID"
	succeeds
	masked exec "$ID" /bin/echo inside
	prints inside
	masked state "$ID"
	succeeds
	json_holds '.status == "running"' "$BATS_TEST_TMPDIR/out"
	masked delete --force "$ID"
	succeeds
	leaves_nothing
}
