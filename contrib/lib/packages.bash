# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# packages.bash - what a machine must have, and how its package manager calls it
#
#	packages_install build tests ...
#
# installs what is missing of these groups; the line that does it is shown first.  Who can't is told what
# root has to run.

# A row: group, how to see that it is there, then its packages for apt, dnf and apk ("-": none).
# command:NAME is in PATH; header:NAME is found by the C compiler; links:NAME, a compiler, makes a
# program; file:PATH is there.
packages_table='
build   command:bash                    -                   -                   bash
build   links:cc                        gcc,libc6-dev       gcc,glibc-devel     gcc,musl-dev
build   header:linux/mount.h            linux-libc-dev      kernel-headers      linux-headers
build   command:make                    make                make                make
build   command:autoreconf              autoconf            autoconf            autoconf
build   command:automake                automake            automake            automake
build   header:yajl/yajl_parse.h        libyajl-dev         yajl-devel          yajl-dev
build   header:sys/capability.h         libcap-dev          libcap-devel        libcap-dev
try     command:busybox                 busybox-static      busybox             busybox-static
tests   header:cmocka.h                 libcmocka-dev       libcmocka-devel     cmocka-dev
tests   command:bats                    bats                bats                bats
tests   command:jq                      jq                  jq                  jq
tests   command:busybox                 busybox-static      busybox             busybox-static
tests   command:unshare                 util-linux          util-linux          util-linux
tests   command:mount                   mount               util-linux          mount
tests   command:ip                      iproute2            iproute             iproute2
tests   command:readelf                 binutils            binutils            binutils
tests   command:strace                  strace              strace              strace
tests   command:script                  bsdutils            util-linux-script   util-linux-misc
tests   command:setpriv                 util-linux          util-linux          util-linux-misc
machine file:/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema golang-github-opencontainers-specs-dev - -
machine header:seccomp.h                libseccomp-dev      libseccomp-devel    libseccomp-dev
machine command:clang-format            clang-format        clang-tools-extra   clang-extra-tools
machine command:shellcheck              shellcheck          ShellCheck          shellcheck
machine command:codespell               codespell           codespell           codespell
machine command:clang                   clang               clang               clang
machine command:clang-tidy              clang-tidy          clang-tools-extra   clang-extra-tools
machine links:musl-gcc                  musl-tools          musl-gcc            -
machine links:aarch64-linux-gnu-gcc   gcc-aarch64-linux-gnu,libc6-dev-arm64-cross - -
machine links:i686-linux-gnu-gcc      gcc-i686-linux-gnu,libc6-dev-i386-cross     - -
machine command:mmdebstrap              mmdebstrap          -                   -
machine command:xz                      xz-utils            xz                  xz
machine command:gdb                     gdb                 gdb                 gdb
machine command:pgrep                   procps              procps-ng           procps
machine command:parallel                parallel            parallel            parallel
machine command:git                     git                 git                 git
machine command:umoci                   umoci               -                   -
machine command:crun                    crun                crun                crun
machine command:runc                    runc                runc                runc
'

# packages_manager: the first package manager that is there
packages_manager() {
	local manager
	for manager in apt-get dnf apk; do
		command -v "$manager" >/dev/null && echo "$manager" && return
	done
	return 1
}

# packages_links COMPILER: does it make a program?
packages_links() {
	local made status=0
	command -v "$1" >/dev/null || return
	made=$(mktemp) || return
	echo 'int main(void) { return 0; }' | "$1" -x c - -o "$made" >/dev/null 2>&1 || status=1
	rm -f "$made"
	return $status
}

# packages_has WHAT: is it there?
packages_has() {
	case $1 in
	command:*) command -v "${1#*:}" >/dev/null ;;
	header:*) echo "#include <${1#*:}>" | "${CC:-cc}" -E - >/dev/null 2>&1 ;;
	links:*) packages_links "${1#*:}" ;;
	file:*) [ -e "${1#*:}" ] ;;
	*)
		echo "packages: \"$1\" is no question" >&2
		return 1
		;;
	esac
}

# packages_missing MANAGER GROUP...: the packages to install, one a line
packages_missing() {
	local manager=$1 group what apt dnf apk names
	shift
	while read -r group what apt dnf apk; do
		[[ -n $group && " $* " == *" $group "* ]] || continue
		packages_has "$what" && continue
		case $manager in
		apt-get) names=$apt ;;
		dnf) names=$dnf ;;
		*) names=$apk ;;
		esac
		[ "$names" = - ] || tr ',' '\n' <<<"$names"
	done <<<"$packages_table" | sort -u
}

# packages_line MANAGER NAME...: sets line to the command that installs them
packages_line() {
	case $1 in
	apt-get) line=(apt-get -q --yes --no-install-recommends install "${@:2}") ;;
	dnf) line=(dnf --assumeyes install "${@:2}") ;;
	apk) line=(apk add "${@:2}") ;;
	esac
}

# packages_run COMMAND...: show the line, then run it; as root, by sudo if we are not
packages_run() {
	[ "$(id -u)" = 0 ] || set -- sudo "$@"
	echo "+ $*"
	"$@" </dev/null
}

# packages_apt: a fresh machine has no lists, an old one has stale ones
packages_apt() {
	local quietly=(env 'DEBIAN_FRONTEND=noninteractive')
	if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
		packages_run "${quietly[@]}" "${line[@]}" && return
	fi
	packages_run apt-get -q update && packages_run "${quietly[@]}" "${line[@]}"
}

# packages_ask WHY: what somebody else has to do
packages_ask() {
	local update=''
	[ "${line[0]}" != apt-get ] || update='apt-get update && '
	printf '%s\n' "$1. Please run this line as root, then try again:" "    $update${line[*]}" >&2
	return 1
}

# packages_install GROUP...: install what is missing; where that can't be done, say what to do, and fail
packages_install() {
	local manager names line
	manager=$(packages_manager)
	mapfile -t names < <(packages_missing "${manager:-apt-get}" "$@")
	[ ${#names[@]} -gt 0 ] || return 0
	echo "missing: ${names[*]}"
	if [ -z "$manager" ]; then
		echo "None of apt-get, dnf and apk is here. Please install these (names as in Debian)" \
			"and try again." >&2
		return 1
	fi
	packages_line "$manager" "${names[@]}"
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		packages_ask "They can be installed by root only, and there is no sudo here" || return
	fi
	if [ "$manager" = apt-get ]; then
		packages_apt
	else
		packages_run "${line[@]}"
	fi || packages_ask "They could not be installed"
}
