/* SPDX-License-Identifier: Apache-2.0 */
/*
 * security.h - who the container's process is and what it may do
 *
 * The *_plan functions run in the runtime, before the clone.  What init calls allocates nothing.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

#include <stdint.h>
#include <sys/capability.h>
#include <sys/types.h>

/* ---- capabilities (capabilities(7)), by libcap ---- */
struct caps_names {
	const char **v; /* "CAP_CHOWN"..., by number */
	int n;		/* as many as libcap has names for */
	int known;	/* those of them that this kernel knows, too */
};
/* Memory is the arena's.  For `features`, messages and "did you mean". */
int caps_names(struct oci_arena *arena, struct caps_names *ret, struct error *err);

struct caps {
	uint64_t bounding, permitted, effective, inheritable, ambient; /* a bit each, by number */
	struct caps_names names; /* for init's messages: cap_to_name() allocates */
	cap_t sets;		 /* permitted, effective and inheritable, as capset(2) takes them */
};
/* Names to sets. No capabilities object: none in all five sets. An unknown name, and one that
 * the kernel or our own bounding set can't grant, is a warning (config.md: "MUST log a warning,
 * SHOULD NOT fail"), with "did you mean" where a name is near; so is one that a set can't hold
 * without another (effective needs permitted, inheritable needs bounding, ambient needs
 * permitted and inheritable). new_user_namespace: the container gets a user namespace, where
 * everything can be granted. On success the caller owns *ret: caps_done. */
int caps_plan(const struct oci_capabilities *config, bool new_user_namespace,
	      struct oci_arena *arena, struct caps *ret, struct error *err);
/* Frees the sets; accepts what is all zero. */
void caps_done(struct caps *caps);
/* Drops the bounding set to what is wanted; before the user changes (needs CAP_SETPCAP). */
int caps_limit_bounding(const struct caps *caps, struct error *err);
/* The final sets, after the user has changed (with PR_SET_KEEPCAPS set before), read back and
 * compared. */
int caps_apply(const struct caps *caps, struct error *err);

/* ---- user and groups ---- */
struct ids {
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* additional ones, exactly these */
	size_t n_groups;
	bool setgroups; /* false: denied in this user namespace (and none are asked for) */
	mode_t umask;	/* 0022 when the config has none, as with crun and runc */
};
/* setgroups (also with an empty list), setresgid, setresuid with PR_SET_KEEPCAPS, umask; read
 * back. */
int ids_become(const struct ids *ids, struct error *err);

/* ---- AppArmor and SELinux: what the program begins with ---- */
struct lsm {
	const char *apparmor; /* "exec PROFILE"; NULL: as the caller */
	const char *selinux;  /* a label; NULL: as the caller */
};
/* From process.apparmorProfile and selinuxLabel; process may be NULL.  Refused where the kernel
 * does not have it: a container must not run less confined than its config says.  sink: who
 * wants every error, or NULL. */
int lsm_plan(const struct oci_process *process, struct oci_arena *arena, struct error_sink *sink,
	     struct lsm *ret, struct error *err);
/* For the calling process's next execve(2).  The files are opened here, after the user has changed:
 * the kernel refuses what was opened with other credentials.  Only through the procfs handle, never
 * what the container calls /proc (CVE-2019-16884, CVE-2025-52881). */
int lsm_apply(const struct lsm *lsm, int procfs, struct error *err);

/* ---- the rest ---- */
/* A session keyring of its own (keyctl JOIN_SESSION_KEYRING); ENOSYS is no error. */
int keyring_join(const char *name, struct error *err);
int no_new_privileges_set(struct error *err);
/* PR_SET_DUMPABLE. */
int dumpable_set(bool dumpable, struct error *err);
