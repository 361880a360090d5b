# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# sources.bash - a copy of the tree without anything that was built in it

# is_checkout: is the current folder git's, and not one that git ignores in another's?
is_checkout() { [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; }

# is_program FILE: a program that was linked there.  make would find it by VPATH, and not build its own.
is_program() {
	local magic=''
	LC_ALL=C IFS= read -rn 4 magic <"$1" 2>/dev/null
	[ "$magic" = $'\x7fELF' ]
}

# sources_copy FROM TO: what git would hand out (files not yet added too); without git, all but what
# builds make.  TO is emptied first.
sources_copy() {
	rm -rf "$2"
	mkdir -p "$2"
	(
		cd "$1" || exit
		if is_checkout; then
			git ls-files -z --cached --others --exclude-standard
		else
			find . -type d \( -path ./build -o -path ./.git -o -name .deps -o \
				-name autom4te.cache \) -prune -o -type f ! -name '*.o' ! -name '*.a' ! -name '*.log' \
				! -name '*.trs' ! -path ./config.status ! -path ./config.h ! -path ./commit.h \
				! -path ./stamp-h1 ! -path ./Makefile -print0
		fi | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] || is_program "$file" || printf '%s\0' "$file"
		done | tar --null -T - -cf -
	) | tar -C "$2" -xf -
}
