#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The benchmark's floor makes the very container that ocirt makes of the default config: else being
# nearly as fast would mean little.
load lib/all

setup() {
	floor=$OCIRT_BUILD/tests/bench/floor
	[ -x "$floor" ] || floor=$OCIRT_TOP/tests/bench/floor
	bundle_new
	cp "$OCIRT_TOP/tests/bench/config.json" "$BUNDLE/config.json"
}
teardown() {
	bundle_drop
	rmdir /sys/fs/cgroup/*/"ocirt-$ID" 2>/dev/null || true
	leaves_nothing
}

# both SCRIPT: what it prints in each container, in $of_floor and $of_ocirt
both() {
	[ -x "$floor" ] || skip "the floor is not built (make tests/bench/floor)"
	capture env -i "$floor" "$BUNDLE/rootfs" "$ID" /bin/sh -c "$1"
	succeeds
	of_floor=$output
	inside "$1"
	succeeds
	of_ocirt=$output
}

# same SCRIPT: both print the same, and something
same() {
	both "$1"
	[ -n "$of_ocirt" ]
	diff <(printf '%s\n' "$of_floor") <(printf '%s\n' "$of_ocirt")
}

@test "the same mounts in the same places" {
	# without the ids of mounts and file systems, which are counted
	same 'cut -d" " -f4- /proc/self/mountinfo | sort -k2'
}

@test "the same devices and links" {
	same 'find /dev | sort | while read -r f; do stat -c "%n %F %a %u %g %t:%T" $f; done
		for f in fd stdin stdout stderr ptmx; do readlink /dev/$f; done'
}

@test "the same cgroups, with the same rules" {
	same 'sort /proc/self/cgroup; ls /sys/fs/cgroup; cd /sys/fs/cgroup
		cat devices/devices.list cpuset/cpuset.cpus cpuset/cpuset.mems memory/memory.limit_in_bytes 2>&1
		for t in */tasks; do echo $t $(wc -l <$t); done'
}

@test "a folder that is no hierarchy is left alone" {
	[ -x "$floor" ] || skip "the floor is not built (make tests/bench/floor)"
	# shellcheck disable=SC2016
	capture unshare --mount --propagation private sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup &&
		mkdir /sys/fs/cgroup/cpu /sys/fs/cgroup/devices /sys/fs/cgroup/unified &&
		"$@" && find /sys/fs/cgroup -mindepth 2' sh \
		env -i "$floor" "$BUNDLE/rootfs" "$ID" /bin/echo ran
	succeeds
	prints ran
}

# (SigIgn aside: the floor hands down what its caller ignores, ocirt does not)
@test "the same namespaces, loopback, host name and process attributes" {
	same 'hostname; ip addr show lo | grep -c UP; id; umask; ulimit -n; pwd
		grep -E "^(Cap|NoNewPrivs|Seccomp:|NSpid|NSsid|Groups|SigBlk)" /proc/self/status
		echo $PATH $TERM; ls /proc/self/fd | wc -l'
}

@test "none of them is in a namespace of ours" {
	local kind
	both 'for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done'
	for kind in cgroup ipc mnt net pid uts; do
		[ "$(grep -cxF "$(readlink "/proc/self/ns/$kind")" <<<"$of_floor")" = 0 ]
		[ "$(grep -cxF "$(readlink "/proc/self/ns/$kind")" <<<"$of_ocirt")" = 0 ]
	done
}
