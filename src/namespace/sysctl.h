/* SPDX-License-Identifier: Apache-2.0 */
/* sysctl.h - linux.sysctl: kernel parameters of the container's own namespaces */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"

enum { SYSCTLS_MAX = 128 };
struct sysctls {
	size_t n;
	struct {
		const char *key;  /* as in the config */
		const char *file; /* "sys/net/ipv4/ip_forward": below a procfs handle */
		const char *value;
	} v[SYSCTLS_MAX];
};
/* Which namespaces of its own (new or joined, other than the runtime's) the container has. */
struct sysctl_scope {
	bool network, ipc, uts, user;
	struct error_sink *sink; /* who wants every error; NULL: nobody */
};
/* Only parameters of a namespace the container has: net.* (network), kernel.msg*, shm*, sem,
 * fs.mqueue.* (ipc), kernel.domainname and hostname only as the config's own
 * hostname/domainname, user.* (user). Anything else is refused with its pointer: it would change
 * the host. */
int sysctls_plan(const struct oci_config *config, const struct sysctl_scope *scope,
		 struct oci_arena *arena, struct sysctls *ret, struct error *err);
/* In init, through a private procfs of the container's namespaces. */
int sysctls_apply(const struct sysctls *sysctls, int procfs, struct error *err);
