/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_config.c - the rules for what stands outside of /process and /linux: ociVersion, root,
 * hostname, annotations, hooks, mounts
 *
 * Without them these mistakes would show only when the container is half made, as an errno of some
 * system call: a relative path, a hostname that is too long, an id-mapped mount without mappings.
 */
#include "libocispec/check.h"

#include <stdlib.h>
#include <string.h>

enum { MAJOR = 1, MINOR = 3, NAME_MAX_UTS = 64 };

/* ---- version ---- */

/* Reads a number without leading zeros.  Returns the byte after it; NULL if there is none at s. */
static const char *read_number(const char *s, unsigned long *ret_value)
{
	char *end;

	if (*s < '0' || *s > '9' || (*s == '0' && s[1] >= '0' && s[1] <= '9'))
		return NULL;
	*ret_value = strtoul(s, &end, 10);
	return end;
}

/* Skips "-pre.release" or "+build": words of letters, digits and hyphens with dots between them.
 * Returns the byte after it; NULL if a word is missing. */
static const char *skip_words(const char *s)
{
	static const char letters[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";

	do {
		size_t n = strspn(++s, letters);

		if (n == 0)
			return NULL;
		s += n;
	} while (*s == '.');
	return s;
}

static bool is_semver(const char *s, unsigned long *ret_major, unsigned long *ret_minor)
{
	unsigned long patch;

	s = read_number(s, ret_major);
	if (s && *s == '.')
		s = read_number(s + 1, ret_minor);
	else
		return false;
	if (s && *s == '.')
		s = read_number(s + 1, &patch);
	else
		return false;
	if (s && *s == '-')
		s = skip_words(s);
	if (s && *s == '+')
		s = skip_words(s);
	return s && *s == '\0';
}

void oci_rule_version(struct oci_check *c)
{
	const char *version = c->config->oci_version;
	unsigned long major, minor;

	if (!version)
		return;
	oci_at(c, "/ociVersion");
	if (!is_semver(version, &major, &minor))
		oci_wrong(c, "must be MAJOR.MINOR.PATCH, is %s", oci_quoted(c, version));
	else if (major != MAJOR)
		oci_wrong(c, "%s is not supported (%d.x is)", oci_quoted(c, version), MAJOR);
	else if (minor > MINOR)
		oci_doubtful(c, "%s is newer than %d.%d: what it added is not known here",
			     oci_quoted(c, version), MAJOR, MINOR);
}

/* ---- root, names, annotations ---- */

void oci_rule_root(struct oci_check *c)
{
	const struct oci_root *root = c->config->root;

	oci_at(c, "/root");
	if (!oci_has(config, c->config, root))
		oci_wrong(c, "missing, required on Linux");
	oci_at(c, "/root/path");
	if (root && root->path && *root->path == '\0')
		oci_wrong(c, "must not be empty");
}

static void check_name(struct oci_check *c, const char *name)
{
	if (!name || *name == '\0')
		return;
	if (!oci_namespace_of(c, OCI_namespace_type_UTS))
		oci_wrong(c, "needs a uts namespace, and /linux/namespaces has none");
	if (strlen(name) > NAME_MAX_UTS)
		oci_wrong(c, "must be %d bytes at most, is %zu", NAME_MAX_UTS, strlen(name));
}

void oci_rule_hostname(struct oci_check *c)
{
	oci_at(c, "/hostname");
	check_name(c, c->config->hostname);
	oci_at(c, "/domainname");
	check_name(c, c->config->domainname);
}

void oci_rule_annotations(struct oci_check *c)
{
	oci_at(c, "/annotations");
	for (size_t i = 0; i < c->config->annotations.n; i++)
		if (*c->config->annotations.v[i].key == '\0')
			oci_wrong(c, "has an empty key");
}

/* ---- hooks ---- */

static void check_hook(struct oci_check *c, const struct oci_hook *hook, const char *kind,
		       size_t index)
{
	oci_at(c, "/hooks/%s/%zu/path", kind, index);
	if (oci_is_relative(hook->path))
		oci_wrong(c, "must be an absolute path, is %s", oci_quoted(c, hook->path));
	for (size_t i = 0; i < hook->env.n; i++) {
		if (strchr(hook->env.v[i], '='))
			continue;
		oci_at(c, "/hooks/%s/%zu/env/%zu", kind, index, i);
		oci_wrong(c, "must be NAME=VALUE, %s has no '='", oci_quoted(c, hook->env.v[i]));
	}
}

void oci_rule_hooks(struct oci_check *c)
{
	static const struct oci_hooks none;
	const struct oci_hooks *hooks = c->config->hooks ? c->config->hooks : &none;
	const struct {
		const char *name;
		size_t n;
		const struct oci_hook *v;
	} kinds[] = {
		{ "prestart", hooks->prestart.n, hooks->prestart.v },
		{ "createRuntime", hooks->create_runtime.n, hooks->create_runtime.v },
		{ "createContainer", hooks->create_container.n, hooks->create_container.v },
		{ "startContainer", hooks->start_container.n, hooks->start_container.v },
		{ "poststart", hooks->poststart.n, hooks->poststart.v },
		{ "poststop", hooks->poststop.n, hooks->poststop.v },
	};

	for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
		for (size_t i = 0; i < kinds[kind].n; i++)
			check_hook(c, &kinds[kind].v[i], kinds[kind].name, i);
}

/* ---- mounts ---- */

void oci_rule_mounts(struct oci_check *c)
{
	for (size_t i = 0; i < c->config->mounts.n; i++) {
		const char *destination = c->config->mounts.v[i].destination;

		if (!oci_is_relative(destination))
			continue;
		oci_at(c, "/mounts/%zu/destination", i);
		if (*destination == '\0')
			oci_wrong(c, "must not be empty");
		else
			oci_doubtful(c, "must be an absolute path, %s is taken from /",
				     oci_quoted(c, destination));
	}
}

static bool has_idmap(const struct oci_mount *mount)
{
	for (size_t i = 0; i < mount->options.n; i++)
		if (strcmp(mount->options.v[i], "idmap") == 0 ||
		    strcmp(mount->options.v[i], "ridmap") == 0)
			return true;
	return false;
}

void oci_rule_mount_mappings(struct oci_check *c)
{
	bool has_user_ns = oci_namespace_of(c, OCI_namespace_type_USER);

	for (size_t i = 0; i < c->config->mounts.n; i++) {
		const struct oci_mount *mount = &c->config->mounts.v[i];
		bool has_uids = mount->uid_mappings.n > 0, has_gids = mount->gid_mappings.n > 0;

		if (has_uids != has_gids) {
			oci_at(c, "/mounts/%zu/%s", i, has_uids ? "gidMappings" : "uidMappings");
			oci_wrong(c, "missing, %s is set",
				  has_uids ? "uidMappings" : "gidMappings");
		}
		if (has_uids || has_user_ns || !has_idmap(mount))
			continue;
		oci_at(c, "/mounts/%zu/options", i);
		oci_wrong(c, "idmap needs uidMappings and gidMappings, or a user namespace");
	}
}
