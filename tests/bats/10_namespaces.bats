#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Namespaces: new ones, those of other processes, and what a process inside sees of them.
load lib/all

setup() { bundle_new; }
teardown() {
	[ -z "${HOLDER:-}" ] || kill -KILL "$HOLDER" 2>/dev/null || true
	bundle_drop
}

# holder FLAG...: a process in namespaces of its own, in the background; $HELD is its pid
holder() {
	unshare "$@" --fork --kill-child sleep 1000 >/dev/null 2>&1 3>&- &
	HOLDER=$!
	until_true held
	held
}

held() {
	HELD=$(cat "/proc/$HOLDER/task/$HOLDER/children") && HELD=${HELD// /}
	[ -n "$HELD" ] && [ "$(cat "/proc/$HELD/comm")" = sleep ]
}

# of PID KIND: the namespace's name, as the kernel has it
of() { readlink "/proc/$1/ns/$2"; }

# join_path TYPE FILE: the configuration joins it
join_path() {
	config '.linux.namespaces |= map(select(.type != $type)) + [{type: $type, path: $path}]' \
		--arg type "$1" --arg path "$2"
}

# a user namespace in which 0 to 999 are our 100000 and on
user_namespace() {
	config '.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
		| .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 1000}]'
	chmod 711 "$BATS_TEST_TMPDIR" "$BUNDLE"
	chown -R 100000:200000 "$BUNDLE/rootfs"
}

@test "each kind that is asked for is new, alone" {
	local kind file
	for kind in pid:pid network:net ipc:ipc uts:uts cgroup:cgroup time:time; do
		file=${kind#*:}
		need "namespace:$file"
		config 'del(.hostname) | .mounts = [{destination: "/proc", type: "proc", source: "proc"}]
			| .linux.namespaces = [{type: "mount"}, {type: $type}]' --arg type "${kind%:*}"
		inside 'for ns in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$ns; done'
		succeeds
		says_not "$(of self "$file")" "$(of self mnt)"
		local other
		for other in cgroup ipc net pid time user uts; do
			[ "$other" = "$file" ] || says_line "$(of self "$other")"
		done
	done
}

@test "pid: the program is number 1 and sees only what is inside" {
	inside 'echo $$; ls -d /proc/[0-9]* | grep -v -e "/1$" -e self; exec ls -d /proc/[0-9]*'
	succeeds
	is "the first line" "${output%%$'\n'*}" 1
	is "the last line" "${output##*$'\n'}" /proc/1
}

@test "without a pid namespace the program sees the others" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	inside 'echo $$; cat /proc/1/comm'
	succeeds
	[ "${output%%$'\n'*}" != 1 ] || complain "it is number 1"
	says_line "$(cat /proc/1/comm)"
}

@test "network: nothing but a loopback, which is up and has its address" {
	inside 'ls /sys/class/net; cat /sys/class/net/lo/flags; ip addr show lo'
	succeeds
	says_line lo 0x9
	says 127.0.0.1/8
}

@test "network: a word goes through the loopback" {
	# the listener may need a moment: who calls too early calls again
	inside 'nc -l -p 7000 -e /bin/echo hello & n=0
		until nc 127.0.0.1 7000 </dev/null; do n=$((n + 1)); [ $n -lt 50 ] || exit 1; sleep 0.1; done'
	succeeds
	says_line hello
}

@test "ipc: queues of the host are not seen, nor theirs by the host" {
	need tool:ipcmk tool:ipcs
	local ours theirs
	ours=$(ipcmk -Q | grep -o '[0-9]*$')
	inside 'ipcs -q | grep -c "^0x"; cat /proc/sysvipc/msg | wc -l; ls /dev/mqueue | wc -l'
	theirs=$output
	ipcrm -q "$ours"
	is "queues, lines of sysvipc/msg and files" "$theirs" $'0\n1\n0'
}

@test "uts: hostname and domainname are inside and not outside" {
	local before
	before=$(uname -n)
	config '.hostname = "inside-name" | .domainname = "inside.domain"'
	inside 'uname -n; cat /proc/sys/kernel/domainname'
	succeeds
	prints $'inside-name\ninside.domain'
	is "the host's name" "$(uname -n)" "$before"
}

@test "uts: a sysctl that says the same as /hostname is let through, another is refused" {
	need namespace:uts
	config '.hostname = "same" | .linux.sysctl = {"kernel.hostname": "same"}'
	inside hostname
	prints same
	config '.linux.sysctl = {"kernel.hostname": "other"}'
	ocirt run -b "$BUNDLE" "$ID"
	refuses '/linux/sysctl/kernel.hostname: is set by /hostname'
}

@test "uts: a hostname without a namespace for it is refused" {
	config '.linux.namespaces |= map(select(.type != "uts"))'
	run_bundle
	refuses /hostname uts
	config 'del(.hostname) | .domainname = "d"'
	run_bundle
	refuses /domainname uts
}

@test "cgroup: the container's cgroup is the root of what it sees" {
	need namespace:cgroup
	inside 'cut -d: -f3 /proc/self/cgroup | sort -u; ls /sys/fs/cgroup'
	succeeds
	says_line /
	says_not "$CGROUP" "/.."
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	inside 'cut -d: -f3 /proc/self/cgroup | sort -u'
	says "$CGROUP"
}

@test "time: the offsets move the two clocks" {
	need namespace:time
	config '.linux.namespaces += [{type: "time"}]
		| .linux.timeOffsets = {boottime: {secs: 100000, nanosecs: 5}, monotonic: {secs: 7, nanosecs: 900}}'
	inside 'cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime; readlink /proc/self/ns/time
		readlink /proc/self/ns/time_for_children'
	succeeds
	[[ $output =~ monotonic\ +7\ +900 ]] || complain "not this offset for monotonic"
	[[ $output =~ boottime\ +100000\ +5 ]] || complain "not this offset for boottime"
	local here there
	here=$(cut -d. -f1 /proc/uptime)
	there=$(grep -E '^[0-9]+$' <<<"$output")
	[ $((there - here)) -ge 99990 ] && [ $((there - here)) -le 100000 ] || complain "uptime here: $here"
	is "kinds of time namespace" "$(grep ^time: <<<"$output" | sort -u | wc -l)" 1
}

@test "time: the offsets move the clocks of a container with a user namespace, too" {
	need namespace:time
	user_namespace
	config '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 7777}}'
	inside 'cat /proc/self/timens_offsets'
	succeeds
	[[ $output =~ boottime\ +7777\ +0 ]] || complain "not this offset for boottime"
}

@test "time: offsets without the namespace are refused" {
	config '.linux.timeOffsets = {boottime: {secs: 1}}'
	run_bundle
	refuses /linux/timeOffsets time
}

@test "user: the mappings are those of the configuration, files have mapped owners" {
	user_namespace
	touch "$BUNDLE/rootfs/of-root"
	chown 100000:200000 "$BUNDLE/rootfs/of-root"
	touch "$BUNDLE/rootfs/of-nobody"
	chown 5:5 "$BUNDLE/rootfs/of-nobody"
	inside 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "; id -u; id -g
		stat -c "%u:%g %n" /of-root /of-nobody /dev/null /proc/1 /sys; touch /made; readlink /proc/self/ns/user'
	succeeds
	says_line ' 0 100000 1000' ' 0 200000 1000' 0 '0:0 /of-root' '65534:65534 /of-nobody' '0:0 /proc/1'
	says_not "$(of self user)"
	is "the owner outside" "$(stat -c %u:%g "$BUNDLE/rootfs/made")" 100000:200000
	leaves_nothing
}

@test "user: another user inside is another one outside" {
	user_namespace
	chmod 1777 "$BUNDLE/rootfs/tmp"
	config '.process.user = {uid: 7, gid: 8, additionalGids: [9]}'
	inside 'touch /tmp/made; id -u; id -G; grep -E "^(Uid|Groups)" /proc/self/status | tr -s "\t " " "'
	succeeds
	says_line 7 '8 9' 'Uid: 7 7 7 7' 'Groups: 9 '
	is "the owner outside" "$(stat -c %u:%g "$BUNDLE/rootfs/tmp/made")" 100007:200008
}

@test "user: several ranges" {
	user_namespace
	config '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}, {containerID: 500, hostID: 5000, size: 1}]'
	inside 'cat /proc/self/uid_map | tr -s " "; touch /tmp/other; chown 500 /tmp/other && stat -c %u /tmp/other'
	is "the map" "$(head -2 <<<"$output")" $' 0 100000 10\n 500 5000 1'
}

@test "user: the capabilities hold inside only" {
	user_namespace
	config '.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_MKNOD", "CAP_SYS_TIME"])
		| del(.process.capabilities.ambient)'
	inside 'mount -t tmpfs t /tmp && echo mounted; mknod /null c 1 3; date -s 2001-01-01'
	says_line mounted
	says 'mknod: /null: Operation not permitted' "date: can't set date: Operation not permitted"
	[ ! -e "$BUNDLE/rootfs/null" ]
}

@test "user: without mappings it is refused" {
	config '.linux.namespaces += [{type: "user"}]'
	run_bundle
	refuses /linux/uidMappings
}

@test "network, ipc, uts and cgroup namespaces of other processes are joined" {
	holder --net --ipc --uts --cgroup
	local kind file
	for kind in network:net ipc:ipc uts:uts cgroup:cgroup; do
		file=${kind#*:}
		join_path "${kind%:*}" "/proc/$HELD/ns/$file"
	done
	config 'del(.hostname)'
	inside 'for ns in net ipc uts cgroup; do readlink /proc/self/ns/$ns; done'
	succeeds
	for file in net ipc uts cgroup; do
		says_line "$(of "$HELD" "$file")"
	done
}

@test "time: a namespace of another process is joined, with its offsets" {
	need namespace:time
	holder --time --boottime 5000
	config '.linux.namespaces += [{type: "time", path: $path}]' --arg path "/proc/$HELD/ns/time"
	inside 'readlink /proc/self/ns/time; cat /proc/self/timens_offsets | tr -s " "'
	succeeds
	says_line "$(of "$HELD" time)" 'boottime 5000 0'
}

@test "pid: a container joins the namespace of another one and sees its processes" {
	detached 'exec sleep 1000'
	succeeds
	join_path pid "/proc/$PID/ns/pid"
	config '.linux.cgroupsPath += ".guest"'
	program /bin/sh -c 'readlink /proc/self/ns/pid; cat /proc/1/comm; [ $$ != 1 ] && echo another'
	ocirt run --bundle "$BUNDLE" "$ID.guest"
	succeeds
	says_line "$(of "$PID" pid)" sleep another
	state_is running
}

@test "mount: a namespace of another process is joined" {
	holder --mount --propagation private
	join_path mount "/proc/$HELD/ns/mnt"
	inside 'readlink /proc/self/ns/mnt; ls /'
	succeeds
	says_line "$(of "$HELD" mnt)" bin proc
}

@test "user: a namespace of another process is joined, the others are new and belong to it" {
	holder --user --map-root-user
	join_path user "/proc/$HELD/ns/user"
	config '.mounts |= map(.options |= map(select(. != "gid=5"))?)'
	inside 'readlink /proc/self/ns/user; cat /proc/self/uid_map | tr -s " "; hostname'
	succeeds
	says_line "$(of "$HELD" user)" ' 0 0 1' ocirt-test
}

@test "user: who goes on in its new pid namespace has the oom score" {
	local round
	holder --user --map-root-user
	join_path user "/proc/$HELD/ns/user"
	config '.process.oomScoreAdj = 321 | .mounts |= map(.options |= map(select(. != "gid=5"))?)'
	for ((round = 0; round < ${OCIRT_ROUNDS:-40}; round++)); do
		inside 'cat /proc/self/oom_score_adj'
		succeeds
		prints 321
	done
}

@test "a path of another kind is named with both kinds" {
	join_path network "/proc/self/ns/uts"
	run_bundle
	refuses /linux/namespaces/5/path uts network
}

@test "a path that leads nowhere, or to no namespace, is refused" {
	join_path network "$BATS_TEST_TMPDIR/none"
	run_bundle
	refuses /linux/namespaces/5/path "$BATS_TEST_TMPDIR/none" ENOENT
	join_path network "$BUNDLE/config.json"
	run_bundle
	refuses /linux/namespaces/5/path
	join_path network "relative"
	run_bundle
	refuses /linux/namespaces/5/path absolute
}

@test "a kind that comes twice or is unknown is refused" {
	config '.linux.namespaces += [{type: "uts"}]'
	run_bundle
	refuses /linux/namespaces/6 uts
	config '.linux.namespaces[6].type = "utz"'
	run_bundle
	refuses /linux/namespaces/6/type utz
}

@test "without a mount namespace nothing is ever mounted: refused" {
	config '.linux.namespaces |= map(select(.type != "mount"))'
	run_bundle
	refuses mount
}
