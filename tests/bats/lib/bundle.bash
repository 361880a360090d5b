# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# bundle.bash - a bundle, an id, a state root and a cgroup for one test

# bundle_new: a busybox bundle with the default configuration, a shell as its program
bundle_new() {
	local test=${BATS_SUITE_TEST_NUMBER:-$BATS_TEST_NUMBER}
	ID=${OCIRT_CGROUP##*-}-$test
	BUNDLE=$BATS_TEST_TMPDIR/bundle
	STATE=$BATS_TEST_TMPDIR/state
	CGROUP=$OCIRT_CGROUP/$ID
	export ID BUNDLE STATE CGROUP
	mkdir "$BUNDLE"
	cp -a "$OCIRT_ROOTFS" "$BUNDLE/rootfs"
	jq --arg cgroup "$CGROUP" '.linux.cgroupsPath = $cgroup' "$lib/config.json" >"$BUNDLE/config.json"
}

# config FILTER [JQ OPTION]...: edit the configuration
config() {
	local filter=$1
	shift
	jq "$@" "$filter" "$BUNDLE/config.json" >"$BUNDLE/config.new" || return
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# config_text: replace the configuration by stdin, whatever it is
config_text() {
	cat >"$BUNDLE/config.json"
}

# program ARG...: what the container runs
program() {
	local IFS=$'\x1e'
	config '.process.args = ($words | split("\u001e"))' --arg words "$*"
}

# bundle_drop: whatever the test did, its containers end here
bundle_drop() {
	local id
	for id in "$STATE"/*; do
		[ -d "$id" ] || continue
		"$OCIRT" --root "$STATE" delete --force "${id##*/}" >/dev/null 2>&1 || true
	done
}
