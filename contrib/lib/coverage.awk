# SPDX-License-Identifier: Apache-2.0
# coverage.awk - of lcov's lines: a line a file, then the functions that no test has reached
#
# A header's function is in many programs, and a .c file in several: what one of them reaches is reached.
BEGIN { FS = "[:,]" }

/^SF:/ {
	file = substr($0, 4)
	ours = index(file, top "src/") == 1 || index(file, top "libocispec/") == 1
	file = substr(file, length(top) + 1)
}
!ours { next }

# FN:LINE,NAME comes before FNDA:COUNT,NAME
/^FN:/ { at[$NF] = $2 + 0 }
/^FNDA:/ {
	key = file SUBSEP at[$NF]
	name[key] = $NF
	calls[key] += $2
}
/^DA:/ {
	key = file SUBSEP $2
	if (!(key in line))
		lines[file]++
	if (!line[key] && $3 > 0) {
		reached[file]++
		line[key] = 1
	}
	line[key] += 0
}

function percent(part, whole) { return whole ? 100 * part / whole : 100 }

END {
	sort = "sort"
	for (file in lines) {
		printf "%5.1f %%  %4d of %4d lines  %s\n", percent(reached[file], lines[file]), reached[file],
			lines[file], file | sort " -k6"
		sum += reached[file]
		all += lines[file]
	}
	close(sort " -k6")
	printf "%5.1f %%  %4d of %4d lines in all\n\nfunctions that were never reached:\n", percent(sum, all), sum, all
	for (key in name) {
		functions++
		if (calls[key] > 0)
			continue
		never++
		split(key, part, SUBSEP)
		printf "  %s:%d %s\n", part[1], part[2], name[key] | sort " -t: -k1,1 -k2n"
	}
	close(sort " -t: -k1,1 -k2n")
	printf "%d of %d functions\n", never, functions
}
