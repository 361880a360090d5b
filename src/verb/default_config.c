/* SPDX-License-Identifier: Apache-2.0 */
/*
 * default_config.c - the config that `ocirt spec` writes, from default_config.def
 *
 * The table is included once for each kind of row.  A row may be for root alone or for an ordinary
 * user alone, who may not make every mount and needs a user namespace.
 */
#include "verb/default_config.h"

#include "base/auto.h"
#include "libocispec/ocispec.h"
#include "verb/commands.h"

enum { ROOTFUL = 1, ROOTLESS = 2 };

static const char *const default_caps[] = {
#define CAPABILITY(name) name,
#define MOUNT(...)
#define NAMESPACE(type, flags)
#define MASKED(path)
#define READONLY(path)
#include "verb/default_config.def"
#undef CAPABILITY
#undef MASKED
#undef READONLY
};
static const char *const masked_paths[] = {
#define CAPABILITY(name)
#define MASKED(path) path,
#define READONLY(path)
#include "verb/default_config.def"
#undef MASKED
#undef READONLY
};
static const char *const readonly_paths[] = {
#define MASKED(path)
#define READONLY(path) path,
#include "verb/default_config.def"
#undef MASKED
#undef READONLY
#undef MOUNT
#undef NAMESPACE
};

#define MASKED(path)
#define READONLY(path)
static const struct {
	enum oci_namespace_type type;
	int flags;
} default_namespaces[] = {
#define MOUNT(...)
#define NAMESPACE(type, flags) { OCI_namespace_type_##type, flags },
#include "verb/default_config.def"
#undef MOUNT
#undef NAMESPACE
};
enum { MOUNT_OPTIONS_MAX = 8 };
static const struct {
	const char *destination, *type, *source;
	int flags;
	const char *options[MOUNT_OPTIONS_MAX];
} default_mounts[] = {
#define MOUNT(destination, type, source, flags, ...)                                               \
	{ destination, type, source, flags, { __VA_ARGS__ } },
#define NAMESPACE(type, flags)
#include "verb/default_config.def"
};

/* Is a row left out? */
static bool skips(int flags, bool rootless)
{
	return flags != 0 && flags != (rootless ? ROOTLESS : ROOTFUL);
}

/* The engine reads lists as pointers to writable arrays but never writes when it emits. */
static struct oci_strs strs(const char *const *words, size_t n)
{
	return (struct oci_strs){ n, (const char **)(uintptr_t)words };
}

struct storage {
	struct oci_mount mounts[ARRAY_SIZE(default_mounts)];
	struct oci_namespace namespaces[ARRAY_SIZE(default_namespaces)];
	struct oci_id_mapping uid, gid;
	struct oci_device_rule rule;
	struct oci_resources resources;
	struct oci_linux linux;
	struct oci_rlimit rlimit;
	struct oci_capabilities caps;
	struct oci_user user;
	struct oci_root root;
	struct oci_process process;
	struct oci_config config;
};

static void process_fill(struct storage *s)
{
	static const char *args[] = { "sh" };
	static const char *env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"
	};
	struct oci_process *p = &s->process;
	struct oci_strs caps = strs(default_caps, ARRAY_SIZE(default_caps));

	oci_set(user, &s->user, uid, 0);
	oci_set(user, &s->user, gid, 0);
	oci_set(capabilities, &s->caps, bounding, caps);
	oci_set(capabilities, &s->caps, permitted, caps);
	oci_set(capabilities, &s->caps, effective, caps);
	oci_set(rlimit, &s->rlimit, type, OCI_rlimit_type_RLIMIT_NOFILE);
	oci_set(rlimit, &s->rlimit, soft, 1024);
	oci_set(rlimit, &s->rlimit, hard, 1024);
	oci_set(process, p, terminal, true);
	oci_set(process, p, user, &s->user);
	oci_set(process, p, args, (struct oci_strs){ ARRAY_SIZE(args), args });
	oci_set(process, p, env, (struct oci_strs){ ARRAY_SIZE(env), env });
	oci_set(process, p, cwd, "/");
	oci_set(process, p, capabilities, &s->caps);
	p->rlimits.n = 1;
	p->rlimits.v = &s->rlimit;
	oci_mark(process, p, rlimits);
	oci_set(process, p, no_new_privileges, true);
}

static void mounts_fill(struct storage *s, bool rootless)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(default_mounts); i++) {
		struct oci_mount *m = &s->mounts[n];
		size_t options = 0;

		if (skips(default_mounts[i].flags, rootless))
			continue;
		while (options < MOUNT_OPTIONS_MAX && default_mounts[i].options[options])
			options++;
		oci_set(mount, m, destination, default_mounts[i].destination);
		oci_set(mount, m, type, default_mounts[i].type);
		oci_set(mount, m, source, default_mounts[i].source);
		if (options)
			oci_set(mount, m, options, strs(default_mounts[i].options, options));
		n++;
	}
	s->config.mounts.n = n;
	s->config.mounts.v = s->mounts;
	oci_mark(config, &s->config, mounts);
}

static void mapping_fill(struct oci_id_mapping *mapping, uint32_t host_id)
{
	oci_set(id_mapping, mapping, container_id, 0);
	oci_set(id_mapping, mapping, host_id, host_id);
	oci_set(id_mapping, mapping, size, 1);
}

static void namespaces_fill(struct storage *s, bool rootless)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(default_namespaces); i++)
		if (!skips(default_namespaces[i].flags, rootless)) {
			oci_set(namespace, &s->namespaces[n], type, default_namespaces[i].type);
			n++;
		}
	s->linux.namespaces.n = n;
	s->linux.namespaces.v = s->namespaces;
	oci_mark(linux, &s->linux, namespaces);
}

static void linux_fill(struct storage *s, bool rootless)
{
	struct oci_linux *l = &s->linux;

	namespaces_fill(s, rootless);
	if (rootless) {
		mapping_fill(&s->uid, geteuid());
		mapping_fill(&s->gid, getegid());
		l->uid_mappings.n = l->gid_mappings.n = 1;
		l->uid_mappings.v = &s->uid;
		l->gid_mappings.v = &s->gid;
		oci_mark(linux, l, uid_mappings);
		oci_mark(linux, l, gid_mappings);
	} else {
		oci_set(device_rule, &s->rule, allow, false);
		oci_set(device_rule, &s->rule, access, "rwm");
		s->resources.devices.n = 1;
		s->resources.devices.v = &s->rule;
		oci_mark(resources, &s->resources, devices);
		oci_set(linux, l, resources, &s->resources);
	}
	oci_set(linux, l, masked_paths, strs(masked_paths, ARRAY_SIZE(masked_paths)));
	oci_set(linux, l, readonly_paths, strs(readonly_paths, ARRAY_SIZE(readonly_paths)));
}

int default_config(bool rootless, char **ret_json, size_t *ret_len, struct error *err)
{
	struct storage s = { 0 };
	struct oci_config *c = &s.config;
	char *json;
	size_t len;

	process_fill(&s);
	mounts_fill(&s, rootless);
	linux_fill(&s, rootless);
	oci_set(root, &s.root, path, "rootfs");
	oci_set(root, &s.root, readonly, true);
	oci_set(config, c, oci_version, version_spec);
	oci_set(config, c, process, &s.process);
	oci_set(config, c, root, &s.root);
	oci_set(config, c, hostname, "ocirt");
	oci_set(config, c, linux, &s.linux);
	json = oci_emit(&oci_config_type, c, OCI_PRETTY, &len);
	if (!json)
		return fail(err, ENOMEM, "config");
	*ret_json = json;
	*ret_len = len;
	return 0;
}
