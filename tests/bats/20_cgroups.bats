#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What limits and the freezer do to the container and to the commands; 60_cgroups.bats has how they
# are set.
load lib/all

setup() { bundle_new; }
teardown() {
	freeze 0 2>/dev/null || true
	bundle_drop
	leaves_nothing
}

forever='while :; do sleep 0.1; done'

# freeze 1|0 [PATH]: the container's cgroup, from outside
freeze() {
	local version mountpoint path=${2:-$CGROUP} word=THAWED
	[ "$1" = 0 ] || word=FROZEN
	read -r version mountpoint < <(cgroup_home freezer)
	if [ "$version" = 1 ]; then
		echo "$word" >"$mountpoint$path/freezer.state"
	else
		echo "$1" >"$mountpoint$path/cgroup.freeze"
	fi
}

@test "burst, throttles of a disk" {
	need cgroup:cpu cgroup:blkio
	local disk
	disk=$(cat /sys/block/*/dev 2>/dev/null | head -n 1)
	[ -n "$disk" ] || skip "no disk"
	config '.linux.resources += {cpu: {quota: 50000, period: 100000, burst: 20000},
		blockIO: {throttleReadBpsDevice: [{major: $major, minor: $minor, rate: 1048576}],
			throttleWriteIOPSDevice: [{major: $major, minor: $minor, rate: 77}]}}' \
		--argjson major "${disk%:*}" --argjson minor "${disk#*:}"
	detached "$forever"
	succeeds
	if [[ $(cgroup_home cpu) == 1* ]]; then
		is period "$(cgroup_value cpu cpu.cfs_period_us '')" 100000
	fi
	is burst "$(cgroup_value cpu cpu.cfs_burst_us cpu.max.burst)" 20000
	if [[ $(cgroup_home blkio) == 2* ]]; then
		is rates "$(cgroup_value blkio '' io.max)" "$disk rbps=1048576 wbps=max riops=max wiops=77"
		return
	fi
	is "read rate" "$(cgroup_value blkio blkio.throttle.read_bps_device '')" "$disk 1048576"
	is "write rate" "$(cgroup_value blkio blkio.throttle.write_iops_device '')" "$disk 77"
}

@test "a fork bomb is stopped by the limit on processes" {
	need cgroup:pids
	config '.linux.resources.pids = {limit: 12}'
	inside 'n=0; while [ $n -lt 40 ]; do sleep 5 & n=$((n + 1)); done; echo "all started"'
	fails_with fork
	says_not 'all started'
}

@test "a program that takes more memory than it may is killed: exit code 137" {
	need cgroup:memory
	config '.linux.resources.memory = {limit: 16777216, swap: 16777216}'
	# the shell is pid 1 and lives: its exit status is its child's
	inside 'dd if=/dev/zero of=/dev/null bs=100M count=1; exit $?'
	exits 137
	inside 'exec dd if=/dev/zero of=/dev/null bs=100M count=1' # pid 1 itself
	exits 137
}

# beside_us CONTROLLER: the folder of a relative cgroupsPath: on v2 below the parent of our own cgroup
beside_us() {
	local version mountpoint own
	read -r version mountpoint < <(cgroup_home "$1")
	own=$(awk -F: -v v="$version" -v c=",$1," \
		'v == 2 ? $1 == 0 : index("," $2 ",", c) { print $3 }' /proc/self/cgroup)
	[ "$version" = 1 ] || own=${own%/*}
	echo "$mountpoint${own%/}$CGROUP"
}

@test "a relative cgroupsPath is a path beside the caller, and is gone afterwards" {
	local directory
	config '.linux.cgroupsPath = $path' --arg path "${CGROUP#/}"
	detached "$forever"
	succeeds
	directory=$(beside_us pids)
	grep -qx "$PID" "$directory/cgroup.procs"
	ocirt delete --force "$ID"
	succeeds
	[ ! -e "${directory%/*}" ] || complain "${directory%/*} is left"
	leaves_nothing
}

@test "the container's cgroup is the root of its cgroup namespace" {
	inside 'cut -d: -f3 /proc/self/cgroup | sort -u'
	succeeds
	prints /
}

@test "a frozen container is paused, refuses exec, and delete --force ends it" {
	detached "$forever"
	succeeds
	freeze 1
	until_true state_is paused
	ocirt exec "$ID" /bin/true
	exits 255
	says paused
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
	[ ! -e "/proc/$PID" ]
}

@test "a cgroup that is frozen already is refused and left as it is" {
	need cgroup:freezer
	local version mountpoint
	read -r version mountpoint < <(cgroup_home freezer)
	mkdir "$mountpoint$CGROUP"
	freeze 1
	program /bin/true
	run_bundle
	exits 1
	says /linux/cgroupsPath frozen
	if [ "$version" = 1 ]; then
		grep -qE 'FROZEN|FREEZING' "$mountpoint$CGROUP/freezer.state"
	else
		grep -qx 1 "$mountpoint$CGROUP/cgroup.freeze"
	fi
	freeze 0
	rmdir "$mountpoint$CGROUP"
}

nobody_in() { [ -z "$(<"$1")" ]; }

@test "without a pid namespace: kill --all and delete --force reach every process" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	local members
	detached 'sleep 987 & sleep 987 & sleep 987'
	succeeds
	until_true grep -q . "$(cgroup_dir pids)/cgroup.procs"
	members=$(cgroup_dir pids)/cgroup.procs
	[ "$(wc -l <"$members")" -ge 3 ] || complain "not all have begun"
	ocirt kill --all "$ID" KILL
	succeeds
	until_true state_is stopped
	until_true nobody_in "$members" # delete would kill them, too
	ocirt delete "$ID"
	succeeds
	leaves_nothing
	detached 'sleep 987 & exit 0'
	succeeds
	until_true state_is stopped
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
}
