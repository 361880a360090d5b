# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# sources.bash - a copy of the tree without anything that was built in it

# is_checkout: is the current folder git's, and not one that git ignores in another's?
is_checkout() { [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; }

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
				-name autom4te.cache \) -prune -o -type f ! -name '*.o' ! -name '*.a' ! -path ./config.status \
				! -path ./Makefile -print0
		fi | while IFS= read -r -d '' file; do
			[ ! -e "$file" ] || printf '%s\0' "$file"
		done | tar --null -T - -cf -
	) | tar -C "$2" -xf -
}
