# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# files.bash - which files a rule looks at.  Every rule runs in the top folder of the tree.

# tree NAME...: the files below our folders (build folders are not among them) with these names
tree() {
	local names=() dirs=() dir
	for dir in libocispec src tests contrib docs m4 .ci; do
		[ -d "$dir" ] && dirs+=("$dir")
	done
	while [ $# -gt 0 ]; do
		names+=(-o -name "$1")
		shift
	done
	find "${dirs[@]}" -type d \( -name .deps -o -name corpus \) -prune -o \
		-type f \( "${names[@]:1}" \) -print | LC_ALL=C sort
}

c_files() { tree '*.c' '*.h'; }

# programs for a shell, known by their first line, and what they load
shell_files() {
	tree '*.bash' '*.bats'
	{
		tree '*' | grep -vE '\.(bash|bats|[chao]|def|am|log|trs|md)$'
		[ ! -f autogen.sh ] || echo autogen.sh
	} | while IFS= read -r file; do
		local first=
		IFS= read -r first 2>/dev/null <"$file" || true
		[[ $first =~ ^\#!.*[/\ ](ba)?sh ]] && echo "$file"
	done
}

# everything that people write by hand
text_files() {
	c_files
	tree '*.def' '*.am' '*.m4' '*.md' '*.awk'
	shell_files
	local file
	for file in configure.ac Makefile.am README.md CONTRIBUTING.md .clang-format .editorconfig; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# code comments|strings FILE...: prints FILE:LINE:CODE without comments; with "strings" the texts in
# quotes are emptied too
code() {
	local what=$1
	shift
	[ $# -gt 0 ] || return 0
	awk -v what="$what" -f contrib/lint/code.awk "$@"
}
