/* SPDX-License-Identifier: Apache-2.0 */
/* id_maps.c - the id maps of a user namespace, written from outside */
#include "sys/id_maps.h"

#include "sys/procfs.h"

#include <stdio.h>
#include <string.h>

static int write_one(int procfs, pid_t pid, const char *file, const char *text, struct error *err)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%d/%s", (int)pid, file);
	return procfs_write(procfs, name, text, strlen(text), err);
}

int id_maps_write(int procfs, pid_t pid, const struct id_maps *maps, const char **ret_wrong,
		  struct error *err)
{
	*ret_wrong = NULL;
	if (maps->deny_setgroups && write_one(procfs, pid, "setgroups", "deny", err) < 0)
		return error_code(err);
	*ret_wrong = maps->uid;
	if (write_one(procfs, pid, "uid_map", maps->uid, err) < 0)
		return error_code(err);
	*ret_wrong = maps->gid;
	return write_one(procfs, pid, "gid_map", maps->gid, err);
}
