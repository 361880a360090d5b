/* SPDX-License-Identifier: Apache-2.0 */
/*
 * id_maps.h - the id maps of a user namespace, written from outside
 *
 * user_namespaces(7): each file takes one write, and an ordinary user's gid_map is refused until
 * setgroups is denied.
 */
#pragma once
#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct id_maps {
	const char *uid, *gid; /* the files' whole content */
	bool deny_setgroups;   /* an ordinary user maps its group */
};
/* Writes setgroups, uid_map and gid_map of a process.  After an error *ret_wrong is the text that
 * the kernel refused (maps->uid or maps->gid), or NULL if it was setgroups. */
int id_maps_write(int procfs, pid_t pid, const struct id_maps *maps, const char **ret_wrong,
		  struct error *err);
