#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A bundle as engines make it: unpacked from a real OCI image, with their kind of config.

load lib/all

setup() {
	bundle_new
}

teardown() {
	bundle_drop
}

# the test's own root file system as a layer of an OCI image, unpacked by umoci
image_unpack() {
	local image=$BATS_TEST_TMPDIR/image
	umoci init --layout "$image"
	umoci new --image "$image:latest"
	umoci insert --image "$image:latest" "$BUNDLE/rootfs" /
	umoci config --image "$image:latest" --config.cmd /bin/sh --config.env PATH=/bin \
		--config.workingdir /work --config.user 0:0
	umoci unpack --image "$image:latest" "$BATS_TEST_TMPDIR/unpacked"
}

# about 30 mounts and masks, as engines write them, but no seccomp section
engine_config() {
	jq --arg dir "$BATS_TEST_TMPDIR/files" '
	def bind(s; d; o): { destination: d, type: "bind", source: s, options: (["rbind", "rprivate"] + o) };
	.mounts = [
		{ destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
		{ destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=65536k"] },
		{ destination: "/dev/pts", type: "devpts", source: "devpts", options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
		{ destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
		{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev", "relatime"] },
		{ destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
		{ destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"] },
		{ destination: "/run", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=755", "tmpcopyup"] },
		{ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777"] },
		{ destination: "/var/tmp", type: "tmpfs", source: "tmpfs", options: ["rw", "rprivate", "nosuid", "nodev"] },
		bind("\($dir)/resolv.conf"; "/etc/resolv.conf"; ["ro"]),
		bind("\($dir)/hosts"; "/etc/hosts"; []),
		bind("\($dir)/hostname"; "/etc/hostname"; []),
		bind("\($dir)/secret"; "/run/secrets"; ["ro", "nosuid", "nodev", "noexec"]),
		(range(6) | bind("\($dir)/volume"; "/volumes/\(.)"; ["nosuid", "nodev"]))
	]
	| .linux.maskedPaths = ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
		"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
		"/sys/fs/selinux", "/sys/dev/block", "/sys/devices/virtual/powercap"]
	| .linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
	| .process.capabilities |= with_entries(.value = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID",
		"CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"])
	| .process.capabilities.inheritable = [] | .process.capabilities.ambient = []
	| .process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 1024, hard: 1024 }]
	| .root.readonly = false
	| .annotations = { "org.opencontainers.image.stopSignal": "15", "io.container.manager": "engine" }' \
		"$BUNDLE/config.json" >"$BUNDLE/config.new" && mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

@test "an image unpacked by umoci runs with an engine's config" {
	command -v umoci >/dev/null || skip "umoci is missing"
	image_unpack
	rm -rf "$BUNDLE/rootfs"
	mv "$BATS_TEST_TMPDIR/unpacked/rootfs" "$BUNDLE/rootfs"
	mkdir -p "$BATS_TEST_TMPDIR/files/volume" "$BATS_TEST_TMPDIR/files/secret"
	for name in resolv.conf hosts hostname; do
		echo "from the host: $name" >"$BATS_TEST_TMPDIR/files/$name"
	done
	engine_config
	inside 'cat /etc/hosts; grep -c . /proc/self/mountinfo
		echo x >/volumes/3/file && cat /volumes/5/file
		echo y >/etc/resolv.conf || echo "cannot write it"
		cat /proc/keys; echo "keys: $?"; echo 1 >/proc/sys/kernel/domainname || echo "sys is read-only"'
	succeeds
	says "from the host: hosts" "cannot write it" "keys: 0" "sys is read-only"
	says_line x
	[ "$(grep -E '^[0-9]+$' <<<"$output" | head -1)" -ge 30 ]
}

@test "a root file system of overlayfs runs, and its lower layer stays as it is" {
	mkdir "$BATS_TEST_TMPDIR"/{upper,work,merged}
	mount -t overlay -o "lowerdir=$BUNDLE/rootfs,upperdir=$BATS_TEST_TMPDIR/upper,workdir=$BATS_TEST_TMPDIR/work" \
		overlay "$BATS_TEST_TMPDIR/merged"
	config '.root = { path: $merged, readonly: false }' --arg merged "$BATS_TEST_TMPDIR/merged"
	inside 'echo new >/written; cat /written'
	umount "$BATS_TEST_TMPDIR/merged"
	succeeds
	says_line new
	[ -e "$BATS_TEST_TMPDIR/upper/written" ]
	[ ! -e "$BUNDLE/rootfs/written" ]
}
