# SPDX-License-Identifier: Apache-2.0
# 52_record.bats - the record: written first, private, read from older and newer versions, enough for
# delete --force whatever else is lost, and never a reason to signal somebody else's process
load lib/all

setup() {
	bundle_new
	VICTIM=
}
teardown() {
	[ -z "$VICTIM" ] || kill -KILL "$VICTIM" 2>/dev/null || true
	bundle_drop
}

# victim: a process of this test's own, $VICTIM
victim() {
	rm -f "$BATS_TEST_TMPDIR/answers"
	ANSWERS=$BATS_TEST_TMPDIR/answers sh -c 'trap "echo here >>\$ANSWERS" USR1; : >$ANSWERS
		while :; do sleep 0.1; done' 3>&- &
	VICTIM=$!
	until_true test -e "$BATS_TEST_TMPDIR/answers"
	VICTIM_START=$(sed 's/.*) //' "/proc/$VICTIM/stat" | cut -d ' ' -f 20)
}

# alive: it answers, which one with a SIGKILL pending does not
alive() {
	local before
	before=$(wc -l <"$BATS_TEST_TMPDIR/answers")
	kill -USR1 "$VICTIM" 2>/dev/null && until_true more_answers "$before"
}
more_answers() { [ "$(wc -l <"$BATS_TEST_TMPDIR/answers")" -gt "$1" ]; }
ended() { [[ $(sed 's/.*) //' "/proc/$VICTIM/stat" 2>/dev/null) != [SR]* ]]; }

# record_of FIXTURE [JQ FILTER]: a stored record becomes that of a container whose process is $VICTIM
record_of() {
	mkdir -p "$STATE" && chmod 700 "$STATE"
	mkdir -m 700 "$STATE/$ID"
	sed -e "s|@ID@|$ID|g; s|@BUNDLE@|$BUNDLE|g; s|@PID@|$VICTIM|g; s|@START@|$VICTIM_START|g" \
		-e "s|@BOOT@|$(</proc/sys/kernel/random/boot_id)|g" \
		-e "s|@PIDNS@|$(stat -L -c %d:%i /proc/self/ns/pid)|g" \
		"$OCIRT_TOP/tests/fixtures/records/$1.json" | jq -c "${2:-.}" >"$STATE/$ID/state.json"
}

# record_of_again [JQ FILTER]: changes that record
record_of_again() {
	local record=$STATE/$ID/state.json
	jq -c "$1" "$record" >"$record.new" && mv "$record.new" "$record"
}

# never_touched: whatever is asked, the process lives on
never_touched() {
	ocirt kill "$ID" KILL
	[ "$status" != 0 ] || complain "a foreign process was signalled" || return
	ocirt delete --force "$ID"
	alive || complain "the foreign process is gone"
}

@test "the record is private, and says what it needs to be believed" {
	umask 000
	created 'sleep 600'
	succeeds
	is "mode of the state directory" "$(stat -c %a "$STATE")" 700
	is "mode of the container's" "$(stat -c %a "$STATE/$ID")" 700
	is "mode of the record" "$(stat -c %a "$STATE/$ID/state.json")" 600
	is "mode of the kept config" "$(stat -c %a "$STATE/$ID/config.json")" 600
	is format "$(jq .format "$STATE/$ID/state.json")" 1
	is "boot id" "$(jq -r .bootId "$STATE/$ID/state.json")" "$(</proc/sys/kernel/random/boot_id)"
	is "pid namespace" "$(jq -r .pidNamespace "$STATE/$ID/state.json")" \
		"$(stat -L -c %d:%i /proc/self/ns/pid)"
	is pid "$(jq .pid "$STATE/$ID/state.json")" "$PID"
	is "start time" "$(jq .startTime "$STATE/$ID/state.json")" \
		"$(sed 's/.*) //' "/proc/$PID/stat" | cut -d ' ' -f 20)"
	cmp "$STATE/$ID/config.json" "$BUNDLE/config.json"
}

@test "the record is whole before a cgroup or a process is made" {
	need tool:strace
	program true
	capture strace -f -e trace=mkdir,mkdirat,rename,renameat,renameat2,clone3 -e signal=none \
		-o "$BATS_TEST_TMPDIR/trace" "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	[ "$status" = 0 ] || skip "strace can't trace here"
	local record trace=$BATS_TEST_TMPDIR/trace
	# complete under a name that no id has, then it gets the id
	record=$(grep -n "renameat2(.*\"$ID\", RENAME_NOREPLACE) = 0" "$trace" | cut -d: -f1)
	[ -n "$record" ] || complain "$(<"$trace")"
	tail -n "+$record" "$trace" | grep -q 'clone3' || complain "$(<"$trace")"
	is "made before the record" "$(head -n "$record" "$trace" | grep 'clone3\|mkdir' |
		grep -v -F -e 'EEXIST' -e "\"$STATE\"" -e '".draft~' -e '"state", 0700')" ""
}

@test "cgroups of a manager that this version has not are nobody else's to end" {
	victim
	record_of 1-first '.cgroupManager = "systemd"'
	ocirt state "$ID"
	fails_with 'a cgroup manager that this version has not: "systemd"'
	never_touched
	[ -e "$STATE/$ID/state.json" ]
	record_of_again '.cgroupManager = "cgroupfs"'
	state_is running
}

@test "records of other versions of this format work: state, kill, delete" {
	local fixture n=0
	for fixture in "$OCIRT_TOP"/tests/fixtures/records/1-*.json; do
		fixture=$(basename "$fixture" .json)
		victim
		record_of "$fixture"
		ocirt state "$ID"
		succeeds || complain "$fixture"
		is "$fixture: status" "$(jq -r .status <<<"$output")" running
		is "$fixture: pid" "$(jq .pid <<<"$output")" "$VICTIM"
		is "$fixture: bundle" "$(jq -r .bundle <<<"$output")" "$BUNDLE"
		ocirt list --quiet
		says_line "$ID"
		ocirt delete "$ID"
		fails_with 'not stopped: running'
		ocirt kill "$ID" TERM
		succeeds || complain "$fixture"
		until_true ended
		state_is stopped
		ocirt kill "$ID" TERM
		fails_with 'container not running'
		ocirt delete "$ID"
		succeeds || complain "$fixture"
		leaves_nothing
		n=$((n + 1))
	done
	[ "$n" -ge 3 ]
}

@test "delete --force ends the process of an older record" {
	victim
	record_of 1-minimal
	ocirt delete --force "$ID"
	succeeds
	until_true ended
	leaves_nothing
}

@test "a record of a newer format is refused with words, and nothing is done" {
	local command
	victim
	record_of 99
	for command in state 'kill ID TERM' delete 'delete --force' start; do
		read -ra words <<<"${command/ ID/ $ID}"
		[[ $command == *ID* ]] || words+=("$ID")
		ocirt "${words[@]}"
		exits 1 || complain "$command"
		says "made by a newer ocirt (format 99, this one knows 1)"
		says_not 'does not exist'
		[ -f "$STATE/$ID/state.json" ] || complain "$command removed the record"
		alive || complain "$command ended the process"
	done
}

@test "delete --force works whatever else than the record is lost" {
	local loss n=0
	for loss in 'rm "$STATE/$ID/config.json"' ': >"$STATE/$ID/config.json"' \
		'echo "{\"process\":" >"$STATE/$ID/config.json"' \
		'find "$STATE/$ID" -mindepth 1 ! -name state.json -delete' \
		'mkdir "$STATE/$ID/more" && touch "$STATE/$ID/more/file"' 'mv "$BUNDLE" "$BUNDLE.gone"'; do
		rm -rf "$BUNDLE" "$BUNDLE.gone"
		bundle_new
		detached 'sleep 600'
		succeeds
		eval "$loss"
		ocirt delete --force "$ID"
		succeeds || complain "$loss"
		leaves_nothing || complain "$loss"
		[ ! -d "/proc/$PID" ] || complain "$loss: the process lives"
		n=$((n + 1))
	done
	[ "$n" = 6 ]
}

@test "delete --force clears an id whose record is gone, cut or garbage; others say so" {
	local content
	for content in none '' '{"format":1,"ociVersion":' '[]' 'null' $'\x01\x02' '{"format":1}'; do
		mkdir -p "$STATE/$ID"
		chmod 700 "$STATE"
		[ "$content" = none ] || printf '%s' "$content" >"$STATE/$ID/state.json"
		for command in state kill delete; do
			ocirt "$command" "$ID"
			exits 1 || complain "$command with: $content"
			is "lines" "$(wc -l <<<"$errors")" 1
			says "record of container \"$ID\""
			says_not 'does not exist' 'o such file'
		done
		ocirt delete --force "$ID"
		succeeds || complain "$content"
		leaves_nothing
	done
	program true
	run_bundle
	succeeds
}

# default_cgroups: those of $ID that exist by the rule for a config without cgroupsPath
default_cgroups() {
	local mountpoint
	while read -r _ mountpoint _; do
		[ ! -d "$mountpoint/ocirt-$ID" ] || echo "$mountpoint/ocirt-$ID"
	done < <(cgroup_mounts)
}

# delete_telling: delete --force whose warnings are in $told
delete_telling() {
	rm -f "$BATS_TEST_TMPDIR/log"
	ocirt --log "$BATS_TEST_TMPDIR/log" --log-level warning delete --force "$ID"
	told=$(cat "$BATS_TEST_TMPDIR/log")
}

@test "delete --force of a broken record ends what the kept config leads to" {
	local content command
	config 'del(.linux.cgroupsPath)'
	for content in '' '{"format":1,' $'\x01\x02'; do
		for command in detached created; do
			"$command" 'sleep 600 & sleep 600'
			succeeds
			[ -n "$(default_cgroups)" ]
			printf '%s' "$content" >"$STATE/$ID/state.json"
			delete_telling
			succeeds || complain "$content"
			is told "$told" ""
			[ ! -d "/proc/$PID" ] || complain "$command, $content: the process lives"
			leaves_nothing
		done
	done
	# what has ended leaves directories, which are empty
	detached 'exit 0'
	until_true state_is stopped
	: >"$STATE/$ID/state.json"
	delete_telling
	succeeds
	is told "$told" ""
	leaves_nothing
}

@test "delete --force of a broken record leaves a cgroup that the config names, and says so" {
	detached 'sleep 600'
	succeeds
	echo '[]' >"$STATE/$ID/state.json"
	delete_telling
	succeeds
	is told "$told" "warning: the cgroup \"$CGROUP\" is left: the record that says whether it is ours is broken"
	[ ! -e "$STATE/$ID" ]
	[ -d "/proc/$PID" ] || complain "the process was killed"
	kill -KILL "$PID"
}

@test "delete --force of a broken record leaves the container of this id that another root has" {
	config 'del(.linux.cgroupsPath)'
	detached 'sleep 600'
	succeeds
	# its config was kept long before: the process is another's
	mkdir -m 700 "$BATS_TEST_TMPDIR/other"
	cp -r "$STATE/$ID" "$BATS_TEST_TMPDIR/other/"
	: >"$BATS_TEST_TMPDIR/other/$ID/state.json"
	local time
	for time in '1 hour ago' '2000-01-01' '+ 10 minutes'; do
		cp -r "$BATS_TEST_TMPDIR/other" "$BATS_TEST_TMPDIR/again"
		touch -d "$time" "$BATS_TEST_TMPDIR/again/$ID/config.json"
		ocirt_plain --root "$BATS_TEST_TMPDIR/again" --log "$BATS_TEST_TMPDIR/log" --log-level warning \
			delete --force "$ID"
		succeeds
		is told "$(<"$BATS_TEST_TMPDIR/log")" \
			"warning: the cgroup \"/ocirt-$ID\" is left: its processes may be another container's"
		is "left of it" "$(find "$BATS_TEST_TMPDIR/again" -mindepth 1)" ""
		state_is running || complain "$time"
		rm -r "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/again"
	done
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
}

@test "delete --force of a broken record does not kill its caller" {
	local home
	read -r _ home < <(cgroup_home pids) || skip "no pids controller"
	mkdir -p "$STATE" && chmod 700 "$STATE"
	mkdir -m 700 "$STATE/$ID"
	jq 'del(.linux.cgroupsPath)' "$BUNDLE/config.json" >"$STATE/$ID/config.json"
	: >"$STATE/$ID/state.json"
	mkdir "$home/ocirt-$ID"
	fails_inside() {
		echo "$BASHPID" >"$home/ocirt-$ID/cgroup.procs" || return
		ocirt delete --force "$ID"
		fails_with "the cgroup \"/ocirt-$ID\" holds this process"
	}
	(fails_inside)
	[ -d "$STATE/$ID" ]
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
}

@test "a record of an earlier boot is of a stopped container; its pid is somebody else's" {
	victim
	record_of 1-first '.bootId = "00000000-0000-4000-8000-000000000000"'
	ocirt state "$ID"
	succeeds
	is status "$(jq -r .status <<<"$output")" stopped
	never_touched
	leaves_nothing
}

@test "a record of an earlier boot leaves the cgroup of that name alone: it is somebody else's" {
	detached 'sleep 600'
	succeeds
	cp -a "$STATE/$ID" "$STATE/$ID-old"
	jq -c --arg id "$ID-old" '.id = $id | .bootId = "00000000-0000-4000-8000-000000000000"' \
		"$STATE/$ID/state.json" >"$STATE/$ID-old/state.json"
	for words in "$ID-old" "--force $ID-old"; do
		[ -d "$STATE/$ID-old" ] || cp -a "$BATS_TEST_TMPDIR/old" "$STATE/$ID-old"
		cp -a "$STATE/$ID-old" "$BATS_TEST_TMPDIR/old"
		# shellcheck disable=SC2086
		ocirt delete $words
		succeeds
		[ ! -e "$STATE/$ID-old" ] || complain "the record is left"
		state_is running
		kill -0 "$PID" || complain "the container was killed"
	done
}

@test "a pid that was given to another process is not the container's" {
	victim
	record_of 1-first '.startTime += 1'
	ocirt state "$ID"
	succeeds
	is status "$(jq -r .status <<<"$output")" stopped
	never_touched
	leaves_nothing
}

@test "a record of another pid namespace is refused, not guessed at" {
	victim
	record_of 1-first '.pidNamespace = "4:1"'
	ocirt state "$ID"
	exits 1
	says 'was made in another pid namespace' "$VICTIM"
	[ -f "$STATE/$ID/state.json" ] || complain "the record is gone"
	never_touched
}

@test "the id is free while a poststop hook still runs" {
	printf '#!/bin/sh\nsleep 4\necho over >%s/over\n' "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/hook"
	chmod +x "$BATS_TEST_TMPDIR/hook"
	config '.hooks.poststop = [{path: $path}]' --arg path "$BATS_TEST_TMPDIR/hook"
	created 'sleep 600'
	succeeds
	"$OCIRT" --root "$STATE" delete --force "$ID" 3>&- &
	local deleting=$!
	until_true no_record
	config 'del(.hooks)'
	inside 'echo again'
	[ ! -e "$BATS_TEST_TMPDIR/over" ] || skip "this machine was too slow to tell"
	succeeds
	prints again
	wait "$deleting"
	[ -e "$BATS_TEST_TMPDIR/over" ]
	is "left of it" "$(find "$STATE" -mindepth 1)" ""
}

no_record() { [ ! -e "$STATE/$ID" ]; }

@test "a delete --force while a create still writes its record: nothing runs without a record" {
	local tracer creator code=0
	need tool:strace
	! grep -q __asan_init "$OCIRT" || skip "a sanitizer's leak check can't be traced"
	capture strace -o /dev/null true
	[ "$status" = 0 ] || skip "strace can't trace here: $errors"
	program /bin/sleep 1000
	mkdir -m 700 "$STATE"
	# the first fchmod(2) is that of the new state.json: there create stops
	strace -o "$BATS_TEST_TMPDIR/trace" -e inject=fchmod:signal=SIGSTOP:when=1 \
		"$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 3>&- &
	tracer=$!
	until_true stopped_child "$tracer"
	creator=$(<"/proc/$tracer/task/$tracer/children")
	ocirt delete --force "$ID"
	succeeds
	kill -CONT "${creator% }"
	wait "$tracer" || code=$?
	is "create's exit code" "$code" 0
	state_is created
	ocirt delete --force "$ID"
	succeeds
	is "left in the state directory" "$(ls -A "$STATE")" ''
	leaves_nothing
}
# stopped_child PID: its one child is stopped
stopped_child() {
	local child
	child=$(<"/proc/$1/task/$1/children") && grep -q '^State:.[tT]' "/proc/${child% }/status"
}

@test "a record without an id, of a create that was killed, goes with the next delete or list" {
	local command
	need tool:flock
	detached 'sleep 600'
	for command in "delete --force $ID-other" list; do
		mkdir -m 700 "$STATE/.draft~1.0" "$STATE/.draft~1.1"
		cp "$STATE/$ID"/*.json "$STATE/.draft~1.0"
		# its maker is at work
		exec 9<"$STATE/.draft~1.1"
		flock 9
		# shellcheck disable=SC2086
		ocirt $command
		succeeds
		says_not draft
		is "left by $command" "$(cd "$STATE" && echo .[!.]*)" '.draft~1.1'
		exec 9<&-
		ocirt list
		is "left by list" "$(ls -A "$STATE")" "$ID"
	done
}

@test "a create whose directory is taken for rubbish before it is locked makes another" {
	need tool:strace tool:flock
	program /bin/true
	mkdir -m 700 "$STATE"
	! grep -q __asan_init "$OCIRT" || skip "a sanitizer's leak check can't be traced"
	capture strace -o /dev/null true
	[ "$status" = 0 ] || skip "strace can't trace here: $errors"
	# the first flock(2) finds that somebody else has locked it
	capture strace -f -o "$BATS_TEST_TMPDIR/trace" -e inject=flock:error=EAGAIN:when=1 \
		"$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	succeeds
	grep -q '"\.draft~[0-9]*\.1", 0700) = 0' "$BATS_TEST_TMPDIR/trace" || complain "no second directory"
	ocirt list
	is "left in the state directory" "$(ls -A "$STATE")" ''
	leaves_nothing
}
