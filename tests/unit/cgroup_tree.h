/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup_tree.h - hierarchies in a temporary directory, for tests of what is written where
 *
 * Only files that a test expects exist: a write to any other fails.
 */
#pragma once
#include "unit.h"

#include "cgroup/cgroup.h"

enum tree_kind { TREE_V1, TREE_HYBRID, TREE_V2 }; /* hybrid: memory, hugetlb and io on v2 */

struct tree {
	char top[64];
	struct cgroup cg; /* container's cgroup: "/c" in each hierarchy, directories are there */
};

/* An expected file: "memory/memory.limit_in_bytes" (v2: "unified/...") with its content. */
struct tree_file {
	const char *name, *text;
};

void tree_make(struct tree *tree, enum tree_kind kind);
void tree_touch(const struct tree *tree, const struct tree_file *files, size_t n);
/* Each file holds its text; NULL: "was not written". */
void tree_check(const struct tree *tree, const struct tree_file *files, size_t n);
void tree_drop(struct tree *tree);
