# SPDX-License-Identifier: Apache-2.0
# 50_faults.bats - each named step of run, create, start and exec fails once, before and after it is
# done: the failure names the step in one line that no engine misreads, leaves nothing, and the id can
# be used again.  Every step that `ocirt-test list-steps` lists must be seen to fail.
load lib/all
load lib/faults

setup() {
	need doors
	bundle_new
	faults_begin
}
teardown() {
	faults_end
	bundle_drop
}

@test "a run that fails at any step of the runtime leaves nothing" {
	faults_of run runtime
}

@test "a run whose init fails at any step leaves nothing" {
	faults_of run init
}

@test "a create that fails at any step of the runtime leaves nothing" {
	faults_of create runtime
}

@test "a create, or its start, whose init fails at any step leaves nothing" {
	faults_of create init
}

@test "an exec that fails at any step leaves the container as it was" {
	faults_of exec exec
}

@test "an exec whose process fails at any step leaves the container as it was" {
	faults_of exec process
}
