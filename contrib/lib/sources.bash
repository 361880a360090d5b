# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# sources.bash - a copy of the tree without anything that was built in it

# sources_copy FROM TO: what git would hand out (files not yet added too); without git, all but what
# builds make.  TO is emptied first.
sources_copy() {
	rm -rf "$2"
	mkdir -p "$2"
	(
		cd "$1" || exit
		if ! git ls-files -z --cached --others --exclude-standard 2>/dev/null; then
			find . -type d \( -path ./build -o -path ./.git -o -name .deps -o \
				-name autom4te.cache \) -prune -o -type f ! -name '*.o' ! -name '*.a' ! -path ./config.status \
				! -path ./Makefile -print0
		fi | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] || printf '%s\0' "$file"
		done | tar --null -T - -cf -
	) | tar -C "$2" -xf -
}
