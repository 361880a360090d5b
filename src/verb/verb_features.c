/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb_features.c - what this runtime can do, as JSON (features.md of the specification)
 *
 * Everything is read from the tables that do the work; what is parsed but not applied yet is not
 * claimed.  The specification forbids properties that it does not define.
 */
#include "base/auto.h"
#include "mount/mount.h"
#include "plan/plan.h"
#include "security/security.h"
#include "verb/commands.h"

#include <string.h>

/* Does create apply the property?  False if it, or an object around it, is refused as not done. */
static bool is_applied(const char *pointer)
{
	for (const char *const *row = container_not_yet(); *row; row++) {
		size_t len = strlen(*row);

		if (strncmp(*row, pointer, len) == 0 && (pointer[len] == '/' || !pointer[len]))
			return false;
	}
	return true;
}

static struct oci_strs strs(const char *const *words, size_t n)
{
	return (struct oci_strs){ n, (const char **)(uintptr_t)words };
}

/* All words of a list, as their numbers. */
static int all_words(const struct oci_enum *list, struct oci_arena *arena, struct oci_ints *ret,
		     struct error *err)
{
	int32_t *v = oci_arena_get(arena, list->n * sizeof *v);

	if (!v)
		return fail(err, ENOMEM, "features");
	for (size_t i = 0; i < list->n; i++)
		v[i] = (int32_t)i;
	*ret = (struct oci_ints){ list->n, v };
	return 0;
}

/* The kinds of hooks are the members of the specification's object. */
static int hooks_fill(struct oci_features *f, struct oci_arena *arena, struct error *err)
{
	size_t n = oci_hooks_type.n_fields;
	const char **v = oci_arena_get(arena, n * sizeof *v);

	if (!v)
		return fail(err, ENOMEM, "features");
	for (size_t i = 0; i < n; i++)
		v[i] = oci_hooks_type.fields[i].key;
	oci_set(features, f, hooks, (struct oci_strs){ n, v });
	return 0;
}

struct parts {
	struct oci_features features;
	struct oci_features_linux linux;
	struct oci_features_cgroup cgroup;
	struct oci_features_seccomp seccomp;
	struct oci_features_enabled apparmor, selinux, idmap, net_devices;
	struct oci_features_intel_rdt intel_rdt;
	struct oci_features_memory_policy memory_policy;
	struct oci_features_mount_extensions mount_extensions;
	struct oci_pair annotations[3];
};

static struct oci_features_enabled *enabled(struct oci_features_enabled *part, const char *pointer)
{
	oci_set(features_enabled, part, enabled, is_applied(pointer));
	return part;
}

static void cgroup_fill(struct parts *p)
{
	struct oci_features_cgroup *c = &p->cgroup;

	oci_set(features_cgroup, c, v1, true);
	oci_set(features_cgroup, c, v2, true);
	oci_set(features_cgroup, c, systemd, false);
	oci_set(features_cgroup, c, systemd_user, false);
	oci_set(features_cgroup, c, rdma, is_applied("/linux/resources/rdma"));
	oci_set(features_linux, &p->linux, cgroup, c);
}

static int seccomp_fill(struct parts *p, struct oci_arena *arena, struct error *err)
{
	struct oci_features_seccomp *s = &p->seccomp;

	oci_set(features_linux, &p->linux, seccomp, s);
	oci_set(features_seccomp, s, enabled, is_applied("/linux/seccomp"));
	if (!s->enabled)
		return 0;
	if (all_words(&oci_seccomp_action_enum, arena, &s->actions, err) < 0 ||
	    all_words(&oci_seccomp_operator_enum, arena, &s->operators, err) < 0 ||
	    all_words(&oci_seccomp_arch_enum, arena, &s->archs, err) < 0 ||
	    all_words(&oci_seccomp_flag_enum, arena, &s->known_flags, err) < 0)
		return error_code(err);
	oci_mark(features_seccomp, s, actions);
	oci_mark(features_seccomp, s, operators);
	oci_mark(features_seccomp, s, archs);
	oci_mark(features_seccomp, s, known_flags);
	return 0;
}

static int memory_policy_fill(struct parts *p, struct oci_arena *arena, struct error *err)
{
	struct oci_features_memory_policy *m = &p->memory_policy;

	if (!is_applied("/linux/memoryPolicy"))
		return 0;
	if (all_words(&oci_memory_policy_mode_enum, arena, &m->modes, err) < 0 ||
	    all_words(&oci_memory_policy_flag_enum, arena, &m->flags, err) < 0)
		return error_code(err);
	oci_mark(features_memory_policy, m, modes);
	oci_mark(features_memory_policy, m, flags);
	oci_set(features_linux, &p->linux, memory_policy, m);
	return 0;
}

static void rdt_fill(struct parts *p)
{
	struct oci_features_intel_rdt *r = &p->intel_rdt;
	bool applied = is_applied("/linux/intelRdt");

	oci_set(features_intel_rdt, r, enabled, applied);
	oci_set(features_intel_rdt, r, schemata, applied && is_applied("/linux/intelRdt/schemata"));
	oci_set(features_intel_rdt, r, monitoring,
		applied && is_applied("/linux/intelRdt/enableMonitoring"));
	oci_set(features_linux, &p->linux, intel_rdt, r);
}

static int linux_fill(struct parts *p, struct oci_arena *arena, struct error *err)
{
	struct oci_features_linux *l = &p->linux;
	struct caps_names names;

	if (caps_names(arena, &names, err) < 0 ||
	    all_words(&oci_namespace_type_enum, arena, &l->namespaces, err) < 0 ||
	    seccomp_fill(p, arena, err) < 0 || memory_policy_fill(p, arena, err) < 0)
		return error_code(err);
	oci_mark(features_linux, l, namespaces);
	oci_set(features_linux, l, capabilities, strs(names.v, (size_t)names.known));
	cgroup_fill(p);
	rdt_fill(p);
	oci_set(features_linux, l, apparmor, enabled(&p->apparmor, "/process/apparmorProfile"));
	oci_set(features_linux, l, selinux, enabled(&p->selinux, "/process/selinuxLabel"));
	oci_set(features_linux, l, net_devices, enabled(&p->net_devices, "/linux/netDevices"));
	oci_set(features_mount_extensions, &p->mount_extensions, idmap,
		enabled(&p->idmap, "/mounts/*/uidMappings"));
	oci_set(features_linux, l, mount_extensions, &p->mount_extensions);
	oci_set(features, &p->features, linux, l);
	return 0;
}

/* The pointers that create refuses, with commas between them. */
static char *not_yet_list(struct oci_arena *arena)
{
	size_t size = 1;
	char *list, *at;

	for (const char *const *row = container_not_yet(); *row; row++)
		size += strlen(*row) + 1;
	list = at = oci_arena_get(arena, size);
	for (const char *const *row = container_not_yet(); list && *row; row++)
		at += snprintf(at, size - (size_t)(at - list), "%s%s", at == list ? "" : ",", *row);
	return list;
}

static int annotations_fill(struct parts *p, struct oci_arena *arena, struct error *err)
{
	char *list = not_yet_list(arena);

	if (!list)
		return fail(err, ENOMEM, "features");
	p->annotations[0] = (struct oci_pair){ "run.ocirt.commit", version_commit };
	p->annotations[1] = (struct oci_pair){ "run.ocirt.not-yet", list };
	p->annotations[2] = (struct oci_pair){ "run.ocirt.version", version_program };
	oci_set(features, &p->features, annotations, (struct oci_map){ 3, p->annotations });
	return 0;
}

static int features_print(FILE *out, struct oci_arena *arena, struct error *err)
{
	struct parts p = { 0 };
	auto_free char *json = NULL;
	size_t n, len;
	const char *const *words = mount_option_words(&n);

	oci_set(features, &p.features, oci_version_min, "1.0.0");
	oci_set(features, &p.features, oci_version_max, version_spec);
	oci_set(features, &p.features, mount_options, strs(words, n));
	if (hooks_fill(&p.features, arena, err) < 0 || linux_fill(&p, arena, err) < 0 ||
	    annotations_fill(&p, arena, err) < 0)
		return error_code(err);
	json = oci_emit(&oci_features_type, &p.features, OCI_PRETTY, &len);
	if (!json)
		return fail(err, ENOMEM, "features");
	(void)fprintf(out, "%s\n", json);
	return 0;
}

int command_features(const struct options *options, struct outcome *outcome, struct error *err)
{
	auto_arena struct oci_arena *arena = oci_arena_new();

	if (!arena)
		return fail(err, ENOMEM, "features");
	return features_print(outcome->out, arena, err);
}
