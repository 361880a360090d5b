# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# assert.bash - the only assertions: each says what came instead

# complain WHAT: shows the last command's outcome
complain() {
	printf '%s\nstatus: %s\nstdout: %s\nstderr: %s\n' "$1" "${status:-}" "${output:-}" "${errors:-}"
	return 1
}

succeeds() {
	[ "$status" = 0 ] || complain "did not succeed"
}

# exits CODE
exits() {
	[ "$status" = "$1" ] || complain "did not exit with $1"
}

# fails_with TEXT...: failed, and stdout or stderr has each text
fails_with() {
	[ "$status" != 0 ] || complain "did not fail" || return
	says "$@"
}

# refuses TEXT...: exit code 1 and one line on stderr that has each text; nothing is left
refuses() {
	exits 1 || return
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" = 1 ] || complain "stderr is not one line" || return
	says "$@" || return
	leaves_nothing
}

# says TEXT...: stdout or stderr has each text, as it is
says() {
	local text
	for text; do
		[[ $output$'\n'$errors == *"$text"* ]] || complain "did not say: $text" || return
	done
}

says_not() {
	local text
	for text; do
		[[ $output$'\n'$errors != *"$text"* ]] || complain "said: $text" || return
	done
}

# says_line LINE...: stdout has each as a whole line
says_line() {
	local line
	for line; do
		[[ $'\n'$output$'\n' == *$'\n'"$line"$'\n'* ]] || complain "no such line: $line" || return
	done
}

# json_holds FILTER [FILE] [JQ OPTION...]: the file, or stdin, is one JSON value for which it is true
# (jq -e alone takes nothing at all for success)
json_holds() {
	jq -se "length == 1 and (.[0] | $1)" "${@:2}" >/dev/null || complain "it does not hold: $1"
}

# prints TEXT: stdout is exactly this
prints() {
	[ "$output" = "$1" ] || complain "did not print exactly: $1"
}

# is WHAT GOT WANTED
is() {
	[ "$2" = "$3" ] || complain "$1 is \"$2\", not \"$3\""
}

# state_is STATUS [ID]
state_is() {
	local got
	got=$(state_of "${2:-}")
	[ "$got" = "$1" ] || complain "the state is \"$got\", not \"$1\""
}

# leaves_nothing: no record, cgroup, mount or process of $ID
leaves_nothing() {
	local left
	left=$(leftovers)
	[ -z "$left" ] || complain "left behind: $left"
}

leftovers() {
	local directory process
	[ ! -e "$STATE/$ID" ] || echo "record $STATE/$ID"
	while read -r _ directory _; do
		for directory in "$directory$CGROUP" "$directory/ocirt-$ID"; do
			[ ! -d "$directory" ] || echo "cgroup $directory"
		done
	done < <(cgroup_mounts)
	grep -F -e " $BUNDLE" -e " $STATE" /proc/self/mountinfo
	for process in /proc/[0-9]*; do
		[ "${process#/proc/}" != "$BASHPID" ] || continue
		if tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -qwF -e "$ID" ||
			grep -qF -e "$CGROUP" "$process/cgroup" 2>/dev/null; then
			# a zombie of somebody else is not ours to reap
			grep -q '^State:.*Z' "$process/status" 2>/dev/null && continue
			echo "process ${process#/proc/}: $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null)"
		fi
	done
}
