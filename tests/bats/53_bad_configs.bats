# SPDX-License-Identifier: Apache-2.0
# 53_bad_configs.bats - documents that are wrong, through the program: create refuses each in one line
# that names the property, waits for nothing, and leaves nothing
load lib/all

setup() {
	bundle_new
	program true
}
teardown() { bundle_drop; }

# refused TEXT...: create, as an engine calls it.  The time limit ends one that waits; how long a busy
# machine takes is no matter.
refused() {
	OCIRT_TIMEOUT=30 ocirt --log "$BATS_TEST_TMPDIR/log" --log-format json create --bundle "$BUNDLE" "$ID"
	refuses "$@" || return
	[ ${#errors} -le 400 ] || complain "the line has ${#errors} bytes" || return
	is "objects in the log" "$(jq -s length "$BATS_TEST_TMPDIR/log")" 1 || return
	pointer=$(jq -r '.pointer // ""' "$BATS_TEST_TMPDIR/log")
	rm "$BATS_TEST_TMPDIR/log"
}

# Properties of each kind, and what none of its kind takes.
strings='/ociVersion /hostname /process/cwd /root/path /linux/cgroupsPath'
numbers='/process/user/uid /process/user/umask /process/oomScoreAdj /linux/resources/cpu/shares /linux/resources/pids/limit'
booleans='/process/terminal /process/noNewPrivileges /root/readonly /linux/resources/memory/useHierarchy'
lists='/process/args /mounts /process/rlimits /linux/namespaces /linux/maskedPaths /linux/resources/devices'
objects='/process /root /linux /hooks /linux/resources /annotations /linux/sysctl'

# wrong_values PATHS VALUE...
wrong_values() {
	local path value
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/good.json"
	for path in $1; do
		for value in "${@:2}"; do
			jq --arg path "$path" 'setpath($path[1:] / "/"; "@VALUE@")' \
				"$BATS_TEST_TMPDIR/good.json" >"$BUNDLE/config.new"
			sed "s|\"@VALUE@\"|$value|" "$BUNDLE/config.new" | config_text
			refused "$path" || complain "$path = $value" || return
			is "the pointer for $value" "$pointer" "$path" || return
		done
	done
}

@test "no string: a number, a boolean, a list, an object" {
	wrong_values "$strings" 1 true '[]' '{}'
}

@test "no number: a string, a fraction, an exponent, out of range" {
	wrong_values "$numbers" '"1"' 1.5 1e3 18446744073709551616 '[1]'
}

@test "no boolean: a string, a number, a list" {
	wrong_values "$booleans" '"true"' 0 1 '[true]'
}

@test "no list: a string, an object" {
	wrong_values "$lists" '"a"' '{}' 7
}

@test "no object: a list, a string" {
	wrong_values "$objects" '[]' '"a"' 7
}

@test "a NUL and bad UTF-8 in a string are refused with the property" {
	sed 's|"hostname": "[^"]*"|"hostname": "a\\u0000b"|' "$BUNDLE/config.json" >"$BUNDLE/new"
	config_text <"$BUNDLE/new"
	refused hostname
	printf 's|a.u0000b|a\\xc3\\x28b|\n' >"$BATS_TEST_TMPDIR/script"
	LC_ALL=C sed -i -f "$BATS_TEST_TMPDIR/script" "$BUNDLE/config.json"
	refused UTF-8
}

@test "a key that comes twice is refused" {
	sed 's|^{|{ "hostname": "first",|' "$BUNDLE/config.json" >"$BUNDLE/new"
	config_text <"$BUNDLE/new"
	refused hostname
	is pointer "$pointer" /hostname
}

@test "text after the document is refused" {
	echo '{}' >>"$BUNDLE/config.json"
	refused 'config.json:'
}

@test "nesting beyond 32 is refused, also in a value that nobody reads; 31 is not" {
	config '.nobody = "@DEEP@"'
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/deep.json"
	local open shut
	open=$(printf '[%.0s' {1..32}) shut=$(printf ']%.0s' {1..32})
	sed "s|\"@DEEP@\"|$open$shut|" "$BATS_TEST_TMPDIR/deep.json" | config_text
	refused 32
	sed "s|\"@DEEP@\"|${open:1}${shut:1}|" "$BATS_TEST_TMPDIR/deep.json" | config_text
	run_bundle
	succeeds
}

@test "a file of 17 MiB is refused" {
	truncate -s 17M "$BUNDLE/config.json"
	refused config.json 16
}

@test "a sparse file of a terabyte, too" {
	truncate -s 1T "$BUNDLE/config.json" || skip "no such large files here"
	refused config.json 16
}

@test "a FIFO is not waited for" {
	rm "$BUNDLE/config.json"
	mkfifo "$BUNDLE/config.json"
	refused config.json
}

@test "a device is not read" {
	ln -sf /dev/zero "$BUNDLE/config.json"
	refused config.json
}

@test "a directory, a dangling link and a loop are refused" {
	rm "$BUNDLE/config.json"
	mkdir "$BUNDLE/config.json"
	refused config.json
	rmdir "$BUNDLE/config.json"
	ln -s nowhere "$BUNDLE/config.json"
	refused config.json ENOENT
	ln -sfn config.json "$BUNDLE/config.json"
	refused config.json ELOOP
}
