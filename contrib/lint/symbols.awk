# SPDX-License-Identifier: Apache-2.0
# symbols.awk - what C files define for others, and what they use; reads what "code strings" of
# files.bash prints.  Prints, in words divided by a blank:
#	def FILE NAME LINE        a function or an object that other files can see
#	static FILE NAME LINE     one that they can't see
#	inline FILE NAME LINE     a function of a header
#	use FILE INSIDE NAME      NAME stands in the definition of INSIDE: a function, an object, a macro
#	include FILE HEADER
#	paste FILE PREFIX SUFFIX  a macro makes names, PREFIX##x##SUFFIX; "-": nothing there
#	row FILE NAME             a word of a table (*.def)
# No use is: what follows "." or "->", the tag of a struct, and a name that is declared right there (a
# parameter, a local variable, a member).  Who uses an inline function or a macro of a header uses what
# stands in it.
BEGIN {
	split("if else for while do switch case default break continue return goto sizeof", list, " ")
	for (i in list)
		statement[list[i]] = 1
	split("struct union enum", list, " ")
	for (i in list)
		tagged[list[i]] = 1
	split("const volatile restrict", list, " ")
	for (i in list)
		qualifier[list[i]] = 1
}

function is_name(t) { return t ~ /^[A-Za-z_]/ }

# takes a token off the front of text: a name or a number, "->", "##", or one character
function token(   t) {
	sub(/^[ \t]+/, "", text)
	if (match(text, /^[A-Za-z_0-9]+/) || match(text, /^(->|##)/))
		t = substr(text, 1, RLENGTH)
	else
		t = substr(text, 1, 1)
	text = substr(text, length(t) + 1)
	return t
}

function say(kind, what) {
	what = kind " " file " " what
	if (!(what in said))
		print what
	said[what] = 1
}

# ---- declarations: "type name", "type *name", "(*name)", and ", name" after one of them ----

# at the beginning of a file's item, and of a statement in it
function names_begin() { before = before2 = ""; typed = 0; declaring = -1 }

# is the name t declared by the tokens before it?  To be asked for each token in turn.
function declares(t,   yes) {
	if (t in qualifier)
		return 0
	if (!is_name(t)) {
		if (t == ";" || t == "{" || t == "}") {
			names_begin()
			return 0
		}
		if (t == ",")
			listing = declaring == round
		else if (t != "*")
			listing = 0
		if (t != "*")
			typed = 0
	} else if (before in tagged) {
		typed = 1 # a tag
	} else {
		yes = typed || listing || (before == "*" && before2 == "(" && text ~ /^[ \t]*\)/)
		if (yes && typed && declaring < 0 && (!round || loop))
			declaring = round
		typed = !(t in statement)
		listing = 0
	}
	if (t == "for")
		loop = 1
	before2 = before
	before = t
	return yes
}

# ---- a file's items ----

function item_begin() {
	phase = "head"
	name = ""
	object = first = ""
	is_static = is_extern = has_call = is_tagged = attribute = in_brackets = words = 0
	round = loop = 0
	split("", declared)
	names_begin()
}

function defined(what) {
	if (what == "" || is_extern || file ~ /^tests\//)
		return
	if (file ~ /\.c$/)
		say(is_static ? "static" : "def", what " " line)
	else if (is_static && phase == "head" && has_call)
		say("inline", what " " line)
}

# a token between two items: what is defined here?
function head(t) {
	if (attribute) {
		attribute += (t == "(") - (t == ")")
		attribute -= attribute == 1
		return
	}
	if (t == "__attribute__" || t == "_Static_assert") {
		attribute = 1
		return
	}
	pointed = before == "*" && before2 == "(" && round == 1 && is_name(t) && !(t in qualifier)
	if (declares(t))
		declared[t] = 1
	if (pointed && object == "") { # "(*name": a pointer to a function
		object = t
		line = at
	} else if (t == "static")
		is_static = 1
	else if (t == "extern" || t == "typedef")
		is_extern = 1
	else if (t in tagged && !round)
		is_tagged = 1
	else if (t == "(") {
		if (!round && !has_call)
			name = object
		has_call = 1
		round++
	} else if (t == ")")
		round--
	else if (t == "[" || t == "]")
		in_brackets = t == "["
	else if (is_name(t) && !round && !in_brackets && !has_call && !(t in qualifier)) {
		if (!words++)
			first = t
		else
			object = t
		line = at
	} else if (t == "," && !round && !has_call)
		defined(object)
	else if (t == "=" && !round) {
		defined(object)
		name = object
		phase = "value"
	} else if (t == "{" && has_call) {
		defined(name)
		delete declared[name]
		phase = "body"
		depth = 1
		names_begin()
	} else if (t == "{") {
		phase = "members"
		depth = 1
	} else if (t == ";") {
		if (!has_call && !(is_tagged && object == tag))
			defined(object)
		item_begin()
	}
	if (before2 in tagged && is_name(t))
		tag = t
}

function inside(t,   was) {
	was = before
	if (t == "(" )
		round++
	else if (t == ")")
		round--
	if (declares(t))
		declared[t] = 1
	else if (is_name(t) && !(t in statement) && !(t in declared) && was !~ /^(\.|->|struct|union|enum)$/)
		say("use", name " " t)
}

function take(t) {
	if (phase == "head") {
		head(t)
		return
	}
	depth += (t == "{") - (t == "}")
	if (phase != "members")
		inside(t)
	if (phase == "members" && !depth) {
		phase = "head"
		names_begin()
		typed = 1
	} else if ((phase == "body" && !depth) || (phase == "value" && !depth && t == ";"))
		item_begin()
}

# ---- the preprocessor ----

function macro(   t, was, pasted) {
	split("", parameter)
	name = token()
	was = ""
	if (text ~ /^\(/)
		while ((t = token()) != ")" && t != "")
			parameter[t] = 1
	while ((t = token()) != "") {
		pasted = text ~ /^[ \t]*##/
		if (was == "##" || pasted) {
			if (t in parameter) {
				say("paste", (was == "##" ? prefix : "-") " " suffix())
			}
			prefix = t in parameter ? "-" : t
		} else if (is_name(t) && !(t in parameter) && was !~ /^(\.|->|struct|union|enum)$/)
			say("use", name " " t)
		was = t
	}
}

# the name after "##", if it is no parameter
function suffix(   rest) {
	if (text !~ /^[ \t]*##/)
		return "-"
	rest = text
	sub(/^[ \t]*##[ \t]*/, "", rest)
	match(rest, /^[A-Za-z_0-9]*/)
	rest = substr(rest, 1, RLENGTH)
	return rest in parameter ? "-" : rest
}

function directive(   outer) {
	if (text ~ /^[ \t]*#[ \t]*include[ \t]*"/) {
		split(text, list, "\"")
		say("include", list[2])
	} else if (sub(/^[ \t]*#[ \t]*define[ \t]+/, "", text)) {
		outer = name
		macro()
		name = outer
	}
}

{
	match($0, /^[^:]*:[0-9]+:/)
	split(substr($0, 1, RLENGTH - 1), place, ":")
	text = substr($0, RLENGTH + 1)
	at = place[2]
	if (place[1] != file) {
		file = place[1]
		joined = ""
		item_begin()
	}
}
text ~ /\\$/ && (joined != "" || text ~ /^[ \t]*#/) {
	joined = joined substr(text, 1, length(text) - 1)
	next
}
joined != "" || text ~ /^[ \t]*#/ {
	text = joined text
	joined = ""
	directive()
	next
}
file ~ /\.def$/ {
	while ((t = token()) != "")
		if (is_name(t))
			say("row", t)
	next
}
# a macro that stands for a whole item has no ";" behind it
phase == "head" && !round && has_call && object == "" && first ~ /^[A-Z_0-9]+$/ { item_begin() }
{
	while ((t = token()) != "")
		take(t)
}
