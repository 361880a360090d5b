#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The rules of docs/security.md: each test names the advisory whose defect it would show.
load lib/all

setup() {
	bundle_new
	root=$BUNDLE/rootfs
	mounts_before=$(</proc/self/mountinfo)
}

# Whatever the container did, the host's mounts are what they were.
teardown() {
	bundle_drop
	[ "$mounts_before" = "$(</proc/self/mountinfo)" ] || complain "the host's mounts have changed"
}

forever='while :; do sleep 0.1; done'

# How often a race is run: a build machine says OCIRT_ROUNDS=1000.
rounds=${OCIRT_ROUNDS:-40}

# attack_in: the enemy is in the root file system
attack_in() {
	attack=$OCIRT_BUILD/tests/attack/attack
	[ -x "$attack" ] || attack=$OCIRT_TOP/tests/attack/attack
	[ -x "$attack" ] || skip "tests/attack/attack is not built"
	cp "$attack" "$root/bin/attack"
}

# victim [PROGRAM]: a copy of the program under test, for attacks on its file
victim() {
	victim=$BATS_TEST_TMPDIR/ocirt-victim
	cp "${1:-$OCIRT}" "$victim"
	victim_sum=$(sha256sum <"$victim")
}

victim_unharmed() {
	is "the binary" "$(sha256sum <"$victim")" "$victim_sum"
}

all_capabilities() {
	config '.process.capabilities = ({bounding: $all, effective: $all, permitted: $all}) | .process.noNewPrivileges = false' \
		--argjson all "$("$OCIRT" features | jq -c '.linux.capabilities - ["CAP_SYS_RESOURCE"]')"
}

# outside NAME: a folder of the host with a file that nobody may change
outside() {
	outside=$BATS_TEST_TMPDIR/outside
	mkdir -p "$outside"
	echo precious >"$outside/file"
	outside_before=$(outside_now)
}

outside_now() { (cd "$outside" && find . -printf '%p %y %m %u %g %s\n' | sort && cat file); }

outside_unharmed() { is "the folder outside" "$(outside_now)" "$outside_before"; }

# ---- our binary ----

# shown PID: what this process shows as its program is the runtime; kept for when nobody runs it
shown() {
	is "the program of process $1" "$(sha256sum <"/proc/$1/exe")" "$victim_sum"
	exec 8<"/proc/$1/exe"
}

# kept_is_harmless: what was shown is written to, by its own mount, as soon as nobody runs it
kept_is_harmless() {
	ocirt delete --force "$ID"
	succeeds
	(echo owned >>/proc/self/fd/8) 2>/dev/null || true
	exec 8<&-
	victim_unharmed
}

# loadable PROGRAM: the root file system has what the program's loader asks for
loadable() {
	local file
	for file in $(ldd "$1" | grep -o '/[^ ]*'); do
		mkdir -p "$root/$(dirname "$file")"
		cp "$file" "$root/$file"
	done
}

@test "CVE-2019-5736: what a created container shows of us is not the host's writable file" {
	victim
	capture "$victim" --root "$STATE" create -b "$BUNDLE" --pid-file "$BATS_TEST_TMPDIR/pid" "$ID"
	succeeds
	shown "$(<"$BATS_TEST_TMPDIR/pid")"
	kept_is_harmless
}

@test "CVE-2019-5736: /proc/self/exe as the program is not the host's writable file" {
	local words
	victim
	all_capabilities
	loadable "$victim"
	# its output has no room, so it waits: time to look
	mkfifo "$BATS_TEST_TMPDIR/full"
	exec 5<>"$BATS_TEST_TMPDIR/full"
	dd if=/dev/zero of="$BATS_TEST_TMPDIR/full" bs=4096 oflag=nonblock 2>/dev/null || true
	printf '#!/proc/self/exe version\n' >"$root/bin/script"
	chmod 755 "$root/bin/script"
	for words in '/proc/self/exe version' /bin/script; do
		# shellcheck disable=SC2086
		program $words
		# shellcheck disable=SC2016
		capture sh -c 'exec "$@" >"$0" 2>&1' "$BATS_TEST_TMPDIR/full" "$victim" --root "$STATE" \
			run --detach -b "$BUNDLE" --pid-file "$BATS_TEST_TMPDIR/pid" "$ID"
		succeeds
		shown "$(<"$BATS_TEST_TMPDIR/pid")"
		kept_is_harmless
	done
}

# attacker exe|spy|'reach FILE': a container whose program attacks what comes near, until attacker_ends
attacker() {
	program /bin/sh -c "/bin/attack $1 $((rounds * 5 + 60)) >/tmp/report 2>&1; echo ended >>/tmp/report; sleep 9999"
	run_bundle --detach --pid-file "$BATS_TEST_TMPDIR/pid"
	succeeds
}

attacker_ends() {
	touch "$root/tmp/end"
	until_true grep -q ended "$root/tmp/report"
	output=$(<"$root/tmp/report") errors=
}

# joins_attacker: the next container lives in the attacker's pid namespace
joins_attacker() {
	config '.linux.namespaces |= map(if .type == "pid" then .path = $path else . end) | del(.linux.cgroupsPath)' \
		--arg path "/proc/$(<"$BATS_TEST_TMPDIR/pid")/ns/pid"
}

# attacked_by_exec [NAME=VALUE]...: exec into a container whose program attacks what enters
attacked_by_exec() {
	local round
	attack_in
	all_capabilities
	config '.linux.resources.devices = [{allow: true, access: "rwm"}]'
	attacker exe
	for ((round = 0; round < rounds; round += 2)); do
		capture env "$@" "$victim" --root "$STATE" exec "$ID" /proc/self/exe --version
		capture env "$@" "$victim" --root "$STATE" exec "$ID" /bin/true
	done
	attacker_ends
	says 'saw the runtime'
	says_not wrote
	victim_unharmed
}

@test "CVE-2019-5736: with all capabilities, open_tree and mount_setattr on /proc/PID/exe of exec" {
	victim
	attacked_by_exec
}

@test "CVE-2019-5736: the sealed copy where the kernel can't clone a mount" {
	need doors
	victim "$OCIRT_TEST"
	attacked_by_exec OCIRT_NO=open_tree,mount_setattr
}

@test "CVE-2019-5736: a joined pid namespace sees the runtime's side, not the host's file" {
	victim
	attack_in
	all_capabilities
	attacker exe
	joins_attacker
	program /proc/self/exe --version
	for ((round = 0; round < rounds; round++)); do
		capture "$victim" --root "$STATE" run -b "$BUNDLE" "$ID-$round"
	done
	attacker_ends
	says 'saw the runtime'
	says_not wrote
	victim_unharmed
}

# ---- what the container sees of us ----

# spied WORD...: a command that enters the spy's container, again and again (ROUND is its number)
spied() {
	local round
	for ((round = 0; round < rounds; round++)); do
		OCIRT_TIMEOUT=5 capture env SECRET=SECRET "$OCIRT" --root "$STATE" "${@//ROUND/$round}"
		succeeds || return
	done
	attacker_ends
	says 'saw the runtime' && says_not descriptor environment traced
}

@test "CVE-2016-9962: what exec sends in can't be traced or read, and holds no descriptor of ours" {
	attack_in
	attacker spy
	spied exec "$ID" /bin/true
}

@test "CVE-2016-9962: nor by the root of a user namespace with all capabilities" {
	attack_in
	all_capabilities
	config '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	attacker spy
	spied exec "$ID" /bin/true
}

@test "CVE-2016-9962: nor can the init of a container that joins the pid namespace of another" {
	attack_in
	attacker spy
	joins_attacker
	program /bin/true
	spied run -b "$BUNDLE" "$ID-ROUND"
}

# reaching: a container with all capabilities looks for a file of the host in what comes
reaching() {
	outside
	attack_in
	all_capabilities
	attacker "reach $outside/file"
}

# reached_by ARGUMENT...: from the folder outside, and with a descriptor of it
reached_by() {
	local round
	for ((round = 0; round < rounds; round++)); do
		# shellcheck disable=SC2016
		OCIRT_TIMEOUT=5 capture bash -c 'cd "$0" && exec 9<. && exec "$@"' "$outside" \
			"$OCIRT" --root "$STATE" --log "$BATS_TEST_TMPDIR/log" "${@//ROUND/$round}"
		succeeds || return
	done
	attacker_ends
	says 'saw the runtime' && says_not reached descriptor
}

@test "CVE-2016-9962: with all capabilities, no root, folder or descriptor of exec is the host's" {
	reaching
	reached_by exec "$ID" /bin/true
}

@test "CVE-2016-9962: nor is that of a container that joins the pid namespace of another" {
	reaching
	joins_attacker
	program /bin/true
	reached_by run -b "$BUNDLE" "$ID-ROUND"
}

@test "CVE-2016-9962: nor that of who makes its procfs where the kernel wants somebody inside for it" {
	need doors
	reaching
	joins_attacker
	program /bin/true
	OCIRT_NO=pidns OCIRT=$OCIRT_TEST reached_by run -b "$BUNDLE" "$ID-ROUND"
}

@test "CVE-2016-9962: nor can the init of a new user namespace, by who owns it but has no capability" {
	config '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	created true
	succeeds
	capture setpriv --bounding-set=-all --inh-caps=-all cat "/proc/$PID/environ"
	fails_with 'Permission denied'
}

@test "CVE-2024-21626: no descriptor of the caller's or ours, and no working directory through one" {
	local fd
	outside
	exec 9<"$outside" 17<"$outside"
	for fd in 3 4 5 6 7 8 9 10 17; do
		config '.process.cwd = $cwd' --arg cwd "/proc/self/fd/$fd"
		inside 'pwd; cat file ../outside/file'
		[ "$status" != 0 ] || complain "began in descriptor $fd"
		says_not precious
	done
	config '.process.cwd = "/"'
	program /bin/ls /proc/self/fd
	run_bundle
	prints $'0\n1\n2\n3'
	detached "$forever"
	for fd in 3 4 5 6 7 8 9 10 17; do
		ocirt exec --cwd "/proc/self/fd/$fd" "$ID" /bin/sh -c 'pwd; cat file ../outside/file'
		[ "$status" != 0 ] || complain "began in descriptor $fd"
		says_not precious
	done
	ocirt exec "$ID" /bin/ls /proc/self/fd
	prints $'0\n1\n2\n3'
	exec 9<&- 17<&-
}

# with_outside ARGUMENT...: its descriptor 3 is the folder outside
with_outside() {
	# shellcheck disable=SC2016
	capture bash -c 'exec 3<"$0" && exec "$@"' "$outside" "$OCIRT" --root "$STATE" "$@"
}

@test "CVE-2024-21626: a working directory that is outside is refused, even by a descriptor that is handed on" {
	outside
	program /bin/sh -c "$forever"
	with_outside run --detach --preserve-fds 1 -b "$BUNDLE" "$ID"
	succeeds
	with_outside exec --preserve-fds 1 --cwd /proc/self/fd/3 "$ID" /bin/cat file
	exits 255
	says "leads out of the container's root"
	says_not precious
	ocirt delete --force "$ID"
	config '.process.cwd = "/proc/self/fd/3"'
	with_outside run --preserve-fds 1 -b "$BUNDLE" "$ID"
	refuses /process/cwd # it is made before, and no link of that kind is followed then
}

abstract_sockets() { awk '$8 ~ /^@/ { print $8 }' "/proc/$1/net/unix" | sort; }

# knock UID: comes to the socket of start as this user; prints whether it is let in
knock() {
	# shellcheck disable=SC2016
	perl -MSocket -e 'chdir $ARGV[0] or die; $) = "$ARGV[1] $ARGV[1]"; ($<, $>) = ($ARGV[1], $ARGV[1]);
		socket(S, AF_UNIX, SOCK_SEQPACKET, 0) && connect(S, pack_sockaddr_un("start")) or die "$!";
		vec($r = "", fileno(S), 1) = 1; print select($r, undef, undef, 1) ? "refused" : "let in"' \
		"$STATE/$ID" "$1" 2>&1
}

@test "CVE-2020-15257: a created container holds no socket, abstract or other, but the one of start" {
	local before fd
	outside
	before=$(abstract_sockets self)
	exec 9<"$outside"
	created true
	exec 9<&-
	succeeds
	is "abstract sockets inside" "$(abstract_sockets "$PID")" ''
	is "abstract sockets of the host's side" "$(abstract_sockets self)" "$before"
	mapfile -t fd < <(find "/proc/$PID/fd" -type l | sort -V)
	is "its descriptors" "${#fd[@]}" 4
	[[ $(readlink "${fd[3]}") =~ ^socket:\[([0-9]+)\]$ ]]
	grep -q " ${BASH_REMATCH[1]} .*/start$" /proc/self/net/unix
	is "the mode of its socket" "$(stat -c %a "$STATE/$ID/start")" 600
}

@test "CVE-2016-9962: a created container's init holds no log, and nobody inside can look into it" {
	local user
	for user in '.' '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'; do
		config "$user"
		program /bin/sh -c "$forever"
		ocirt --log "$BATS_TEST_TMPDIR/log" create -b "$BUNDLE" --pid-file "$BATS_TEST_TMPDIR/pid" "$ID"
		succeeds
		is "descriptors of the log" "$(find "/proc/$(<"$BATS_TEST_TMPDIR/pid")/fd" -lname "$BATS_TEST_TMPDIR/log")" ''
		ocirt exec "$ID" /bin/cat /proc/1/fd/0
		fails_with /proc/1/fd/0
		ocirt start "$ID"
		succeeds
		ocirt exec "$ID" /bin/cat /proc/1/fd/0 # empty
		succeeds
		ocirt delete --force "$ID"
		succeeds
	done
}

@test "CVE-2020-15257: who comes to the socket of start is asked who it is" {
	need tool:perl
	created 'echo started'
	succeeds
	chmod 711 "$STATE/$ID"
	chmod 666 "$STATE/$ID/start"
	is "user 1000" "$(knock 1000)" refused
	is "root" "$(knock 0)" 'let in'
	chmod 600 "$STATE/$ID/start"
	chmod 700 "$STATE/$ID"
	ocirt start "$ID"
	succeeds
}

@test "CVE-2024-25621: state is readable for its owner alone" {
	created true
	succeeds
	is "the state root" "$(stat -c %a "$STATE")" 700
	is "the container's folder" "$(stat -c %a "$STATE/$ID")" 700
	is "files that others can open" "$(find "$STATE/$ID" -type f -perm /077)" ''
	chmod 755 "$STATE"
	chown 1000 "$STATE"
	config 'del(.linux.cgroupsPath)'
	ocirt create -b "$BUNDLE" "$ID-2"
	fails_with "$STATE"
	chown 0 "$STATE"
	chmod 700 "$STATE"
}

# ---- the image is hostile ----

# link_instead PLACE: the image has a link to the host there
link_instead() {
	rm -rf "${root:?}/$1"
	ln -s "$outside" "$root/$1"
}

@test "CVE-2019-19921, CVE-2023-27561, CVE-2025-54867: /proc and /sys as links are refused" {
	local place
	outside
	for place in proc sys; do
		mv "$root/$place" "$root/real-$place"
		ln -s "real-$place" "$root/$place"
		program /bin/true
		run_bundle
		refuses "/$place"
		rm "$root/$place"
		mv "$root/real-$place" "$root/$place"
		rmdir "$root/$place"
		link_instead "$place"
		run_bundle
		refuses "/$place"
		outside_unharmed
		rm "$root/$place"
		mkdir "$root/$place"
	done
}

@test "CVE-2026-41579, CVE-2026-47766: /dev as a link changes nothing outside" {
	outside
	link_instead dev
	inside 'ls /dev'
	outside_unharmed
	# nothing is mounted on /dev here, so the device nodes are made in what the link leads to
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	inside 'ls /dev'
	outside_unharmed
	touch "$outside/ptmx"
	outside_before=$(outside_now)
	inside 'ls /dev'
	outside_unharmed
}

@test "CVE-2025-31133, CVE-2026-88265: a /dev/null of the image masks nothing and owns no stream" {
	outside
	mkdir "$BATS_TEST_TMPDIR/dev"
	config '.mounts |= map(select(.destination | startswith("/dev") | not))
		| .mounts += [{destination: "/dev", type: "bind", source: $dev, options: ["bind"]}]
		| .linux.maskedPaths = ["/etc/secret"]' --arg dev "$BATS_TEST_TMPDIR/dev"
	echo secret >"$root/etc/secret"
	ln -sf "$outside/file" "$BATS_TEST_TMPDIR/dev/null"
	inside 'cat /etc/secret; [ "$(stat -c %t:%T /etc/secret)" = 1:3 ] && echo ours'
	succeeds
	prints ours
	outside_unharmed
	rm -f "$BATS_TEST_TMPDIR/dev/null"
	echo file >"$BATS_TEST_TMPDIR/dev/null"
	inside 'cat /etc/secret; [ "$(stat -c %t:%T /etc/secret)" = 1:3 ] && echo ours'
	succeeds
	prints ours
	[ "$(cat "$BATS_TEST_TMPDIR/dev/null")" = file ]
	outside_unharmed
}

@test "CVE-2026-88265: files and devices that are standard streams keep their owner" {
	outside
	config '.process.user = {uid: 1000, gid: 1000}'
	program /bin/cat
	# none of the three is a device of the machine
	# shellcheck disable=SC2016
	capture sh -c 'exec "$@" <"$0"' "$outside/file" "$OCIRT" --root "$STATE" run -b "$BUNDLE" "$ID"
	succeeds
	prints precious
	outside_unharmed
	is "the owner of standard output" "$(stat -c %u "$BATS_TEST_TMPDIR/out")" 0
}

@test "CVE-2026-88265: a named fifo that is a standard stream keeps its owner, a pipe becomes the user's" {
	config '.process.user = {uid: 1000, gid: 1000}'
	program /bin/sh -c 'stat -L -c %u /proc/self/fd/0 /proc/self/fd/2'
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# shellcheck disable=SC2016
	capture sh -c 'exec 2<>"$0"; : | "$@"' "$BATS_TEST_TMPDIR/fifo" "$OCIRT" --root "$STATE" run -b "$BUNDLE" "$ID"
	succeeds
	prints $'1000\n0'
	is "the owner of the fifo" "$(stat -c %u "$BATS_TEST_TMPDIR/fifo")" 0
}

@test "CVE-2025-52565, CVE-2026-88264: /dev/console and /dev/pts of the image lead nowhere" {
	local link
	need tool:script
	outside
	config '.process.terminal = true | .mounts |= map(select(.destination != "/dev"))'
	program /bin/sh -c 'echo inside'
	for link in "$outside/file" "$outside/new" /proc/sys/kernel/hostname ../../../../../../outside; do
		rm -rf "$root/dev/console"
		ln -s "$link" "$root/dev/console"
		capture_terminal "$OCIRT --root $STATE run -b $BUNDLE $ID"
		fails_with /dev/console
		says_not inside
		outside_unharmed
		[ ! -e "$outside/new" ]
	done
	rm -rf "$root/dev/pts" "$root/dev/console"
	ln -s "$outside" "$root/dev/pts"
	capture_terminal "$OCIRT --root $STATE run -b $BUNDLE $ID"
	succeeds # mounted below the root, where the link leads
	outside_unharmed
}

# sysctl_of PID: as the container's network has it
sysctl_of() { nsenter --net="/proc/$1/ns/net" cat /proc/sys/net/ipv4/ip_forward; }

@test "CVE-2025-52881: a sysctl goes to the kernel, whatever the container mounts on /proc/sys" {
	outside
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1"}
		| .mounts += [{destination: "/proc/sys/net/ipv4/ip_forward", type: "bind", source: $file, options: ["bind"]}]' \
		--arg file "$outside/file"
	detached "$forever"
	succeeds
	outside_unharmed
	is "the kernel's value" "$(sysctl_of "$PID")" 1
	ocirt delete --force "$ID"
	config 'del(.mounts[-1])'
	inside 'cat /proc/sys/net/ipv4/ip_forward'
	prints 1
}

# under_proc PROGRAM ARG...: the caller's own /proc has a file of somebody else's there
under_proc() {
	# shellcheck disable=SC2016
	capture unshare --mount sh -c 'mount --bind "$0" /proc/sys/kernel/domainname && exec "$@"' \
		"$outside/file" "$@"
}

@test "CVE-2025-52881: nor does what lies on the host's /proc lead it elsewhere" {
	outside
	# (A sysctl of a network or ipc namespace would not do: procfs gives each namespace a directory entry
	# of its own, so what is mounted on the host's is not on the container's.)
	config '.domainname = "inside" | .linux.sysctl = {"kernel.domainname": "inside"}'
	program /bin/cat /proc/sys/kernel/domainname
	under_proc "$OCIRT" --root "$STATE" run -b "$BUNDLE" "$ID"
	succeeds
	prints inside
	outside_unharmed
	need doors
	# no instance of our own: then it is refused
	under_proc env OCIRT_NO=fsopen "$OCIRT_TEST" --root "$STATE" run -b "$BUNDLE" "$ID"
	refuses /proc/sys/kernel/domainname EXDEV
	outside_unharmed
}

# An unprivileged user mounts procfs in a namespace of its own only where one without masks is in sight.
@test "runc 1962: --no-pivot leaves no procfs of the host behind" {
	need file:/proc/self/ns/user
	config '.process.user = {uid: 1000, gid: 1000}'
	program /bin/sh -c 'mkdir /tmp/p && unshare -U -r -m -p -f mount -t proc proc /tmp/p'
	config '.linux.maskedPaths = [] | .linux.readonlyPaths = []'
	run_bundle
	[ "$status" = 0 ] || skip "an ordinary user has no user namespaces"
	config '.linux.maskedPaths = ["/proc/keys"]'
	rmdir "$root/tmp/p"
	run_bundle
	fails_with 'mount: '
	rmdir "$root/tmp/p"
	run_bundle --no-pivot
	fails_with 'mount: '
}

@test "CVE-2021-30465: a folder exchanged for a link while it is mounted on never leads outside" {
	local starts ran=0
	attack_in
	outside
	mkdir "$root/volume" "$root/volume/place"
	ln -s "$outside" "$root/volume/link"
	mkdir "$outside/inner"
	outside_before=$(outside_now)
	# 50 rounds a start: each mount is one, some on what is there outside, some on what is made
	program /bin/true
	# the hook sees the mounts of the container before the host's are gone from there
	config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", $script]}]' \
		--arg script "grep -F ' $outside' /proc/self/mountinfo >>$BATS_TEST_TMPDIR/astray; echo hook >>$BATS_TEST_TMPDIR/seen"
	cp "$BUNDLE/config.json" "$BATS_TEST_TMPDIR/plain.json"
	"$attack" exchange "$root/volume/place" "$root/volume/link" $((rounds * 5 + 60)) 3>&- &
	for ((starts = 0; starts < (${OCIRT_ROUNDS:-1000} + 49) / 50; starts++)); do
		cp "$BATS_TEST_TMPDIR/plain.json" "$BUNDLE/config.json"
		config '.mounts += [range(25) | {destination: "/volume/place/inner", type: "tmpfs", source: "tmpfs"},
			{destination: "/volume/place/made\($n)-\(.)/deep", type: "tmpfs", source: "tmpfs"}]' --argjson n "$starts"
		run_bundle
		[ "$status" != 0 ] || ran=$((ran + 1))
		outside_unharmed
	done
	kill $! 2>/dev/null || true
	wait $! || true
	[ "$ran" -gt 0 ] || complain "it never ran, so nothing was tried"
	grep -q hook "$BATS_TEST_TMPDIR/seen"
	is "what was mounted outside" "$(<"$BATS_TEST_TMPDIR/astray")" ''
}

@test "CVE-2024-45310: folders and files that are made for mounts are made inside" {
	local made=/made-by-ocirt-$ID
	outside
	ln -s "$outside" "$root/link"
	ln -s ../../../../../../../../.. "$root/up"
	config '.mounts += [{destination: "/link/made/deep", type: "tmpfs", source: "tmpfs"},
		{destination: ("/up" + $made), type: "tmpfs", source: "tmpfs"},
		{destination: "/link/bound", type: "bind", source: "/etc/hostname", options: ["bind"]}]' --arg made "$made"
	inside "ls -d $made"
	succeeds
	says_line "$made"
	outside_unharmed
	[ ! -e "$made" ]
	[ ! -e "$outside/made" ] && [ ! -e "$outside/bound" ]
}

@test "CVE-2024-9676: a passwd that is a FIFO, a link to the host, or huge stops nobody" {
	outside
	program /bin/sh -c 'echo "home $HOME"'
	rm "$root/etc/passwd"
	mkfifo "$root/etc/passwd"
	OCIRT_TIMEOUT=10 run_bundle
	succeeds
	says_line "home /"
	rm "$root/etc/passwd"
	echo 'root:x:0:0::/home-of-the-host:/bin/sh' >"$outside/passwd"
	ln -s "$outside/passwd" "$root/etc/passwd"
	run_bundle
	succeeds
	says_not home-of-the-host
	rm "$root/etc/passwd"
	truncate -s 3G "$root/etc/passwd"
	OCIRT_TIMEOUT=10 run_bundle
	succeeds
	says_line "home /"
	rm "$root/etc/passwd"
	mkdir "$root/etc/passwd"
	OCIRT_TIMEOUT=10 run_bundle
	succeeds
	says_line "home /"
}

@test "CVE-2024-9676: nor is a descriptor that is handed on read as passwd" {
	outside
	echo 'root:x:0:0::/home-of-the-host:/bin/sh' >"$outside/passwd"
	rm "$root/etc/passwd"
	ln -s /proc/self/fd/3 "$root/etc/passwd"
	program /bin/sh -c 'echo "home $HOME"'
	# shellcheck disable=SC2016
	capture bash -c 'exec 3<"$0" && exec "$@"' "$outside/passwd" \
		"$OCIRT" --root "$STATE" run --preserve-fds 1 -b "$BUNDLE" "$ID"
	succeeds
	says_line "home /"
}

# ---- who the process is ----

@test "youki 3434: no capabilities block is no capability, and exec's are never inheritable" {
	config 'del(.process.capabilities)'
	inside 'grep ^Cap /proc/self/status'
	local set
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		says_line "$set:	0000000000000000"
	done
	detached "$forever"
	ocirt exec --cap CAP_KILL "$ID" /bin/grep ^Cap /proc/self/status
	succeeds
	says_line $'CapInh:\t0000000000000000' $'CapAmb:\t0000000000000000' $'CapPrm:\t0000000000000020'
}

@test "CVE-2022-29162: inheritable capabilities are the config's or none, even when ours are not" {
	need tool:capsh
	config '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	program /bin/grep '^Cap' /proc/self/status
	capture capsh --inh=cap_kill,cap_chown --addamb=cap_kill -- -c \
		"exec $OCIRT --root $STATE run -b $BUNDLE $ID"
	succeeds
	says_line $'CapInh:\t0000000000000000' $'CapAmb:\t0000000000000000'
}

@test "CVE-2022-2989: the caller's supplementary groups are dropped" {
	need tool:setpriv
	program /bin/grep '^Groups' /proc/self/status
	capture setpriv --groups 7,1234 "$OCIRT" --root "$STATE" run -b "$BUNDLE" "$ID"
	succeeds
	is groups "$(tr -d '[:space:]' <<<"$output")" Groups:
	detached "$forever"
	capture setpriv --groups 7,1234 "$OCIRT" --root "$STATE" exec "$ID" /bin/grep '^Groups' /proc/self/status
	is groups "$(tr -d '[:space:]' <<<"$output")" Groups:
}

@test "CVE-2024-40635: ids that are none are refused, never root" {
	local id
	# cut to 32 bits some of these numbers are another user, and the last two are root
	for id in -1 -2 4294967295 4294967297 1e3 0.5 -4294967296 4294967296 18446744073709551616; do
		config_uid "$id" uid
		run_bundle
		refuses /process/user/uid
		config_uid "$id" gid
		run_bundle
		refuses /process/user/gid
	done
	config '.process.user = {uid: 4294967294, gid: 4294967294}'
	inside 'id -u; id -g'
	prints $'4294967294\n4294967294'
}

# config_uid NUMBER WHICH: jq would round it
config_uid() {
	config '.process.user = {uid: 0, gid: 0}'
	sed -i -E "s/\"$2\": 0/\"$2\": $1/" "$BUNDLE/config.json"
}

@test "CVE-2026-30892: exec -u is a number, whole, or it is refused" {
	local user
	# names that must never be looked up: all of them are root's
	printf '%s:x:0:0::/:\n' '' 1 7 4294967295 >>"$root/etc/passwd"
	printf '%s:x:0:\n' '' 8 4294967295 >>"$root/etc/group"
	detached "$forever"
	ocirt exec -u 1 "$ID" /bin/sh -c 'echo "$(id -u):$(id -g)"'
	succeeds
	is "user" "${output%%:*}" 1
	ocirt exec -u 7:8 "$ID" /bin/sh -c 'echo "$(id -u):$(id -g)"'
	prints 7:8
	for user in '' : 1: :1 -1 4294967295 4294967296 '1 ' ' 1' 0x1 1:2:3 1:x 1:4294967295 999999999999999999999 root0; do
		ocirt exec -u "$user" "$ID" /bin/id
		exits 255
		says '--user "'
		says_not uid=
	done
}

@test "CVE-2022-0811: a sysctl's name and value are one parameter of the container's own" {
	local row before
	before=$(</proc/sys/kernel/core_pattern)
	# should one of them get through, it writes the value that is there: the machine stays as it is
	for row in '"net.ipv4.ip_forward+x": "1"' '"../../kernel/core_pattern": $now' '"net/../kernel/core_pattern": $now' \
		'"kernel.core_pattern": $now' '"net.ipv4.ip_forward": "1\n2"' '"": "1"' '"kernel.shm_rmid_forced+kernel.core_pattern": "1"'; do
		config ".linux.sysctl = {$row}" --arg now "$before"
		program /bin/true
		run_bundle
		refuses /linux/sysctl
	done
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1\n2"}'
	run_bundle
	refuses /linux/sysctl 'a newline'
	config '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))'
	run_bundle
	refuses /linux/sysctl
	is "the kernel's" "$(</proc/sys/kernel/core_pattern)" "$before"
}

@test "ids are words of the allowed characters, whatever command they come to" {
	local id command
	mkdir -m 700 "$STATE" "$BATS_TEST_TMPDIR/x"
	echo precious >"$BATS_TEST_TMPDIR/x/state.json"
	for command in "create -b $BUNDLE" "run -b $BUNDLE" start state kill 'delete --force' delete exec; do
		for id in . .. ../x a/b 'a b' $'a\nb' $'a\e[31m' ']:' .a "$(printf 'a%.0s' {1..256})" ''; do
			if [ "$command" = exec ]; then
				ocirt exec -- "$id" /bin/true
			else
				# shellcheck disable=SC2086
				ocirt $command -- "$id"
			fi
			[ "$status" != 0 ] || complain "$command accepted \"$id\""
			says 'container id'
			is lines "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
			[[ $errors != *$'\e'* ]] || complain "an escape came through"
		done
	done
	ocirt create -b "$BUNDLE" -- $'a\e[31m'
	says 'a\x1b[31m'
	is "what was made" "$(find "$STATE" -mindepth 1 2>/dev/null)" ''
	is "what is beside it" "$(<"$BATS_TEST_TMPDIR/x/state.json")" precious
}

# A clone of a shared mount is its peer: what is mounted over one is over the other, too.
@test "what a container with a user namespace mounts over its devices does not reach the host's" {
	need namespace:user tool:unshare
	ln -sf busybox "$root/bin/mount"
	config '.linux.namespaces += [{type: "user"}] | .mounts += [{destination: "/tmp", type: "tmpfs"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings'
	all_capabilities
	program /bin/sh -c 'for d in null zero full random urandom tty; do
		: >/tmp/f && mount -o bind /tmp/f /dev/$d || exit 1
	done
	echo mounted'
	# shellcheck disable=SC2016
	capture unshare -m --propagation shared bash -c '"$@"; grep -E " /dev/(null|zero|full|u?random|tty) " \
		/proc/self/mountinfo' bash "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	prints mounted
}

@test "a state directory that others can write is refused and left as it is" {
	mkdir -m 1777 "$BATS_TEST_TMPDIR/public"
	for words in "run --bundle $BUNDLE" state "kill" "delete --force"; do
		# shellcheck disable=SC2086
		capture "$OCIRT" --root "$BATS_TEST_TMPDIR/public" $words "$ID"
		fails_with 'can be written by others (mode 1777)'
	done
	is mode "$(stat -c %a "$BATS_TEST_TMPDIR/public")" 1777
	mkdir -m 775 "$BATS_TEST_TMPDIR/shared"
	chgrp 12345 "$BATS_TEST_TMPDIR/shared"
	capture "$OCIRT" --root "$BATS_TEST_TMPDIR/shared" run --bundle "$BUNDLE" "$ID"
	fails_with 'can be written by others (mode 0775)'
}

@test "names from the config stay one line without escapes" {
	local filter
	for filter in '.process.args = ["/no\nlevel=info\u001b[2J"]' '.mounts += [{destination: "/x", type: "bi\n\u001b[1mnd", source: "/\n\u001b]0;x\u0007"}]' \
		'.root.path = "no\n\u001b[31m"' '.linux.namespaces += [{type: "pid", path: "/no\n\u001b"}]' '.process.env = ["A\n\u001b[31m"]' \
		'.annotations = {"a\n\u001b[31m": 5}' '.linux.sysctl = {"net.\n\u001b[31m": "1"}'; do
		jq . "$lib/config.json" >"$BUNDLE/config.json"
		config "$filter"
		run_bundle
		[ "$status" != 0 ] || complain "succeeded with $filter"
		is lines "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
		[[ $errors != *$'\e'* ]] || complain "an escape came through"
	done
	# a name of 300 bytes is cut in its middle, what is no printable character is escaped
	local name
	name="/N\\n\\u001b[31m$(printf 'x%.0s' {1..300})"
	for filter in '.process.args = [$n]' '.process.env = [$n]' '.process.cwd = "/dev/null" + $n' '.root.path = $n' \
		'.mounts += [{destination: $n, type: "tmpfs"}]' '.mounts += [{destination: $n, type: "cgroup"}]' \
		'.mounts += [{destination: ($n + "/.."), source: "/", options: ["bind"]}]' \
		'.mounts += [{destination: $n, source: "/dev", options: ["bind"]}]' \
		'.mounts += [{destination: $n, source: $n, options: ["bind"]}]' '.mounts += [{destination: $n, options: ["bind"]}]' \
		'.mounts += [{destination: "/t", source: $n, options: ["bind", "copy-symlink"]}]' \
		'.mounts += [{destination: "/t", type: $n}]' '.mounts += [{destination: "/t", type: $n, options: ["tmpcopyup"]}]' \
		'.mounts += [{destination: "/t", type: "tmpfs", options: [$n]}]' '.mounts += [{destination: "/t", source: "/", options: ["bind", $n]}]' \
		'.mounts += [{destination: "/t", type: "tmpfs", options: ["size=" + $n]}]' '.mounts += [{destination: "/t", type: "cgroup", options: [$n]}]' \
		'.linux.namespaces += [{type: "time", path: $n}]' '.linux.namespaces += [{type: "time", path: $n[1:]}]' \
		'.linux.devices += [{type: "c", path: $n, major: 1, minor: 3}]' '.linux.devices += [{type: "c", path: $n[1:], major: 1, minor: 3}]' \
		'.linux.maskedPaths = [$n]' '.linux.readonlyPaths = [$n]' '.hooks.prestart = [{path: $n}]' '.linux.cgroupsPath = $n' \
		'.linux.resources.hugepageLimits = [{pageSize: $n, limit: 1}]' \
		'.linux.resources.devices = [{allow: true, type: $n}]' '.linux.resources.devices = [{allow: true, access: $n}]' \
		'.process.execCPUAffinity.initial = $n' '.process.selinuxLabel = $n' '.process.apparmorProfile = $n'; do
		jq . "$lib/config.json" >"$BUNDLE/config.json"
		config "\"$name\" as \$n | $filter"
		run_bundle
		[ "$status" != 0 ] || complain "succeeded with $filter"
		is "lines for $filter" "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
		[[ $errors != *$'\e'* ]] || complain "an escape came through"
		[[ ! $errors =~ x{200} ]] || complain "not cut with $filter"
		says '\x0a\x1b[31mxxx'
	done
	jq . "$lib/config.json" >"$BUNDLE/config.json"
	program $'/no\e[2J'
	run_bundle
	says '/no\x1b[2J'
	program /bin/true
	config '.process.capabilities.bounding += ["CAP_\n\u001b[31m"]'
	ocirt --log "$BATS_TEST_TMPDIR/log" --log-level warning run -b "$BUNDLE" "$ID"
	succeeds
	is "lines of the log" "$(grep -c . "$BATS_TEST_TMPDIR/log")" 1
	! grep -q $'\e' "$BATS_TEST_TMPDIR/log" || complain "an escape came into the log"
	detached "$forever"
	ocirt exec -u $':\n\e[31m' "$ID" /bin/true
	exits 255
	is lines "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
	[[ $errors != *$'\e'* ]] || complain "an escape came through"
}

@test "CVE-2016-10124, CVE-2017-5226: without a terminal there is no controlling one to push words into" {
	need tool:script
	attack_in
	program /bin/sh -c 'set -- $(cat /proc/self/stat); echo "tty $7"; attack sti; : </dev/tty && echo opened'
	capture_terminal "$OCIRT --root $STATE run -b $BUNDLE $ID 2>&1"
	says 'tty 0' refused
	says_not opened
	detached "$forever"
	capture_terminal "$OCIRT --root $STATE exec $ID /bin/sh -c 'set -- \$(cat /proc/self/stat); echo \"tty \$7\"; attack sti' 2>&1"
	says 'tty 0' refused
}

@test "CVE-2019-14271: nothing of the image is loaded by the runtime" {
	local file
	local files=(etc/nsswitch.conf etc/ld.so.preload etc/ld.so.cache etc/localtime etc/locale.alias
		lib/x86_64-linux-gnu/libnss_files.so.2 usr/lib/locale/locale-archive
		usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache)
	for file in "${files[@]}"; do
		mkdir -p "$root/$(dirname "$file")"
		echo /lib/evil.so >"$root/$file"
		touch -a -d '2001-01-01' "$root/$file"
	done
	program /bin/true
	run_bundle
	succeeds
	detached "$forever"
	ocirt exec --user guest "$ID" /bin/true
	succeeds
	for file in "${files[@]}"; do
		is "$file was read" "$(stat -c %X "$root/$file")" "$(date -d 2001-01-01 +%s)"
	done
}

@test "labels are refused where the kernel has no such module, by run and by exec" {
	if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ]; then
		config '.process.apparmorProfile = "foo"'
		run_bundle
		refuses '/process/apparmorProfile: "foo": this kernel has no AppArmor'
	fi
	[ "$(stat -fc %T /sys/fs/selinux 2>/dev/null)" != selinuxfs ] || skip "SELinux is there"
	config 'del(.process.apparmorProfile) | .process.selinuxLabel = "a:b:c"'
	run_bundle
	refuses '/process/selinuxLabel: "a:b:c": this kernel has no SELinux'
	config 'del(.process.selinuxLabel)'
	detached "$forever"
	ocirt exec --process-label a:b:c "$ID" /bin/true
	exits 255
	says 'this kernel has no SELinux'
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && return
	ocirt exec --apparmor foo "$ID" /bin/true
	exits 255
	says '"foo": this kernel has no AppArmor'
}
