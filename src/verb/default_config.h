/* SPDX-License-Identifier: Apache-2.0 */
/*
 * default_config.h - the config that `ocirt spec` writes
 */
#pragma once
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The config of default_config.def as pretty JSON, malloc'ed.  rootless: for a caller without
 * privileges, whose user and group become 0 in a user namespace. */
int default_config(bool rootless, char **ret_json, size_t *ret_len, struct error *err);
