# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ocirt.bash - run the program under test.  After each of these $status is its exit status, $output
# what it wrote to stdout, $errors what it wrote to stderr.

# capture COMMAND...: run it, at most 60 s; stdin is empty, and bats' own fd stays with bats
capture() {
	status=0
	timeout -k 5 "${OCIRT_TIMEOUT:-60}" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" \
		</dev/null 3>&- || status=$?
	output=$(tr -d '\0' <"$BATS_TEST_TMPDIR/out")
	errors=$(tr -d '\0' <"$BATS_TEST_TMPDIR/err")
	if [ "$status" = 124 ] || [ "$status" = 137 ]; then
		errors+=$'\n'"(ended by the time limit or by SIGKILL)"
	fi
}

# capture_terminal COMMAND [TYPED]: capture the shell's COMMAND at a terminal of its own, where TYPED
# was typed; what it shows is in $output. The typing never ends: script(1) makes an end of input an
# end-of-file character, and a terminal that goes raw after it came reads it as a NUL (n_tty.c),
# which would be one more character of input for the container, and echoed by its terminal.
capture_terminal() {
	local typist=$BATS_TEST_TMPDIR/typist
	[ -p "$typist" ] || mkfifo "$typist"
	capture bash -c 'exec 0<>"$1" && printf %s "$3" >&0 && exec script -qec "$2" /dev/null' bash \
		"$typist" "$1" "${2:-}"
	output=${output//$'\r'/}
}

# ocirt ARG...: with this test's own state root
ocirt() { capture "$OCIRT" --root "$STATE" "$@"; }

# ocirt_plain ARG...: as people call it, no --root
ocirt_plain() { capture "$OCIRT" "$@"; }

# ocirt_test [NAME=VALUE]... ARG...: the build with doors for tests
ocirt_test() {
	local environment=()
	while [[ ${1:-} =~ ^[A-Z_]+= ]]; do
		environment+=("$1")
		shift
	done
	capture env "${environment[@]}" "$OCIRT_TEST" --root "$STATE" "$@"
}

# run_bundle [OPTION]...: the container in the foreground
run_bundle() { ocirt run "$@" --bundle "$BUNDLE" "$ID"; }

# inside SCRIPT: the container runs it with its sh, in the foreground
inside() {
	program /bin/sh -c "$1"
	run_bundle
}

# detached SCRIPT: the same, in the background; $PID is the container's init
detached() {
	program /bin/sh -c "$1"
	run_bundle --detach --pid-file "$BATS_TEST_TMPDIR/pid"
	PID=$(cat "$BATS_TEST_TMPDIR/pid" 2>/dev/null || true)
}

# created SCRIPT: created, not started
created() {
	program /bin/sh -c "$1"
	ocirt create --bundle "$BUNDLE" --pid-file "$BATS_TEST_TMPDIR/pid" "$ID"
	PID=$(cat "$BATS_TEST_TMPDIR/pid" 2>/dev/null || true)
}

# until_true COMMAND...: wait for it, at most 10 s
until_true() {
	local try
	for ((try = 0; try < 200; try++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.05
	done
	echo "never came true: $*"
	return 1
}

# state_of [ID]: the status word of ocirt state, nothing if there is no such container
state_of() {
	"$OCIRT" --root "$STATE" state "${1:-$ID}" 2>/dev/null | jq -r .status
}
