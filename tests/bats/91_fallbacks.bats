# SPDX-License-Identifier: Apache-2.0
# 91_fallbacks.bats - an older kernel, or a filter around us, has not every system call: whatever is
# missing, a container is created, started, killed and deleted, and sees the same
load lib/all

setup() {
	bundle_new
	program /bin/sh -c 'mount | wc -l; ls /dev; cat /proc/self/status | grep -E "^(Cap|NoNew)"; cat'
}
teardown() { bundle_drop; }

# without CALLS: a whole life without these system calls
without() {
	ocirt_test run --bundle "$BUNDLE" "$ID"
	succeeds
	local wanted=$output
	ocirt_test "OCIRT_NO=$1" run --bundle "$BUNDLE" "$ID"
	succeeds
	is "what it sees" "$output" "$wanted"
	program /bin/sleep 100
	ocirt_test "OCIRT_NO=$1" create --bundle "$BUNDLE" "$ID"
	succeeds
	ocirt_test "OCIRT_NO=$1" start "$ID"
	succeeds
	state_is running
	ocirt_test "OCIRT_NO=$1" kill "$ID" KILL
	succeeds
	until_true state_is stopped
	ocirt_test "OCIRT_NO=$1" delete "$ID"
	succeeds
	ocirt_test "OCIRT_NO=$1" create --bundle "$BUNDLE" "$ID"
	succeeds
	ocirt_test "OCIRT_NO=$1" delete --force "$ID"
	succeeds
	leaves_nothing
}

@test "without openat2" { without openat2,statx; }
@test "without open_tree and move_mount" { without open_tree,move_mount; }
@test "without the new mount calls" { without open_tree,move_mount,fsopen,fsconfig,fsmount; }
@test "without mount_setattr" { without mount_setattr; }
@test "without clone3" { without clone3; }
@test "without close_range" { without close_range; }
@test "without pidfd_open" { without pidfd_open; }
@test "without a way to name another executable" { without prctl_mm_map; }
@test "without memfd_create" { without memfd_create; }
@test "without a clone of its own mount" { without open_tree,prctl_mm_map; }
@test "without all of them" {
	without openat2,statx,open_tree,move_mount,fsopen,fsconfig,fsmount,mount_setattr,clone3,close_range,pidfd_open,prctl_mm_map
}
