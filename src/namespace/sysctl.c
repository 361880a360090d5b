/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sysctl.c - kernel parameters of the container's own namespaces
 *
 * What a parameter belongs to is decided by the file that is written, never by the key's spelling:
 * "net.ipv4.ip_forward" and "net/ipv4/ip_forward" are one.
 */
#include "namespace/sysctl.h"

#include "base/auto.h"
#include "sys/procfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SYSCTL_KEY_MAX = 200 };
#define SYSCTL_DIRECTORY "sys/"

/* Which namespace a parameter belongs to; a name that ends in '/' stands for all below it. */
static const struct {
	const char *name;
	enum { SCOPE_NETWORK, SCOPE_IPC, SCOPE_UTS, SCOPE_USER } scope;
} namespaced[] = {
	{ "net/", SCOPE_NETWORK },
	{ "fs/mqueue/", SCOPE_IPC },
	{ "kernel/auto_msgmni", SCOPE_IPC },
	{ "kernel/msg_next_id", SCOPE_IPC },
	{ "kernel/msgmax", SCOPE_IPC },
	{ "kernel/msgmnb", SCOPE_IPC },
	{ "kernel/msgmni", SCOPE_IPC },
	{ "kernel/sem", SCOPE_IPC },
	{ "kernel/sem_next_id", SCOPE_IPC },
	{ "kernel/shm_next_id", SCOPE_IPC },
	{ "kernel/shm_rmid_forced", SCOPE_IPC },
	{ "kernel/shmall", SCOPE_IPC },
	{ "kernel/shmmax", SCOPE_IPC },
	{ "kernel/shmmni", SCOPE_IPC },
	{ "kernel/domainname", SCOPE_UTS },
	{ "kernel/hostname", SCOPE_UTS },
	{ "user/", SCOPE_USER },
};

static const char *const scope_names[] = {
	[SCOPE_NETWORK] = "network",
	[SCOPE_IPC] = "ipc",
	[SCOPE_UTS] = "uts",
	[SCOPE_USER] = "user",
};

/* Says which parameter the error in err is about. */
static int sysctl_blame(const char *key, struct error *err)
{
	char token[OCI_TOKEN_MAX];

	return fail_at(err, "/linux/sysctl/%s", oci_pointer_token(key, token, sizeof token));
}

static bool sysctl_known(const struct sysctl_scope *scope, const char *key)
{
	char token[OCI_TOKEN_MAX];

	return scope->sink && error_known(scope->sink, "/linux/sysctl/%s",
					  oci_pointer_token(key, token, sizeof token));
}

/* As sysctl(8): the first separator tells the form; in "net.ipv4.conf.eth0/1.mtu" the slash stands
 * for a dot, in "net/ipv4/conf/eth0.1/mtu" the dot is one. */
static void key_to_file(const char *key, char *ret_file)
{
	const char *separator = strpbrk(key, "./");
	bool swap = separator && *separator == '.';

	memcpy(ret_file, SYSCTL_DIRECTORY, sizeof SYSCTL_DIRECTORY);
	for (ret_file += strlen(ret_file); *key; key++, ret_file++) {
		*ret_file = *key;
		if (swap && *key == '.')
			*ret_file = '/';
		else if (swap && *key == '/')
			*ret_file = '.';
	}
	*ret_file = '\0';
}

/* No part of a name may be empty, "." or "..": the file stays below sys/. */
static bool is_plain_path(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (n == 0 || (n == 1 && *path == '.') || (n == 2 && memcmp(path, "..", 2) == 0))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

static bool is_printable(const char *key)
{
	for (; *key; key++)
		if ((unsigned char)*key <= ' ' || *key == 0x7f)
			return false;
	return true;
}

static int scope_find(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(namespaced); i++) {
		const char *name = namespaced[i].name;
		size_t n = strlen(name);

		if (name[n - 1] == '/' ? strncmp(file, name, n) == 0 : strcmp(file, name) == 0)
			return (int)namespaced[i].scope;
	}
	return -1;
}

static bool is_own(int which, const struct sysctl_scope *scope)
{
	const bool own[] = {
		[SCOPE_NETWORK] = scope->network,
		[SCOPE_IPC] = scope->ipc,
		[SCOPE_UTS] = scope->uts,
		[SCOPE_USER] = scope->user,
	};

	return own[which];
}

/* The config has properties of its own for hostname and domainname.  A sysctl that says the same is
 * let through; if it says something else, nobody could tell which of the two counts. */
static int uts_check(const struct oci_config *config, const char *file, const char *value,
		     struct error *err)
{
	bool host = strcmp(file, "kernel/hostname") == 0;
	const char *own = host ? config->hostname : config->domainname;

	if (own && strcmp(own, value) == 0)
		return 0;
	return fail(err, 0, "belongs into /%s of the config", host ? "hostname" : "domainname");
}

static int sysctl_check(const struct oci_config *config, const struct sysctl_scope *scope,
			const char *file, const char *value, struct error *err)
{
	int which;

	if (!is_plain_path(file))
		return fail(err, 0, "is no name of a kernel parameter");
	which = scope_find(file);
	if (which < 0)
		return fail(err, 0, "would change the host: it belongs to no namespace");
	if (!is_own(which, scope))
		return fail(err, 0,
			    "would change the host: the container has no %s namespace of "
			    "its own",
			    scope_names[which]);
	return which == SCOPE_UTS ? uts_check(config, file, value, err) : 0;
}

static int sysctl_plan(const struct oci_config *config, const struct sysctl_scope *scope,
		       const struct oci_pair *pair, char *file, struct error *err)
{
	char quoted[FOREIGN_BUF];
	int r;

	if (strlen(pair->key) > SYSCTL_KEY_MAX || !is_printable(pair->key)) {
		(void)fail(err, 0, "a key is no name of a kernel parameter");
		return fail_at(err, "/linux/sysctl");
	}
	key_to_file(pair->key, file);
	r = sysctl_check(config, scope, file + strlen(SYSCTL_DIRECTORY), pair->value, err);
	if (r >= 0)
		return 0;
	(void)within(err, "\"%s\"", foreign(pair->key, quoted));
	return sysctl_blame(pair->key, err);
}

int sysctls_plan(const struct oci_config *config, const struct sysctl_scope *scope,
		 struct oci_arena *arena, struct sysctls *ret, struct error *err)
{
	const struct oci_map *map = config->linux ? &config->linux->sysctl : NULL;
	size_t n = map ? map->n : 0;

	ret->n = 0;
	if (n > SYSCTLS_MAX) {
		(void)fail(err, 0, "has %zu entries, at most %d are taken", n, SYSCTLS_MAX);
		return fail_at(err, "/linux/sysctl");
	}
	for (size_t i = 0; i < n; i++) {
		const struct oci_pair *pair = &map->v[i];
		size_t size = sizeof SYSCTL_DIRECTORY + strlen(pair->key);
		char *file = oci_arena_get(arena, size);

		if (!file)
			return fail(err, ENOMEM, "plan the kernel parameters");
		if (sysctl_known(scope, pair->key))
			continue;
		if (sysctl_plan(config, scope, pair, file, err) < 0 &&
		    error_more(scope->sink, err) < 0)
			return error_code(err);
		ret->v[i].key = pair->key;
		ret->v[i].file = file;
		/* write(2) of no bytes would do nothing, so an empty value is written as a
		 * newline. */
		ret->v[i].value = *pair->value ? pair->value : "\n";
	}
	ret->n = n;
	return 0;
}

int sysctls_apply(const struct sysctls *sysctls, int procfs, struct error *err)
{
	for (size_t i = 0; i < sysctls->n; i++) {
		const char *value = sysctls->v[i].value;
		char quoted[FOREIGN_BUF];

		if (procfs_write(procfs, sysctls->v[i].file, value, strlen(value), err) >= 0)
			continue;
		(void)within(err, "set \"%s\" to \"%s\"", sysctls->v[i].key,
			     foreign(value, quoted));
		return sysctl_blame(sysctls->v[i].key, err);
	}
	return 0;
}
