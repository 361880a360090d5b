# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# need.bash - skip, with the reason, what this machine can't do

# need WORD...: tool:NAME, file:PATH, cgroup:CONTROLLER, cgroup1, cgroup2 (a hierarchy of this
# version), only-cgroup2, namespace:NAME, doors (the build with doors for tests),
# feature:FILTER (a jq filter over `ocirt features`)
need() {
	local word
	for word; do
		case $word in
		tool:*) command -v "${word#*:}" >/dev/null || skip "${word#*:} is missing" ;;
		file:*) [ -e "${word#*:}" ] || skip "${word#*:} is missing" ;;
		cgroup:*) cgroup_home "${word#*:}" >/dev/null || skip "no cgroup controller ${word#*:}" ;;
		cgroup1) cgroup_mounts | grep -q ^1 || skip "no cgroup v1 hierarchy" ;;
		cgroup2) cgroup_mounts | grep -q ^2 || skip "no cgroup v2 hierarchy" ;;
		only-cgroup2) ! cgroup_mounts | grep -q ^1 || skip "cgroup v1 hierarchies are mounted" ;;
		namespace:*) [ -e "/proc/self/ns/${word#*:}" ] || skip "no ${word#*:} namespaces" ;;
		doors) [ -x "$OCIRT_TEST" ] || skip "ocirt-test is not built" ;;
		feature:*)
			"$OCIRT" features | jq -e "${word#*:}" >/dev/null || skip "not built: ${word#*:}"
			;;
		*)
			echo "need: unknown word \"$word\""
			return 1
			;;
		esac
	done
}
