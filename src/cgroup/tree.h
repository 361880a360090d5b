/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - a cgroup and the cgroups that the container made in it */
#pragma once
#include "base/error.h"

/* Calls visit for the directory fd and for each cgroup below it, parents first; stops at a negative
 * result.  Those that vanish meanwhile are passed over.  However deep they are, no more than three
 * fds are held. */
typedef int tree_visit(int fd, void *context, struct error *err);
int tree_walk(int fd, tree_visit *visit, void *context, struct error *err);

/* Removes all cgroups below the directory fd that can be removed now. */
int tree_remove_children(int fd, struct error *err);
