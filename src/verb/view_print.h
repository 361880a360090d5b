/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view_print.h - what state and list share
 */
#pragma once
#include "libocispec/ocispec.h"
#include "verb/commands.h"

/* The JSON object that engines read (CRI-O, buildah, go-runc); malloc'ed, NULL without memory. */
char *view_json(const struct container_view *view, enum oci_style style);
/* Calls print with the request that the options make and an arena for what it sees. */
int view_print(const struct options *options, struct outcome *outcome,
	       int (*print)(FILE *, const struct options *, const struct request *,
			    struct oci_arena *, struct error *),
	       struct error *err);
