# SPDX-License-Identifier: Apache-2.0
# code.awk - C without its comments; with what=strings also without what is between quotes, but the
# names of includes
FNR == 1 { comment = 0 }
{
	out = ""
	quote = ""
	n = length($0)
	keep = what != "strings" || $0 ~ /^[ \t]*#[ \t]*include/
	for (i = 1; i <= n; i++) {
		c = substr($0, i, 1)
		pair = substr($0, i, 2)
		if (comment) {
			if (pair == "*/") { comment = 0; i++ }
			continue
		}
		if (quote != "") {
			if (c == "\\") {
				if (keep)
					out = out pair
				i++
				continue
			}
			if (c == quote) { quote = ""; out = out c; continue }
			if (keep)
				out = out c
			continue
		}
		if (pair == "/*") { comment = 1; i++; continue }
		if (pair == "//")
			break
		if (c == "\"" || c == "'")
			quote = c
		out = out c
	}
	if (out ~ /[^ \t]/)
		print FILENAME ":" FNR ":" out
}
