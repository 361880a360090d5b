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

@test "a cgroup path of another cgroup namespace is nobody's: a stranger's container of that path lives on" {
	local app=/$ID-app stranger command directory
	need namespace:cgroup
	program /bin/sleep 1000
	config '.linux.cgroupsPath = $path' --arg path "$app"
	# the maker's view: its own cgroup is the top, and mounted as such
	# shellcheck disable=SC2016
	world unshare --cgroup --mount --propagation private bash -c '
		kind=cgroup2 parts=
		[ -e /sys/fs/cgroup/cgroup.controllers ] || kind=cgroup parts="pids devices"
		umount -l -R /sys/fs/cgroup && mount -t tmpfs tmpfs /sys/fs/cgroup || exit 1
		[ "$kind" != cgroup2 ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 1
		for each in $parts; do
			mkdir "/sys/fs/cgroup/$each" && mount -t cgroup -o "$each" cgroup "/sys/fs/cgroup/$each" || exit 1
		done
		exec "$0" "$@"' "$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID"
	ocirt --root "$STATE-stranger" run --detach --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
	succeeds
	stranger=$(<"$BUNDLE/pid")
	for command in "state $ID" "kill $ID TERM" "delete --force $ID"; do
		# shellcheck disable=SC2086
		ocirt $command
		succeeds
		grep -q '^State:.[^ZX]' "/proc/$stranger/status" || complain "$command ended the stranger"
	done
	"$OCIRT" --root "$STATE-stranger" delete --force "$ID"
	world_end
	# what delete could not see, it has left
	while read -r _ directory _; do
		find "$directory" -depth -type d -path "*$app" -exec rmdir {} +
	done < <(cgroup_mounts)
}

@test "whose namespaces we may not look at is not taken for ended" {
	need tool:setpriv
	program /bin/sleep 1000
	config '.process.user = {uid: 1000, gid: 1000}'
	world "$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID"
	capture setpriv --bounding-set -sys_ptrace "$OCIRT" --root "$STATE" state "$ID"
	fails_with 'was made in another pid namespace'
	capture setpriv --bounding-set -sys_ptrace "$OCIRT" --root "$STATE" delete "$ID"
	exits 1
	state_is running
	ocirt delete --force "$ID"
	succeeds
	world_end
	leaves_nothing
}

@test "a /proc of another pid namespace is not believed: its pids are not ours" {
	local start
	! grep -q __asan_init "$OCIRT" || skip "a sanitizer's leak check believes it"
	program /bin/sleep 1000
	# shellcheck disable=SC2016
	capture unshare --pid --fork bash -c '"$1" --root "$2" run --detach --bundle "$3" "$4" </dev/null >/dev/null &&
		"$1" --root "$2" state "$4" && jq .startTime "$2/$4/state.json" && "$1" --root "$2" delete --force "$4"' \
		bash "$OCIRT" "$STATE" "$BUNDLE" "$ID"
	succeeds
	start=${output##*$'\n'}
	is status "$(jq -r .status 2>/dev/null <<<"${output%$'\n'*}")" running
	# began within the last minute, as no process with a small pid of the outer namespace did
	[ "$start" -gt $((($(cut -d . -f 1 /proc/uptime) - 60) * $(getconf CLK_TCK))) ] ||
		complain "the start time is another process's: $start"
	leaves_nothing
}

@test "a stranger with many groups does not stop the search" {
	local groups
	groups=$(seq -s , 1000000000 1000001500)
	capture setpriv --groups "$groups" true
	[ "$status" = 0 ] || skip "no such groups here: $errors"
	setpriv --groups "$groups" sleep 1000 3>&- &
	local stranger=$!
	program /bin/sleep 1000
	world "$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID"
	state_is running
	ocirt delete --force "$ID"
	succeeds
	kill "$stranger"
	world_end
	leaves_nothing
}

@test "what run --keep kept after a failed start can be deleted in any pid namespace" {
	program /bin/nowhere
	world bash -c '! "$0" "$@"' "$OCIRT" --root "$STATE" run --keep --bundle "$BUNDLE" "$ID"
	state_is stopped
	world_end
	elsewhere "$OCIRT" --root "$STATE" delete "$ID"
	succeeds
	leaves_nothing
}
