/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_user.c - `exec --user`
 *
 * A number is a number, whatever passwd says (CVE-2016-3697), and nothing but digits is one
 * (CVE-2026-30892).  Names are looked up in the container's files: regular files of at most 1 MiB.
 */
#include "launch/exec.h"

#include "base/auto.h"
#include "base/decimal.h"
#include "sys/path.h"

#include <errno.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

/* The n-th field of a line "a:b:c", NUL terminated by the caller's copy; NULL if there is none. */
static char *field(char *line, unsigned n)
{
	while (n-- && line) {
		line = strchr(line, ':');
		line = line ? line + 1 : NULL;
	}
	return line;
}

static bool field_number(char *line, unsigned n, uint32_t *ret)
{
	char *at = field(line, n), *end;

	if (!at)
		return false;
	end = at + strcspn(at, ":");
	*end = '\0';
	return parse_u32(at, ret) && *ret != UINT32_MAX;
}

/* Finds the line of name and reads its field 2 (uid or gid) and, for a user, 3 (its gid). */
static int look_up(int root, const char *file, const char *name, uint32_t *ret_id,
		   uint32_t *ret_gid, struct error *err)
{
	auto_free char *text = NULL;
	size_t len, n = strlen(name);

	if (in_root_read(root, file, FILE_MAX, &text, &len, err) < 0)
		return within(err, "look up \"%s\"", name);
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, name, n) != 0 || line[n] != ':')
			continue;
		/* the later field first: reading ends the string there */
		if ((!ret_gid || field_number(line, 3, ret_gid)) && field_number(line, 2, ret_id))
			return 0;
		return fail(err, 0, "the container's %s has a malformed line for \"%s\"", file,
			    name);
	}
	return fail(err, 0, "\"%s\" is neither a number nor in the container's %s", name, file);
}

static int refuse(const char *words, struct error *err)
{
	char buf[FOREIGN_BUF];

	return within(err, "--user \"%s\"", foreign(words, buf));
}

int exec_user(int root, const char *words, struct oci_user *ret, struct error *err)
{
	size_t n = strcspn(words, ":");
	uint32_t ids[2] = { 0, ret->gid };
	char name[256];

	if (n == 0 || n >= sizeof name || (words[n] && !words[n + 1]))
		return fail(err, 0,
			    "--user \"%s\" is not UID[:GID] (numbers, or names of the "
			    "container's passwd and group)",
			    words);
	memcpy(name, words, n);
	name[n] = '\0';
	if (!parse_u32(name, &ids[0]) &&
	    look_up(root, "/etc/passwd", name, &ids[0], &ids[1], err) < 0)
		return refuse(words, err);
	if (words[n] && !parse_u32(words + n + 1, &ids[1]) &&
	    look_up(root, "/etc/group", words + n + 1, &ids[1], NULL, err) < 0)
		return refuse(words, err);
	if (ids[0] == UINT32_MAX || ids[1] == UINT32_MAX)
		return fail(err, 0, "--user \"%s\": ids go to 4294967294", words);
	oci_set(user, ret, uid, ids[0]);
	oci_set(user, ret, gid, ids[1]);
	return 0;
}
