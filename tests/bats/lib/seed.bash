# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# seed.bash - choices by lot that can be made again: all come from $seed, which tests/seed prints

# seed_begin: sets seed
seed_begin() { seed=$("${BASH_SOURCE[0]%/*}/../../seed"); }

# seed_number WORD...: a number of 32 bits, of the seed and these words
seed_number() {
	local sum
	sum=$(printf '%s\n' "$seed" "$@" | cksum)
	echo "${sum%% *}"
}

# seed_sample N: N lines of stdin
seed_sample() {
	local line
	while IFS= read -r line; do
		printf '%s\t%s\n' "$(seed_number "$line")" "$line"
	done | sort -n | head -n "$1" | cut -f 2-
}
