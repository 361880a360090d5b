# SPDX-License-Identifier: Apache-2.0
# 90_sweep_kinds.bats - as 90_sweep.bats, for containers whose start has other steps: a user namespace, a
# pid namespace that is joined, a terminal.
load lib/all
load lib/sweep
# Most calls are those that 90_sweep.bats makes fail, too: every second of its sample is enough.
OCIRT_SWEEP_STRIDE=$((2 * ${OCIRT_SWEEP_STRIDE:-21}))

setup() {
	bundle_new
	sweep_program
	WORLD=
}
teardown() {
	[ -z "$WORLD" ] || kill -KILL "$WORLD" 2>/dev/null || true
	bundle_drop
}

in_user_namespace() {
	need namespace:user
	config '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
		| .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 1000}]'
	chmod 711 "$BATS_TEST_TMPDIR" "$BUNDLE"
	chown -R 100000:200000 "$BUNDLE/rootfs"
}
in_joined_pid_namespace() {
	unshare --pid --fork sleep 1000 3>&- &
	until_true test -s "/proc/$!/task/$!/children"
	WORLD=$(tr -d ' ' <"/proc/$!/task/$!/children")
	config '.linux.namespaces |= map(select(.type != "pid")) + [{type: "pid", path: $path}]' \
		--arg path "/proc/$WORLD/ns/pid"
}
with_terminal() {
	[ -x "$OCIRT_BUILD/tests/recvfd/recvfd" ] || skip "tests/recvfd/recvfd is not built"
	config '.process.terminal = true'
}

@test "in a user namespace: run is killed" { in_user_namespace && sweep_all kill run 0; }
@test "in a user namespace: run's init is killed" { in_user_namespace && sweep_all kill run 1; }
@test "in a user namespace: a call of run fails" { in_user_namespace && sweep_all fail run 0; }
@test "in a user namespace: a call of run's init fails" { in_user_namespace && sweep_all fail run 1; }
@test "in a joined pid namespace: run is killed" { in_joined_pid_namespace && sweep_all kill run 0; }
@test "in a joined pid namespace: run's first process is killed" { in_joined_pid_namespace && sweep_all kill run 1; }
@test "in a joined pid namespace: run's init is killed" { in_joined_pid_namespace && sweep_all kill run 2; }
@test "in a joined pid namespace: a call of run fails" { in_joined_pid_namespace && sweep_all fail run 0; }
@test "in a joined pid namespace: a call of run's first process fails" { in_joined_pid_namespace && sweep_all fail run 1; }
@test "in a joined pid namespace: a call of run's init fails" { in_joined_pid_namespace && sweep_all fail run 2; }
@test "with a terminal: create is killed" { with_terminal && sweep_all kill create-terminal 0; }
@test "with a terminal: create's init is killed" { with_terminal && sweep_all kill create-terminal 1; }
@test "with a terminal: a call of create fails" { with_terminal && sweep_all fail create-terminal 0; }
@test "with a terminal: a call of create's init fails" { with_terminal && sweep_all fail create-terminal 1; }
