# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# all.bash - what every bats file loads: `load lib/all`
#
#	setup()    { bundle_new; }
#	teardown() { bundle_drop; }
#
#	@test "a bind mount with ro cannot be written" {
#		config '.mounts += [{destination:"/g", source:"/tmp", type:"bind", options:["bind","ro"]}]'
#		inside 'touch /g/x'
#		fails_with 'Read-only file system'
#	}
#
# Each test has a bundle ($BUNDLE), an id ($ID), a state root ($STATE) and a cgroup ($CGROUP, the same
# path in every hierarchy) of its own, so tests may run side by side.
lib=${BASH_SOURCE[0]%/*}
# shellcheck source=tests/bats/lib/bundle.bash
. "$lib/bundle.bash"
# shellcheck source=tests/bats/lib/ocirt.bash
. "$lib/ocirt.bash"
# shellcheck source=tests/bats/lib/assert.bash
. "$lib/assert.bash"
# shellcheck source=tests/bats/lib/cgroup.bash
. "$lib/cgroup.bash"
# shellcheck source=tests/bats/lib/need.bash
. "$lib/need.bash"
