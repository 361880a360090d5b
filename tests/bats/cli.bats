#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The command line: every spelling, exit codes, help, the log, the forms of errors
load lib/all

setup() {
	bundle_new
	LOG=$BATS_TEST_TMPDIR/log
}
teardown() { bundle_drop; }

# one_line: stderr of the last command is one line
one_line() {
	is "lines of stderr" "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
}

# usage_error TEXT: exit code 2, this one line, nothing on stdout
usage_error() {
	exits 2 || return
	is "stderr" "$errors" "$1" || return
	is "stdout" "$output" ""
}

# at_terminal ARG...: the same with a terminal as stderr (and stdout); what it saw is in $output
at_terminal() {
	capture_terminal "env TERM=xterm $(printf '%q ' "$OCIRT" --root "$STATE" "$@")"
}

@test "help: the program, every command, and -h say the same as help COMMAND" {
	local command
	for command in run create start exec state kill delete list spec check features version help; do
		ocirt "$command" --help
		succeeds
		says "usage: ocirt [OPTION...] $command"
		is "stderr" "$errors" ""
		local long=$output
		ocirt help "$command"
		prints "$long"
		ocirt "$command" -h
		prints "$long"
		ocirt --help
		says "  $command "
	done
}

@test "help shows each option of the manual and no other" {
	local command manual=$OCIRT_TOP/docs/ocirt.1.md help
	help=$("$OCIRT" --help)
	for command in run create exec kill delete list spec check; do
		help+=$'\n'$("$OCIRT" "$command" --help)
	done
	is "options that only one of them has" "$(comm -3 \
		<(grep -oE -- ' --[a-z-]+' <<<"$help" | sed 's/ //' | sort -u) \
		<(grep -oE -- '^\*\*.*\*\*' "$manual" | grep -oE -- '--[a-z-]+' | sort -u))" ""
}

@test "the version has the lines that engines look for" {
	for option in --version -v -V version; do
		ocirt_plain $option
		succeeds
		[[ ${output%%$'\n'*} =~ ^ocirt\ version\ [0-9]+\.[0-9]+\.[0-9]+ ]] || complain "first line"
		grep -qxE 'commit: [^ ]+' <<<"$output" || complain "commit"
		says_line 'spec: 1.3.0'
		is "stderr" "$errors" ""
	done
}

@test "the version and features agree about what was built" {
	local part enabled
	ocirt_plain --version
	part=$(grep -oE '[+-]SECCOMP' <<<"$output")
	enabled=$("$OCIRT" features | jq .linux.seccomp.enabled)
	case $part:$enabled in
	+SECCOMP:true | -SECCOMP:false) ;;
	*) complain "features say $enabled" ;;
	esac
}

@test "a wrong command line is one line and exit code 2" {
	ocirt_plain strat x
	usage_error 'unknown command "strat"; did you mean "start"?'
	ocirt_plain
	usage_error 'no command; ocirt --help lists them'
	ocirt_plain create --bundel x
	usage_error 'unknown option "--bundel" of create; did you mean "--bundle"?'
	ocirt_plain --rot x list
	usage_error 'unknown option "--rot"; did you mean "--root"?'
	ocirt_plain start
	usage_error 'ID is missing: ocirt start [OPTION...] ID'
	ocirt_plain start a b
	usage_error '"b" is one argument too many: ocirt start [OPTION...] ID'
	ocirt_plain run x --bundle
	usage_error 'option "--bundle" requires an argument (DIR)'
	ocirt_plain help strat
	usage_error 'unknown command "strat"; did you mean "start"?'
	ocirt_plain --log-format=jason list
	usage_error 'option "--log-format" takes text|json, not "jason"'
}

@test "a bad id names the character and what is allowed" {
	local command
	for command in run create start state kill delete; do
		ocirt "$command" ../x
		exits 2
		one_line
		says '../x' "'.' at 1"
	done
	ocirt state 'a b'
	says "' ' at 2"
	ocirt state ''
	says 'empty'
	ocirt state "$(printf 'x%.0s' {1..300})"
	says '300' '255'
}

@test "every spelling of a signal is understood, others are explained" {
	local word
	for word in 15 TERM SIGTERM term sigterm RTMIN+3 SIGRTMIN+3 rtmax-1; do
		ocirt kill nope "$word"
		exits 1
		is "stderr" "$errors" 'container "nope" does not exist'
	done
	ocirt kill nope TREM
	usage_error 'unknown signal "TREM"; did you mean "TERM"? (1 to 64, or a name as TERM, SIGTERM, RTMIN+3)'
	for word in FOOBAR 999 SIGRTMIN+99 -- ''; do
		ocirt kill -- nope "$word"
		exits 2
		one_line
		says "unknown signal \"$word\""
	done
}

@test "a missing container is said in the words that engines know" {
	for command in start state kill delete; do
		ocirt "$command" nope
		exits 1
		is "stderr" "$errors" 'container "nope" does not exist'
	done
	ocirt delete --force nope
	succeeds
	is "stderr" "$errors" ""
}

@test "the log gets one JSON object of a failure, stderr the line" {
	local key
	ocirt --log "$LOG" --log-format json kill nope
	exits 1
	is "stderr" "$errors" 'container "nope" does not exist'
	is "objects" "$(jq -s length "$LOG")" 1
	is "lines" "$(wc -l <"$LOG")" 1
	is "fields" "$(jq -r '[.level, .msg, .op, .id] | join("|")' "$LOG")" \
		'error|container "nope" does not exist|kill|nope'
	[[ $(jq -r .time "$LOG") =~ ^[0-9-]{10}T[0-9:]{8}(\.[0-9]+)?Z$ ]] || complain "$(jq -r .time "$LOG")"
	ocirt --log-format json kill nope
	is "stderr" "$(jq -r .msg <<<"$errors")" 'container "nope" does not exist'
	ocirt --log "$LOG" kill nope
	is "text" "$(tail -n 1 "$LOG")" 'container "nope" does not exist'
}

@test "the log is appended to, also by a wrong command line" {
	echo '{"level":"error","msg":"before","time":"2026-01-01T00:00:00Z"}' >"$LOG"
	ocirt --log "$LOG" --log-format=json create --bundel x
	exits 2
	ocirt --log "$LOG" --log-format=json create -b /nope x
	exits 1
	is "messages" "$(jq -r .msg "$LOG" | tr '\n' '|')" \
		'before|unknown option "--bundel" of create; did you mean "--bundle"?|bundle /nope: is missing (ENOENT)|'
}

@test "a success leaves nothing in the log" {
	ocirt --log "$LOG" --log-format=json list
	succeeds
	is "size" "$(stat -c %s "$LOG")" 0
}

@test "a log that cannot be opened is an error" {
	ocirt --log /nope/log list
	exits 1
	one_line
	says '/nope/log' '(ENOENT)'
	ocirt --log '' list
	exits 1
	one_line
}

@test "a place in the config is line, column and pointer" {
	config_text <<-'EOF'
	{
	  "ociVersion": "1.3.0",
	  "process": { "cwd": "/", "args": "/bin/sh" }
	}
	EOF
	ocirt --log "$LOG" --log-format json create -b "$BUNDLE" "$ID"
	refuses 'config.json:3:36: /process/args: must be an array of strings'
	is "place" "$(jq -r '[.file, .pointer, .line, .column] | join("|")' "$LOG")" 'config.json|/process/args|3|36'
}

@test "people get the place and advice, without colours if they say so" {
	config '.process.args = "/bin/sh"'
	at_terminal create -b "$BUNDLE" "$ID"
	exits 1
	says '/process/args: must be an array of strings' '"args": "/bin/sh"' '^' $'\e['
	at_terminal --color=never create -b "$BUNDLE" "$ID"
	says '"args": "/bin/sh"' '^'
	says_not $'\e['
	NO_COLOR=1 at_terminal create -b "$BUNDLE" "$ID"
	says_not $'\e['
	NO_COLOR='' at_terminal create -b "$BUNDLE" "$ID"
	says $'\e['
}

@test "people are told of a container of nearly that name" {
	mkdir -p "$STATE"
	created true
	succeeds
	at_terminal state "${ID}x"
	exits 1
	says "did you mean \"$ID\"? (1 known under $STATE)"
	ocirt state "${ID}x"
	is "stderr" "$errors" "container \"${ID}x\" does not exist"
}

@test "features are JSON alone, with what engines read" {
	ocirt_plain features
	succeeds
	is "stderr" "$errors" ""
	json_holds '.ociVersionMin == "1.0.0" and .ociVersionMax == "1.3.0"' <<<"$output"
	json_holds '.hooks | length == 6' <<<"$output"
	json_holds '.mountOptions | index("rro") and index("ro") and index("ridmap")' <<<"$output"
	json_holds '.linux.namespaces | index("user") and index("time") and length == 8' <<<"$output"
	json_holds '.linux.capabilities | index("CAP_CHOWN") and length > 37' <<<"$output"
	json_holds '.linux.mountExtensions.idmap.enabled | type == "boolean"' <<<"$output"
	json_holds '.linux.cgroup | .v1 and .v2 and .systemd == false' <<<"$output"
	# a property of the specification that create refuses is not claimed
	json_holds '.linux.seccomp.enabled == (.annotations["run.ocirt.not-yet"] | split(",") | index("/linux/seccomp") == null)' \
		<<<"$output"
	# the Features structure must not hold what 1.3.0 does not define
	is "keys" "$(jq -c '[keys[], (.linux | keys[])] - ["annotations", "hooks", "linux", "mountOptions",
		"ociVersionMax", "ociVersionMin", "potentiallyUnsafeConfigAnnotations", "apparmor", "capabilities",
		"cgroup", "intelRdt", "memoryPolicy", "mountExtensions", "namespaces", "netDevices", "seccomp",
		"selinux"]' <<<"$output")" '[]'
}

@test "spec writes a config that check has nothing to say about, and never over another" {
	rm "$BUNDLE/config.json"
	ocirt spec --bundle "$BUNDLE"
	succeeds
	is "output" "$output$errors" ""
	ocirt check --strict --bundle "$BUNDLE"
	succeeds
	prints 'config.json: 0 errors, 0 warnings'
	echo mine >"$BUNDLE/config.json"
	ocirt spec --bundle "$BUNDLE"
	refuses "$BUNDLE/config.json: exists already (EEXIST)"
	is "file" "$(<"$BUNDLE/config.json")" mine
	ocirt spec --bundle "$BUNDLE" -f other.json
	succeeds
	json_holds .ociVersion "$BUNDLE/other.json"
	ocirt spec --bundle /nope
	refuses 'bundle /nope: is missing (ENOENT)'
}

@test "spec leaves no half of a file where the disk is full" {
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o size=4k tmpfs "$BATS_TEST_TMPDIR/small"
	head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/small/full"
	ocirt spec --bundle "$BATS_TEST_TMPDIR/small"
	local left
	left=$(ls "$BATS_TEST_TMPDIR/small")
	umount "$BATS_TEST_TMPDIR/small"
	refuses '(ENOSPC)'
	is "what is left" "$left" full
}

@test "spec's defaults are those of runc" {
	command -v runc >/dev/null || skip "runc is missing"
	local mine peers filter
	filter='{p: (.process | {args, cwd, env, user, noNewPrivileges, terminal, rlimits, b: .capabilities.bounding}),
		root, mounts, ns: ([.linux.namespaces[].type] - ["cgroup"] | sort), masked: (.linux.maskedPaths | sort),
		ro: .linux.readonlyPaths, devices: .linux.resources.devices}'
	(cd "$BATS_TEST_TMPDIR" && runc spec)
	ocirt spec -f -
	mine=$(jq -S "$filter" <<<"$output")
	peers=$(jq -S "$filter" "$BATS_TEST_TMPDIR/config.json")
	[ "$mine" = "$peers" ] || diff <(echo "$mine") <(echo "$peers")
}

@test "spec --rootless maps the caller and keeps the host's network" {
	ocirt spec --rootless -f -
	succeeds
	json_holds '.linux.uidMappings == [{containerID: 0, hostID: 0, size: 1}]' <<<"$output"
	json_holds '[.linux.namespaces[].type] | index("user") and (index("network") | not)' <<<"$output"
	json_holds '[.mounts[].options // [] | .[] | select(startswith("gid="))] == []' <<<"$output"
}

@test "check finds everything at once, with places and advice" {
	config_text <<-'EOF'
	{
	  "ociVersion": "1.3.0",
	  "process": {
	    "cwd": "/", "args": "/bin/sh", "noNewPrivilege": true,
	    "user": { "uid": "0", "gid": 0 }
	  },
	  "root": { "path": "rootfs" }, "linux": { "namespaces": [ { "type": "mount" } ] }
	}
	EOF
	ocirt check --bundle "$BUNDLE"
	exits 1
	says 'config.json:4:25: /process/args: must be an array of strings' 'config.json:5:22: /process/user/uid: must be' \
		'noNewPrivilege' 'did you mean "noNewPrivileges"' 'config.json: 2 errors, 1 warning'
	ocirt check --strict --bundle "$BUNDLE"
	says 'config.json: 3 errors, 0 warnings'
	jq '.process.args = [] | .process.user.uid = 0 | del(.process.noNewPrivilege)' "$BUNDLE/config.json" >"$BUNDLE/one.json"
	ocirt check --bundle "$BUNDLE" --config "$BUNDLE/one.json"
	says '/one.json: 1 error, 0 warnings'
	ocirt check --format json --bundle "$BUNDLE"
	exits 1
	is "findings" "$(jq -r 'map([.level, .line, .pointer] | join(" ")) | join("|")' <<<"$output")" \
		'error 4 /process/args|warning 4 /process/noNewPrivilege|error 5 /process/user/uid'
	ocirt check --bundle "$BATS_TEST_TMPDIR"
	exits 1
	one_line
	says 'config.json: is missing (ENOENT)'
}

# Each is one mistake, and what is said about it: of the document, and of the parts of the plan.
mistakes=(
	'.process.terminal = "yes"' '/process/terminal: must be true or false, is a string'
	'.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}' '/linux/seccomp: is not applied by this version yet, so it is refused'
	'.linux.mountLabel = "l"' '/linux/mountLabel: is not applied by this version yet, so it is refused'
	'.linux.namespaces += [{type: "network", path: "/nope/net"}]' '/linux/namespaces/N/path: open "/nope/net": is missing (ENOENT)'
	'.linux.namespaces += [{type: "time", path: "/dev/null"}]' '/linux/namespaces/N/path: "/dev/null" is no namespace'
	'.linux.sysctl += {"net/./a": "1"}' '/linux/sysctl/net~1.~1a: "net/./a": is no name of a kernel parameter'
	'.linux.sysctl += {"net/./b": "1"}' '/linux/sysctl/net~1.~1b: "net/./b": is no name of a kernel parameter'
	'.linux.resources.memory.limit = 1000' '/linux/resources/memory/limit: 1000 bytes is less than one page'
	'.linux.resources.unified += {"cgroup.procs": "1"}' '/linux/resources/unified/cgroup.procs: "cgroup.procs" can'"'t be set by name"
	'.linux.resources.unified += {"cgroup.kill": "1"}' '/linux/resources/unified/cgroup.kill: "cgroup.kill" can'"'t be set by name"
	'.mounts += [{destination: "/a", source: "/nope/a", options: ["bind", "sync"]}]' '/mounts/N/options/1: "sync" is a property of the whole'
	'.' '/mounts/N/source: /nope/a is missing (ENOENT), wanted at /a'
	'.mounts += [{destination: "/b", source: "/nope/b", options: ["bind"]}]' '/mounts/N/source: /nope/b is missing (ENOENT), wanted at /b'
	'.linux.devices += [{type: "c", path: "/dev/..", major: 1, minor: 3}]' '/linux/devices/0/path: "/dev/.." is no name of a device'
	'.linux.devices += [{type: "c", path: "/dev/.", major: 1, minor: 3}]' '/linux/devices/1/path: "/dev/." is no name of a device'
)

@test "check goes on after each error, and says each once, in the words of create" {
	local i said
	need cgroup:memory cgroup2
	config '.linux.namespaces |= map(select(.type != "network"))'
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/good.json"
	for ((i = 0; i < ${#mistakes[@]}; i += 2)); do config "${mistakes[i]}"; done
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/bad.json"
	ocirt check --bundle "$BUNDLE"
	exits 1
	said=$(sed -E 's|/(mounts\|namespaces)/[0-9]+/|/\1/N/|' <<<"$output")
	for ((i = 1; i < ${#mistakes[@]}; i += 2)); do
		is "times ${mistakes[i]}" "$(grep -cF " ${mistakes[i]}" <<<"$said")" 1
	done
	says "config.json: $((${#mistakes[@]} / 2)) errors, 0 warnings"
	is "lines without a place" "$(grep -vcE '^(config.json:[0-9]+:[0-9]+: |help: )' <<<"$output")" 1
	said=$(grep -v ^help <<<"$output")
	ocirt check --format json --bundle "$BUNDLE"
	exits 1
	is "the findings" "$(jq -r '.[] | "\(.file):\(.line):\(.column): \(.pointer): \(.msg)"' <<<"$output")" "$(head -n -1 <<<"$said")"
	ocirt create --bundle "$BUNDLE" "$ID"
	refuses
	is "what create says" "$errors" "$(head -1 <<<"$said")"
	for ((i = 0; i < ${#mistakes[@]}; i += 2)); do
		cp "$BATS_TEST_TMPDIR/good.json" "$BUNDLE/config.json"
		[ "${mistakes[i]}" != . ] || continue
		config "${mistakes[i]}"
		ocirt check --bundle "$BUNDLE"
		said=$(head -1 <<<"$output")
		ocirt create --bundle "$BUNDLE" "$ID"
		refuses
		is "what create says" "$errors" "$said"
	done
}

@test "check leaves out what an error of the document makes an echo" {
	config '.linux.namespaces += [{type: "nosuch"}] | .mounts += [{destination: "/a", source: "/nope/a", options: ["bind"]}]
		| .linux.sysctl = {"net/./a": "1"} | .process.env = "x" | .process.rlimits = [{type: "RLIMIT_CORE", soft: 2, hard: true}]
		| .linux.cgroupsPath = "/../x"'
	ocirt check --format json --bundle "$BUNDLE"
	exits 1
	is "the pointers" "$(jq -r '[.[].pointer | sub("s/[0-9]+/type"; "s/N/type")] | sort | join(" ")' <<<"$output")" \
		'/linux/cgroupsPath /linux/namespaces/N/type /process/env /process/rlimits/0/hard'
}

@test "check looks at what is beside an element that is wrong in itself" {
	local at
	need cgroup:memory cgroup:cpuset cgroup:blkio cgroup:hugetlb cgroup2
	config '.process.rlimits = [{type: "RLIMIT_X", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 1, hard: 1}]
		| .mounts = [{destination: "/a", type: 5}, {type: "tmpfs"}, {destination: "/b", source: "/nope/b", options: ["bind", "nosuch"]}]
		| .linux.devices = [{path: 5}, {type: "c", path: "/dev/..", major: 1, minor: 3}]
		| .linux.sysctl = {"kernel.domainname": "a", "net.a": 5}
		| .linux.resources = {memory: {limit: 1000000, swap: 5}, cpu: {shares: "a", cpus: "0;"}, pids: {limit: "a"},
			hugepageLimits: [{limit: 1}, {pageSize: "3MB", limit: 1}], unified: {"a": 5, "cgroup.procs": "1"},
			blockIO: {leafWeight: "a", weightDevice: [{major: 1}, {major: 1, minor: 2, weight: 3}]},
			devices: [{allow: 5}, {allow: true, type: "c", major: 1, minor: 3, access: "r"}]}'
	ocirt check --format json --bundle "$BUNDLE"
	exits 1
	output=$(jq -r '.[].pointer' <<<"$output")
	for at in /process/rlimits/{0/type,2} /mounts/{0/type,1/destination,2/options/1,2/source} \
		/linux/devices/{0/path,0/type,1/path} /linux/sysctl/{kernel.domainname,net.a} \
		/linux/resources/{memory/swap,cpu/shares,cpu/cpus,pids/limit} \
		/linux/resources/hugepageLimits/{0/pageSize,1/pageSize} \
		/linux/resources/unified/{a,cgroup.procs} /linux/resources/devices/0/allow \
		/linux/resources/blockIO/{leafWeight,weightDevice/0,weightDevice/0/minor,weightDevice/1/weight}; do
		is "times $at" "$(grep -cxF "$at" <<<"$output")" 1
		output=$(grep -vxF "$at" <<<"$output") || true
	done
	is "what else" "$output" ''
}

@test "check: of hundreds of errors each is told, rules too" {
	config '.mounts += [range(300) | {destination: 5}] | .process.cwd = "here"'
	ocirt check --format json --bundle "$BUNDLE"
	exits 1
	json_holds '[.[].pointer] | (map(select(test("^/mounts/[0-9]+/destination$"))) | length == 300)
		and index("/process/cwd") and length == 301' <<<"$output"
}

@test "list says when the state directory is not to be trusted, and passes over what is no record" {
	created true
	succeeds
	touch "$STATE/lost+found"
	ln -s / "$STATE/link"
	ocirt list -q
	prints "$ID"
	is "stderr" "$errors" ''
	rm "$STATE/lost+found" "$STATE/link"
	chmod 777 "$STATE"
	ocirt list
	fails_with 'can be written by others'
	chmod 700 "$STATE"
}

@test "an empty --root is neither the current folder nor the default one" {
	ocirt_plain --root= list
	usage_error 'option "--root" is empty; it names the folder of the state'
}

@test "the longest id can be used and given up" {
	ID=$(printf 'a%.0s' {1..255})
	program /bin/true
	run_bundle
	succeeds
	[ -z "$(ls -A "$STATE")" ]
	detached 'sleep 600'
	ocirt delete --force "$ID"
	succeeds
	[ -z "$(ls -A "$STATE")" ]
}

@test "list: a table, ids, JSON; an empty one is an array" {
	ocirt list --format json
	prints '[]'
	ocirt list
	prints 'ID  PID  STATUS  BUNDLE  CREATED  OWNER'
	ocirt list -q
	prints ''
	created true
	succeeds
	ocirt list -q
	prints "$ID"
	ocirt ls -f json
	is "list" "$(jq -r '.[0] | [.id, .status, .bundle, .pid] | join("|")' <<<"$output")" \
		"$ID|created|$BUNDLE|$PID"
	ocirt list
	# each column is as wide as its longest word
	is "places of columns" "$(awk 'NR == 1 { for (i = 1; i <= NF; i++) at[i] = index($0, $i); next }
		{ for (i = 1; i <= NF; i++) if (substr($0, at[i], length($i)) != $i) print i
		  width = length($1) + 3; if (at[2] != width) print "2 at " at[2] }' <<<"$output")" ''
	says "$ID  $PID"
	is "annotations of a config that has none" "$("$OCIRT" --root "$STATE" list -f json | jq '.[0] | has("annotations")')" false
	ocirt state "$ID"
	is "state" "$(jq -r '[.id, .status, .bundle, .pid, .owner] | join("|")' <<<"$output")" \
		"$ID|created|$BUNDLE|$PID|root"
}

@test "the default root follows uid and user namespace" {
	mkdir -p "$BATS_TEST_TMPDIR/run/ocirt/x"
	# an empty record is skipped or complained about, but it is seen only under the right root
	XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run capture unshare -r strace -f -e trace=openat,open,openat2 \
		"$OCIRT" list
	[[ $errors == *"$BATS_TEST_TMPDIR/run/ocirt"* ]] || skip "no strace here: $errors"
	XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run capture strace -f -e trace=openat,open,openat2 "$OCIRT" list
	says_not "$BATS_TEST_TMPDIR/run/ocirt"
	says /run/ocirt
}

@test "the systemd driver is refused clearly, where it matters" {
	ocirt --systemd-cgroup create -b "$BUNDLE" "$ID"
	refuses 'the systemd cgroup driver is not built yet'
	ocirt --cgroup-manager systemd run -b "$BUNDLE" "$ID"
	refuses 'the systemd cgroup driver is not built yet'
	ocirt --systemd-cgroup list
	succeeds
}

@test "the exit code of run is the process's, or 128 and the signal" {
	inside 'exit 37'
	exits 37
	inside 'kill -KILL $$'
	exits 0
	inside '(exec /bin/sh -c "kill -KILL \$\$"); exit $?'
	exits 137
}

@test "a full standard output is an error" {
	status=0
	"$OCIRT" --root "$STATE" features >/dev/full 2>"$BATS_TEST_TMPDIR/err" 3>&- || status=$?
	exits 1
	grep -qF '(ENOSPC)' "$BATS_TEST_TMPDIR/err"
}

@test "closed standard descriptors are not taken by files of ours" {
	ocirt_closed() {
		"$OCIRT" --root "$STATE" --log "$LOG" kill nope >&- 2>&- <&- 3>&-
	}
	ocirt_closed && return 1
	is "log" "$(<"$LOG")" 'container "nope" does not exist'
	rm "$LOG"
	"$OCIRT" --root "$STATE" --log "$LOG" kill nope 2>&- 3>&- && return 1
	is "lines, of which none was for stderr" "$(wc -l <"$LOG")" 1
}

@test "a warning is in the log only when asked for, and has its place" {
	local text
	config '.linux.resources.memory.limitt = 5'
	program true
	text='/linux/resources/memory/limitt: unknown key; did you mean "limit"?'
	ocirt --log "$LOG" --log-format json run -b "$BUNDLE" "$ID"
	succeeds
	is "stderr" "$errors" ""
	is "size" "$(stat -c %s "$LOG")" 0
	ocirt --log "$LOG" --log-format json --log-level warning run -b "$BUNDLE" "$ID"
	succeeds
	is "stderr" "$errors" ""
	is "objects" "$(jq -s length "$LOG")" 1
	[[ $(jq -r 'select(.level == "warning") | .warnings[0]' "$LOG") =~ ^config\.json:[0-9]+:[0-9]+:\ /linux ]] ||
		complain "$(<"$LOG")"
	json_holds '.warnings[0] | endswith($text)' "$LOG" --arg text "$text"
	at_terminal run -b "$BUNDLE" "$ID"
	succeeds
	says "warning:" "$text"
}

# An error of init's crosses the socket, one of the plan does not.
@test "at debug level an error names the function and the line where it began, else it does not" {
	local place='the error began in [a-z_]+\(\), line [0-9]+' form function line
	for form in '.root.path = "nowhere"' '.process.cwd = "/proc/version"'; do
		config "$form"
		ocirt run -b "$BUNDLE" "$ID"
		exits 1
		[[ ! $errors =~ began|$place ]] || complain "$errors"
		ocirt --log-level debug run -b "$BUNDLE" "$ID"
		exits 1
		[[ $errors =~ $place ]] || complain "$errors"
		ocirt --log "$LOG" --log-format json run -b "$BUNDLE" "$ID"
		json_holds 'has("function") or has("sourceLine") | not' "$LOG"
		rm "$LOG"
		ocirt --log "$LOG" --log-format json --log-level debug run -b "$BUNDLE" "$ID"
		read -r function line < <(jq -r 'select(.level == "error") | "\(.function) \(.sourceLine)"' "$LOG")
		grep -qE "^[^[:space:]].*\b$function\(" "$OCIRT_TOP"/src/*/*.c || complain "no function $function"
		[ "$line" -gt 1 ] || complain "line $line"
		rm "$LOG"
	done
}

@test "warnings that are too many to be kept are counted once" {
	config '.process += ([range(40) | {"a\(.)": 1}] | add)'
	program /bin/sh -c 'echo hello'
	at_terminal --color never run -b "$BUNDLE" "$ID"
	succeeds
	is "warnings" "$(grep -c '^warning:\|warning: ' <<<"$output")" 32
	is "the rest" "$(grep 'more warnings' <<<"$output")" 'and 8 more warnings'
}

# before_words WORDS WARNING: in $output, the warning stands once, and before the program's words
before_words() {
	is "warnings" "$(grep -c 'warning:' <<<"$output")" 1 || return
	is "order" "$(grep -oE "$1|warning: .*" <<<"$output")" "warning: $2"$'\n'"$1"
}

@test "the warnings of run and exec are shown once, before the program starts" {
	local text='unknown capability "CAP_KILLL" is ignored, did you mean "CAP_KILL"?' terminal
	for terminal in false true; do
		config '.process.capabilities.bounding += ["CAP_KILLL"] | .process.terminal = $it' --argjson it "$terminal"
		program /bin/sh -c 'echo hello; sleep 0.5'
		at_terminal --color never run -b "$BUNDLE" "$ID"
		succeeds
		before_words hello "$text" || complain "terminal: $terminal"
	done
	config '.process.capabilities.bounding -= ["CAP_KILLL"] | .process.terminal = false'
	detached 'sleep 600'
	at_terminal --color never exec --cap CAP_KILLL "$ID" /bin/sh -c 'echo hello; sleep 0.5'
	succeeds
	before_words hello "$text"
	"$OCIRT" --root "$STATE" delete --force "$ID"
}

@test "the log has the warnings of run while its program runs, and once" {
	local format level args
	config '.process.capabilities.bounding += ["CAP_KILLL"]'
	program sleep 600
	for format in json text; do
		rm -f "$LOG"
		"$OCIRT" --root "$STATE" --log "$LOG" --log-format "$format" --log-level warning run \
			-b "$BUNDLE" "$ID" >/dev/null 2>&1 3>&- &
		until_true test -s "$LOG"
		until_true state_is running
		is "lines" "$(grep -c 'CAP_KILLL' "$LOG")" 1
		json_holds '.warnings | length == 1 and (.[0] | contains("CAP_KILLL"))' "$STATE/$ID/state.json"
		"$OCIRT" --root "$STATE" kill "$ID" KILL
		wait $! || true
		is "lines" "$(wc -l <"$LOG")" 1
	done
	# a failure has them in its one object, at any level and however late it comes
	config '.process.args = ["/nope"]'
	for level in error warning; do
		for args in '["/nope"]' '["/bin/hostname-of-no-format"]'; do
			printf 'no ELF and no script' >"$BUNDLE/rootfs/bin/hostname-of-no-format"
			chmod 755 "$BUNDLE/rootfs/bin/hostname-of-no-format"
			config '.process.args = $args' --argjson args "$args"
			rm -f "$LOG"
			ocirt --log "$LOG" --log-format json --log-level "$level" run -b "$BUNDLE" "$ID"
			exits 1
			is "objects" "$(wc -l <"$LOG")" 1
			json_holds '.level == "error" and (.warnings | length == 1)' "$LOG"
		done
	done
}

@test "the warnings of a failure are in its one object" {
	config '.process.argz = .process.args | del(.process.args)'
	ocirt --log "$LOG" --log-format json run -b "$BUNDLE" "$ID"
	exits 1
	one_line
	is "objects" "$(jq -s length "$LOG")" 1
	json_holds '.level == "error" and (.warnings | length == 1) and (.warnings[0] | contains("argz"))' "$LOG"
}

@test "a descriptor that is not there is not replaced by the log" {
	program true
	ocirt --log "$LOG" --log-format json run --preserve-fds 1 -b "$BUNDLE" "$ID"
	refuses 'descriptor 3, of the 1 asked for by --preserve-fds: bad file descriptor (EBADF)'
	is "objects" "$(jq -s length "$LOG")" 1
}

@test "an id that is taken is said before anything else is found" {
	created true
	succeeds
	ocirt create -b "$BUNDLE" "$ID"
	exits 1
	one_line
	says "container \"$ID\" is created (pid $PID, bundle \"$BUNDLE\"" 'exists already (EEXIST)'
}
