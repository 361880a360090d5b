#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A second process: each option of exec looked at from inside, its errors, and what it leaves behind.
load lib/all

setup() { bundle_new; }
teardown() {
	[ -z "${RECEIVER:-}" ] || kill "$RECEIVER" 2>/dev/null || true
	freeze 0 2>/dev/null || true
	bundle_drop
}

# running [FILTER [JQ OPTION]...]: a container that stays, and that waits for its orphans
running() {
	config "${@:-.}"
	detached 'trap "exit 0" TERM; while :; do sleep 0.1; done'
	succeeds
}

# freezer: the container's cgroup that can be frozen
freezer() { cgroup_dir freezer || echo "$(cgroup_mounts | awk '$1 == 2 { print $2 }')$CGROUP"; }

# freeze 1|0
freeze() {
	local dir
	dir=$(freezer)
	if [ -e "$dir/freezer.state" ]; then
		if [ "$1" = 1 ]; then echo FROZEN; else echo THAWED; fi >"$dir/freezer.state"
	else
		echo "$1" >"$dir/cgroup.freeze"
	fi
}

# process_file FILTER [JQ OPTION]...: $FILE is a process object, changed by it
process_file() {
	FILE=$BATS_TEST_TMPDIR/process.json
	jq "${@:2}" ".process | .args = [\"/bin/true\"] | $1" "$BUNDLE/config.json" >"$FILE"
}

# receiver: what an engine has behind $SOCKET; it writes what came to $RECEIVED
receiver() {
	local program=$OCIRT_BUILD/tests/recvfd/recvfd
	need "file:$program"
	SOCKET=$BATS_TEST_TMPDIR/socket RECEIVED=$BATS_TEST_TMPDIR/received
	timeout 20 "$program" "$SOCKET" >"$RECEIVED" 2>&1 3>&- &
	RECEIVER=$!
	until_true test -S "$SOCKET"
}

# behind SCRIPT WORD: an exec in the background, $runtime, that has said the word
behind() {
	"$OCIRT" --root "$STATE" exec "$ID" /bin/sh -c "$1" >"$BATS_TEST_TMPDIR/seen" 2>&1 3>&- &
	runtime=$!
	until_true grep -q "$2" "$BATS_TEST_TMPDIR/seen"
}

# ended CODE: it has, with this exit code
ended() {
	status=0
	wait "$runtime" || status=$?
	exits "$1"
}

# own_failure TEXT...: 255, one line that has each text, nothing on stdout
own_failure() {
	exits 255 || return
	[ -z "$output" ] || complain "something is on stdout" || return
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ] || complain "stderr is not one line" || return
	says "$@"
}

# gone PID: neither running nor a zombie
gone() { [ ! -e "/proc/$1" ]; }

@test "exit codes: the process's own, and 128 and the signal" {
	running
	local code
	for code in 0 3 255; do
		ocirt exec "$ID" /bin/sh -c "exit $code"
		exits "$code"
	done
	ocirt exec "$ID" /bin/sh -c 'kill -TERM $$'
	exits $((128 + 15))
	ocirt exec "$ID" /bin/sh -c 'kill -KILL $$'
	exits 137
	state_is running
}

@test "pipes of stdio belong to the user, who can open them again" {
	running
	capture bash -c 'echo | "$@" 2> >(cat >&2) | cat' bash "$OCIRT" --root "$STATE" exec --user 1000:1000 "$ID" \
		/bin/sh -c 'stat -L -c %u /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2; echo again >/dev/stdout'
	prints $'1000\n1000\n1000\nagain'
}

@test "options end at the container's id; stdin, stdout and stderr are ours" {
	running
	ocirt exec "$ID" echo -d --tty --cwd /nowhere -- -e
	succeeds
	prints '-d --tty --cwd /nowhere -- -e'
	echo 'through and through' |
		"$OCIRT" --root "$STATE" exec "$ID" /bin/sh -c 'cat; echo other >&2' \
			>"$BATS_TEST_TMPDIR/seen" 2>"$BATS_TEST_TMPDIR/other"
	is stdout "$(<"$BATS_TEST_TMPDIR/seen")" 'through and through'
	is stderr "$(<"$BATS_TEST_TMPDIR/other")" other
}

@test "--process: the file's process and nothing of the container's own" {
	running '.process.env += ["OF_CONTAINER=1"] | .process.cwd = "/tmp"'
	process_file '.args = ["/bin/sh", "-c", "echo \"$ONLY:$OF_CONTAINER\"; pwd; id -u; id -G; umask; ulimit -n; ulimit -Hn
			grep -E \"^(Cap|NoNew)\" /proc/self/status; cat /proc/self/oom_score_adj"]
		| .env = ["PATH=/bin", "ONLY=this"] | .cwd = "/home/guest" | .noNewPrivileges = false
		| .user = {uid: 5, gid: 6, additionalGids: [8], umask: 7}
		| .capabilities = {bounding: ["CAP_KILL"]} | .oomScoreAdj = 77
		| .rlimits = [{type: "RLIMIT_NOFILE", soft: 55, hard: 66}]'
	ocirt exec --process "$FILE" "$ID"
	succeeds
	prints 'this:
/home/guest
5
6 8
0007
55
66
CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapBnd:	0000000000000020
CapAmb:	0000000000000000
NoNewPrivs:	0
77'
}

@test "--process: its mistakes have the file's name and a place" {
	running
	process_file '.cwd = "relative"'
	ocirt exec --process "$FILE" "$ID"
	own_failure "$FILE" ' /cwd: '
	process_file '.args = []'
	ocirt exec -p "$FILE" "$ID"
	own_failure /args
	process_file '.user.uid = "0"'
	ocirt exec -p "$FILE" "$ID"
	own_failure ' /user/uid: ' string
	echo '{"args": [' >"$FILE"
	ocirt exec -p "$FILE" "$ID"
	own_failure "$FILE"
	ocirt exec -p "$FILE.none" "$ID"
	own_failure "$FILE.none" ENOENT
	says_not 'does not exist' 'o such file'
	state_is running
}

@test "--detach and --pid-file: exec returns, the file has the process's pid and no newline" {
	running
	local file=$BATS_TEST_TMPDIR/exec.pid pid
	ocirt exec --detach --pid-file "$file" "$ID" /bin/sleep 1000
	succeeds
	pid=$(<"$file")
	is "the file's size" "$(wc -c <"$file")" "${#pid}"
	[ "$pid" != "$PID" ] || complain "it is init's"
	is "the process" "$(tr '\0' ' ' <"/proc/$pid/cmdline")" '/bin/sleep 1000 '
	is "its pid namespace" "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$PID/ns/pid")"
	kill -KILL "$pid"
	until_true gone "$pid"
	state_is running
}

@test "--pid-file: none is left of a command that can't be run" {
	running
	local file=$BATS_TEST_TMPDIR/exec.pid
	ocirt exec --detach --pid-file "$file" "$ID" /bin/none
	own_failure /bin/none 'no such file or directory'
	[ ! -e "$file" ] || complain "there is a pid file"
	ocirt exec --pid-file "$BATS_TEST_TMPDIR/none/pid" "$ID" /bin/sleep 1000
	own_failure "$BATS_TEST_TMPDIR/none" ENOENT
	ocirt exec "$ID" /bin/sh -c 'ps | grep "[s]leep 1000" || echo no'
	prints no
}

@test "the command is to blame: the words that engines know, and 255" {
	running
	ocirt exec "$ID" nosuch
	own_failure 'exec: "nosuch": executable file not found in $PATH'
	ocirt exec "$ID" /bin/nosuch
	own_failure 'exec: "/bin/nosuch": no such file or directory'
	ocirt exec "$ID" /etc/passwd
	own_failure 'exec: "/etc/passwd": permission denied'
	ocirt exec "$ID" /etc
	own_failure 'exec: "/etc": is a directory'
	state_is running
}

@test "a program that the kernel does not take: its execve is waited for" {
	printf '\0\0\0\0' >"$BUNDLE/rootfs/zeros"
	chmod 755 "$BUNDLE/rootfs/zeros"
	running
	ocirt exec "$ID" /zeros
	own_failure 'exec: "/zeros": exec format error'
	ocirt exec --detach "$ID" /zeros
	own_failure 'exec: "/zeros": exec format error'
}

@test "the container is to blame: missing or stopped; and a wrong command line" {
	ocirt exec "$ID" /bin/true
	own_failure "\"$ID\"" 'does not exist'
	running
	ocirt exec --cwd relative "$ID" /bin/true
	own_failure '--cwd "relative"'
	ocirt --log "$BATS_TEST_TMPDIR/log" --log-level=warning exec --cap CAP_KILLL "$ID" /bin/echo ran
	prints ran
	grep -q 'unknown capability "CAP_KILLL" is ignored, did you mean "CAP_KILL"' "$BATS_TEST_TMPDIR/log"
	ocirt exec -e NOVALUE "$ID" /bin/true
	own_failure '--env "NOVALUE"'
	"$OCIRT" --root "$STATE" kill "$ID" KILL
	until_true state_is stopped
	ocirt exec "$ID" /bin/true
	own_failure 'container not running (stopped)'
}

# has exec's process come into the frozen cgroup?  It stands still from there on
inside_by_now() { [ "$(wc -l <"$(freezer)/cgroup.procs")" -gt "$before" ]; }

@test "a paused container: refused, and with --ignore-paused it runs when it is thawed" {
	running
	freeze 1
	until_true state_is paused
	OCIRT_TIMEOUT=10 ocirt exec "$ID" /bin/true
	own_failure 'cannot exec in a paused container'
	before=$(wc -l <"$(freezer)/cgroup.procs")
	"$OCIRT" --root "$STATE" exec --ignore-paused "$ID" /bin/echo thawed \
		>"$BATS_TEST_TMPDIR/seen" 2>&1 3>&- &
	local runtime=$!
	until_true inside_by_now
	is "output while frozen" "$(<"$BATS_TEST_TMPDIR/seen")" ''
	freeze 0
	status=0
	wait "$runtime" || status=$?
	output=$(<"$BATS_TEST_TMPDIR/seen")
	succeeds
	prints thawed
}

@test "--cwd: entered, and where it is missing the command is not run elsewhere" {
	running '.process.cwd = "/tmp"'
	ocirt exec "$ID" /bin/pwd
	prints /tmp
	ocirt exec --cwd /home/guest "$ID" /bin/pwd
	prints /home/guest
	ocirt exec --cwd /etc/passwd "$ID" /bin/pwd
	own_failure /etc/passwd
}

@test "--cwd: one that is missing is the command's fault, and is not made" {
	running '.process.cwd = "/tmp/own"'
	ocirt exec "$ID" /bin/pwd
	prints /tmp/own
	rmdir "$BUNDLE/rootfs/tmp/own"
	ocirt exec "$ID" /bin/pwd
	own_failure 'exec: cwd "/tmp/own": no such file or directory'
	ocirt exec --cwd /tmp/made/deep "$ID" /bin/pwd
	own_failure 'exec: cwd "/tmp/made/deep": no such file or directory'
	process_file '.cwd = "/tmp/made"'
	ocirt exec --process "$FILE" "$ID"
	own_failure 'exec: cwd "/tmp/made": no such file or directory' "$FILE"
	[ ! -e "$BUNDLE/rootfs/tmp/made" ] || complain "it was made"
	# only the user 1000 may enter it
	mkdir -m 700 "$BUNDLE/rootfs/tmp/closed"
	chown 1000:1000 "$BUNDLE/rootfs/tmp/closed"
	ocirt exec --user 1000:1000 --cwd /tmp/closed/made "$ID" /bin/pwd
	own_failure 'exec: cwd "/tmp/closed/made": no such file or directory'
}

@test "--env: the container's, with more and changed ones; nothing of the caller's" {
	running '.process.env += ["A=container", "B=container"]'
	export OF_CALLER=1
	ocirt exec -e B=ours --env 'C=two words=' -e D= "$ID" /bin/env
	succeeds
	says_line A=container B=ours 'C=two words=' D=
	says_not B=container OF_CALLER OCIRT LISTEN_
	is "variables named B" "$(grep -c ^B= <<<"$output")" 1
}

@test "--user: numbers, names of the container's files, and its HOME" {
	running
	local show='echo "$(id -u):$(id -g) $HOME"'
	ocirt exec -u 1000 "$ID" /bin/sh -c "$show"
	prints '1000:0 /home/guest'
	ocirt exec -u 1000:7 "$ID" /bin/sh -c "$show"
	prints '1000:7 /home/guest'
	ocirt exec -u guest "$ID" /bin/sh -c "$show"
	prints '1000:1000 /home/guest'
	ocirt exec -u guest:root "$ID" /bin/sh -c "$show"
	prints '1000:0 /home/guest'
	ocirt exec -u 0:guest "$ID" /bin/sh -c "$show"
	prints '0:1000 /root'
	ocirt exec -u 4294967294 "$ID" /bin/sh -c 'id -u'
	prints 4294967294
}

@test "--user: what is none is refused in one line that says why" {
	running
	local user
	ocirt exec -u joe "$ID" /bin/id
	own_failure '"joe"' 'neither a number nor in the container' /etc/passwd
	ocirt exec -u gues "$ID" /bin/id
	own_failure '"gues"'
	ocirt exec -u guest:joe "$ID" /bin/id
	own_failure '"joe"' /etc/group
	for user in '' guest: 4294967295 0:4294967295; do
		ocirt exec -u "$user" "$ID" /bin/id
		own_failure "--user \"$user\""
	done
	# a link out of the root file system is followed inside it only
	ln -sf "../../../../..$BATS_TEST_TMPDIR/passwd" "$BUNDLE/rootfs/etc/passwd"
	echo 'joe:x:7:7::/:' >"$BATS_TEST_TMPDIR/passwd"
	ocirt exec -u joe "$ID" /bin/id
	own_failure '"joe"'
	# a fifo would keep a reader waiting for its end for ever
	rm "$BUNDLE/rootfs/etc/passwd"
	mkfifo "$BUNDLE/rootfs/etc/passwd"
	OCIRT_TIMEOUT=5 ocirt exec -u joe "$ID" /bin/id
	own_failure '"joe"'
}

@test "--additional-gids: more groups" {
	running '.process.user.additionalGids = [20]'
	ocirt exec -g 30 --additional-gids 40 "$ID" /bin/id -G
	prints '0 20 30 40'
	ocirt exec -g x "$ID" /bin/id -G
	own_failure --additional-gids '"x"'
	ocirt exec -g 4294967295 "$ID" /bin/id -G
	own_failure --additional-gids
}

@test "--cap: bounding, permitted and effective, never inheritable or ambient" {
	running
	# CAP_KILL 5, CAP_NET_BIND_SERVICE 10, CAP_SYS_TIME 25, CAP_AUDIT_WRITE 29
	ocirt exec --cap CAP_SYS_TIME "$ID" /bin/grep ^Cap /proc/self/status
	succeeds
	prints $'CapInh:\t0000000000000000\nCapPrm:\t0000000022000420\nCapEff:\t0000000022000420\nCapBnd:\t0000000022000420\nCapAmb:\t0000000000000000'
}

@test "--cap: what is not a name as a whole is a warning, and none" {
	local name
	running '.process.capabilities = {}'
	for name in CAP_CHOWN,foo CAP_KILL=ep cap_kill 0 5 ''; do
		ocirt --log "$BATS_TEST_TMPDIR/log" --log-level=warning exec --cap "$name" "$ID" /bin/grep ^Cap /proc/self/status
		succeeds
		is "sets without any for \"$name\"" "$(grep -c ':.0000000000000000$' <<<"$output")" 5
		grep -qF "unknown capability \"$name\" is ignored" "$BATS_TEST_TMPDIR/log" || complain "no warning of \"$name\""
	done
}

@test "inheritable and ambient capabilities are the process's or none, even when ours are not" {
	need tool:capsh
	running '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	capture capsh --inh=cap_kill,cap_chown --addamb=cap_kill -- -c \
		"exec $OCIRT --root $STATE exec $ID /bin/grep ^Cap /proc/self/status"
	succeeds
	says_line $'CapInh:\t0000000000000000' $'CapAmb:\t0000000000000000'
}

@test "--no-new-privs: set, and never taken away" {
	running '.process.noNewPrivileges = false'
	ocirt exec "$ID" /bin/grep NoNewPrivs /proc/self/status
	prints $'NoNewPrivs:\t0'
	ocirt exec --no-new-privs "$ID" /bin/grep NoNewPrivs /proc/self/status
	prints $'NoNewPrivs:\t1'
}

@test "--preserve-fds: as many as it says, and no other is inside" {
	running
	exec 7</etc/hostname 8</etc/hostname 9</etc/hostname
	ocirt exec "$ID" /bin/ls /proc/self/fd
	prints $'0\n1\n2\n3'
	exec 7<&- 8<&- 9<&-
	echo inherited >"$BATS_TEST_TMPDIR/handed"
	status=0
	output=$("$OCIRT" --root "$STATE" exec --preserve-fds 1 "$ID" /bin/sh -c 'cat <&3; ls /proc/self/fd' \
		3<"$BATS_TEST_TMPDIR/handed" 4</etc/hostname 2>"$BATS_TEST_TMPDIR/err") || status=$?
	errors=$(<"$BATS_TEST_TMPDIR/err")
	succeeds
	prints $'inherited\n0\n1\n2\n3\n4'
}

# child_is_sleep PID: its only child executes sleep by now
child_is_sleep() { [ "$(cat "/proc/$(tr -d ' ' <"/proc/$1/task/$1/children")/comm")" = sleep ]; }

@test "delete --force says whose child a killed container waits for, and does it when that is reaped" {
	local exec begin
	detached 'sleep 1000'
	succeeds
	"$OCIRT" --root "$STATE" exec "$ID" /bin/sleep 1000 3>&- &
	exec=$!
	until_true child_is_sleep "$exec"
	kill -STOP "$exec" # it does not reap its child
	begin=$EPOCHSECONDS
	ocirt delete --force "$ID"
	fails_with "init (pid $PID) is killed and waits for process" "its parent, $exec (\"ocirt\"), is outside and does not reap it"
	[ $((EPOCHSECONDS - begin)) -lt 8 ] || complain "it was not said at once"
	kill -CONT "$exec"
	wait "$exec" || true
	ocirt delete --force "$ID"
	succeeds
	leaves_nothing
}

keyrings() { awk -v name="_ses.$ID." 'index($9, name) == 1' /proc/keys | wc -l; }

@test "the session keyring is the container's own" {
	need file:/proc/keys file:"$OCIRT_BUILD/tests/attack/attack"
	cp "$OCIRT_BUILD/tests/attack/attack" "$BUNDLE/rootfs/bin/"
	detached 'attack keyring >/tmp/of-init; exec sleep 600'
	succeeds
	until_true test -s "$BUNDLE/rootfs/tmp/of-init"
	ocirt exec "$ID" attack keyring
	succeeds
	[ "$output" -gt 0 ] || complain "it has none"
	is "the keyring of exec" "$output" "$(<"$BUNDLE/rootfs/tmp/of-init")"
	[ "$output" != "$("$OCIRT_BUILD/tests/attack/attack" keyring)" ] || complain "it is the caller's"
	is "keyrings of that name" "$(keyrings)" 1
}

@test "a container of the same id has a keyring of its own: in another state directory, and afterwards" {
	local first
	need file:/proc/keys file:"$OCIRT_BUILD/tests/attack/attack"
	cp "$OCIRT_BUILD/tests/attack/attack" "$BUNDLE/rootfs/bin/"
	detached 'attack keyring >/tmp/of-init; exec sleep 600'
	succeeds
	until_true test -s "$BUNDLE/rootfs/tmp/of-init"
	first=$(<"$BUNDLE/rootfs/tmp/of-init")
	program attack keyring
	config '.linux.cgroupsPath += "-beside"'
	capture "$OCIRT" --root "$STATE-beside" run --bundle "$BUNDLE" "$ID"
	succeeds
	[ "$output" != "$first" ] || complain "it has the keys of the other one"
	ocirt delete --force "$ID"
	succeeds
	run_bundle
	succeeds
	[ "$output" != "$first" ] || complain "it has the keys of the one before"
}

@test "all namespaces are those of the container's init" {
	running
	same_namespaces
	ocirt exec "$ID" /bin/sh -c '[ $$ != 1 ] && tr "\0" " " </proc/1/cmdline; hostname'
	says trap ocirt-test
}

same_namespaces() {
	local ns
	ocirt exec "$ID" /bin/sh -c 'for ns in /proc/self/ns/*; do echo "${ns##*/} $(readlink $ns)"; done'
	succeeds || return
	for ns in /proc/"$PID"/ns/*; do
		says_line "${ns##*/} $(readlink "$ns")" || return
	done
}

# mapped: a container whose 0 is our 100000
mapped() { # [FILTER]: with a change more
	chmod 711 "$BATS_TEST_TMPDIR" "$BUNDLE"
	chown -R 100000:200000 "$BUNDLE/rootfs"
	running '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 2000}]
		| .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 2000}]'"${1-}"
}

@test "rlimits above the caller's, in a container with a user namespace" {
	capture bash -c 'ulimit -Hc 1 && ulimit -Hc unlimited'
	[ "$status" = 0 ] || skip "to raise a limit takes CAP_SYS_RESOURCE"
	mapped '| .process.rlimits = [{type: "RLIMIT_CORE", soft: 0, hard: 8192}]'
	(
		ulimit -Hc 1
		ocirt exec "$ID" /bin/cat /proc/self/limits
		succeeds
		says "Max core file size        0                    8192"
	)
}

@test "all namespaces, with a user namespace too: root there, and nobody of ours" {
	mapped
	same_namespaces
	ocirt exec "$ID" /bin/sh -c 'id -u; id -g; tr -s " " </proc/self/uid_map; touch /made; stat -c %u:%g /proc/self/'
	succeeds
	prints $'0\n0\n 0 100000 2000\n0:0'
	is "the owner outside" "$(stat -c %u:%g "$BUNDLE/rootfs/made")" 100000:200000
	ocirt exec -u 7:8 -g 9 "$ID" /bin/sh -c 'id -u; id -G'
	prints $'7\n8 9'
	ocirt exec -u 5000 "$ID" /bin/id
	exits 255
	says 5000
}

@test "the oom score is the container's, in a user namespace too; that of exec is as before" {
	running '.process.oomScoreAdj = 321 | .linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	ocirt exec "$ID" /bin/cat /proc/self/oom_score_adj
	succeeds
	prints 321
	behind 'echo begun; while [ ! -e /tmp/end ]; do sleep 0.1; done' begun
	is "the score of exec itself" "$(<"/proc/$runtime/oom_score_adj")" "$(</proc/self/oom_score_adj)"
	ocirt exec "$ID" /bin/touch /tmp/end
	ended 0
}

# ordinary ARG...: ocirt as user 1000, who has more groups
ordinary() {
	capture setpriv --reuid 1000 --regid 1000 --groups 7,1000 --bounding-set=-all --inh-caps=-all \
		"$home/ocirt" --root "$home/state" --cgroup-manager disabled "$@"
}

without_cgroup() {
	capture setpriv --reuid 1000 --regid 1000 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$home/ocirt" --root "$home/state" "$@"
}

@test "an ordinary user's container: the oom score, and the groups that nobody may drop" {
	need tool:setpriv
	setpriv --reuid 1000 --clear-groups unshare --user true || skip "ordinary users may make no user namespaces"
	home=$(mktemp -d "${BATS_RUN_TMPDIR%/*}/home.XXXXXX")
	config 'del(.linux.cgroupsPath, .linux.resources) | .process.oomScoreAdj = 321
		| .mounts |= map(.options |= map(select(. != "gid=5"))?) | .linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 1000, size: 1}] | .linux.gidMappings = .linux.uidMappings'
	program /bin/sh -c 'while :; do sleep 0.1; done'
	mkdir -m 700 "$home/state"
	cp "$OCIRT" "$home/ocirt"
	mv "$BUNDLE" "$home/bundle"
	chown -R 1000:1000 "$home"
	ordinary run --detach --bundle "$home/bundle" "$ID"
	succeeds
	ordinary exec "$ID" /bin/sh -c 'id -u; cat /proc/self/setgroups /proc/self/oom_score_adj'
	succeeds
	prints $'0\ndeny\n321'
	ordinary exec --additional-gids 5 "$ID" /bin/true
	own_failure additionalGids
	ordinary delete --force "$ID"
	succeeds
	# where no cgroup can be made, the mount at /sys/fs/cgroup shows the caller's own
	without_cgroup run --detach --bundle "$home/bundle" "$ID"
	succeeds
	without_cgroup exec "$ID" /bin/sh -c 'ls -d /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs 2>/dev/null | head -n 1'
	says cgroup.procs
	without_cgroup delete --force "$ID"
	succeeds
}

@test "no group of root's goes into a user namespace that denies setgroups" {
	need tool:setpriv
	unshare --user --map-root-user sleep 1000 >/dev/null 2>&1 3>&- &
	RECEIVER=$!
	until_true grep -q deny "/proc/$RECEIVER/setgroups"
	running '.linux.namespaces += [{type: "user", path: $path}]
		| .mounts |= map(.options |= map(select(. != "gid=5"))?)' --arg path "/proc/$RECEIVER/ns/user"
	capture setpriv --groups 7,1000 "$OCIRT" --root "$STATE" exec "$ID" /bin/grep ^Groups /proc/self/status
	succeeds
	is groups "$(tr -d '[:space:]' <<<"$output")" Groups:
}

@test "all namespaces, for a caller who is only privileged inside: the pid namespace is entered last" {
	need tool:setpriv
	running '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	capture setpriv --bounding-set=-sys_admin "$OCIRT" --root "$STATE" exec "$ID" \
		/bin/readlink /proc/self/ns/pid # a shell's children would be inside without it
	prints "$(readlink "/proc/$PID/ns/pid")"
}

@test "the container's cgroup, in every hierarchy" {
	running
	local pid=$BATS_TEST_TMPDIR/exec.pid
	ocirt exec --detach --pid-file "$pid" "$ID" /bin/sleep 1000
	succeeds
	is "the cgroups of exec's process" "$(<"/proc/$(<"$pid")/cgroup")" "$(<"/proc/$PID/cgroup")"
	grep -qF "$CGROUP" "/proc/$(<"$pid")/cgroup"
}

@test "--cgroup: inside the container's own, and nowhere else" {
	running
	local version mountpoint path
	while read -r version mountpoint _; do
		[ -d "$mountpoint$CGROUP" ] || continue
		mkdir "$mountpoint$CGROUP/part"
		[ ! -f "$mountpoint$CGROUP/part/cpuset.cpus" ] || [ "$version" = 2 ] || {
			cat "$mountpoint$CGROUP/cpuset.cpus" >"$mountpoint$CGROUP/part/cpuset.cpus"
			cat "$mountpoint$CGROUP/cpuset.mems" >"$mountpoint$CGROUP/part/cpuset.mems"
		}
	done < <(cgroup_mounts)
	ocirt exec --detach --pid-file "$BATS_TEST_TMPDIR/exec.pid" --cgroup part "$ID" /bin/sleep 1000
	succeeds
	while read -r version mountpoint _; do
		[ ! -d "$mountpoint$CGROUP" ] ||
			grep -qx "$(<"$BATS_TEST_TMPDIR/exec.pid")" "$mountpoint$CGROUP/part/cgroup.procs" ||
			complain "it is not in $mountpoint$CGROUP/part"
	done < <(cgroup_mounts)
	for path in .. part/../.. ../suite part/..; do
		ocirt exec --cgroup "$path" "$ID" /bin/echo ran
		own_failure '..'
	done
	ocirt exec --cgroup missing "$ID" /bin/echo ran
	own_failure missing
	"$OCIRT" --root "$STATE" delete --force "$ID"
	leaves_nothing
}

@test "--apparmor and --process-label: refused where the kernel has none, the command is not run" {
	running
	if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ]; then
		ocirt exec --apparmor foo "$ID" /bin/echo ran
		own_failure '"foo": this kernel has no AppArmor'
		process_file '.apparmorProfile = "foo"'
		ocirt exec --process "$FILE" "$ID"
		own_failure "$FILE" ' /apparmorProfile: '
	fi
	[ "$(stat -fc %T /sys/fs/selinux 2>/dev/null)" != selinuxfs ] || skip "SELinux is there"
	ocirt exec --process-label a:b:c "$ID" /bin/echo ran
	own_failure '"a:b:c": this kernel has no SELinux'
}

@test "--pidfd-socket: the other side gets the process" {
	running
	receiver
	ocirt exec --detach --pidfd-socket "$SOCKET" --pid-file "$BATS_TEST_TMPDIR/exec.pid" "$ID" \
		/bin/sleep 1000
	succeeds
	wait "$RECEIVER"
	output=$(<"$RECEIVED")
	says_line pidfd "pid $(<"$BATS_TEST_TMPDIR/exec.pid")"
	ocirt exec --pidfd-socket "$BATS_TEST_TMPDIR/none" "$ID" /bin/sleep 1001
	own_failure --pidfd-socket ENOENT
	ocirt exec "$ID" /bin/sh -c 'ps | grep "[s]leep 1001" || echo no'
	prints no
}

@test "--console-socket: the other side gets the terminal, and all that is written to it" {
	running
	receiver
	ocirt exec --detach --tty --console-socket "$SOCKET" "$ID" \
		/bin/sh -c 'test -t 0 && test -t 1 && test -t 2 && tty; echo last'
	succeeds
	prints ''
	wait "$RECEIVER"
	output=$(tr -d '\r' <"$RECEIVED")
	says_line terminal last
	grep -qE '^/dev/(pts/[0-9]+|console)$' <<<"$output" || complain "no name of a terminal"
}

@test "--tty: a terminal of the container's, with our size" {
	need tool:script
	running
	capture_terminal "stty rows 33 cols 77; $OCIRT --root $STATE exec --tty $ID /bin/sh -c 'test -t 0 && test -t 2 && tty; stty size; exit 9'"
	exits 9
	says_line '33 77'
	says /dev/pts/
	ocirt exec --tty "$ID" /bin/true
	own_failure 'not a terminal'
	ocirt exec "$ID" /bin/sh -c 'tty; ls /proc/self/fd | wc -l'
	says 'not a tty'
}

@test "--tty, with a user namespace: the terminal is the user's" {
	need tool:script
	mapped
	capture_terminal "$(printf '%q ' "$OCIRT" --root "$STATE" exec --tty --user 7 "$ID" \
		/bin/stat -L -c 'owner %u' /proc/self/fd/0)"
	succeeds
	says 'owner 7'
}

@test "--tty: the caller's terminal is as before, also when the process is killed" {
	need tool:script
	running
	local runs="$OCIRT --root $STATE exec --tty $ID"
	cat >"$BATS_TEST_TMPDIR/caller" <<-END
		stty -g
		$runs /bin/sh -c 'exit 0'; stty -g
		$runs /bin/sh -c 'kill -KILL \$\$'; echo "code \$?"; stty -g
	END
	capture_terminal "/bin/sh $BATS_TEST_TMPDIR/caller"
	says_line 'code 137'
	local modes='^[0-9a-f]+(:[0-9a-f]+){8,}$'
	is "modes seen" "$(grep -cE "$modes" <<<"$output")" 3
	is "different modes" "$(grep -E "$modes" <<<"$output" | sort -u | wc -l)" 1
}

@test "an exec that outlives init: no hang, 137, no zombie" {
	running
	behind 'echo ready; trap "" TERM; sleep 1000' ready
	ocirt kill "$ID" KILL
	ended 137
	until_true state_is stopped
	ocirt delete "$ID"
	succeeds
	leaves_nothing
	is zombies "$(ps -eo stat,ppid,comm | awk '$1 ~ /^Z/ && $3 ~ /ocirt/')" ''
}

@test "init that dies while exec after exec begins: each ends, with an error that says so or 137" {
	running
	local round
	(
		until_true test -e "$BATS_TEST_TMPDIR/begun"
		"$OCIRT" --root "$STATE" kill "$ID" KILL
	) >/dev/null 3>&- &
	for ((round = 0; round < 500; round++)); do
		OCIRT_TIMEOUT=10 ocirt exec "$ID" /bin/true
		case $status in
		0)
			[ "$round" -lt 3 ] || : >"$BATS_TEST_TMPDIR/begun"
			continue
			;;
		137) [ -z "$errors" ] || [[ $errors == *SIGKILL* ]] || complain "137 and words" ;;
		255) own_failure 'container not running' ;;
		*) complain "an exit code that nobody knows" ;;
		esac
		[[ $errors == *'container not running'* ]] && break
	done
	ocirt exec "$ID" /bin/true
	own_failure 'container not running'
	ocirt delete --force "$ID"
	leaves_nothing
}

@test "signals to exec reach its process; kill --all reaches it too" {
	running
	behind 'trap "exit 6" USR1; echo ready; while :; do sleep 0.1; done' ready
	kill -USR1 "$runtime"
	ended 6
	behind 'echo again; exec sleep 1000' again
	# HUP, because init ignores it: if init died, the kernel would kill exec's process with SIGKILL,
	# and which of the two signals came first would be chance
	ocirt kill --all "$ID" HUP
	succeeds
	ended $((128 + 1))
	state_is running
	ocirt kill --all "$ID" KILL
	succeeds
	until_true state_is stopped
}

@test "nothing of ours is left by many: no process, no descriptor, no zombie" {
	running
	local before round
	before=$(wc -l <"$(cgroup_procs_file)")
	for ((round = 0; round < 20; round++)); do
		ocirt exec "$ID" /bin/true
		succeeds
	done
	# one more is allowed: init's shell runs a sleep again and again
	[ "$(wc -l <"$(cgroup_procs_file)")" -le $((before + 1)) ] || complain "processes are left"
	# shellcheck disable=SC2012
	is "init's descriptors" "$(ls "/proc/$PID/fd" | tr '\n' ' ')" "$(echo 0 1 2; [ ! -e "/proc/$PID/fd/10" ] || echo 10)"' '
	is zombies "$(ps -eo stat,comm | awk '$1 ~ /^Z/ && $2 ~ /ocirt/')" ''
}

# cgroup_procs_file: of the first hierarchy that has the container
cgroup_procs_file() {
	local mountpoint
	while read -r _ mountpoint _; do
		[ -f "$mountpoint$CGROUP/cgroup.procs" ] && echo "$mountpoint$CGROUP/cgroup.procs" && return
	done < <(cgroup_mounts)
}

# moved_down DIRECTORY: all processes of the container are in its part "init", and what it may
# control is handed down: the kernel lets nobody into the directory itself then
moved_down() {
	local pid
	mkdir -p "$1/init"
	while read -r pid; do
		echo "$pid" >"$1/init/cgroup.procs" 2>/dev/null || true
	done <"$1/cgroup.procs"
	echo +pids >"$1/cgroup.subtree_control"
} 2>/dev/null

@test "cgroup v2: a container that handed its controllers down takes exec where its init lives" {
	local top
	need cgroup2
	[[ $(cgroup_home pids) == 2* ]] || skip "the controllers are on v1"
	running
	top=$(cgroup_mounts | awk '$1 == 2 { print $2 }')$CGROUP
	until_true moved_down "$top"
	ocirt exec "$ID" /bin/cat /proc/self/cgroup
	succeeds
	says_line '0::/init'
	mkdir "$top/other"
	ocirt exec --cgroup other "$ID" /bin/cat /proc/self/cgroup
	succeeds
	says_line '0::/other'
}

@test "a container that is still being created takes no exec: its root would be the host's" {
	config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", $script]}]' --arg script \
		"'$OCIRT' --root '$STATE' exec '$ID' /bin/ls / >'$BATS_TEST_TMPDIR/seen' 2>&1; echo \$? >>'$BATS_TEST_TMPDIR/seen'"
	run_bundle
	succeeds
	output=$(<"$BATS_TEST_TMPDIR/seen") errors=
	says 'is still being created'
	is "lines: the error and the exit code" "$(tail -n 1 <<<"$output"), $(wc -l <<<"$output")" "255, 2"
}
