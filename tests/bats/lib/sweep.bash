# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# sweep.bash - a command once for each of its system calls, which kills it or fails
#
# Every 21st call (OCIRT_SWEEP_STRIDE) from one on that is drawn by lot (tests/seed), the errors taking
# turns; OCIRT_SWEEP=all (make sweep) takes every call and every error.  OCIRT_SWEEP_ERRORS names other
# errors.
# shellcheck source=tests/bats/lib/seed.bash
. "${BASH_SOURCE[0]%/*}/seed.bash"

read -ra sweep_errors <<<"${OCIRT_SWEEP_ERRORS:-ENOMEM EIO EMFILE EINTR EACCES EPERM EROFS ENOSPC}"

# sweep_begin: finds the tracer and what the checks need, once a test
sweep_begin() {
	sweeper=$OCIRT_BUILD/tests/sweep/sweep
	[ -x "$sweeper" ] || sweeper=$OCIRT_TOP/tests/sweep/sweep
	[ -x "$sweeper" ] || skip "tests/sweep/sweep is not built"
	! grep -q __asan_init "$OCIRT" || skip "a sanitizer's leak check can't be traced"
	mapfile -t sweep_mountpoints < <(cgroup_mounts | awk '{ print $2 }')
	sweep_cases=0 sweep_wrong=0 sweep_mended=0
	stride=${OCIRT_SWEEP_STRIDE:-21}
	seed_begin
	first=$(($(seed_number "$command" "$victim") % stride + 1))
	if [ "${OCIRT_SWEEP:-}" = all ]; then
		stride=1 first=1
	fi
}

# sweep_program: what run and exec execute, /bin/isolation, says how isolated it is: a call that is
# refused must not cost any of it.  (A device that is denied is opened by a node of its own.)
sweep_program() {
	cat >"$BUNDLE/rootfs/bin/isolation" <<-'END'
		#!/bin/sh
		grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)' /proc/self/status
		cut -d ' ' -f 5,6,9- /proc/self/mountinfo | sed 's/^[^-]* - //' | sort
		cat /proc/self/cgroup /proc/self/oom_score_adj /proc/self/uid_map
		hostname; ulimit -n; pwd; ls -A /proc/keys /proc/self/fd | wc -l
		mknod /tmp/full c 1 7; mknod /tmp/kmsg c 1 11
		for each in /proc/kcore /proc/sys/kernel/printk /tmp/full /tmp/kmsg; do
			(: <>$each) 2>/dev/null && echo "$each is open"
		done
		rm -f /tmp/full /tmp/kmsg
	END
	chmod 755 "$BUNDLE/rootfs/bin/isolation"
	config '.process.capabilities |= with_entries(.value += ["CAP_MKNOD"]) | .process.noNewPrivileges = true
		| .process.oomScoreAdj = 77'
	program /bin/isolation
}

# before COMMAND: the container that the command needs
before() {
	case $1 in
	start | delete | delete-force | kill*) "$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" ;;
	# state and list change nothing, so one container serves all cases
	state | list) [ -e "$STATE/$ID" ] || "$OCIRT" --root "$STATE" create --bundle "$BUNDLE" "$ID" ;;
	spec) mkdir "$BATS_TEST_TMPDIR/spec" ;;
	create-terminal) sweep_listener ;;
	exec)
		program /bin/sleep 100
		"$OCIRT" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID"
		;;
	esac
	case $1 in
	delete) "$OCIRT" --root "$STATE" kill "$ID" KILL && until_true sweep_stopped ;;
	esac
}

# sweep_listener: who takes the terminal, once
sweep_listener() {
	rm -f "$BATS_TEST_TMPDIR/console"
	timeout 60 "$OCIRT_BUILD/tests/recvfd/recvfd" "$BATS_TEST_TMPDIR/console" >/dev/null 2>&1 3>&- &
	listener=$!
	until_true test -S "$BATS_TEST_TMPDIR/console"
}

sweep_stopped() { [ "$(state_of)" = stopped ]; }

# words_of COMMAND: sets argv
words_of() {
	argv=("$OCIRT" --root "$STATE")
	case $1 in
	run | create) argv+=("$1" --bundle "$BUNDLE" "$ID") ;;
	create-terminal)
		argv+=(create --console-socket "$BATS_TEST_TMPDIR/console" --bundle "$BUNDLE" "$ID")
		;;
	exec) argv+=(exec "$ID" /bin/isolation) ;;
	delete-force) argv+=(delete --force "$ID") ;;
	kill) argv+=(kill "$ID" KILL) ;;
	list | features) argv+=("$1") ;;
	kill-all) argv+=(kill --all "$ID" KILL) ;;
	check) argv+=(check --bundle "$BUNDLE") ;;
	spec) argv+=(spec --bundle "$BATS_TEST_TMPDIR/spec") ;;
	*) argv+=("$1" "$ID") ;;
	esac
}

# sweep OPTION... : runs argv once; sets calls, hit, undoing, status, ms, hang, crashed, survivors, output,
# errors
sweep() {
	local line
	calls=0 hit='' undoing=0 status=1 ms=0 hang=0 crashed='' left=''
	"$sweeper" "$@" -o "$BATS_TEST_TMPDIR/report" "${argv[@]}" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" </dev/null 3>&- || return
	while IFS= read -r line; do
		printf -v "${line%%=*}" %s "${line#*=}"
	done <"$BATS_TEST_TMPDIR/report"
	read -ra survivors <<<"$left"
	output=$(<"$BATS_TEST_TMPDIR/out")
	errors=$(<"$BATS_TEST_TMPDIR/err")
}

# wrong WHAT: one case went wrong
wrong() {
	sweep_wrong=$((sweep_wrong + 1))
	echo "$sweep_case: $hit: $*; exit $status, ${ms} ms, stderr: ${errors:0:300}"
}

# living: the survivors that live still
living() {
	local pid stat
	for pid in "${survivors[@]}"; do
		stat=
		{ read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
		stat=${stat##*) }
		[ "${stat:0:1}" = Z ] || printf '%s ' "$pid"
	done
}

# things_left: what the state root holds, cgroups and mounts of the container
things_left() {
	local each mounts
	for each in "$STATE"/* "$STATE"/.[!.]*; do
		[ ! -e "$each" ] || printf 'record %s ' "${each#"$STATE/"}"
	done
	for each in "${sweep_mountpoints[@]}"; do
		[ ! -d "$each$CGROUP" ] || printf 'cgroup %s ' "$each"
	done
	mounts=$(</proc/self/mountinfo)
	[[ $mounts != *" $BUNDLE/"* && $mounts != *" $STATE/"* ]] || printf 'mount '
}

# clean_up: delete --force, after which nothing may be left
clean_up() {
	local things
	case $command in
	state | list | check | features) return ;;
	spec) rm -r "$BATS_TEST_TMPDIR/spec" && return ;;
	create-terminal)
		kill "$listener" 2>/dev/null || true
		wait "$listener" 2>/dev/null || true
		;;
	esac
	"$OCIRT" --root "$STATE" delete --force "$ID" >"$BATS_TEST_TMPDIR/deleted" 2>&1
	things=$(things_left)$(living)
	[ -z "$things" ] || {
		wrong "left after delete --force: $things ($(<"$BATS_TEST_TMPDIR/deleted"))"
		rm -rf "${STATE:?}"
		kill -KILL "${survivors[@]}" 2>/dev/null || true
	}
}

# A killed creator leaves no process, unless the container was recorded by then.
check_killed() {
	local alive
	alive=$(living)
	[ "$hang" = 0 ] || wrong "it hangs"
	[ -z "$crashed" ] || wrong "crashed: $crashed"
	[ -z "$alive" ] || { [ "$command" != exec ] && [[ $(state_of) =~ ^(created|running)$ ]]; } ||
		[ -z "$(living)" ] || # it was dying while we asked
		wrong "process $alive is left"
}

# says_why: a message, unless it was the message that failed; what check finds is its output
says_why() {
	[ -n "$errors" ] || [[ $command == check && $output =~ [1-9]\ error ]] || [[ $hit == write*'(2)'* ]]
}

phrases='permission denied|operation not permitted|no such file or directory|is a directory|not a directory'

# check_failed ERROR: succeeded, or said why and left nothing; an interrupted call always succeeds.
# Only where the call belongs to the clean-up may something be left, for delete --force.
check_failed() {
	[ "$hang" = 0 ] || wrong "it hangs"
	[ -z "$crashed" ] || wrong "crashed: $crashed"
	if [ "$status" = 0 ]; then
		check_done
		return
	fi
	[ "$1" != EINTR ] || wrong "was interrupted and gave up"
	says_why || wrong "failed and did not say why"
	# what is asked of the program itself is about the user's command
	[[ $hit == *\"/bin/isolation\"* ]] || ! grep -qiE "$phrases" <<<"$errors" || wrong "an engine would blame the user's command"
	check_left
}

# check_done: a success has done all of it
check_done() {
	case $command in
	run | exec)
		[ "$output" = "$expected" ] || wrong "succeeded, but printed $(diff <(echo "$expected") <(echo "$output"))"
		;;
	# libcap finds out by prctl(2) which capabilities there are: a failure is an answer to it
	features) [ "$output" = "$expected" ] || [[ $hit == "prctl(23)"* ]] || wrong "succeeded, but printed \"$output\"" ;;
	state | list | check) [ "$output" = "$expected" ] || wrong "succeeded, but printed \"$output\"" ;;
	kill*) [ "$(state_of)" = stopped ] || until_true sweep_stopped || wrong "succeeded, and it is $(state_of)" ;;
	spec) json_holds .ociVersion "$BATS_TEST_TMPDIR/spec/config.json" || wrong "succeeded without a config" ;;
	esac
}

# check_left: a failure has left nothing, or what was there before
check_left() {
	local things=''
	case $command in
	run | create*) things=$(things_left)$(living) ;;
	spec) things=$(ls -A "$BATS_TEST_TMPDIR/spec") ;;
	state | list) [ "$(state_of)" = created ] || wrong "the container is $(state_of)" ;;
	esac
	[ -n "$things" ] || return 0
	if [ "$undoing" = 1 ]; then
		sweep_mended=$((sweep_mended + 1))
		echo "# $sweep_case: $hit: needs delete --force: $things" >&3
	else
		wrong "left: $things"
	fi
}

# sweep_case MODE N [ERROR]
sweep_one() {
	sweep_case="$command, process $victim, call $2 ${3:-killed}"
	before "$command" >/dev/null 2>"$BATS_TEST_TMPDIR/before" || {
		hit='' status=0 errors=$(<"$BATS_TEST_TMPDIR/before")
		wrong "the container before it could not be made"
		return
	}
	sweep -p "$victim" "$1" "$2${3:+:$3}" || {
		wrong "the tracer failed: $(<"$BATS_TEST_TMPDIR/err")"
		return
	}
	sweep_cases=$((sweep_cases + 1))
	if [ -n "${3:-}" ]; then
		check_failed "$3"
	else
		check_killed
	fi
	clean_up
}

# sweep_all kill|fail COMMAND PROCESS
sweep_all() {
	local n total error turn=0
	command=$2 victim=$3 hit=''
	sweep_begin
	words_of "$command"
	before "$command" >/dev/null
	sweep -p "$victim"
	total=$calls expected=$output
	clean_up
	[ "$total" -gt 0 ] || complain "no system call was counted"
	for ((n = first; n <= total; n += stride)); do
		if [ "$1" = kill ]; then
			sweep_one -k "$n"
		elif [ "${OCIRT_SWEEP:-}" = all ]; then
			for error in "${sweep_errors[@]}"; do
				sweep_one -f "$n" "$error"
			done
		else
			sweep_one -f "$n" "${sweep_errors[turn++ % ${#sweep_errors[@]}]}"
		fi
	done
	echo "# $1 $command, process $victim: $total calls, $sweep_cases cases, $sweep_wrong wrong," \
		"$sweep_mended left work to delete --force, OCIRT_SEED=$seed" >&3
	[ "$sweep_wrong" = 0 ]
}
