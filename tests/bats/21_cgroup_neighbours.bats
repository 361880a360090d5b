#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a start does to cgroups that are not the container's: nothing that changes what they are.
load lib/all

setup() {
	bundle_new
	need cgroup2
	TOP=$(cgroup_mounts | sed -n 's/^2 \([^ ]*\) .*/\1/p')
	BUSY=$TOP$CGROUP
	# a controller of resources where nothing else is on v2
	LIMIT='{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}' OF=hugepageLimits
	[[ $(cgroup_home pids) != 2* ]] || LIMIT='{pids: {limit: 50}}' OF=pids
}
teardown() {
	bundle_drop
	[ -z "${SLEEPER:-}" ] || kill -KILL "$SLEEPER"
	[ ! -e "$BUSY" ] || until_true rmdir_all
}

rmdir_all() { find "$BUSY" -depth -type d -exec rmdir {} + 2>/dev/null; }
forever='while :; do sleep 0.1; done'

# busy: a cgroup of somebody else's, with a process in it
busy() {
	mkdir "$BUSY"
	sleep 1000 3>&- &
	SLEEPER=$!
	echo "$SLEEPER" >"$BUSY/cgroup.procs"
	config '.linux.cgroupsPath = $path' --arg path "$CGROUP/a/b"
}

# is_as_it_was TYPE: nothing was made in it, and it hands nothing down
is_as_it_was() {
	is "its type" "$(<"$BUSY/cgroup.type")" "$1"
	is "what it hands down" "$(<"$BUSY/cgroup.subtree_control")" ''
	[ ! -e "$BUSY/a" ] || complain "$BUSY/a is left"
}

@test "below a cgroup with processes: refused with a limit" {
	need file:/sys/kernel/mm/hugepages/hugepages-2048kB
	busy
	config ".linux.resources += $LIMIT"
	run_bundle
	exits 1
	says "/linux/resources/$OF: " "can't be enabled: the cgroup \"$BUSY\" holds processes" '(EBUSY)'
	is_as_it_was domain
	ocirt check -b "$BUNDLE"
	fails_with "$BUSY"
}

@test "below a cgroup with processes: run without controllers, where no limit is asked for" {
	busy
	detached "$forever"
	succeeds
	grep -qx "$PID" "$BUSY/a/b/cgroup.procs"
	is "its type" "$(<"$BUSY/cgroup.type")" domain
	is "what it hands down" "$(<"$BUSY/cgroup.subtree_control")" ''
	is "the container's type" "$(<"$BUSY/a/b/cgroup.type")" domain
	ocirt exec "$ID" /bin/true
	succeeds
	ocirt delete --force "$ID"
	succeeds
	is_as_it_was domain
}

# threads: the cgroup hands no domain down any more, because a threaded one is below it
threads() {
	busy
	mkdir "$BUSY/threads"
	echo threaded >"$BUSY/threads/cgroup.type"
	is "its type" "$(<"$BUSY/cgroup.type")" 'domain threaded'
}

members() { [ -n "$(<"$BUSY/a/b/cgroup.threads")" ]; }

@test "below a threaded cgroup: a threaded container, which lives, is entered, frozen and ended" {
	threads
	config '.linux.namespaces |= map(select(.type != "pid"))'
	detached 'sleep 986 & sleep 987 & wait'
	succeeds
	is "the container's type" "$(<"$BUSY/a/b/cgroup.type")" threaded
	is "its parent's type" "$(<"$BUSY/a/cgroup.type")" threaded
	grep -qx "$PID" "$BUSY/a/b/cgroup.threads"
	ocirt exec "$ID" /bin/true
	succeeds
	if [[ $(cgroup_home freezer) == 2* ]]; then
		echo 1 >"$BUSY/a/b/cgroup.freeze"
		until_true state_is paused
		echo 0 >"$BUSY/a/b/cgroup.freeze"
	fi
	ocirt kill --all "$ID" KILL
	succeeds
	until_true state_is stopped
	! members || until_true eval '! members'
	ocirt delete "$ID"
	succeeds
	is_as_it_was 'domain threaded'
	detached 'sleep 986 & sleep 987 & wait'
	succeeds
	ocirt delete --force "$ID"
	succeeds
	is_as_it_was 'domain threaded'
}

@test "below a threaded cgroup: its own controllers limit, others are refused" {
	[[ $(cgroup_home pids) == 2* ]] || skip "pids is not on v2"
	threads
	config '.linux.resources.memory.limit = 67108864'
	run_bundle
	exits 1
	says '/linux/resources/memory: ' "\"memory\" can't be enabled: the cgroup \"$BUSY\" is threaded"
	is_as_it_was 'domain threaded'
	config 'del(.linux.resources.memory) | .linux.resources.pids.limit = 50'
	detached "$forever"
	succeeds
	is "the container's type" "$(<"$BUSY/a/b/cgroup.type")" threaded
	is limit "$(<"$BUSY/a/b/pids.max")" 50
}

@test "a relative cgroupsPath: limits work, beside the caller and not below it" {
	need file:/sys/kernel/mm/hugepages/hugepages-2048kB
	local own before
	own=$TOP$(sed -n 's/^0:://p' /proc/self/cgroup)
	before=$(<"$own/cgroup.subtree_control")
	config ".linux.resources += $LIMIT"' | .linux.cgroupsPath = $path' --arg path "$ID"
	detached "$forever"
	succeeds
	grep -qx "$PID" "${own%/*}/$ID/cgroup.procs"
	if [ "$OF" = pids ]; then
		is limit "$(<"${own%/*}/$ID/pids.max")" 50
	else
		is limit "$(<"${own%/*}/$ID/hugetlb.2MB.max")" 4194304
	fi
	is "the caller's type" "$(<"$own/cgroup.type")" domain
	is "what the caller's hands down" "$(<"$own/cgroup.subtree_control")" "$before"
	ocirt delete --force "$ID"
	succeeds
	[ ! -e "${own%/*}/$ID" ]
}

# nested ARG...: ocirt in a cgroup namespace of its own, with nobody else in its cgroup
nested() {
	local -x own=$BUSY
	# shellcheck disable=SC2016
	capture sh -c 'echo 0 >"$own/cgroup.procs" && exec unshare --cgroup --mount sh -c "
		umount -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec \"\$@\"" sh "$@"' \
		sh "$OCIRT" --root "$STATE" "$@"
}

@test "a nested runtime, whose own cgroup is the top that it sees" {
	need only-cgroup2
	mkdir "$BUSY"
	config 'del(.linux.cgroupsPath)'
	program /bin/true
	nested run -b "$BUNDLE" "$ID"
	succeeds
	is "its type" "$(<"$BUSY/cgroup.type")" domain
	config '.linux.resources.pids.limit = 50'
	nested run -b "$BUNDLE" "$ID"
	exits 1
	says '/linux/resources/pids: ' 'the cgroup "/sys/fs/cgroup" holds processes'
	is_as_it_was domain
}

# ordinary ARG...: ocirt as user 1000, in the cgroup "own"
ordinary() {
	# shellcheck disable=SC2016
	capture sh -c 'echo 0 >"$1/own/cgroup.procs" && shift && exec "$@"' sh "$BUSY" \
		setpriv --reuid 1000 --regid 1000 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$HOME_OF_USER/ocirt" --root "$HOME_OF_USER/state" "$@"
}

@test "an ordinary user: limits work beside the own cgroup, below it they are refused" {
	need tool:setpriv only-cgroup2
	setpriv --reuid 1000 --clear-groups unshare --user true || skip "ordinary users may make no user namespaces"
	HOME_OF_USER=$(mktemp -d "${BATS_RUN_TMPDIR%/*}/home.XXXXXX")
	config 'del(.linux.cgroupsPath) | .linux.resources = {pids: {limit: 50}}
		| .mounts |= map(.options |= map(select(. != "gid=5"))?) | .linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1}] | .linux.gidMappings = .linux.uidMappings'
	program /bin/sh -c "$forever"
	mkdir -m 700 "$HOME_OF_USER/state"
	cp "$OCIRT" "$HOME_OF_USER/ocirt"
	cp -a "$BUNDLE" "$HOME_OF_USER/bundle"
	echo +pids >"$TOP$OCIRT_CGROUP/cgroup.subtree_control"
	mkdir -p "$BUSY/own"
	chown -R 1000:1000 "$HOME_OF_USER" "$BUSY"
	ordinary run --detach --bundle "$HOME_OF_USER/bundle" "$ID"
	succeeds
	is limit "$(<"$BUSY/ocirt-$ID/pids.max")" 50
	[ -n "$(<"$BUSY/ocirt-$ID/cgroup.procs")" ]
	is "the own cgroup's type" "$(<"$BUSY/own/cgroup.type")" domain
	ordinary delete --force "$ID"
	succeeds
	[ ! -e "$BUSY/ocirt-$ID" ]
	chown root "$BUSY" # a service with Delegate=yes: what is above is the system's
	ordinary run --bundle "$HOME_OF_USER/bundle" "$ID"
	exits 1
	says '/linux/resources/pids: ' "the cgroup \"$BUSY/own\" holds processes"
	is "the own cgroup's type" "$(<"$BUSY/own/cgroup.type")" domain
	is "what it hands down" "$(<"$BUSY/own/cgroup.subtree_control")" ''
}
