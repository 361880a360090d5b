# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# cgroup.bash - where the container's cgroups are, on v1, v2 and both at once

# cgroup_mounts: "VERSION MOUNTPOINT OPTIONS" of each hierarchy
cgroup_mounts() {
	awk '{
		for (i = 7; i <= NF && $i != "-"; i++) ;
		if ($(i + 1) == "cgroup") print 1, $5, $(i + 3)
		else if ($(i + 1) == "cgroup2") print 2, $5, $(i + 3)
	}' /proc/self/mountinfo
}

# cgroup_home CONTROLLER: "VERSION MOUNTPOINT" of the hierarchy that has it; fails if none does
cgroup_home() {
	local version mountpoint options
	while read -r version mountpoint options; do
		if [ "$version" = 1 ] && [[ ,$options, == *,$1,* ]]; then
			echo "1 $mountpoint"
			return
		fi
		if [ "$version" = 2 ] && grep -qw -e "$1" "$mountpoint/cgroup.controllers"; then
			echo "2 $mountpoint"
			return
		fi
	done < <(cgroup_mounts)
	return 1
}

# cgroup_dir CONTROLLER: the container's folder there
cgroup_dir() {
	local version mountpoint
	read -r version mountpoint < <(cgroup_home "$1") || return
	echo "$mountpoint$CGROUP"
}

# cgroup_value CONTROLLER V1_FILE V2_FILE: what the container's limit reads
cgroup_value() {
	local version mountpoint
	read -r version mountpoint < <(cgroup_home "$1") || return
	if [ "$version" = 1 ]; then
		cat "$mountpoint$CGROUP/$2"
	else
		cat "$mountpoint$CGROUP/$3"
	fi
}
