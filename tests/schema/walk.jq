# SPDX-License-Identifier: Apache-2.0
# walk.jq - the paths and words of a JSON schema, one a line, as rows.c prints those of the table
# usage: jq -nr --arg root FILE -f walk.jq SCHEMA...

def walk($all; $file; $path):
	if type != "object" then
		empty
	elif has("$ref") then
		(.["$ref"] | split("#")) as [$named, $pointer]
		| (if $named == "" then $file else $named end) as $other
		| $all[$other] // empty
		| getpath($pointer | ltrimstr("/") | split("/"))
		| walk($all; $other; $path)
	else
		(.properties // {} | to_entries[]
			| "\($path)/\(.key)" as $inner | $inner, (.value | walk($all; $file; $inner))),
		(.items // empty | walk($all; $file; "\($path)/[]")),
		(.additionalProperties // empty | walk($all; $file; "\($path)/*")),
		(.patternProperties // {} | .[] | walk($all; $file; "\($path)/*")),
		((.anyOf, .allOf, .oneOf) // empty | .[] | walk($all; $file; $path)),
		(.enum // empty | .[] | "\($path) = \(.)")
	end;

(reduce inputs as $schema ({}; .[input_filename | sub(".*/"; "")] = $schema)) as $all
| $all[$root]
| if . == null then error("no \($root)") else walk($all; $root; "") end
