# SPDX-License-Identifier: Apache-2.0
# 63_worlds.bats - a record is read in another pid or time namespace than it was written in: docker in
# docker, kind, a build machine whose outer container was started again with its /run kept
load lib/all

setup() { bundle_new; }
teardown() {
	[ -z "${WORLD:-}" ] || kill -KILL "$WORLD" 2>/dev/null || true
	bundle_drop
}

# world COMMAND...: a pid namespace of its own, in which the command runs and then something sleeps;
# $WORLD is its init, as we see it
world() {
	rm -f "$BATS_TEST_TMPDIR/ready"
	READY=$BATS_TEST_TMPDIR/ready unshare --pid --fork --mount-proc bash -c \
		'"$@" >"$READY.out" 2>&1; echo $? >"$READY"; exec sleep 1000' - "$@" 3>&- &
	UNSHARE=$!
	until_true test -s "$BATS_TEST_TMPDIR/ready"
	is "status of $*: $(<"$BATS_TEST_TMPDIR/ready.out")" "$(<"$BATS_TEST_TMPDIR/ready")" 0
	WORLD=$(tr -d " " <"/proc/$UNSHARE/task/$UNSHARE/children")
}
# in_world COMMAND...: one more command in it
in_world() { capture nsenter --target "$WORLD" --pid --mount "$@"; }
world_end() {
	kill -KILL "$WORLD"
	wait "$UNSHARE" || true
	WORLD=
}
# elsewhere COMMAND...: in a pid namespace beside it
elsewhere() { capture unshare --pid --fork --mount-proc "$@"; }

@test "the pid namespace of a container's maker is gone: it has stopped, and can be deleted" {
	program /bin/sleep 1000
	world "$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID"
	world_end
	state_is stopped
	ocirt list
	succeeds
	[[ $output == *"$ID"*" stopped "* ]] || complain "it is not listed as stopped"
	ocirt run --bundle "$BUNDLE" "$ID"
	fails_with "container \"$ID\" is stopped"
	ocirt kill "$ID" KILL
	fails_with 'container not running'
	ocirt exec "$ID" true
	exits 255
	says 'container not running (stopped)'
	ocirt delete "$ID"
	succeeds
	leaves_nothing
	inside 'echo again'
	succeeds
	prints again
}

@test "the same is so for a namespace beside it, as after a restart of the outer container" {
	program /bin/sleep 1000
	world "$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID"
	world_end
	elsewhere "$OCIRT" --root "$STATE" state "$ID"
	succeeds
	is status "$(jq -r .status <<<"$output")" stopped
	elsewhere "$OCIRT" --root "$STATE" delete "$ID"
	succeeds
	leaves_nothing
}

@test "a container made in a pid namespace below ours: state, exec, kill and delete find its processes" {
	local seen inner
	program /bin/sleep 1000
	world "$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
	inner=$(<"$BUNDLE/pid")
	ocirt state "$ID"
	succeeds
	is status "$(jq -r .status <<<"$output")" running
	seen=$(jq .pid <<<"$output")
	[ "$seen" != "$inner" ] || complain "the pid is that of the other namespace"
	is "its program" "$(tr '\0' ' ' <"/proc/$seen/cmdline")" '/bin/sleep 1000 '
	is "what it is called there" "$(awk '/^NSpid/ { print $(NF - 1) }' "/proc/$seen/status")" "$inner"
	ocirt exec "$ID" /bin/sh -c 'echo $$ in $(tr "\0" " " </proc/1/cmdline)'
	succeeds
	[[ $output == [1-9]*' in /bin/sleep 1000' ]] || complain "exec went elsewhere"
	ocirt delete "$ID"
	exits 1
	says 'that is not stopped: running'
	# its maker still knows it by the old numbers
	in_world "$OCIRT" --root "$STATE" state "$ID"
	succeeds
	is "pid for its maker" "$(jq .pid <<<"$output")" "$inner"
	ocirt kill "$ID" KILL
	succeeds
	until_true test ! -e "/proc/$seen/root/bin"
	state_is stopped
	ocirt delete "$ID"
	succeeds
	world_end
	leaves_nothing
}

@test "a created container of a pid namespace below ours can be started, and both still know it" {
	program /bin/sleep 1000
	world "$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID"
	state_is created
	ocirt start "$ID"
	succeeds
	state_is running
	in_world "$OCIRT" --root "$STATE" state "$ID"
	succeeds
	is status "$(jq -r .status <<<"$output")" running
	ocirt delete --force "$ID"
	succeeds
	world_end
	leaves_nothing
}

@test "a container that can't be seen from here is said to be so, and delete --force ends it" {
	local seen
	program /bin/sleep 1000
	detached 'sleep 1000'
	seen=$PID
	for command in "state $ID" "kill $ID TERM" "delete $ID" "start $ID"; do
		# shellcheck disable=SC2086
		elsewhere "$OCIRT" --root "$STATE" $command
		fails_with "container \"$ID\" was made in another pid namespace"
	done
	elsewhere "$OCIRT" --root "$STATE" --log "$BATS_TEST_TMPDIR/log" --log-level warning list
	succeeds
	[[ $output == *"$ID  0"*"unknown  -"* ]] || complain "it is not in the list"
	grep -q "container .*$ID.* was made in another pid namespace" "$BATS_TEST_TMPDIR/log"
	elsewhere "$OCIRT" --root "$STATE" list --format json
	succeeds
	prints '[]'
	elsewhere "$OCIRT" --root "$STATE" list --quiet
	prints "$ID"
	state_is running
	elsewhere "$OCIRT" --root "$STATE" delete --force "$ID"
	if [ "$status" != 0 ]; then
		# v1 has no way to end what can't be seen: it is said at once, and nothing is lost
		says 'processes of another pid namespace, which can'"'"'t be ended from here'
		state_is running
		return
	fi
	until_true test ! -e "/proc/$seen/root/bin"
	leaves_nothing
}

@test "without a cgroup nothing says whether it still runs: only delete --force forgets it" {
	local seen
	program /bin/sleep 1000
	config 'del(.linux.resources, .linux.cgroupsPath)'
	ocirt --cgroup-manager disabled run --detach --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
	succeeds
	seen=$(<"$BUNDLE/pid")
	elsewhere "$OCIRT" --root "$STATE" state "$ID"
	fails_with 'was made in another pid namespace'
	state_is running
	elsewhere "$OCIRT" --root "$STATE" --log "$BATS_TEST_TMPDIR/log" --log-level warning delete --force "$ID"
	succeeds
	grep -q "if its pid $seen there still runs, it is left running" "$BATS_TEST_TMPDIR/log"
	[ ! -e "$STATE/$ID" ]
	kill -KILL "$seen"
}

@test "a container whose maker, or whose reader, lives in a time namespace is known all the same" {
	need tool:unshare
	capture unshare --time --boottime 100000 --fork true
	[ "$status" = 0 ] || skip "no time namespaces here: $errors"
	program /bin/sleep 1000
	capture unshare --time --boottime 100000 --fork "$OCIRT" --root "$STATE" run --detach \
		--bundle "$BUNDLE" "$ID"
	succeeds
	state_is running
	capture unshare --time --boottime -77 --fork "$OCIRT" --root "$STATE" state "$ID"
	succeeds
	is status "$(jq -r .status <<<"$output")" running
	capture unshare --time --boottime 5 --fork "$OCIRT" --root "$STATE" delete --force "$ID"
	succeeds
	leaves_nothing
}
