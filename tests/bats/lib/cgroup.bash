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

random_word() { od -An -N4 -tx4 /dev/urandom | tr -d ' \n'; }

# cgroup_claim PREFIX: sets OCIRT_CGROUP to a name that nobody else has, "/PREFIX-RANDOM", and makes
# that cgroup wherever we may.  Not of $$: each new pid namespace has the same pids.  A name that is
# taken in one hierarchy is left alone, and another is tried.
cgroup_claim() {
	local try mountpoint made
	for ((try = 0; try < 100; try++)); do
		OCIRT_CGROUP=/$1-$(random_word) made=()
		while read -r _ mountpoint _; do
			if mkdir "$mountpoint$OCIRT_CGROUP" 2>/dev/null; then
				made+=("$mountpoint$OCIRT_CGROUP")
			elif [ -e "$mountpoint$OCIRT_CGROUP" ]; then
				[ ${#made[@]} = 0 ] || rmdir "${made[@]}"
				continue 2
			fi
		done < <(cgroup_mounts)
		return
	done
	return 1
}

# v2_has CONTROLLER MOUNTPOINT: v2 calls blkio "io", its freezer is a file of every cgroup but the top,
# and every cgroup takes a program that decides about devices
v2_has() {
	case $1 in
	devices) ;;
	freezer) [ -e "$2${OCIRT_CGROUP:-}/cgroup.freeze" ] ;;
	blkio) grep -qw io "$2/cgroup.controllers" ;;
	*) grep -qw -e "$1" "$2/cgroup.controllers" ;;
	esac
}

# cgroup_home CONTROLLER: "VERSION MOUNTPOINT" of the hierarchy that has it; fails if none does
cgroup_home() {
	local version mountpoint options
	while read -r version mountpoint options; do
		if [ "$version" = 1 ] && [[ ,$options, == *,$1,* ]]; then
			echo "1 $mountpoint"
			return
		fi
		if [ "$version" = 2 ] && v2_has "$1" "$mountpoint"; then
			echo "2 $mountpoint"
			return
		fi
	done < <(cgroup_mounts | sort)
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
