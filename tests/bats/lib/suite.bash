# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# suite.bash - what the command tests cannot do without

# suite_busybox: the path of a static busybox, of which the test's root file systems are made
suite_busybox() {
	local file
	for file in /bin/busybox /usr/bin/busybox /bin/busybox.static; do
		if [ -x "$file" ] && ! readelf -l "$file" 2>/dev/null | grep -q INTERP; then
			echo "$file"
			return
		fi
	done
	return 1
}

# suite_lacks: the first thing that is missing, or nothing
suite_lacks() {
	local tool
	[ "$(id -u)" = 0 ] || {
		echo "the command tests need root"
		return
	}
	for tool in bats jq unshare; do
		command -v "$tool" >/dev/null || {
			echo "$tool is missing"
			return
		}
	done
	suite_busybox >/dev/null || echo "a static busybox is missing (package busybox-static)"
}
