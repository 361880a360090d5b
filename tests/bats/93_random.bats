# SPDX-License-Identifier: Apache-2.0
# 93_random.bats - commands by lot on two ids, six at once, a quarter of them killed: whatever happens,
# delete --force works afterwards and nothing is left
load lib/all
load lib/seed

setup() { bundle_new; }
teardown() { bundle_drop; }

# one_command ID: sets words
one_command() {
	words=("$OCIRT" --root "$STATE")
	case $((RANDOM % 11)) in
	0 | 1) words+=(run --detach --bundle "$BUNDLE.$1" "$ID-$1") ;;
	2 | 3) words+=(create --bundle "$BUNDLE.$1" "$ID-$1") ;;
	4) words+=(start "$ID-$1") ;;
	5) words+=(kill "$ID-$1" KILL) ;;
	6) words+=(exec "$ID-$1" /bin/true) ;;
	7) words+=(delete "$ID-$1") ;;
	8) words+=(delete --force "$ID-$1") ;;
	9) words+=(state "$ID-$1") ;;
	10) words+=(list) ;;
	esac
}

# worker NUMBER: goes on until $end; writes a line for each command that ended by a signal of its own
worker() {
	local words count=0 code
	RANDOM=$(($(seed_number worker "$1") % 32768))
	while [ "$EPOCHSECONDS" -lt "$end" ]; do
		one_command $((RANDOM % 2))
		[ $((RANDOM % 4)) != 0 ] || words=(timeout -s KILL "0.0$((RANDOM % 40 + 10))" "${words[@]}")
		code=0
		"${words[@]}" >/dev/null 2>>"$BATS_TEST_TMPDIR/said.$1" </dev/null || code=$?
		case $code in
		0 | 1 | 137 | 255) ;;
		*) echo "exit code $code: ${words[*]}" ;;
		esac
		count=$((count + 1))
	done >"$BATS_TEST_TMPDIR/odd.$1" 2>/dev/null # where the shell tells who was killed
	echo "$count" >"$BATS_TEST_TMPDIR/count.$1"
}

@test "random commands on two ids, six at once, a quarter of them killed: nothing is wedged, nothing is left" {
	local id n end pids=()
	seed_begin
	program /bin/sleep 1000
	for id in 0 1; do
		cp -a "$BUNDLE" "$BUNDLE.$id"
		BUNDLE=$BUNDLE.$id config '.linux.cgroupsPath += "/" + $id' --arg id "$id"
	done
	end=$((EPOCHSECONDS + ${OCIRT_RANDOM_SECONDS:-10}))
	for n in 1 2 3 4 5 6; do
		worker "$n" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	for id in 0 1; do
		ocirt delete --force "$ID-$id"
		succeeds
		ocirt run --detach --bundle "$BUNDLE.$id" "$ID-$id"
		succeeds
		ocirt delete --force "$ID-$id"
		succeeds
	done
	is "left in the state directory" "$(ls -A "$STATE")" ''
	is "odd exit codes" "$(cat "$BATS_TEST_TMPDIR"/odd.*)" ''
	while read -r _ n _; do
		rmdir "$n$CGROUP" 2>/dev/null || true # the parent of both, which a killed command may leave
	done < <(cgroup_mounts)
	leaves_nothing
	echo "# $(cat "$BATS_TEST_TMPDIR"/count.* | awk '{ n += $1 } END { print n }') commands, OCIRT_SEED=$seed" >&3
}
