# SPDX-License-Identifier: Apache-2.0
# uses.awk - what symbols.awk found, with the headers' macros and inline functions looked through: calls
# used(FILE, INSIDE, NAME) for each use of what is defined with def, in its own file too.  The program
# that it is put before has that function, and asks for follow_all() at its end.
!($2 in known) { known[$2] = 1; file_at[++files] = $2 }
$1 == "def" { home[$3] = $2; line_of[$3] = $4 }
$1 == "static" { own[$2, $3] = 1 }
$1 == "use" { use[++uses] = $2 " " $3 " " $4 }
$1 == "use" && $2 ~ /\.h$/ { part[$3, ++parts[$3]] = $4 }
$1 == "include" { include[++includes] = $2 " " ($3 ~ /^(libocispec|tests)\// ? "" : "src/") $3 }
$1 == "paste" { paste[$2, ++pastes[$2]] = $3 " " $4 }
$1 == "row" { row[$2, ++rows[$2]] = $3 }

function follow(file, inside, name,   i) {
	if ((file, inside, name) in seen || (file, name) in own)
		return
	seen[file, inside, name] = 1
	if (name in home)
		used(file, inside, name)
	for (i = 1; i <= parts[name]; i++)
		follow(file, inside, part[name, i])
}

# a table read by file: its words, as they are and with what the file's macros put around them
function follow_rows(file, table,   i, k, around) {
	for (i = 1; i <= rows[table]; i++) {
		follow(file, "-", row[table, i])
		for (k = 1; k <= pastes[file]; k++) {
			split(paste[file, k], around, " ")
			gsub(/-/, "", around[1])
			gsub(/-/, "", around[2])
			follow(file, "-", around[1] row[table, i] around[2])
		}
	}
}

function follow_all(   i, word) {
	for (i = 1; i <= uses; i++) {
		split(use[i], word, " ")
		follow(word[1], word[2], word[3])
	}
	for (i = 1; i <= includes; i++) {
		split(include[i], word, " ")
		if (word[2] ~ /\.def$/)
			follow_rows(word[1], word[2])
	}
}
