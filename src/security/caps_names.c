/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caps_names.c - capability names, as libcap has them
 *
 * libcap reads more than the specification allows: numbers, names in any case, and it stops at a
 * comma or an equals sign.  "CAP_KILL,CAP_CHOWN" in a config would be CAP_KILL without a word of
 * warning, so only what is a name as a whole is handed to it.
 */
#include "security/caps.h"

#include <errno.h>
#include <string.h>

static void cap_text_done(char **text)
{
	(void)cap_free(*text);
}

#define auto_cap_text __attribute__((cleanup(cap_text_done)))

/* CAP_[A-Z_]+ from its first to its last character: the names of capabilities(7). */
static bool is_name(const char *name)
{
	static const char prefix[] = "CAP_";
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 && name[len] &&
	       name[len + strspn(name + len, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] == '\0';
}

void caps_capitals(char *text)
{
	for (; *text; text++)
		if (*text >= 'a' && *text <= 'z')
			*text = (char)(*text - 'a' + 'A');
}

/* *ret is NULL for a number that libcap has no name for: it gives the number itself then. */
static int name_copy(int number, struct oci_arena *arena, const char **ret, struct error *err)
{
	auto_cap_text char *name = cap_to_name(number);
	char *copy;

	if (!name)
		return fail(err, errno, "the name of capability %d", number);
	copy = oci_arena_copy(arena, name, strlen(name));
	if (!copy)
		return fail(err, ENOMEM, "capabilities");
	caps_capitals(copy);
	*ret = is_name(copy) ? copy : NULL;
	return 0;
}

/* How many names to ask for: up to the last capability that the kernel or its header has.  Behind
 * its last name libcap gives a number as text, which would end the list, too; but it makes that
 * text with asprintf(3), and each start would pay for code that nothing else uses. */
static int names_max(void)
{
	int max = cap_max_bits() > CAP_LAST_CAP ? cap_max_bits() : CAP_LAST_CAP + 1;

	return max < CAPS_MAX ? max : CAPS_MAX;
}

int caps_names(struct oci_arena *arena, struct caps_names *ret, struct error *err)
{
	struct caps_names names = { .v = oci_arena_get(arena, CAPS_MAX * sizeof *names.v) };
	int max = names_max();

	if (!names.v)
		return fail(err, ENOMEM, "capabilities");
	for (; names.n < max; names.n++) {
		if (name_copy(names.n, arena, &names.v[names.n], err) < 0)
			return error_code(err);
		if (!names.v[names.n])
			break;
	}
	names.known = cap_max_bits() < names.n ? cap_max_bits() : names.n;
	*ret = names;
	return 0;
}

int caps_number(const struct caps_names *names, const char *name)
{
	cap_value_t number;

	if (!is_name(name) || cap_from_name(name, &number) < 0)
		return -1;
	return number >= 0 && number < names->n ? number : -1;
}
