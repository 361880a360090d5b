# SPDX-License-Identifier: Apache-2.0
# 51_properties.bats - each property that is applied has an effect, seen from inside or in the kernel's
# files.  A test is named by its property: tests/mutate/run leaves the property out and wants its
# test to fail.
load lib/all

setup() { bundle_new; }
teardown() { bundle_drop; }

# line FILTER SCRIPT LINE...: what the container prints has these lines
line() {
	config "$1"
	inside "$2"
	succeeds && says_line "${@:3}"
}

# held FILTER: a container that stays
held() {
	config "$1"
	detached 'sleep 600'
	succeeds
}

# reads CONTROLLER V1_FILE V2_FILE V1_VALUE [V2_VALUE]
reads() {
	local want=$4
	[[ $(cgroup_home "$1") == 1* ]] || want=${5:-$4}
	is "$2 or $3" "$(cgroup_value "$1" "$2" "$3")" "$want"
}

# limit CONTROLLER V1_FILE V2_FILE JSON V1_VALUE [V2_VALUE]: of .linux.resources
limit() {
	need "cgroup:$1"
	[[ $(cgroup_home "$1") != 1* ]] || [ -n "$2" ] || skip "only cgroup v2 has it"
	[[ $(cgroup_home "$1") == 1* ]] || [ -n "$3" ] || skip "only cgroup v1 has it"
	held ".linux.resources += $4" && reads "$1" "$2" "$3" "${@:5}"
}

# throttle PROPERTY V1_FILE KEY
throttle() {
	local dev
	need cgroup:blkio
	dev=$(cat /sys/block/[a-z]*/dev 2>/dev/null | tail -n 1)
	[ -n "$dev" ] || skip "no block device"
	limit blkio "blkio.throttle.$2" '' \
		"{blockIO: {$1: [{major: ${dev%:*}, minor: ${dev#*:}, rate: 4096}]}}" "$dev 4096"
}

# hooked KIND: the hook was run; that of startContainer runs inside
hooked() {
	local file=$BATS_TEST_TMPDIR/hooked
	[ "$1" != startContainer ] || file=/tmp/hooked
	config ".hooks.$1"' = [{path: "/bin/sh", args: ["sh", "-c", "echo here >" + $file]}]' --arg file "$file"
	inside 'cat /tmp/hooked 2>/dev/null; :'
	succeeds
	[ "$1" = startContainer ] || output=$(cat "$file")
	prints here
}

with_time='.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {
	boottime: {secs: 50, nanosecs: 7}, monotonic: {secs: 60, nanosecs: 8}}'
offsets() {
	need namespace:time
	config "$with_time"
	inside 'cat /proc/self/timens_offsets'
	succeeds
	output=$(tr -s ' ' <<<"$output")
	[[ $output =~ $1 ]] || complain "no $1"
}
with_user='.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 3000}]
	| .linux.gidMappings = [{containerID: 0, hostID: 0, size: 4000}]'
caps='["CAP_KILL", "CAP_CHOWN"] as $c | .process.capabilities =
	{bounding: $c, permitted: $c, effective: $c, inheritable: $c, ambient: $c}'
capabilities() { line "$caps" 'cat /proc/self/status' "$1:"$'\t0000000000000021'; }

@test "/ociVersion" {
	held '.ociVersion = "1.0.1"'
	ocirt state "$ID"
	is version "$(jq -r .ociVersion <<<"$output")" 1.0.1
}
@test "/process/terminal" {
	config '.process.terminal = true'
	program /bin/sh -c '[ -t 0 ] && [ -c /dev/console ] && echo a terminal of its own'
	capture_terminal "$(printf '%q ' "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID")"
	says 'a terminal of its own'
}
console_size() {
	config '.process.terminal = true | .process.consoleSize = {height: 31, width: 97}'
	program stty size
	capture_terminal "$(printf '%q ' "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID")"
	says '31 97'
}
@test "/process/consoleSize/height" { console_size; }
@test "/process/consoleSize/width" { console_size; }
@test "/process/user/uid" { line '.process.user.uid = 1234' 'id -u' 1234; }
@test "/process/user/gid" { line '.process.user.gid = 1235' 'id -g' 1235; }
@test "/process/user/umask" { line '.process.user.umask = 63' umask 0077; }
@test "/process/user/additionalGids" { line '.process.user.additionalGids = [77, 78]' 'id -G' '0 77 78'; }
@test "/process/args" {
	program /bin/echo two words
	run_bundle
	succeeds && prints 'two words'
}
@test "/process/env" { line '.process.env += ["WORD=of mine"]' 'echo "$WORD"' 'of mine'; }
@test "/process/cwd" { line '.process.cwd = "/home/guest"' pwd /home/guest; }
@test "/process/capabilities/bounding" { capabilities CapBnd; }
@test "/process/capabilities/permitted" { capabilities CapPrm; }
@test "/process/capabilities/inheritable" { capabilities CapInh; }
@test "/process/capabilities/ambient" { capabilities CapAmb; }
@test "/process/rlimits" {
	line '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 77, hard: 88}]' 'ulimit -n; ulimit -Hn' 77 88
}
@test "/process/noNewPrivileges" { line . 'cat /proc/self/status' $'NoNewPrivs:\t1'; }
@test "/process/oomScoreAdj" { line '.process.oomScoreAdj = 321' 'cat /proc/self/oom_score_adj' 321; }
scheduler='.process.scheduler = {policy: "SCHED_BATCH", nice: 5}'
@test "/process/scheduler/policy" { line "$scheduler" 'cut -d " " -f 41 /proc/self/stat' 3; }
@test "/process/scheduler/nice" { line "$scheduler" 'cut -d " " -f 19 /proc/self/stat' 5; }
io_priority='.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
@test "/process/ioPriority/class" { line "$io_priority" 'ionice -p $$' 'best-effort: prio 6'; }
@test "/process/ioPriority/priority" { line "$io_priority" 'ionice -p $$' 'best-effort: prio 6'; }
@test "/process/execCPUAffinity/final" {
	[ "$(nproc)" -gt 1 ] || skip "one processor only"
	held '.process.execCPUAffinity = {final: "0"}'
	ocirt exec "$ID" grep Cpus_allowed_list /proc/self/status
	succeeds && prints $'Cpus_allowed_list:\t0'
}
@test "/root/path" {
	mv "$BUNDLE/rootfs" "$BUNDLE/tree"
	touch "$BUNDLE/tree/marked"
	line '.root.path = "tree"' 'ls /marked' /marked
}
@test "/root/readonly" {
	config '.root.readonly = true'
	inside 'touch /x'
	fails_with 'Read-only file system'
}
@test "/hostname" { line '.hostname = "called"' hostname called; }
@test "/domainname" {
	line '.domainname = "a.domain"' 'cat /proc/sys/kernel/domainname' a.domain
}
@test "/mounts" {
	line '.mounts += [{destination: "/m", type: "tmpfs"}]' 'stat -f -c %T /m' tmpfs
}
@test "/hooks/prestart" { hooked prestart; }
@test "/hooks/createRuntime" { hooked createRuntime; }
@test "/hooks/createContainer" { hooked createContainer; }
@test "/hooks/startContainer" { hooked startContainer; }
@test "/hooks/poststart" { hooked poststart; }
@test "/hooks/poststop" { hooked poststop; }
@test "/annotations" {
	held '.annotations = {"a.key": "of mine"}'
	ocirt state "$ID"
	is annotation "$(jq -r '.annotations["a.key"]' <<<"$output")" 'of mine'
}
odd_device='.linux.devices = [{type: "c", path: "/dev/odd", major: 250, minor: 77, fileMode: 438}]
	| .linux.resources.devices = [{allow: false, access: "rwm"},
		{allow: true, type: "c", major: 250, minor: 77, access: "rw"}]'
@test "/linux/devices" { line "$odd_device" 'stat -c %t:%T /dev/odd' fa:4d; }
@test "/linux/resources/devices" {
	config "$odd_device"
	inside 'cat /dev/odd'
	fails_with 'No such device or address'
}
@test "/linux/uidMappings" {
	config "$with_user"
	inside 'tr -s " " </proc/self/uid_map'
	succeeds && says_line ' 0 0 3000'
}
@test "/linux/gidMappings" {
	config "$with_user"
	inside 'tr -s " " </proc/self/gid_map'
	succeeds && says_line ' 0 0 4000'
}
@test "/linux/namespaces" {
	inside 'readlink /proc/self/ns/net'
	succeeds
	says_not "$(readlink /proc/self/ns/net)"
}
@test "/linux/resources/unified" {
	need cgroup:pids only-cgroup2
	limit pids '' pids.max '{unified: {"pids.max": "44"}}' 44
}
@test "/linux/resources/pids/limit" {
	limit pids pids.max pids.max '{pids: {limit: 55}}' 55
}
@test "/linux/resources/blockIO/throttleReadBpsDevice" {
	throttle throttleReadBpsDevice read_bps_device
}
@test "/linux/resources/blockIO/throttleWriteBpsDevice" {
	throttle throttleWriteBpsDevice write_bps_device
}
@test "/linux/resources/blockIO/throttleReadIOPSDevice" {
	throttle throttleReadIOPSDevice read_iops_device
}
@test "/linux/resources/blockIO/throttleWriteIOPSDevice" {
	throttle throttleWriteIOPSDevice write_iops_device
}
# no kernel of today has it: what is seen is its error
@test "/linux/resources/blockIO/leafWeight" {
	config '.linux.resources.blockIO = {leafWeight: 100}'
	run_bundle
	refuses /linux/resources/blockIO/leafWeight
}
@test "/linux/resources/cpu/shares" {
	limit cpu cpu.shares '' '{cpu: {shares: 512}}' 512
}
@test "/linux/resources/cpu/quota" {
	limit cpu cpu.cfs_quota_us cpu.max '{cpu: {quota: 30000}}' 30000 '30000 100000'
}
@test "/linux/resources/cpu/period" {
	limit cpu cpu.cfs_period_us cpu.max '{cpu: {period: 50000}}' 50000 'max 50000'
}
@test "/linux/resources/cpu/burst" {
	limit cpu cpu.cfs_burst_us cpu.max.burst '{cpu: {quota: 30000, burst: 9000}}' 9000
}
@test "/linux/resources/cpu/idle" {
	limit cpu cpu.idle cpu.idle '{cpu: {idle: 1}}' 1
}
@test "/linux/resources/cpu/realtimePeriod" {
	[ -e "$(read -r _ m < <(cgroup_home cpu) && echo "$m")/cpu.rt_period_us" ] || skip "no realtime groups"
	limit cpu cpu.rt_period_us '' '{cpu: {realtimePeriod: 500000}}' 500000
}
@test "/linux/resources/cpu/cpus" {
	[ "$(nproc)" -gt 1 ] || skip "one processor only"
	limit cpuset cpuset.cpus cpuset.cpus '{cpu: {cpus: "1"}}' 1
}
@test "/linux/resources/cpu/mems" {
	need only-cgroup2
	limit cpuset '' cpuset.mems '{cpu: {mems: "0"}}' 0
}
@test "/linux/resources/hugepageLimits" {
	need cgroup:hugetlb file:/sys/kernel/mm/hugepages/hugepages-2048kB
	limit hugetlb hugetlb.2MB.limit_in_bytes hugetlb.2MB.max \
		'{hugepageLimits: [{pageSize: "2MB", limit: 4194304}]}' 4194304
}
@test "/linux/resources/memory/limit" {
	limit memory memory.limit_in_bytes memory.max '{memory: {limit: 67108864}}' 67108864
}
@test "/linux/resources/memory/reservation" {
	limit memory memory.soft_limit_in_bytes memory.low '{memory: {reservation: 33554432}}' 33554432
}
@test "/linux/resources/memory/swap" {
	limit memory memory.memsw.limit_in_bytes memory.swap.max \
		'{memory: {limit: 67108864, swap: 100663296}}' 100663296 33554432
}
@test "/linux/resources/memory/kernelTCP" {
	limit memory memory.kmem.tcp.limit_in_bytes '' '{memory: {kernelTCP: 33554432}}' 33554432
}
@test "/linux/resources/memory/swappiness" {
	limit memory memory.swappiness '' '{memory: {swappiness: 7}}' 7
}
@test "/linux/resources/memory/disableOOMKiller" {
	need cgroup:memory
	[[ $(cgroup_home memory) == 1* ]] || skip "only cgroup v1 has it"
	held '.linux.resources += {memory: {disableOOMKiller: true}}'
	cgroup_value memory memory.oom_control '' | grep -qx 'oom_kill_disable 1'
}
@test "/linux/resources/network/classID" {
	limit net_cls net_cls.classid '' '{network: {classID: 65537}}' 65537
}
@test "/linux/resources/network/priorities" {
	need cgroup:net_prio
	held '.linux.resources += {network: {priorities: [{name: "lo", priority: 3}]}}'
	cgroup_value net_prio net_prio.ifpriomap '' | grep -qx 'lo 3'
}
@test "/linux/cgroupsPath" {
	held .
	grep -qF "$CGROUP" "/proc/$PID/cgroup"
}
@test "/linux/rootfsPropagation" {
	line '.linux.rootfsPropagation = "shared"' \
		'grep -c "^[0-9]* [0-9]* [0-9:]* [^ ]* / .*shared:" /proc/self/mountinfo' 1
}
@test "/linux/sysctl" {
	line '.linux.sysctl = {"net.ipv4.ip_forward": "1"}' 'cat /proc/sys/net/ipv4/ip_forward' 1
}
@test "/linux/maskedPaths" {
	echo secret >"$BUNDLE/rootfs/masked"
	line '.linux.maskedPaths += ["/masked"]' 'wc -c </masked' 0
}
@test "/linux/readonlyPaths" {
	mkdir "$BUNDLE/rootfs/fixed"
	config '.linux.readonlyPaths += ["/fixed"]'
	inside 'touch /fixed/x'
	fails_with 'Read-only file system'
}
@test "/linux/personality/domain" {
	line '.linux.personality = {domain: "LINUX32"}' 'uname -m' i686
}
@test "/linux/timeOffsets/boottime/secs" { offsets 'boottime 50'; }
@test "/linux/timeOffsets/boottime/nanosecs" { offsets 'boottime [0-9]+ 7'; }
@test "/linux/timeOffsets/monotonic/secs" { offsets 'monotonic 60'; }
@test "/linux/timeOffsets/monotonic/nanosecs" { offsets 'monotonic [0-9]+ 8'; }
@test "step: bring up loopback" { line . 'cat /sys/class/net/lo/operstate; ip link show lo | grep -c UP' 1; }
@test "step: make the working directory" { line '.process.cwd = "/made/for/it" | .root.readonly = true' pwd /made/for/it; }
@test "step: make the cgroup namespace" {
	inside 'cut -d: -f3 /proc/self/cgroup | sort -u'
	succeeds && prints /
}
@test "step: join a session keyring" {
	need file:/proc/keys
	line '.linux.maskedPaths = []' "grep -q '_ses.$ID' /proc/keys && echo there" there
}
@test "step: write the pid file" {
	detached 'sleep 600'
	succeeds
	[ -d "/proc/$PID" ] && [ "${PID:-0}" -gt 1 ]
}
