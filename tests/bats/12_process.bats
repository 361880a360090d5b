#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The process half of a config: what the program itself sees of it.
load lib/all

setup() { bundle_new; }
teardown() { bundle_drop; }

# terminal_run [TYPED]: the bundle in the foreground, on a terminal
terminal_run() {
	capture_terminal "$(printf '%q ' "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID")" "$@"
}

# refused POINTER FILTER...: each change alone is refused there
refused() {
	local pointer=$1 filter
	shift
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/kept.json"
	for filter; do
		cp "$BATS_TEST_TMPDIR/kept.json" "$BUNDLE/config.json"
		config "$filter"
		run_bundle
		refuses "$pointer" || complain "after $filter" || return
	done
}

# ---- what is executed ----

@test "args: each is one word, an empty one too" {
	config '.process.args = ["/bin/sh", "-c", "tr \"\\0\" \"|\" </proc/$$/cmdline; :", "a b", "", "$HOME"]'
	run_bundle
	prints '/bin/sh|-c|tr "\0" "|" </proc/$$/cmdline; :|a b||$HOME|'
}

@test "env: exactly what is given, of two the last, and HOME" {
	config '.process.args = ["/bin/cat", "/proc/self/environ"]
		| .process.env = ["TWICE=first", "KEPT=a=b", "EMPTY=", "TWICE=second", "HOME=/there"]'
	WORD=ours run_bundle
	succeeds
	is "the environment" "$(tr '\0' '|' <"$BATS_TEST_TMPDIR/out")" 'KEPT=a=b|EMPTY=|TWICE=second|HOME=/there|'
}

@test "env: an entry without a name or a value is refused" {
	refused /process/env/1 '.process.env[1] = "WORD"' '.process.env[1] = "=x"' '.process.env[1] = ""'
}

@test "HOME is that of the container's passwd, if it is not given or empty" {
	printf '%s\n' 'bad line' 'root:x:0:0::/of/root:/bin/sh' 'other:x:1234:5::/of/other:/bin/sh' \
		>"$BUNDLE/rootfs/etc/passwd"
	inside 'echo "$HOME"'
	prints /of/root
	config '.process.env += ["HOME=/earlier", "HOME="]'
	inside 'echo "$HOME"'
	prints /of/root
	config '.process.user.uid = 1234'
	inside 'echo "$HOME"'
	prints /of/other
	config '.process.user.uid = 77'
	inside 'echo "$HOME"'
	prints /
}

@test "a name without a slash is looked for in the container's PATH, in its order" {
	mkdir "$BUNDLE/rootfs/one" "$BUNDLE/rootfs/two"
	printf '#!/bin/sh\necho of two\n' >"$BUNDLE/rootfs/two/tool"
	cp "$BUNDLE/rootfs/two/tool" "$BUNDLE/rootfs/one/tool"
	chmod 755 "$BUNDLE/rootfs/two/tool" # the one in /one can't be executed
	config '.process.args = ["tool"] | .process.env = ["PATH=/none:/one:/two"]'
	run_bundle
	prints 'of two'
	sed -i s/two/one/ "$BUNDLE/rootfs/one/tool"
	chmod 755 "$BUNDLE/rootfs/one/tool"
	run_bundle
	prints 'of one'
	config '.process.env = ["PATH=/none"]'
	run_bundle
	fails_with '"tool"'
	leaves_nothing
}

@test "a relative name starts at the working directory" {
	printf '#!/bin/sh\necho of guest\n' >"$BUNDLE/rootfs/home/guest/tool"
	chmod 755 "$BUNDLE/rootfs/home/guest/tool"
	config '.process.args = ["./tool"] | .process.cwd = "/home/guest"'
	run_bundle
	prints 'of guest'
}

@test "cwd: made where it is missing, inside whatever links say" {
	local outside=$BATS_TEST_TMPDIR/outside
	config '.process.cwd = "/made/by/us"'
	inside 'pwd -P; stat -c %a:%u .'
	prints $'/made/by/us\n755:0'
	[ -d "$BUNDLE/rootfs/made/by/us" ]
	ln -s "$outside" "$BUNDLE/rootfs/link"
	config '.process.cwd = "/link/deep"'
	inside 'pwd -P'
	[ ! -e "$outside" ] || complain "made outside"
	prints "$outside/deep"
	refused /process/cwd '.process.cwd = "relative"' '.process.cwd = ""'
}

# ---- who it is ----

@test "what ocirt makes does not depend on the caller's umask" {
	config '.process.cwd = "/made/here" | .root.readonly = false'
	(umask 077 && ocirt create --bundle "$BUNDLE" "$ID" && succeeds)
	is cwd "$(stat -c %a "$BUNDLE/rootfs/made" "$BUNDLE/rootfs/made/here" | uniq)" 755
	while read -r _ mountpoint; do
		is "$mountpoint" "$(stat -c %a "$mountpoint$CGROUP")" 755
	done < <(cgroup_mounts | awk '{ print $1, $2 }')
}

@test "the CPUs that the runtime is kept to are not the container's" {
	need tool:taskset
	[ "$(nproc --all)" -gt 1 ] || skip "one CPU only"
	program /bin/sh -c 'grep Cpus_allowed: /proc/self/status'
	ln -sf busybox "$BUNDLE/rootfs/bin/grep"
	local all
	all=$(grep Cpus_allowed: /proc/self/status)
	capture taskset -c 0 "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	prints "$all"
}

@test "user: uid, gid and the groups, for real, effective, saved and file system" {
	config '.process.user = {uid: 1000, gid: 1001, additionalGids: [5, 4294967294]}'
	program grep -E '^(Uid|Gid|Groups):' /proc/self/status
	run_bundle
	is "the ids" "$(tr -s '\t ' ' ' <<<"$output")" \
		$'Uid: 1000 1000 1000 1000\nGid: 1001 1001 1001 1001\nGroups: 5 4294967294 '
}

@test "umask: the config's, else 0022, whatever the caller has" {
	umask 077
	inside 'umask'
	prints 0022
	config '.process.user.umask = 0'
	inside 'umask; touch /tmp/x; stat -c %a /tmp/x'
	prints $'0000\n666'
	config '.process.user.umask = 7'
	inside umask
	prints 0007
}

@test "capabilities: five sets, each its own" {
	config '.process.user = {uid: 1000, gid: 1000} | .process.capabilities = {
		bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"], inheritable: ["CAP_CHOWN", "CAP_KILL"],
		permitted: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_CHOWN"], ambient: ["CAP_KILL"]}'
	program grep ^Cap /proc/self/status
	run_bundle
	# capabilities(7): without root and file capabilities, execve leaves the ambient ones
	prints $'CapInh:\t0000000000000021
CapPrm:\t0000000000000020
CapEff:\t0000000000000020
CapBnd:\t00000000000000a1
CapAmb:\t0000000000000020'
}

@test "capabilities: none without a block or with an empty one, for root too" {
	local filter
	program grep ^Cap /proc/self/status
	for filter in 'del(.process.capabilities)' '.process.capabilities = {}'; do
		config "$filter"
		run_bundle
		succeeds
		is "sets without any" "$(grep -c ':.0000000000000000$' <<<"$output")" 5
	done
}

# libcap itself takes all of these but the last for CAP_KILL or CAP_CHOWN
@test "capabilities: what is not a name as a whole is a warning, and none" {
	local name
	program grep ^Cap /proc/self/status
	for name in CAP_CHOWN,CAP_KILL CAP_KILL,foo CAP_KILL=ep cap_kill Cap_Kill 0 5 0x5 ''; do
		config '.process.capabilities = ({bounding: [$n], permitted: [$n], effective: [$n], inheritable: [$n],
			ambient: [$n]})' --arg n "$name"
		ocirt --log "$BATS_TEST_TMPDIR/log" --log-level warning run -b "$BUNDLE" "$ID"
		succeeds
		is "sets without any for \"$name\"" "$(grep -c ':.0000000000000000$' <<<"$output")" 5
		grep -qF "unknown capability \"$name\" is ignored" "$BATS_TEST_TMPDIR/log" || complain "no warning of \"$name\""
	done
}

@test "capabilities: what the caller has made ambient is not, unless it is asked for" {
	need tool:capsh
	local ambient
	program grep ^CapAmb /proc/self/status
	for ambient in '[]' '["CAP_KILL"]'; do
		config '.process.capabilities = {bounding: ["CAP_KILL", "CAP_CHOWN"], ambient: $a}
			| .process.capabilities |= (.permitted = .bounding | .inheritable = .bounding)' --argjson a "$ambient"
		capture capsh --inh=cap_kill,cap_chown --addamb=cap_kill,cap_chown -- -c \
			"exec $OCIRT --root $STATE run -b $BUNDLE $ID"
		succeeds
		[ "$ambient" != '[]' ] || says_line $'CapAmb:\t0000000000000000'
		[ "$ambient" = '[]' ] || says_line $'CapAmb:\t0000000000000020'
	done
}

@test "capabilities are felt" {
	config '.process.user = {uid: 0, gid: 0}'
	inside 'chown 7 /tmp'
	fails_with 'Operation not permitted'
	config '.process.capabilities |= map_values(. + ["CAP_CHOWN"])'
	inside 'chown 7 /tmp && stat -c %u /tmp'
	prints 7
}

@test "noNewPrivileges: set if asked for, else not" {
	program grep NoNewPrivs /proc/self/status
	run_bundle
	prints $'NoNewPrivs:\t1'
	config 'del(.process.noNewPrivileges)'
	run_bundle
	prints $'NoNewPrivs:\t0'
	config '.process.noNewPrivileges = false'
	run_bundle
	prints $'NoNewPrivs:\t0'
}

@test "the session keyring is new and named after the container; --no-new-keyring keeps ours" {
	need file:/proc/keys
	config '.linux.maskedPaths = []'
	program grep -c "_ses.${ID}.[0-9a-f]*:" /proc/keys
	run_bundle --no-new-keyring # first: a keyring is collected some time after its process
	prints 0
	run_bundle
	[ "$output" -ge 1 ] || complain "no keyring of that name"
}

# ---- what it may use ----

@test "rlimits: soft and hard, and no limit; what is not named is the caller's" {
	config '.process.rlimits = [
		{type: "RLIMIT_NOFILE", soft: 70, hard: 80}, {type: "RLIMIT_CORE", soft: 0, hard: 8192},
		{type: "RLIMIT_CPU", soft: 100, hard: 777}, {type: "RLIMIT_STACK", soft: 4194304, hard: 8388608},
		{type: "RLIMIT_FSIZE", soft: 1000000, hard: 17179869184}, {type: "RLIMIT_MSGQUEUE", soft: 4000, hard: 5000}]'
	program cat /proc/self/limits
	sed -i 's/"hard": 777/"hard": 18446744073709551615/' "$BUNDLE/config.json" # jq would round it
	ulimit -S -u 12345
	run_bundle
	succeeds
	output=$(tr -s ' ' <<<"$output")
	says 'Max open files 70 80 ' 'Max core file size 0 8192 ' 'Max cpu time 100 unlimited ' \
		'Max stack size 4194304 8388608 ' 'Max file size 1000000 17179869184 ' \
		'Max msgqueue size 4000 5000 ' \
		'Max processes 12345 '
}

@test "rlimits: raised above the caller's in a user namespace, too" {
	need namespace:user
	capture bash -c 'ulimit -Hc 1 && ulimit -Hc unlimited'
	[ "$status" = 0 ] || skip "to raise a limit takes CAP_SYS_RESOURCE"
	config '.linux.namespaces += [{type: "user"}] | .process.rlimits = [{type: "RLIMIT_CORE", soft: 0, hard: 8192}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	program cat /proc/self/limits
	(ulimit -Hc 1 && run_bundle && succeeds && says "Max core file size        0                    8192")
}

@test "rlimits that contradict themselves are refused" {
	refused /process/rlimits/1 '.process.rlimits[1] = {type: "RLIMIT_NOFILE", soft: 1, hard: 1}' \
		'.process.rlimits[1] = {type: "RLIMIT_CORE", soft: 2, hard: 1}' \
		'.process.rlimits[1] = {type: "RLIMIT_TIME", soft: 1, hard: 1}'
}

@test "oomScoreAdj: the config's, else the caller's" {
	program cat /proc/self/oom_score_adj
	echo 77 >/proc/self/oom_score_adj
	run_bundle
	prints 77
	config '.process.oomScoreAdj = 0'
	run_bundle
	prints 0
	if (echo -900 >/proc/self/oom_score_adj) 2>/dev/null; then
		config '.process.oomScoreAdj = -900'
		run_bundle
		prints -900
	fi
	refused /process/oomScoreAdj '.process.oomScoreAdj = 1001' '.process.oomScoreAdj = -1001'
}

@test "oomScoreAdj: nothing of it stays with run" {
	config '.process.oomScoreAdj = 321'
	program /bin/sh -c 'cat /proc/self/oom_score_adj; while [ ! -e /tmp/end ]; do sleep 0.1; done'
	"$OCIRT" --root "$STATE" run -b "$BUNDLE" "$ID" >"$BATS_TEST_TMPDIR/seen" 3>&- &
	until_true grep -q 321 "$BATS_TEST_TMPDIR/seen"
	is "the score of the runtime" "$(<"/proc/$!/oom_score_adj")" "$(</proc/self/oom_score_adj)"
	touch "$BUNDLE/rootfs/tmp/end"
	wait "$!"
}

@test "scheduler: policy and nice, and a flag that children feel" {
	config '.process.scheduler = {policy: "SCHED_BATCH", nice: 7}'
	program cut -d ' ' -f 19,41 /proc/self/stat
	run_bundle
	prints '7 3'
	config '.process.scheduler = {policy: "SCHED_IDLE"}'
	run_bundle
	prints "$(nice) 5" # what is not named is the caller's
	config '.process.scheduler = {policy: "SCHED_OTHER", nice: -5, flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
	inside 'cut -d " " -f 19 /proc/$$/stat; cut -d " " -f 19 /proc/self/stat; :'
	prints $'-5\n0'
	refused /process/scheduler '.process.scheduler = {policy: "SCHED_OTHER", nice: 20}' \
		'.process.scheduler = {policy: "SCHED_SOMETIMES"}'
}

@test "ioPriority" {
	config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 2}'
	inside 'ionice -p $$'
	prints 'best-effort: prio 2'
	config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
	inside 'ionice -p $$'
	says idle
	refused /process/ioPriority '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}' \
		'.process.ioPriority = {class: "IOPRIO_CLASS_SOME", priority: 1}'
}

@test "personality: another word of uname" {
	program cat /proc/self/personality
	run_bundle
	prints 00000000
	config '.linux.personality = {domain: "LINUX32"}'
	run_bundle
	prints 00000008
	config '.linux.personality = {domain: "LINUX"}'
	run_bundle
	prints 00000000
}

# ---- what it talks to ----

@test "pipes of stdio belong to the user, who can open them again" {
	config '.process.user = {uid: 1000, gid: 1000}'
	program /bin/sh -c 'stat -L -c %u /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2; echo again >/dev/stdout'
	capture bash -c 'echo | "$@" 2> >(cat >&2) | cat' bash "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	prints $'1000\n1000\n1000\nagain'
}

@test "terminal: in the foreground, a controlling one of its own, with input and exit code" {
	need tool:script
	config '.process.terminal = true'
	program /bin/sh -c 'read -r word; echo "got $word"; tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo three
		stat -L -c %t:%T /dev/console /dev/stdin | uniq | wc -l; : </dev/tty && echo controls; exit 9'
	terminal_run $'words\n'
	exits 9
	says_line 'got words' /dev/pts/0 three 1 controls
}

@test "consoleSize is the terminal's" {
	need tool:script
	config '.process.terminal = true | .process.consoleSize = {height: 33, width: 111}'
	program stty size
	terminal_run
	says '33 111'
}

@test "terminal: by --console-socket, to whoever listens there" {
	local console=$OCIRT_BUILD/tests/console/console socket=$BATS_TEST_TMPDIR/socket
	[ -x "$console" ] || console=$OCIRT_TOP/tests/console/console
	[ -x "$console" ] || skip "tests/console/console is not built"
	config '.process.terminal = true | .process.consoleSize = {height: 21, width: 83}'
	program /bin/sh -c 'read -r word; echo "got $word"; stty size; tty; stat -c %u /dev/pts/0'
	config '.process.user = {uid: 1000, gid: 1000}'
	timeout 20 "$console" "$socket" words >"$BATS_TEST_TMPDIR/shown" 2>&1 3>&- &
	local listener=$!
	until_true test -S "$socket"
	ocirt create --console-socket "$socket" --bundle "$BUNDLE" "$ID"
	succeeds
	ocirt start "$ID"
	succeeds
	wait "$listener" || complain "the listener: $(cat "$BATS_TEST_TMPDIR/shown")"
	output=$(tr -d '\r' <"$BATS_TEST_TMPDIR/shown")
	says ', a terminal'
	says_line 'got words' '21 83' /dev/pts/0 1000
}

# ---- kernel parameters ----

@test "sysctl: set inside, with a dot or a slash, and not outside" {
	local forward msgmax
	forward=$(cat /proc/sys/net/ipv4/ip_forward)
	msgmax=$(cat /proc/sys/kernel/msgmax)
	config '.linux.sysctl = {"net.ipv4.ip_forward": $forward, "kernel/msgmax": "12345"}' \
		--arg forward $((1 - forward))
	program cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax
	run_bundle
	prints $((1 - forward))$'\n12345'
	is outside "$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)" "$forward"$'\n'"$msgmax"
}

@test "sysctl: what would change the host, or nothing, is refused" {
	refused /linux/sysctl '.linux.sysctl = {"vm.swappiness": "1"}' \
		'.linux.sysctl = {"kernel.hostname": "x"}' '.linux.sysctl = {"net.ipv4.no_such": "1"}' \
		'.linux.sysctl = {"net.ipv4.ip_forward": "word"}' \
		'.linux.namespaces |= map(select(.type != "network")) | .linux.sysctl = {"net.ipv4.ip_forward": "1"}' \
		'.linux.namespaces |= map(select(.type != "ipc")) | .linux.sysctl = {"kernel.msgmax": "1000"}
			| .mounts |= map(select(.type != "mqueue"))'
}
