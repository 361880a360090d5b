#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# File systems: what the container's own mountinfo says, and what can be done there.
load lib/all

setup() {
	bundle_new
	SOURCE=$BATS_TEST_TMPDIR/source
	mkdir "$SOURCE"
}
teardown() {
	bundle_drop
	while umount "$SOURCE"/* "$SOURCE" 2>/dev/null; do :; done
}

# bind DESTINATION OPTION...: $SOURCE there
bind() {
	local destination=$1
	shift
	config '.mounts += [{destination: $to, source: $from, type: "bind", options: ($options | split(" "))}]' \
		--arg to "$destination" --arg from "$SOURCE" --arg options "$*"
}

# mounts: "PLACE OPTIONS TAGS - TYPE SUPER" of each mount, from the $output of `cat mountinfo`
mounts() { awk '{tags = ""; if (NF < 10) next; for (i = 7; i < NF && $i != "-"; i++) tags = tags "," $i
	print $5, $6, substr(tags, 2), $(i + 1), $(i + 3)}' <<<"$output"; }

# mount_has PLACE TYPE WORD...: it is mounted there, with these words in either list of options
mount_has() {
	local place=$1 type=$2 line word
	shift 2
	line=$(mounts | grep "^$place " | tail -1)
	[ -n "$line" ] || complain "no mount at $place" || return
	[[ " $line " == *" $type "* ]] || complain "not $type: $line" || return
	for word; do
		if [[ $word == !* ]]; then
			[[ ! $line =~ [\ ,]${word#!}([\ ,]|$) ]] || complain "has ${word#!}: $line" || return
		else
			[[ $line =~ [\ ,]$word([\ ,]|$) ]] || complain "lacks $word: $line" || return
		fi
	done
}

@test "the mounts of the default configuration, with their options" {
	inside 'cat /proc/self/mountinfo'
	succeeds
	mount_has /proc proc rw
	mount_has /dev tmpfs nosuid '!noexec' mode=755 size=65536k
	mount_has /dev/pts devpts nosuid noexec gid=5 mode=620 ptmxmode=666
	mount_has /dev/shm tmpfs nosuid noexec nodev size=65536k
	mount_has /dev/mqueue mqueue nosuid noexec nodev
	mount_has /sys sysfs ro nosuid noexec nodev
	is "mounts that belong to the host's peers" "$(mounts | grep -c -e shared: -e master:)" 0
}

@test "what ocirt spec writes is what is mounted" {
	local rootless
	for rootless in '' --rootless; do
		rm "$BUNDLE/config.json"
		ocirt_plain spec $rootless --bundle "$BUNDLE"
		config '.process.terminal = false | .linux.cgroupsPath = $cgroup' --arg cgroup "$CGROUP"
		inside 'cat /proc/self/mountinfo'
		succeeds
		local want
		want=$(jq -r '.mounts[] | .destination' "$BUNDLE/config.json" | sort)
		is "mounted places${rootless:+ (rootless)}" \
			"$(mounts | cut -d' ' -f1 | grep -xF "$want" | sort -u)" "$want"
		mount_has / "$(stat -f -c %T / >/dev/null; mounts | awk '$1 == "/" {print $(NF-1)}')" ro
	done
}

@test "what runc spec writes runs, with its mounts" {
	need tool:runc
	rm "$BUNDLE/config.json"
	(cd "$BUNDLE" && runc spec)
	config '.process.terminal = false | .linux.cgroupsPath = $cgroup' --arg cgroup "$CGROUP"
	inside 'cat /proc/self/mountinfo; cat /proc/self/limits | grep "open files"'
	succeeds
	mount_has /proc proc rw
	mount_has /dev tmpfs nosuid mode=755 size=65536k
	mount_has /dev/pts devpts nosuid noexec gid=5 mode=620
	mount_has /dev/shm tmpfs nosuid noexec nodev
	mount_has /dev/mqueue mqueue nosuid noexec nodev
	mount_has /sys sysfs ro nosuid noexec nodev
}

@test "a bind mount shows the directory of the host, both ways" {
	echo outer >"$SOURCE/file"
	bind /mnt bind rw
	inside 'cat /mnt/file; echo inner >/mnt/made; cat /proc/self/mountinfo'
	succeeds
	says_line outer
	is "the file that was made" "$(cat "$SOURCE/made")" inner
	mount_has /mnt tmpfs rw
}

@test "options of a bind: the mount has them, the source does not" {
	bind /mnt bind ro nosuid nodev noexec noatime nosymfollow
	echo 'echo ran' >"$SOURCE/script"
	chmod +x "$SOURCE/script"
	ln -s script "$SOURCE/link"
	inside 'cat /proc/self/mountinfo; touch /mnt/x; /mnt/script; cat /mnt/link'
	mount_has /mnt tmpfs ro nosuid nodev noexec noatime nosymfollow
	says 'Read-only file system' '/mnt/script: Permission denied' 'Too many levels of symbolic links'
	says_not ran
	touch "$SOURCE/still-writable"
}

@test "ro is about one mount, rro about all below it" {
	mount -t tmpfs lower "$SOURCE"
	mkdir "$SOURCE/below"
	mount -t tmpfs upper "$SOURCE/below"
	bind /mnt rbind ro
	inside 'cat /proc/self/mountinfo; touch /mnt/x; touch /mnt/below/x'
	succeeds
	mount_has /mnt tmpfs ro
	mount_has /mnt/below tmpfs rw
	config 'del(.mounts[-1])'
	bind /mnt rbind rro rnosuid
	inside 'cat /proc/self/mountinfo; touch /mnt/below/x'
	fails_with 'Read-only file system'
	mount_has /mnt/below tmpfs ro nosuid
	umount "$SOURCE/below" "$SOURCE"
}

@test "bind leaves out what is mounted below, rbind does not" {
	mkdir "$SOURCE/below"
	mount -t tmpfs upper "$SOURCE/below"
	touch "$SOURCE/below/seen"
	bind /mnt bind
	bind /opt rbind
	inside 'ls /mnt/below; echo --; ls /opt/below'
	umount "$SOURCE/below"
	prints $'--\nseen'
}

@test "a file is bound onto a file, which is made if missing, with its directories" {
	echo content >"$SOURCE/file"
	SOURCE=$SOURCE/file
	bind /new/folder/file bind ro
	bind /etc/passwd bind
	inside 'cat /new/folder/file /etc/passwd; echo x >/new/folder/file'
	fails_with 'Read-only file system'
	prints $'content\ncontent'
	[ -f "$BUNDLE/rootfs/new/folder/file" ]
}

# 32-bit programs have to ask for it
@test "a file of 5 GB is bound, written and seen whole" {
	truncate -s 5G "$SOURCE/large"
	SOURCE=$SOURCE/large
	bind /large bind
	inside 'stat -c %s /large && echo x >>/large'
	succeeds
	prints 5368709120
	is size "$(stat -c %s "$SOURCE")" 5368709122
}

@test "a missing directory is made, below mounts of the configuration too" {
	config '.mounts += [{destination: "/a/b", type: "tmpfs", source: "t"},
		{destination: "/a/b/c/d", type: "tmpfs", source: "t", options: ["mode=700"]}]'
	inside 'stat -c "%a %F" /a /a/b/c /a/b/c/d; grep -c " /a/b" /proc/self/mountinfo'
	prints $'755 directory\n755 directory\n700 directory\n2'
	[ ! -e "$BUNDLE/rootfs/a/b/c" ]
}

@test "a link in the root leads inside, whatever it says" {
	ln -s "$BATS_TEST_TMPDIR" "$BUNDLE/rootfs/absolute"
	ln -s ../../../../../../../../etc "$BUNDLE/rootfs/relative"
	mkdir "$SOURCE/proof"
	bind /absolute/victim bind
	bind /relative bind
	inside 'ls -d /absolute/victim/proof /etc/proof'
	succeeds
	[ ! -e "$BATS_TEST_TMPDIR/victim" ]
	[ ! -e /etc/proof ]
}

@test "a relative source starts at the bundle, a relative destination at the root" {
	mkdir "$BUNDLE/data"
	touch "$BUNDLE/data/seen"
	SOURCE=data
	bind mnt bind
	inside 'ls /mnt'
	prints seen
}

@test "tmpcopyup: the tmpfs has what it covers, with owners and modes, and only it changes" {
	mkdir -p "$BUNDLE/rootfs/full/deep"
	echo old >"$BUNDLE/rootfs/full/file"
	chmod 640 "$BUNDLE/rootfs/full/file"
	chown 3:4 "$BUNDLE/rootfs/full/file"
	ln -s file "$BUNDLE/rootfs/full/link"
	config '.mounts += [{destination: "/full", type: "tmpfs", source: "t", options: ["tmpcopyup"]}]'
	config '.process.user = {uid: 3, gid: 4} | .mounts[-1].options += ["mode=777"]'
	inside 'cat /full/link; stat -c "%a %u:%g" /full/file; ls /full; echo new >/full/file; rmdir /full/deep'
	succeeds
	prints $'old\n640 3:4\ndeep\nfile\nlink'
	is "the file of the root" "$(cat "$BUNDLE/rootfs/full/file")" old
	[ -d "$BUNDLE/rootfs/full/deep" ]
}

@test "a read-only tmpfs has what was put there and takes no more" {
	mkdir -p "$BUNDLE/rootfs/full"
	touch "$BUNDLE/rootfs/full/old"
	config '.mounts += [{destination: "/full", type: "tmpfs", source: "t", options: ["tmpcopyup", "ro"]},
		{destination: "/full/under", type: "tmpfs", source: "t"}]'
	inside 'ls /full; touch /full/under/x && echo "under is writable"; touch /full/x'
	fails_with 'Read-only file system'
	says_line old under 'under is writable'
}

@test "overlay as a mount" {
	mount -t tmpfs layers "$SOURCE"
	mkdir "$SOURCE"/{lower,upper,work}
	echo below >"$SOURCE/lower/file"
	config '.mounts += [{destination: "/o", type: "overlay", source: "overlay", options:
		["lowerdir=\($d)/lower", "upperdir=\($d)/upper", "workdir=\($d)/work"]}]' --arg d "$SOURCE"
	inside 'cat /o/file; echo above >/o/file; cat /o/file; cat /proc/self/mountinfo'
	succeeds
	says_line below above
	mount_has /o overlay rw
	is "the layers" "$(cat "$SOURCE/lower/file" "$SOURCE/upper/file")" $'below\nabove'
	umount "$SOURCE"
}

@test "overlay as the root file system" {
	mount -t tmpfs layers "$SOURCE"
	mkdir "$SOURCE"/{upper,work,merged}
	mount -t overlay overlay "$SOURCE/merged" \
		-o "lowerdir=$BUNDLE/rootfs,upperdir=$SOURCE/upper,workdir=$SOURCE/work"
	config '.root.path = $merged' --arg merged "$SOURCE/merged"
	inside 'cat /proc/self/mountinfo; echo above >/root/file; rm /etc/group'
	succeeds
	mount_has / overlay rw
	is "the upper layer" "$(cat "$SOURCE/upper/root/file")" above
	[ -c "$SOURCE/upper/etc/group" ]
	[ -f "$BUNDLE/rootfs/etc/group" ]
	umount "$SOURCE/merged" "$SOURCE"
}

@test "an idmapped bind shows other owners, and makes files with the host's" {
	need 'feature:.linux.mountExtensions.idmap.enabled'
	touch "$SOURCE/file"
	chown 5:6 "$SOURCE/file"
	chmod 777 "$SOURCE"
	bind /mnt bind idmap
	config '.mounts[-1] += {uidMappings: [{containerID: 0, hostID: 1000, size: 100}],
		gidMappings: [{containerID: 0, hostID: 2000, size: 100}]} | .process.user = {uid: 1005, gid: 2006}'
	inside 'stat -c %u:%g /mnt/file; touch /mnt/made; stat -c %u:%g /mnt/made'
	succeeds
	prints $'1005:2006\n1005:2006'
	is "the owner outside" "$(stat -c %u:%g "$SOURCE/made")" 5:6
}

@test "idmap without mappings and without a user namespace is refused" {
	bind /mnt bind idmap
	run_bundle
	refuses /mounts/7
}

@test "a mount of the container is not seen outside, nor the other way round" {
	config '.process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	mount -t tmpfs shared "$SOURCE"
	mount --make-shared "$SOURCE"
	mkdir "$SOURCE"/{in,out}
	bind /mnt rbind
	detached 'mount -t tmpfs inner /mnt/in; touch /mnt/in/ready; exec sleep 1000'
	until_true test -e "/proc/$PID/root/mnt/in/ready"
	mount -t tmpfs outer "$SOURCE/out"
	[ ! -e "$SOURCE/in/ready" ]
	is "mounts of outer inside" "$(grep -c ' outer ' "/proc/$PID/mountinfo")" 0
	umount "$SOURCE/out" "$SOURCE"
}

@test "rslave: the host's mounts come in, the container's stay inside" {
	mount -t tmpfs shared "$SOURCE"
	mount --make-shared "$SOURCE"
	mkdir "$SOURCE/out"
	bind /mnt rbind rslave
	detached 'exec sleep 1000'
	mount -t tmpfs outer "$SOURCE/out"
	grep -q ' /mnt/out .* outer ' "/proc/$PID/mountinfo"
	output=$(cat "/proc/$PID/mountinfo")
	[[ $(mounts | grep '^/mnt ') == *master:* ]]
	umount "$SOURCE/out" "$SOURCE"
}

@test "rshared: the container's mounts come out" {
	config '.process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	mount -t tmpfs shared "$SOURCE"
	mount --make-shared "$SOURCE"
	mkdir "$SOURCE/in"
	bind /mnt rbind rshared
	inside 'mount -t tmpfs inner /mnt/in; touch /mnt/in/ready'
	succeeds
	[ -e "$SOURCE/in/ready" ]
	umount "$SOURCE/in" "$SOURCE"
}

@test "a read-only root: nothing on it can be written, what is mounted there can" {
	config '.root.readonly = true | .mounts += [{destination: "/tmp", type: "tmpfs", source: "t"}]'
	inside 'cat /proc/self/mountinfo; touch /tmp/x /dev/x && echo "mounts are writable"; touch /x; mkdir /etc/y; rm /bin/ls'
	fails_with "/x: Read-only file system" "'/etc/y': Read-only file system" "'/bin/ls': Read-only file system"
	says_line 'mounts are writable'
	[ -e "$BUNDLE/rootfs/bin/ls" ]
	touch "$BUNDLE/rootfs/x"
}

@test "cgroup: the mount shows the container's own, read-only where it says so" {
	need cgroup:memory
	config '.linux.resources.memory.limit = 50003968'
	inside 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max; cat /proc/self/mountinfo
		d=/sys/fs/cgroup/memory; [ -d $d ] || d=/sys/fs/cgroup; mkdir $d/child'
	says_line 50003968
	fails_with 'Read-only file system'
	if [ "$(cgroup_home memory | cut -d' ' -f1)" = 1 ]; then
		mount_has /sys/fs/cgroup/memory cgroup ro nosuid nodev noexec memory
	else
		mount_has /sys/fs/cgroup cgroup2 ro nosuid nodev noexec
	fi
}

@test "cgroup: a writable one takes a cgroup of the container's" {
	need cgroup:memory
	config '(.mounts[] | select(.type == "cgroup") | .options) |= map(select(. != "ro"))'
	inside 'd=/sys/fs/cgroup/memory; [ -d $d ] || d=/sys/fs/cgroup; mkdir $d/child && echo $$ >$d/child/cgroup.procs
		cat /proc/self/cgroup'
	succeeds
	says /child
	leaves_nothing
}

@test "readonly paths are read as before and can't be written, trees with them" {
	mkdir -p "$BUNDLE/rootfs/etc/kept/deep"
	echo text >"$BUNDLE/rootfs/etc/kept/file"
	config '.linux.readonlyPaths += ["/etc/kept", "/missing"]'
	inside 'cat /etc/kept/file; touch /etc/other && echo other; echo x >/etc/kept/file; touch /etc/kept/deep/x
		echo 1 >/proc/sys/vm/drop_caches'
	says_line text other
	is "refusals" "$(grep -c 'Read-only file system' <<<"$errors")" 3
}

@test "the root itself can't be masked, nor a mount's place: by name or by a link of the image" {
	local pointer
	for pointer in maskedPaths readonlyPaths; do
		config '.linux.maskedPaths = [] | .linux.readonlyPaths = [] | .linux[$pointer] = ["/none", "/mnt/../."]' \
			--arg pointer "$pointer"
		run_bundle
		refuses "/linux/$pointer/1" 'the root itself' root.readonly
		ln -sfn / "$BUNDLE/rootfs/link"
		config '.linux[$pointer] = ["/none", "/link"]' --arg pointer "$pointer"
		run_bundle
		refuses "/linux/$pointer/1" 'leads to the root itself'
	done
	config '.linux.readonlyPaths = [] | .mounts += [{destination: "/link", source: "tmpfs", type: "tmpfs"}]'
	run_bundle
	refuses /destination '"/link" leads to the root itself'
	# the same folder, but another mount
	config '.mounts[-1] = {destination: "/again", source: "rootfs", options: ["bind"]} | .linux.readonlyPaths = ["/again"]'
	inside 'touch /again/here; touch /there && ls -d /there'
	says /there 'Read-only file system'
}

@test "a device whose place is taken: what is there is said" {
	config '.linux.devices = [{path: "/bin/sh", type: "c", major: 10, minor: 229}]'
	program /bin/true
	run_bundle
	refuses '/linux/devices/0' '"/bin/sh" is a file, and not char 10:229: exists already (EEXIST)'
}

@test "the default devices: type, numbers, mode and owner" {
	inside 'cd /dev; stat -c "%n %F %t:%T %a %u:%g" null zero full random urandom tty'
	succeeds
	prints 'null character special file 1:3 666 0:0
zero character special file 1:5 666 0:0
full character special file 1:7 666 0:0
random character special file 1:8 666 0:0
urandom character special file 1:9 666 0:0
tty character special file 5:0 666 0:0'
}

@test "devices of the configuration: kind, numbers, mode and owner" {
	config '.linux.devices = [
		{path: "/dev/block", type: "b", major: 7, minor: 200, fileMode: 416, uid: 5, gid: 6},
		{path: "/dev/char", type: "c", major: 1, minor: 5, fileMode: 438},
		{path: "/dev/unbuffered", type: "u", major: 1, minor: 3, fileMode: 384},
		{path: "/dev/deep/pipe", type: "p", fileMode: 432, uid: 7}]'
	inside 'stat -c "%n %F %t:%T %a %u:%g" /dev/block /dev/char /dev/unbuffered /dev/deep/pipe'
	succeeds
	prints '/dev/block block special file 7:c8 640 5:6
/dev/char character special file 1:5 666 0:0
/dev/unbuffered character special file 1:3 600 0:0
/dev/deep/pipe fifo 0:0 660 7:0'
}

@test "the mode of a device does not depend on the caller's umask" {
	config '.linux.devices = [{path: "/dev/char", type: "c", major: 1, minor: 5, fileMode: 438}]'
	umask 077
	inside 'stat -c %a /dev/char /dev/null'
	prints $'666\n666'
}

@test "a device over another file is refused, over the same one it is left" {
	config '.linux.devices = [{path: "/bin/sh", type: "c", major: 1, minor: 3}]'
	run_bundle
	refuses /linux/devices/0 /bin/sh
	cmp "$BUNDLE/rootfs/bin/sh" "$OCIRT_BUSYBOX"
	config '.linux.devices = [{path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 438}]'
	inside 'stat -c %t:%T /dev/null'
	prints 1:3
}

@test "without a /dev of its own, the nodes are in the root file system" {
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	inside 'echo x >/dev/null; stat -c %t:%T /dev/null; readlink /dev/stdin'
	succeeds
	prints $'1:3\n/proc/self/fd/0'
}

@test "an old root is nowhere to be found, with --no-pivot either" {
	local option
	program /bin/sh -c 'cat /proc/self/mountinfo; ls -di / /..; ls /proc/1/root'
	for option in --keep --no-pivot; do
		run_bundle "$option"
		succeeds
		says_not "$OCIRT_SUITE" /sys/fs/cgroup/systemd/system
		is "the parent of the root is the root" "$(grep -cE '^ *[0-9]+ /(\.\.)?$' <<<"$output")" 2
		says_line bin proc
		ocirt delete --force "$ID"
	done
}

# on_copy COMMAND...: where "/" is an overlay over the host's root, so that what is changed shows in
# $BATS_TEST_TMPDIR/over/upper; /dev is a tmpfs with the usual nodes
on_copy() {
	mkdir -p "$BATS_TEST_TMPDIR/over"
	# shellcheck disable=SC2016
	capture unshare --mount --propagation private bash -c '
		mount -t tmpfs tmpfs "$1" && cd "$1" && shift && mkdir upper work root || exit 90
		mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root || exit 90
		for at in proc sys tmp "$OCIRT_SUITE"; do mount --rbind "/${at#/}" "root/${at#/}" || exit 91; done
		mount -t tmpfs tmpfs root/dev && mkdir root/dev/pts && mount --bind /dev/pts root/dev/pts || exit 92
		cp -a /dev/{null,zero,full,random,urandom,tty,ptmx} root/dev && chmod 755 root/dev || exit 93
		[ -z "${WITHOUT:-}" ] || rm "root$WITHOUT"
		find upper | sort >before
		exec 9<. && cd root && pivot_root . . && umount -l . || exit 94
		"$@"
		code=$?
		ls -l /dev | sed 1d | tr -s " " | cut -d " " -f 1,5,6,10-
		cd /proc/self/fd/9 && find upper | sort | diff before - && exit $code' bash "$BATS_TEST_TMPDIR/over" "$@"
	[[ $status != 9[0-4] ]] || skip "no overlay over the root file system here: $errors"
}

@test "a root that is the host's own is not changed: what a start would make must be there" {
	local nodes
	config '.root.path = "/" | .mounts |= map(select(.destination | startswith("/dev") | not))'
	program /bin/true
	on_copy true
	nodes=$output
	[[ $nodes == *ptmx* ]] || complain "no ptmx in it"
	on_copy "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	succeeds
	prints "$nodes"
	WITHOUT=/dev/full on_copy "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	exits 1
	says '"/dev/full" is missing, and the root is the host'"'"'s'
	config '.mounts += [{destination: "/ocirt-nowhere", type: "tmpfs", source: "tmpfs"}]'
	on_copy "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	exits 1
	says "/mounts/$(($(jq '.mounts | length' "$BUNDLE/config.json") - 1))/destination" '"/ocirt-nowhere" is missing'
	config 'del(.mounts[-1]) | .process.cwd = "/ocirt-nowhere"'
	on_copy "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	exits 1
	says '/process/cwd: "/ocirt-nowhere" is missing'
	config '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"},
		{destination: "/tmp/in/it", type: "tmpfs", source: "tmpfs"}] | .process.cwd = "/tmp/too"'
	on_copy "$OCIRT" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	succeeds
	prints "$nodes"
	leaves_nothing
}
