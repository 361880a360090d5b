#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh BUILD - measures BUILD/ocirt against the floor, crun and runc (see README.md).  Works in a
# mount namespace of its own; leaves nothing.
set -eu

build=$(realpath "${1:?usage: run.sh BUILD}")
here=$(realpath "$(dirname "$0")")
lock=${BENCH_LOCK:-/run/lock/ocirt-bench}

[ "$(id -u)" = 0 ] || { echo "make bench needs root" >&2; exit 1; }
if [ "${BENCH_INSIDE:-}" != 1 ]; then
	exec env BENCH_INSIDE=1 flock "$lock" unshare -m --propagation private "$0" "$@"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/ocirt-bench.XXXXXX")
clean() {
	local dir
	for dir in /sys/fs/cgroup/*/*bench-"${work##*.}"-*/; do
		[ ! -d "$dir" ] || rmdir "$dir" 2>/dev/null || true
	done
	umount "$work/state" 2>/dev/null || true
	rm -rf "$work"
}
trap clean EXIT

# crun refuses a host with both kinds of cgroups.  In this namespace, and nowhere else, a tmpfs with
# the v1 hierarchies alone is at /sys/fs/cgroup; it is read-only, as on other hosts.
legacy_alone() {
	local dir
	[ "$(stat -f -c %T /sys/fs/cgroup)" = tmpfs ] || return 0
	mkdir "$work/cgroup"
	mount -t tmpfs -o mode=755 cgroup "$work/cgroup"
	for dir in /sys/fs/cgroup/*/; do
		[ "$(stat -f -c %T "$dir")" = cgroupfs ] || continue
		mkdir "$work/cgroup/${dir:15:-1}"
		mount --bind "$dir" "$work/cgroup/${dir:15:-1}"
	done
	umount -R -l /sys/fs/cgroup
	mount --move "$work/cgroup" /sys/fs/cgroup
	mount -o remount,bind,ro /sys/fs/cgroup
}
[ "${BENCH_HYBRID:-}" = 1 ] || legacy_alone

bundle_make() {
	local name busybox
	busybox=$(command -v busybox) || { echo "busybox is missing: busybox-static has it" >&2; exit 1; }
	mkdir -p "$work"/bundle/rootfs/{bin,dev,proc,sys} "$work/state"
	mount -t tmpfs -o mode=700 state "$work/state"
	cp "$busybox" "$work/bundle/rootfs/bin/busybox"
	for name in true sh sleep; do
		ln -s busybox "$work/bundle/rootfs/bin/$name"
	done
	jq -c . "$here/config.json" >"$work/bundle/config.json"
	cp "$work/bundle/config.json" "$work/bundle/config.json.plain"
	# the container that exec enters: the same, but it stays
	mkdir "$work/sleeper"
	jq -c --arg root "$work/bundle/rootfs" \
		'.root.path = $root | .process.args = ["/bin/sleep", "1000"]' \
		"$here/config.json" >"$work/sleeper/config.json"
}
bundle_make

# installed NAME PATH: a copy as install(1) makes it.  The linker leaves a file in the page cache in
# small pieces, which every start pays for; crun and runc are installed.
installed() {
	install -D "$2" "$work/bin/$1"
	runtimes+=("$1=$work/bin/$1")
}

runtimes=()
installed floor "$build/tests/bench/floor"
installed floor-linked "$build/tests/bench/floor_linked"
[ ! -x "$build/ocirt" ] || [ "${BENCH_NO_OCIRT:-}" = 1 ] || installed ocirt "$build/ocirt"
for peer in crun runc; do
	path=$(command -v "$peer") || continue
	[ "$peer" != crun ] || [ "${BENCH_HYBRID:-}" != 1 ] || continue
	runtimes+=("$peer=$path")
done

# system calls of one run, by all its processes
calls() {
	local name=${1%%=*} path=${1#*=}
	local words=("$path" --root "$work/state/$name" run --bundle "$work/bundle" "bench-${work##*.}-9")
	[[ $name != floor* ]] || words=("$path" "$work/bundle/rootfs" "bench-${work##*.}-9" /bin/true)
	strace -f -c -o "$work/calls" "${words[@]}" >/dev/null 2>&1 || true
	awk '$NF == "total" { print $(NF == 5 ? 3 : 4) - 0 }' "$work/calls"
}

printf 'CPUs: %s, kernel %s\n' "$(nproc)" "$(uname -r)"
for runtime in "${runtimes[@]}"; do
	[[ $runtime == floor* ]] || "${runtime#*=}" --version | head -n 1
done
"$build/tests/bench/bench" "$work" "${runtimes[@]}"
if command -v strace >/dev/null; then
	printf '\n| runtime | system calls of a run |\n|---|---|\n'
	for runtime in "${runtimes[@]}"; do
		printf '| %s | %s |\n' "${runtime%%=*}" "$(calls "$runtime")"
	done
fi
