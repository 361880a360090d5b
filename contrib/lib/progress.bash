# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# progress.bash - how far a stage of contrib/check is, said while it runs
#
#	exec {watch}> >(progress_watch LOG RESULTS)	# it ends when this descriptor is closed
#	progress_expect RESULTS FOLDER TESTS=...	# in a build folder, before its make check
#
# A test that has ended leaves a .trs file (automake's): RESULTS lists those that will come, a line each.

progress_seconds=30 # between two lines where they can't be written over each other

# progress_expect RESULTS FOLDER [MAKE ARGUMENT]...: what `make check ARGUMENT...` will leave in FOLDER.
# What an earlier run left there goes.
progress_expect() {
	local results=$1 folder=$2 left
	shift 2
	mapfile -t left < <(make -s results "$@")
	(cd "$folder" 2>/dev/null && rm -f -- "${left[@]}")
	[ ${#left[@]} = 0 ] || printf '%s\n' "${left[@]/#/$folder/}" >"$results"
}

# progress_tests RESULTS: "unit tests 12 of 41, bats files 7 of 26"
progress_tests() {
	local file kind text='' names=('unit tests' 'bats files' 'others') ended=(0 0 0) total=(0 0 0)
	while IFS= read -r file; do
		case $file in
		*/tests/unit/*) kind=0 ;;
		*/tests/bats/*) kind=1 ;;
		*) kind=2 ;;
		esac
		total[kind]=$((total[kind] + 1))
		[ ! -e "$file" ] || ended[kind]=$((ended[kind] + 1))
	done <"$1"
	for kind in 0 1 2; do
		[ "${total[kind]}" = 0 ] || text+=", ${names[kind]} ${ended[kind]} of ${total[kind]}"
	done
	echo "${text#, }"
}

# progress_text LOG RESULTS: the tests that ended; before there are any, the last line of the log
progress_text() {
	local text
	if [ -s "$2" ]; then
		progress_tests "$2"
		return
	fi
	text=$(tail -n 1 "$1" 2>/dev/null | tr -cd '[:print:]' | tr -s ' ')
	read -r text <<<"$text"
	echo "${text:0:70}"
}

# progress_watch LOG RESULTS: say it until stdin ends; one line, always new, on a terminal
progress_watch() {
	local pause=$progress_seconds text said=''
	[ ! -t 1 ] || pause=1
	while read -rt "$pause" || [ $? -gt 128 ]; do
		text=$(progress_text "$@")
		[ "$text" != "$said" ] || continue
		said=$text
		if [ -t 1 ]; then
			printf '\r\033[K%(%H:%M:%S)T   %s' -1 "$text"
		else
			printf '%(%H:%M:%S)T   %s\n' -1 "$text"
		fi
	done
	[ ! -t 1 ] || printf '\r\033[K'
}
