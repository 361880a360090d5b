/* SPDX-License-Identifier: Apache-2.0 */
/*
 * namespaces.h - new ones, joined ones, and their id maps and clocks
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"
#include "sys/id_maps.h"

#include <stdint.h>
#include <sys/types.h>

struct namespaces {
	uint64_t fresh;	 /* CLONE_NEW... of those to be made */
	uint64_t joined; /* CLONE_NEW... of those to be joined; ours already: in neither */
	size_t n_join;
	struct {
		int fd; /* O_CLOEXEC */
		uint64_t flag;
	} join[OCI_namespace_type_WORDS];
	/* The kernel's id map files and time offsets, ready to be written; NULL: none. */
	struct id_maps maps;
	const char *time_offsets;
	struct error_sink *sink; /* set by the caller: who wants every error; NULL: nobody */
};

/* Opens every path and checks that it is a namespace of its type (NS_GET_NSTYPE); a namespace that
 * we are in already is left out, because setns(2) refuses some of those.  Of *ret only
 * `sink` is read. */
int namespaces_plan(const struct oci_linux *config, int procfs, struct oci_arena *arena,
		    struct namespaces *ret, struct error *err);
void namespaces_done(struct namespaces *ns);
/* Is it a namespace of the container's own, new or joined? */
bool namespaces_own(const struct namespaces *ns, uint64_t flag);
/* The fd of a namespace that is joined, owned by ns; -1: this kind is not. */
int namespaces_joined_fd(const struct namespaces *ns, uint64_t flag);

/* Runtime: writes setgroups, uid_map and gid_map of the process. */
int namespaces_map(const struct namespaces *ns, int procfs, pid_t pid, struct error *err);

/* Init: enters those of the joined ones that the mask names, the user namespace first and the mount
 * namespace last. */
int namespaces_join(const struct namespaces *ns, uint64_t mask, struct error *err);
/* exec's runtime: which namespaces of a process are not ours, as CLONE_NEW...? */
int namespaces_differ(int procfs, pid_t pid, uint64_t *ret_flags, struct error *err);
/* exec's child: enters those of the process behind pidfd at once, by setns(2).  The kernel refuses
 * a user namespace that one is in already, so flags are those that namespaces_differ() has found.
 * procfs and pid are for kernels whose setns takes no pidfd. */
int namespaces_enter(int pidfd, uint64_t flags, int procfs, pid_t pid, struct error *err);
/* Init: a new time namespace: offsets can only be written while nobody is in it, so it is unshared
 * for children, written, and entered. */
int namespaces_time(const struct namespaces *ns, int procfs, struct error *err);
