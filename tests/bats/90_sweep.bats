# SPDX-License-Identifier: Apache-2.0
# 90_sweep.bats - a command that is killed at any system call leaves no process, and after delete
# --force nothing; a call that fails once is survived, or explained and nothing is left.  Process 0 is
# the runtime, 1 the container's init, or exec's process, until it executes the program.
load lib/all
load lib/sweep

setup() {
	bundle_new
	sweep_program
}
teardown() { bundle_drop; }

@test "run is killed" { sweep_all kill run 0; }
@test "run's init is killed" { sweep_all kill run 1; }
@test "create is killed" { sweep_all kill create 0; }
@test "create's init is killed" { sweep_all kill create 1; }
@test "start is killed" { sweep_all kill start 0; }
# The record says "running" by then, of an init that still waits.
@test "a start that was killed as it said GO is made again" {
	local n
	program /bin/sh -c 'echo ran >>/tmp/ran'
	command=start victim=0
	sweep_begin
	words_of start
	before start >/dev/null
	sweep -p 0
	for ((n = calls; n > 0; n--)); do
		ocirt delete --force "$ID"
		rm -f "$BUNDLE/rootfs/tmp/ran"
		before start >/dev/null
		sweep -p 0 -k "$n"
		[[ $hit != send* ]] || break
	done
	[ "$n" -gt 0 ] || complain "no call of start sends anything"
	is "exit code" "$status" 137
	state_is running
	[ ! -e "$BUNDLE/rootfs/tmp/ran" ] || complain "the program ran already"
	ocirt start "$ID"
	succeeds
	until_true state_is stopped
	is "what it left" "$(<"$BUNDLE/rootfs/tmp/ran")" ran
	# it has run, so another start is refused
	ocirt start "$ID"
	fails_with 'is stopped, only a created one can be started'
}

@test "exec is killed" { sweep_all kill exec 0; }
@test "exec's process is killed" { sweep_all kill exec 1; }
@test "delete is killed" { sweep_all kill delete 0; }
@test "delete --force is killed" { sweep_all kill delete-force 0; }

@test "a call of run fails" { sweep_all fail run 0; }
@test "a call of run's init fails" { sweep_all fail run 1; }
@test "a call of create fails" { sweep_all fail create 0; }
@test "a call of create's init fails" { sweep_all fail create 1; }
@test "a call of start fails" { sweep_all fail start 0; }
@test "a call of exec fails" { sweep_all fail exec 0; }
@test "a call of exec's process fails" { sweep_all fail exec 1; }
@test "a call of delete fails" { sweep_all fail delete 0; }
@test "a call of delete --force fails" { sweep_all fail delete-force 0; }
@test "a call of kill fails" { sweep_all fail kill 0; }
@test "a call of kill --all fails" { sweep_all fail kill-all 0; }
@test "a call of state fails" { sweep_all fail state 0; }
@test "a call of list fails" { sweep_all fail list 0; }
@test "a call of features fails" { sweep_all fail features 0; }
@test "a call of check fails" { sweep_all fail check 0; }
@test "a call of spec fails" { sweep_all fail spec 0; }
