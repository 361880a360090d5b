#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The common mistakes: each gives one line that holds the place, the offending word and the allowed
# ones, and leaves nothing
load lib/all

setup() {
	bundle_new
	program true
}
teardown() { bundle_drop; }

# refused LINE: run and create refuse the bundle with exactly this line
refused() {
	local command
	for command in run create; do
		ocirt "$command" --bundle "$BUNDLE" "$ID"
		refuses || return
		is "$command says" "$errors" "$1" || return
		is "stdout" "$output" "" || return
	done
}

# place POINTER [tail]: "config.json:LINE:COLUMN" of a value that jq -n's layout has on a line of its own;
# the first, or last, with this key
place() {
	local key=${1##*/} line
	line=$(grep -n "\"$key\":" "$BUNDLE/config.json" | "${2:-head}" -n 1)
	local number=${line%%:*} text=${line#*:}
	local before=${text%%"\"$key\":"*}
	echo "config.json:$number:$((${#before} + ${#key} + 5))"
}

@test "no config.json in the current folder" {
	cd "$BATS_TEST_TMPDIR" || return
	ocirt run "$ID"
	refuses
	is "it says" "$errors" "$BATS_TEST_TMPDIR/config.json: is missing (ENOENT)"
}

@test "no such bundle" {
	ocirt --log "$BATS_TEST_TMPDIR/log" run -b /nope "$ID"
	refuses
	is "it says" "$errors" 'bundle /nope: is missing (ENOENT)'
	is "the log says" "$(<"$BATS_TEST_TMPDIR/log")" "$errors"
}

@test "a comma too many" {
	config_text <<<'{ "ociVersion": "1.3.0",, "process": 1 }'
	refused "config.json:1:25: invalid JSON: expected a key, found ','"
}

@test "a truncated and an empty file" {
	printf '{\n  "process": {\n    "args": ' | config_text
	refused 'config.json:3:12: file ends inside "process" (object opened at 2:14)'
	config_text </dev/null
	refused 'config.json:1:1: empty file'
}

@test "argz for args" {
	config '.process.argz = .process.args | del(.process.args)'
	refused "$(place process): /process/args: missing"
}

@test "a typo in an optional member is a warning of run and an error of check --strict" {
	config '.process.noNewPrivilege = true'
	run_bundle
	succeeds
	ocirt check --bundle "$BUNDLE"
	succeeds
	says_line 'help: did you mean "noNewPrivileges"?' 'config.json: 0 errors, 1 warning'
	grep -qE '^config\.json:[0-9]+:5: /process/noNewPrivilege: warning: unknown key$' <<<"$output" ||
		complain "no place"
	ocirt check --strict --bundle "$BUNDLE"
	exits 1
}

@test "a string for an array" {
	config '.process.args = "/bin/sh"'
	refused "$(place args): /process/args: must be an array of strings, is a string"
}

@test "a string for a number" {
	config '.process.user = {uid: "0", gid: 0}'
	refused "$(place uid): /process/user/uid: must be a number, is a string"
}

@test "no root file system" {
	config '.root.path = "nope" | del(.hooks)'
	ocirt run -b "$BUNDLE" "$ID"
	refuses
	[[ $errors =~ ^config\.json:[0-9]+:[0-9]+:\ /root/path:\ $BUNDLE/nope\ is\ missing\ \(ENOENT\)$ ]] ||
		complain "another line"
}

@test "no root" {
	config 'del(.root)'
	refused 'config.json:1:1: /root: missing, required on Linux'
}

@test "a version that nobody knows, and none" {
	config '.ociVersion = "9.9.9"'
	refused "$(place ociVersion): /ociVersion: \"9.9.9\" is not supported (1.x is)"
	config 'del(.ociVersion)'
	refused 'config.json:1:1: /ociVersion: missing'
}

@test "the container's command is to blame, in the words that engines know" {
	program nosuch
	refused 'exec: "nosuch": executable file not found in $PATH'
	program /bin/nosuch
	refused "exec: \"/bin/nosuch\": no such file or directory (in the container's rootfs)"
	cp "$BUNDLE/rootfs/bin/busybox" "$BUNDLE/rootfs/noexec"
	chmod 644 "$BUNDLE/rootfs/noexec"
	program /noexec
	refused 'exec: "/noexec": permission denied: mode 0644 has no x bit'
	program /etc
	refused 'exec: "/etc": is a directory'
}

@test "what a terminal would act upon is escaped, C1 and directions of writing too" {
	printf '#!/bin/\xc2\x9b31mx\xe2\x80\xaey\n' >"$BUNDLE/rootfs/bin/script"
	chmod 755 "$BUNDLE/rootfs/bin/script"
	program /bin/script
	run_bundle
	refuses '\xc2\x9b31mx\xe2\x80\xaey'
}

@test "a key that is there twice: create says the second place, as check does" {
	sed -i '$ s/}$/,"hostname":"again"}/' "$BUNDLE/config.json"
	run_bundle
	is "what run says" "$errors" "$("$OCIRT" check --bundle "$BUNDLE" 2>&1 | head -1)"
	refuses '/hostname: set twice'
}

@test "people are told the PATH that was tried, and where" {
	config '.process.env = ["PATH=/bin:/nowhere"]'
	program nosuch
	capture_terminal "env TERM=xterm NO_COLOR=1 $(printf '%q ' "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID")"
	is "it says" "$output" 'exec: "nosuch": executable file not found in $PATH
help: PATH is "/bin:/nowhere", looked up inside the container'"'s rootfs"
	leaves_nothing
}

@test "a bind mount whose source is missing" {
	config '.mounts += [{destination: "/data", source: "/nope/src", type: "bind", options: ["bind"]}]'
	local last
	last=$(jq '.mounts | length - 1' "$BUNDLE/config.json")
	refused "$(place source tail): /mounts/$last/source: /nope/src is missing (ENOENT), wanted at /data"
	[ ! -e "$BUNDLE/rootfs/data" ] || complain "its place is made"
}

@test "a terminal that nobody takes" {
	config '.process.terminal = true'
	ocirt create -b "$BUNDLE" "$ID"
	refuses "$(place terminal): /process/terminal: true needs --console-socket with create"
	ocirt run -b "$BUNDLE" "$ID"
	refuses "$(place terminal): /process/terminal: true but stdin is not a terminal"
}

@test "an id that is taken" {
	created true
	succeeds
	ocirt run -b "$BUNDLE" "$ID"
	exits 1
	says "container \"$ID\" is created (pid $PID, bundle \"$BUNDLE\", made 20" 'exists already (EEXIST)'
	state_is created
}

@test "deleting what runs" {
	detached 'sleep 100'
	succeeds
	ocirt delete "$ID"
	exits 1
	says "\"$ID\"" 'not stopped: running'
	state_is running
}

@test "starting twice, and after the end" {
	detached 'sleep 100'
	ocirt start "$ID"
	exits 1
	is "it says" "$errors" "container \"$ID\" is running, only a created one can be started"
	ocirt kill "$ID" KILL
	until_true state_is stopped
	ocirt start "$ID"
	exits 1
	is "it says" "$errors" "container \"$ID\" is stopped, only a created one can be started"
	ocirt kill "$ID"
	exits 1
	is "it says" "$errors" 'container not running'
	ocirt kill --all "$ID"
	succeeds
}

@test "a console socket without a terminal" {
	ocirt create -b "$BUNDLE" --console-socket /tmp/socket "$ID"
	refuses '/process/terminal: false but --console-socket is given'
}
