/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_security.c - the rules for /linux/sysctl and /linux/seccomp
 *
 * A sysctl that belongs to no namespace, or to a namespace that the container shares with the host,
 * would change the host.  So only parameters of a known namespace are allowed, and only if the
 * config has that namespace.
 */
#include "libocispec/check.h"

#include <inttypes.h>
#include <string.h>

enum { ERRNO_MAX = 4095, ARGUMENTS = 6 };

/* ---- sysctl ---- */

/* The parameters that belong to a namespace.  A name that ends with a dot stands for all whose name
 * begins with it. */
static const struct {
	const char *name;
	int type;
} namespaced[] = {
	{ "net.", OCI_namespace_type_NETWORK },
	{ "fs.mqueue.", OCI_namespace_type_IPC },
	{ "kernel.auto_msgmni", OCI_namespace_type_IPC },
	{ "kernel.msgmax", OCI_namespace_type_IPC },
	{ "kernel.msgmnb", OCI_namespace_type_IPC },
	{ "kernel.msgmni", OCI_namespace_type_IPC },
	{ "kernel.msg_next_id", OCI_namespace_type_IPC },
	{ "kernel.sem", OCI_namespace_type_IPC },
	{ "kernel.sem_next_id", OCI_namespace_type_IPC },
	{ "kernel.shmall", OCI_namespace_type_IPC },
	{ "kernel.shmmax", OCI_namespace_type_IPC },
	{ "kernel.shmmni", OCI_namespace_type_IPC },
	{ "kernel.shm_next_id", OCI_namespace_type_IPC },
	{ "kernel.shm_rmid_forced", OCI_namespace_type_IPC },
	{ "kernel.hostname", OCI_namespace_type_UTS },
	{ "kernel.domainname", OCI_namespace_type_UTS },
	{ "user.", OCI_namespace_type_USER },
};

/* Is key this parameter, or one of those below it?  A slash in key counts as a dot: the kernel's
 * tools accept both. */
static bool sysctl_is_below(const char *key, const char *name)
{
	for (; *name; name++, key++)
		if (*name != (*key == '/' ? '.' : *key))
			return false;
	return name[-1] == '.' || *key == '\0';
}

static int namespace_of_sysctl(const char *key)
{
	for (size_t i = 0; i < sizeof namespaced / sizeof *namespaced; i++)
		if (sysctl_is_below(key, namespaced[i].name))
			return namespaced[i].type;
	return -1;
}

static bool is_sysctl(const char *key)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-./";

	return *key && key[strspn(key, letters)] == '\0' && !strstr(key, "..") && *key != '/' &&
	       *key != '.';
}

/* runc lets through what says the same as /hostname. */
static bool is_other_hostname(const struct oci_check *c, const struct oci_pair *pair)
{
	const char *hostname = c->config->hostname;

	return sysctl_is_below(pair->key, "kernel.hostname") &&
	       (!hostname || strcmp(hostname, pair->value) != 0);
}

static void check_sysctl(struct oci_check *c, const struct oci_pair *pair)
{
	int type = namespace_of_sysctl(pair->key);

	oci_at_key(c, "/linux/sysctl", pair->key);
	if (!is_sysctl(pair->key))
		oci_wrong(c, "%s can't be a parameter of the kernel", oci_quoted(c, pair->key));
	else if (is_other_hostname(c, pair))
		oci_wrong(c, "is set by /hostname");
	else if (type < 0)
		oci_wrong(c, "belongs to no namespace, it would change the host");
	else if (!oci_namespace_of(c, type))
		oci_wrong(c, "needs a namespace of type %s, and /linux/namespaces has none",
			  oci_namespace_type_enum.words[type]);
	if (strchr(pair->value, '\n'))
		oci_wrong(c, "must not contain a newline");
}

void oci_rule_sysctl(struct oci_check *c)
{
	const struct oci_map *sysctl = &oci_linux_of(c)->sysctl;

	for (size_t i = 0; i < sysctl->n; i++)
		check_sysctl(c, &sysctl->v[i]);
}

/* ---- seccomp ---- */

static const struct oci_seccomp *seccomp_of(const struct oci_check *c)
{
	static const struct oci_seccomp none;
	const struct oci_seccomp *seccomp = oci_linux_of(c)->seccomp;

	return seccomp ? seccomp : &none;
}

static void check_errno(struct oci_check *c, int action, uint32_t value)
{
	if (action != OCI_seccomp_action_SCMP_ACT_ERRNO &&
	    action != OCI_seccomp_action_SCMP_ACT_TRACE)
		oci_wrong(c, "is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not for %s",
			  oci_seccomp_action_enum.words[action]);
	else if (action == OCI_seccomp_action_SCMP_ACT_ERRNO && value > ERRNO_MAX)
		oci_wrong(c, "must be a number from 0 to %d, is %" PRIu32, ERRNO_MAX, value);
}

void oci_rule_seccomp_default(struct oci_check *c)
{
	const struct oci_seccomp *s = seccomp_of(c);

	if (!oci_has(seccomp, s, default_action))
		return;
	oci_at(c, "/linux/seccomp/defaultErrnoRet");
	if (oci_has(seccomp, s, default_errno_ret))
		check_errno(c, s->default_action, s->default_errno_ret);
	oci_at(c, "/linux/seccomp/defaultAction");
	if (s->default_action == OCI_seccomp_action_SCMP_ACT_NOTIFY)
		oci_wrong(c, "SCMP_ACT_NOTIFY would stop the container's start itself");
}

void oci_rule_seccomp_listener(struct oci_check *c)
{
	const struct oci_seccomp *s = seccomp_of(c);
	bool has_path = s->listener_path && *s->listener_path;

	oci_at(c, "/linux/seccomp/listenerMetadata");
	if (!has_path && s->listener_metadata && *s->listener_metadata)
		oci_wrong(c, "must not be set without listenerPath");
	for (size_t i = 0; !has_path && i < s->syscalls.n; i++) {
		const struct oci_syscall_rule *rule = &s->syscalls.v[i];

		if (rule->action != OCI_seccomp_action_SCMP_ACT_NOTIFY)
			continue;
		oci_at(c, "/linux/seccomp/syscalls/%zu/action", i);
		oci_wrong(c, "SCMP_ACT_NOTIFY needs /linux/seccomp/listenerPath");
	}
}

void oci_rule_seccomp_rules(struct oci_check *c)
{
	const struct oci_seccomp *s = seccomp_of(c);

	for (size_t i = 0; i < s->syscalls.n; i++) {
		const struct oci_syscall_rule *rule = &s->syscalls.v[i];

		if (oci_has(syscall_rule, rule, action) && oci_has(syscall_rule, rule, errno_ret)) {
			oci_at(c, "/linux/seccomp/syscalls/%zu/errnoRet", i);
			check_errno(c, rule->action, rule->errno_ret);
		}
		for (size_t j = 0; j < rule->args.n; j++) {
			if (rule->args.v[j].index < ARGUMENTS)
				continue;
			oci_at(c, "/linux/seccomp/syscalls/%zu/args/%zu/index", i, j);
			oci_wrong(c, "must be a number from 0 to %d, is %" PRIu32, ARGUMENTS - 1,
				  rule->args.v[j].index);
		}
	}
}
