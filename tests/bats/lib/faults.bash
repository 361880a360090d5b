# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# faults.bash - a command once for each of its steps, which fails

# Which configuration wants a step; what is not here is wanted by the first.
fault_shape() {
	case $1:$2 in
	*:"attach our terminal" | *:"open the terminal" | *:"open a terminal") echo terminal ;;
	exec:"become root of the user namespace") echo user ;;
	*:"write the id maps" | *:"wait for the id maps" | *:"become root of the user namespace" | \
		*:"hide from others") echo user ;;
	*:"follow init into its namespace" | *:"join the user namespace" | *:"make the pid namespace") echo joined-user ;;
	*:"join namespaces" | *:"join the pid namespace" | *:"hide before joining") echo joined ;;
	exec:"make the process") echo weak ;;
	*:"prepare the record") echo plain ;;
	*" in advance" | *:"wait for the new root" | *:"report the new root") echo early ;;
	*) echo rich ;;
	esac
}

# faults_begin: processes whose namespaces are joined, and who takes the terminal
faults_begin() {
	mapfile -t fault_mountpoints < <(cgroup_mounts | awk '{ print $2 }')
	printf '%s\n' "$STATE" >"$BATS_TEST_TMPDIR/patterns"
	printf '%s\n' "$CGROUP" >>"$BATS_TEST_TMPDIR/patterns"
	fault_cases=0 fault_wrong=0 fault_helpers=()
	unshare --user sleep 600 3>&- &
	fault_helpers+=($!)
	until_true differs user "$!"
	echo '0 0 65536' >"/proc/$!/uid_map"
	echo '0 0 65536' >"/proc/$!/gid_map"
	unshare --pid --net --uts --fork --kill-child sleep 600 3>&- &
	fault_helpers+=($!)
	SOCKET=$BATS_TEST_TMPDIR/console
	perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 9) or die;
		while ($c = $s->accept) { push @kept, $c; }' "$SOCKET" 3>&- &
	fault_helpers+=($!)
	until_true helpers_ready
}

helpers_ready() {
	[ -S "$SOCKET" ] && differs net "${fault_helpers[1]}" &&
		[ -e "/proc/${fault_helpers[1]}/ns/pid_for_children" ] &&
		[ -n "$(readlink "/proc/${fault_helpers[1]}/ns/pid_for_children")" ] &&
		differs pid_for_children "${fault_helpers[1]}"
}

differs() { [ "$(readlink "/proc/$2/ns/$1")" != "$(readlink "/proc/self/ns/$1")" ]; }

faults_end() {
	[ ${#fault_helpers[@]} = 0 ] || kill "${fault_helpers[@]}" 2>/dev/null || true
}

hooks='[{path: "/bin/true"}] as $h | .hooks = {prestart: $h, createRuntime: $h, createContainer: $h,
	startContainer: $h, poststart: $h, poststop: $h}'
new_user='.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

# fault_config SHAPE
fault_config() {
	jq --arg cgroup "$CGROUP" '.linux.cgroupsPath = $cgroup' "$lib/config.json" >"$BUNDLE/config.json"
	program /bin/sh -c "${2:-:}"
	config "$hooks"' | .domainname = "example" | .process.oomScoreAdj = 100
		| .linux.sysctl = {"net.ipv4.ip_forward": "1"} | .root.readonly = true
		| .linux.resources.memory = {limit: 100000000} | .process.execCPUAffinity = {initial: "0"}'
	case $1 in
	rich)
		[ ! -e /proc/self/ns/time ] ||
			config '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 5}}'
		;;
	plain | early) config '.hooks = null' ;;
	terminal) config '.process.terminal = true' ;;
	user | weak) config "$new_user" ;;
	joined-user)
		config '.linux.namespaces |= map(select(.type != "network" and .type != "cgroup"))
			| .linux.namespaces += [{type: "user", path: $path}, {type: "network"}]
			| .linux.namespaces |= map(select(.type != "cgroup"))
			| .mounts |= map(select(.type != "cgroup" and .type != "mqueue" and .type != "devpts"))
			| .hooks = null | .process.user = {uid: 0, gid: 0}' \
			--arg path "/proc/${fault_helpers[0]}/ns/user"
		;;
	joined)
		config '.linux.namespaces |= map(if .type == "network" then .path = $net
			elif .type == "pid" then .path = $pid else . end) | .linux.sysctl = null' \
			--arg net "/proc/${fault_helpers[1]}/ns/net" \
			--arg pid "/proc/${fault_helpers[1]}/ns/pid_for_children"
		;;
	esac
}

# fault_left: what is there of the container
fault_left() {
	local each
	[ ! -e "$STATE/$ID" ] || echo "record $STATE/$ID"
	for each in "$STATE"/.[!.]*; do
		[ ! -e "$each" ] || echo "record $each"
	done
	for each in "${fault_mountpoints[@]}"; do
		[ ! -d "$each$CGROUP" ] || echo "cgroup $each$CGROUP"
	done
	[ ! -e "$BATS_TEST_TMPDIR/pid" ] || echo "pid file"
	grep -F -e " $BUNDLE/" -e " $STATE/" /proc/self/mountinfo
	grep -l -F -f "$BATS_TEST_TMPDIR/patterns" /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup 2>/dev/null
	return 0
}

# fault WHAT: one case went wrong
fault() {
	fault_wrong=$((fault_wrong + 1))
	echo "$fault_now: $*; exit $status, stderr: ${errors:0:500}"
}

fault_phrases='permission denied|operation not permitted|no such file or directory|executable file not found in|is a directory|not a directory|open executable|does not exist|no such process|container not running'

# fault_message STEP: one line that engines read right, and one JSON object that names the step
fault_message() {
	local log
	log=$(cat "$BATS_TEST_TMPDIR/log" 2>/dev/null) || true
	[ "$(wc -l <<<"$log")" = 1 ] || fault "the log has not one line: $log"
	[ "$(jq -r .step <<<"$log" 2>&1)" = "$1" ] || fault "the log does not name it: $log"
	! grep -qiE "$fault_phrases" <<<"$log" || fault "an engine would misread the log: $log"
	[ "$shape" != terminal ] || [ -n "$errors" ] || return
	[ "$(wc -l <<<"$errors")" = 1 ] || fault "stderr is not one line"
	[ ${#errors} -le 400 ] || fault "the line has ${#errors} bytes"
	! grep -qiE "$fault_phrases" <<<"$errors" || fault "an engine would misread it"
}

# fault_run DOOR=STEP WORD...: with the log in a file; a terminal in the foreground needs one
fault_run() {
	local words=(env "$1" "$OCIRT_TEST" --root "$STATE" --log "$BATS_TEST_TMPDIR/log"
		--log-format json "${@:2}")
	rm -f "$BATS_TEST_TMPDIR/log"
	case $shape:$2 in
	terminal:run | terminal:exec)
		capture_terminal "$(printf '%q ' "${words[@]}")"
		errors=$output
		;;
	weak:exec) capture setpriv --bounding-set=-sys_admin "${words[@]}" ;;
	*) capture "${words[@]}" ;;
	esac
}

# fault_words COMMAND: sets words
fault_words() {
	words=("$1" --pid-file "$BATS_TEST_TMPDIR/pid")
	[ "$shape" != early ] || words=("$1")
	case $shape:$1 in
	terminal:create) words+=(--console-socket "$SOCKET") ;;
	terminal:exec) words+=(--tty) ;;
	*:exec) words+=(--pidfd-socket "$SOCKET") ;;
	esac
	case $1 in
	exec) words+=("$ID" /bin/true) ;;
	*) words+=(--bundle "$BUNDLE" "$ID") ;;
	esac
}

# What a create that came through leaves to start: it fails there, and delete ends it.
fault_start() {
	rm -f "$BATS_TEST_TMPDIR/pid"
	fault_run "$1" start "$ID"
	[ "$status" = 1 ] || fault "start did not fail"
	case $1 in
	# create has ended by then, so there is nobody whom init could tell
	"OCIRT_FAIL_AT=wait for start" | "OCIRT_FAIL_AFTER=report ready") ;;
	*) fault_message "$2" ;;
	esac
	"$OCIRT" --root "$STATE" delete --force "$ID" >/dev/null 2>&1 || true
}

# fault_case COMMAND DOOR STEP
fault_case() {
	local words
	fault_now="$1, $2=\"$3\""
	fault_cases=$((fault_cases + 1))
	fault_words "$1"
	fault_run "$2=$3" "${words[@]}"
	if [ "$1" = create ] && [ "$status" = 0 ]; then
		fault_start "$2=$3" "$3"
	else
		[ "$status" = "$fault_status" ] || fault "did not fail with $fault_status"
		fault_message "$3"
	fi
	fault_look "$1"
}

# After it: nothing, or what was there before
fault_look() {
	local left
	if [ "$1" = exec ]; then
		left=$(fault_left | grep -Fxv -f "$BATS_TEST_TMPDIR/before") || true
	else
		left=$(fault_left)
	fi
	[ -z "$left" ] || fault "left: $left"
}

# The id can be used again: the next case does, and this is the last one of a shape.
fault_again() {
	local words fault_now="$1 without a door"
	fault_words "$1"
	fault_run OCIRT_FAIL_AT=none "${words[@]}"
	[ "$status" = 0 ] || fault "the next one fails"
	[ "$1" != create ] || "$OCIRT" --root "$STATE" delete --force "$ID" >/dev/null 2>&1 || true
	rm -f "$BATS_TEST_TMPDIR/pid"
}

# fault_shaped COMMAND SHAPE: the container before it
fault_shaped() {
	shape=$2 fault_status=1
	[ "$1" != exec ] || {
		"$OCIRT" --root "$STATE" delete --force "$ID"
		shape=rich
	}
	if [ "$1" = exec ] && [ "$2" = terminal ]; then
		fault_config rich 'sleep 600'
	elif [ "$1" = exec ]; then
		fault_config "$2" 'sleep 600'
	else
		fault_config "$2"
	fi
	[ "$1" != exec ] || {
		ocirt run --detach --bundle "$BUNDLE" "$ID"
		succeeds || return
		fault_status=255
		fault_left >"$BATS_TEST_TMPDIR/before"
	}
	shape=$2
}

# faults_of COMMAND TABLE
faults_of() {
	local table step wanted last=
	while IFS=$'\t' read -r table step; do
		[ "$table" = "$2" ] || continue
		# a label is only wanted where the kernel has such a module, and these configs have none
		[ "$step" != label ] && [ "$1:$step" != "exec:open procfs" ] || continue
		# nobody is attached to a created container
		[ "$1:$step" != "create:attach our terminal" ] || continue
		wanted=$(fault_shape "$1" "$step")
		# only run starts what it has made
		[ "$1:$wanted" != create:early ] || continue
		if [ "$wanted" != "$last" ]; then
			[ -z "$last" ] || fault_again "$1"
			fault_shaped "$1" "$wanted" || return
		fi
		last=$wanted
		fault_case "$1" OCIRT_FAIL_AT "$step"
		# there is no "after execute": the program runs then
		[ "$step" = execute ] || fault_case "$1" OCIRT_FAIL_AFTER "$step"
	done < <("$OCIRT_TEST" list-steps)
	fault_again "$1"
	echo "# $1, $2: $fault_cases cases, $fault_wrong wrong" >&3
	[ "$fault_cases" -gt 10 ] && [ "$fault_wrong" = 0 ]
}
