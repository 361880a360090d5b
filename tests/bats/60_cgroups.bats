#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Cgroups: limits as the kernel has them, what can't be set, what is ours to kill and to remove.
load lib/all

# The v2 top is left as it was found: ocirt enables there what a limit needs.
v2_top() { cgroup_mounts | sed -n 's/^2 \([^ ]*\) .*/\1/p'; }
setup_file() {
	[ -z "$(v2_top)" ] || ENABLED=$(cat "$(v2_top)/cgroup.subtree_control")
	export ENABLED
}
teardown_file() {
	local word dir words
	[ -n "$(v2_top)" ] || return 0
	read -ra words <"$(v2_top)/cgroup.subtree_control" || true
	for word in "${words[@]}"; do
		[[ " $ENABLED " != *" $word "* ]] || continue
		for dir in "$(v2_top)$OCIRT_CGROUP" "$(v2_top)"; do
			echo "-$word" >"$dir/cgroup.subtree_control" || true
		done
	done
}
setup() { bundle_new; }
teardown() { bundle_drop; }

forever='while :; do sleep 0.1; done'

# resources JSON: add to the configuration's
resources() { config ".linux.resources += $1"; }

# reads CONTROLLER V1_FILE V2_FILE VALUE
reads() { is "$2 or $3" "$(cgroup_value "$1" "$2" "$3")" "$4"; }

# cgroup_paths: the container's folder in every hierarchy
cgroup_paths() {
	local version mountpoint rest
	while read -r version mountpoint rest; do
		echo "$mountpoint$CGROUP"
	done < <(cgroup_mounts)
}

@test "limits are what the kernel has" {
	need cgroup:memory cgroup:cpu cgroup:cpuset cgroup:pids
	resources '{
		memory: {limit: 67108864, reservation: 33554432},
		cpu: {shares: 1024, quota: 50000, period: 100000, cpus: "0", mems: "0"},
		pids: {limit: 50}}'
	detached "$forever"
	succeeds
	reads memory memory.limit_in_bytes memory.max 67108864
	reads memory memory.soft_limit_in_bytes memory.low 33554432
	reads pids pids.max pids.max 50
	reads cpuset cpuset.cpus cpuset.cpus 0
	reads cpuset cpuset.mems cpuset.mems 0
	if [[ $(cgroup_home cpu) == 1* ]]; then
		reads cpu cpu.shares '' 1024
		reads cpu cpu.cfs_quota_us '' 50000
	else
		reads cpu '' cpu.weight 100
		reads cpu '' cpu.max '50000 100000'
	fi
}

@test "memory and swap: together on v1, the difference on v2" {
	need cgroup:memory
	resources '{memory: {limit: 67108864, swap: 100663296}}'
	detached "$forever"
	succeeds
	reads memory memory.memsw.limit_in_bytes memory.swap.max \
		"$([[ $(cgroup_home memory) == 1* ]] && echo 100663296 || echo 33554432)"
}

@test "huge pages, used and reserved" {
	need cgroup:hugetlb file:/sys/kernel/mm/hugepages/hugepages-2048kB
	resources '{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}'
	detached "$forever"
	succeeds
	reads hugetlb hugetlb.2MB.limit_in_bytes hugetlb.2MB.max 4194304
	reads hugetlb hugetlb.2MB.rsvd.limit_in_bytes hugetlb.2MB.rsvd.max 4194304
}

@test "unified names files of cgroup v2" {
	need cgroup2
	resources '{unified: {"cgroup.max.descendants": "7"}}'
	detached "$forever"
	succeeds
	is descendants "$(cat "$(v2_top)$CGROUP/cgroup.max.descendants")" 7
}

@test "unified on v1" {
	need cgroup1 cgroup:cpu
	[[ $(cgroup_home cpu) == 1* ]] || skip "cpu is on v2"
	resources '{unified: {"cpu.weight": "7"}}'
	run_bundle
	refuses '/linux/resources/unified/cpu.weight' 'cannot use unified on cgroup v1'
}

@test "a huge page size that is not there" {
	need cgroup:hugetlb
	resources '{hugepageLimits: [{pageSize: "3MB", limit: 4194304}]}'
	run_bundle
	refuses '/linux/resources/hugepageLimits/0/pageSize' '3MB is not offered ('
}

@test "CPUs that are not there" {
	need cgroup:cpuset
	resources '{cpu: {cpus: "0-999"}}'
	run_bundle
	refuses '/linux/resources/cpu/cpus' '"0-999" is not within 0' '(ERANGE)'
}

@test "a limit and no cgroup" {
	resources '{memory: {limit: 67108864}}'
	ocirt --cgroup-manager disabled run -b "$BUNDLE" "$ID"
	refuses '/linux/resources/memory' 'no cgroup to apply it in'
	config 'del(.linux.resources.memory)'
	program /bin/true
	ocirt --cgroup-manager disabled run -b "$BUNDLE" "$ID"
	succeeds
	leaves_nothing
}

@test "a memory limit below a page" {
	need cgroup:memory
	resources '{memory: {limit: 1000}}'
	run_bundle
	refuses '/linux/resources/memory/limit' '1000 bytes is less than one page'
}

@test "a memory limit that init dies of" {
	need cgroup:memory
	resources '{memory: {limit: 8192}}'
	run_bundle
	refuses '/linux/resources/memory/limit' "the container's init was killed by the kernel's OOM killer while starting" \
		'8192 bytes are not enough'
	ocirt create -b "$BUNDLE" "$ID"
	refuses '/linux/resources/memory/limit' '8192 bytes are not enough'
}

@test "a container starts in 512 KiB" {
	need cgroup:memory
	resources '{memory: {limit: 524288}}'
	program /bin/true
	run_bundle
	succeeds
}

@test "a limit that the kernel refuses: property, file and value, and nothing is left" {
	need cgroup:cpu
	local i
	resources '{cpu: {period: 5}}'
	for i in 1 2 3; do
		run_bundle
		refuses '/linux/resources/cpu/period' "$CGROUP/cpu." 'not accepted by the kernel (EINVAL)'
	done
}

@test "a limit that this version of cgroups has not got" {
	need cgroup:memory
	if [[ $(cgroup_home memory) == 1* ]]; then
		need cgroup:blkio
		resources '{blockIO: {leafWeight: 100}}'
		run_bundle
		refuses '/linux/resources/blockIO/leafWeight' '"100" can'"'"'t be set' blkio.leaf_weight
	else
		resources '{memory: {swappiness: 60}}'
		run_bundle
		refuses '/linux/resources/memory/swappiness' 'cgroup v2 has no such limit'
	fi
}

@test "values that no kernel takes are refused before anything is made" {
	local row pointer text
	need cgroup:memory cgroup:cpu cgroup:cpuset
	while IFS='|' read -r row pointer text; do
		config '.linux.resources = {devices: []}'
		resources "$row"
		run_bundle
		refuses "/linux/resources/$pointer" "$text"
	done <<-'ROWS'
		{cpu: {cpus: "one"}}|cpu/cpus|must be a list like "0-3,7"
		{cpu: {cpus: ","}}|cpu/cpus|must be a list like "0-3,7"
		{cpu: {idle: 2}}|cpu/idle|must be 0 or 1, is 2
		{memory: {limit: 8388608, swap: 4194304}}|memory/swap|limit
		{devices: [{allow: true, type: "x"}]}|devices/0/type|"x" is not one of
		{devices: [{allow: true, access: "rx"}]}|devices/0/access|must be made of
		{devices: [{allow: true, type: "c", major: -7}]}|devices/0/major|-7
	ROWS
}

@test "pids 0 is a limit, not none" {
	need cgroup:pids
	resources '{pids: {limit: 0}}'
	inside 'sleep 0 && echo forked'
	says_not forked
}

@test "devices are denied but for the default ones, and allowed by rule" {
	need file:/dev/kmsg
	config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])'
	config '.linux.resources.devices = [{allow: false, access: "rwm"}]'
	inside 'mknod /tmp/log c 1 11; : >/dev/null && echo null; echo x >/tmp/log && echo log'
	says null 'peration not permitted'
	is output "$output" null
	config '.linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 11, access: "w"}]'
	inside 'mknod /tmp/log2 c 1 11; echo ocirt >/tmp/log2 && echo written; head -c 1 /tmp/log2'
	says written 'peration not permitted'
}

# limited_memlock SOFT HARD ARG...: ocirt with this RLIMIT_MEMLOCK in KiB
limited_memlock() {
	# shellcheck disable=SC2016
	capture sh -c 'ulimit -S -l "$1" && ulimit -H -l "$2" && shift 2 && exec "$@"' sh "$1" "$2" \
		"$OCIRT" --root "$STATE" "${@:3}"
}

# up to Linux 5.10 the programs of all containers count against it
@test "device programs larger than RLIMIT_MEMLOCK" {
	local i
	config '.linux.resources.devices = [{allow: false, access: "rwm"}] +
		[range(400) | {allow: true, type: "c", major: 240, minor: ., access: "rw"}]'
	program /bin/sh -c 'ulimit -l'
	for i in 1 2; do
		limited_memlock 4 8 run -b "$BUNDLE" "$ID"
		succeeds
		prints 4
	done
	if [[ $(cgroup_home devices || echo 2) == 1* ]] || [[ $(uname -r) != 5.10.* ]]; then
		return
	fi
	capture setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource \
		prlimit --memlock=8192:8192 "$OCIRT" --root "$STATE" run -b "$BUNDLE" "$ID"
	refuses '/linux/resources/devices' 'RLIMIT_MEMLOCK (8192 bytes)' '(EPERM)'
}

@test "a path of 300 levels, all gone with the container" {
	local deep
	deep=$CGROUP$(printf '/a%.0s' {1..300})
	config '.linux.cgroupsPath = $path' --arg path "$deep"
	program /bin/true
	run_bundle
	succeeds
	leaves_nothing
}

@test "without cgroupsPath: /ocirt-ID at the top, gone with the container" {
	local version mountpoint rest
	config 'del(.linux.cgroupsPath)'
	detached "$forever"
	succeeds
	while read -r version mountpoint rest; do
		[ -d "$mountpoint/ocirt-$ID" ]
		grep -qx "$PID" "$mountpoint/ocirt-$ID/cgroup.procs"
	done < <(cgroup_mounts)
	ocirt delete --force "$ID"
	succeeds
	while read -r version mountpoint rest; do
		[ ! -e "$mountpoint/ocirt-$ID" ]
	done < <(cgroup_mounts)
}

@test "a path that leads up is refused" {
	config '.linux.cgroupsPath = "/a/../../b"'
	run_bundle
	refuses '/linux/cgroupsPath' '".." is not allowed'
}

@test "an empty cgroup that exists is used, and stays" {
	local path
	while read -r path; do mkdir "$path"; done < <(cgroup_paths)
	program /bin/true
	run_bundle
	succeeds
	ocirt delete --force "$ID"
	while read -r path; do
		[ -d "$path" ]
		rmdir "$path"
	done < <(cgroup_paths)
}

@test "a cgroup with processes, or frozen, is refused and left alone" {
	need cgroup:pids
	local path version mountpoint
	read -r version mountpoint < <(cgroup_home pids)
	path=$mountpoint$CGROUP
	mkdir "$path"
	sleep 1000 3>&- &
	echo $! >"$path/cgroup.procs"
	run_bundle
	exits 1
	says '/linux/cgroupsPath' 'has processes already'
	ocirt delete --force "$ID"
	kill -0 $!
	kill -KILL $!
	wait $! || true
	until_true rmdir "$path"
}

@test "cgroups that the container made inside its own are killed and removed with it" {
	need cgroup:pids
	local version mountpoint path
	read -r version mountpoint < <(cgroup_home pids)
	detached "$forever"
	succeeds
	path=$mountpoint$CGROUP
	mkdir -p "$path/x/y"
	sleep 1000 3>&- &
	echo $! >"$path/x/y/cgroup.procs"
	ocirt delete --force "$ID"
	succeeds
	status=0
	wait $! || status=$?
	exits 137
	leaves_nothing
}

@test "two containers with one parent: the last takes it along" {
	need cgroup:pids
	local version mountpoint id=$ID
	read -r version mountpoint < <(cgroup_home pids)
	config '.linux.cgroupsPath = $path' --arg path "$CGROUP/one"
	detached "$forever"
	succeeds
	config '.linux.cgroupsPath = $path' --arg path "$CGROUP/two"
	ocirt run -b "$BUNDLE" --detach "$id-2"
	succeeds
	ocirt delete --force "$id"
	succeeds
	[ -d "$mountpoint$CGROUP/two" ]
	[ ! -e "$mountpoint$CGROUP/one" ]
	ocirt delete --force "$id-2"
	succeeds
	[ ! -e "$mountpoint$CGROUP/two" ]
}

@test "--cgroup-manager=disabled: device rules, which nobody applies then, are warned of" {
	config '.linux.resources = {devices: [{allow: false, access: "rwm"}]}'
	program /bin/true
	ocirt --cgroup-manager disabled --log "$BATS_TEST_TMPDIR/log" --log-format json --log-level warning \
		run --bundle "$BUNDLE" "$ID"
	succeeds
	jq -se '.[0].warnings | any(contains("/linux/resources/devices"))' "$BATS_TEST_TMPDIR/log"
}

# read_only_cgroups ARG...: ocirt where every cgroupfs is read-only, as under systemd's
# ProtectControlGroups=yes or in a container
read_only_cgroups() {
	local -x POINTS
	POINTS=$(cgroup_mounts | cut -d" " -f2)
	# shellcheck disable=SC2016
	capture unshare --mount --propagation private sh -c '
		for point in $POINTS; do
			mount -o remount,bind,ro "$point" || exit 90
		done
		exec "$@"' sh "$OCIRT" --root "$STATE" "$@"
}

@test "where cgroupfs is read-only, root is refused: no container has every device open in silence" {
	need cgroup:devices
	program /bin/sh -c 'head -c0 /dev/kmsg'
	read_only_cgroups run -b "$BUNDLE" "$ID"
	refuses '/linux/resources/devices: make the cgroup' '(EROFS)'
	config '.linux.resources.pids.limit = 5'
	read_only_cgroups run -b "$BUNDLE" "$ID"
	refuses '/linux/resources/' 'make the cgroup' '(EROFS)'
	config '.linux.resources = {}'
	program /bin/sleep 600
	ocirt run --detach -b "$BUNDLE" "$ID"
	succeeds
	read_only_cgroups kill "$ID" KILL # nothing is frozen, so nothing has to be written
	succeeds
	until_true state_is stopped
	ocirt delete "$ID"
	succeeds
	program /bin/true
	read_only_cgroups --cgroup-manager disabled run -b "$BUNDLE" "$ID"
	succeeds
	leaves_nothing
}

@test "who makes the cgroups is remembered" {
	created 'sleep 600'
	is manager "$(jq -r .cgroupManager "$STATE/$ID/state.json")" cgroupfs
	ocirt delete "$ID"
	succeeds
	config 'del(.linux.resources)'
	ocirt --cgroup-manager disabled create --bundle "$BUNDLE" "$ID"
	succeeds
	is manager "$(jq -r .cgroupManager "$STATE/$ID/state.json")" disabled
	state_is created
	ocirt delete "$ID"
	succeeds
	leaves_nothing
}

# on v1 a frozen process does not die, and a container may freeze itself in a cgroup below its own
@test "kill KILL and delete --force end an init that moved into a frozen cgroup below its own" {
	need cgroup:freezer
	local version mountpoint how before
	read -r version mountpoint < <(cgroup_home freezer)
	for how in kill delete; do
		detached 'sleep 600'
		mkdir "$mountpoint$CGROUP/below"
		"$OCIRT" --root "$STATE" state "$ID" | jq .pid >"$mountpoint$CGROUP/below/cgroup.procs"
		if [ "$version" = 1 ]; then
			echo FROZEN >"$mountpoint$CGROUP/below/freezer.state"
		else
			echo 1 >"$mountpoint$CGROUP/below/cgroup.freeze"
		fi
		before=$SECONDS
		if [ "$how" = kill ]; then
			ocirt kill "$ID" KILL
			succeeds
			until_true state_is stopped
		fi
		ocirt delete --force "$ID"
		succeeds
		[ $((SECONDS - before)) -lt 8 ] || complain "took $((SECONDS - before)) s"
		leaves_nothing
	done
}

members_are() { [ "$(wc -l <"$1/cgroup.procs")" = "$2" ]; }

@test "kill KILL ends all of a container that has no pid namespace of its own" {
	need cgroup:pids
	local version mountpoint
	read -r version mountpoint < <(cgroup_home pids)
	config '.linux.namespaces |= map(select(.type != "pid"))'
	detached 'sleep 601 & sleep 602 & wait'
	until_true members_are "$mountpoint$CGROUP" 3
	ocirt kill "$ID" KILL
	succeeds
	until_true members_are "$mountpoint$CGROUP" 0
	ocirt delete "$ID"
	succeeds
	leaves_nothing
}

@test "an init that somebody froze does not hold up the undo of its start" {
	need cgroup:freezer
	local version mountpoint
	read -r version mountpoint < <(cgroup_home freezer)
	{
		echo '#!/bin/sh'
		if [ "$version" = 1 ]; then
			echo "echo FROZEN >$mountpoint$CGROUP/freezer.state"
		else
			echo "echo 1 >$mountpoint$CGROUP/cgroup.freeze"
		fi
		echo 'exit 1'
	} >"$BATS_TEST_TMPDIR/hook"
	chmod 755 "$BATS_TEST_TMPDIR/hook"
	config '.hooks.createRuntime = [{path: $p}]' --arg p "$BATS_TEST_TMPDIR/hook"
	OCIRT_TIMEOUT=20 run_bundle
	refuses createRuntime
}
