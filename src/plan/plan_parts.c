/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_parts.c - the parts of a plan, in their order
 *
 * A part turns one subject of the config into the numbers and descriptors that init needs.  Most of
 * them only call the layer that knows the subject; what belongs to no layer (pid file, names,
 * terminal) is judged here.
 */
#include "plan/plan.h"

#include "base/auto.h"
#include "base/retry.h"
#include "manager/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

/* The pid file is renamed into place.  Over a device such as /dev/null that would replace the
 * device for the whole machine. */
static int part_pid_file(struct plan *p, struct error *err)
{
	const char *path = p->request->pid_file;
	char shown[FOREIGN_BUF];
	struct stat st;

	if (!path || retry(lstat(path, &st)) < 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return 0;
	return fail(err, 0, "--pid-file \"%s\" is there already, and is no regular file",
		    foreign(path, shown));
}

static int part_namespaces(struct plan *p, struct error *err)
{
	const struct oci_config *c = p->config;
	struct namespaces *ns = &p->container.namespaces;

	ns->sink = p->sink;
	if (namespaces_plan(c->linux, p->procfs, p->arena, ns, err) < 0)
		return error_code(err);
	if (!namespaces_own(ns, CLONE_NEWNS)) {
		(void)fail(err, 0,
			   "a mount namespace of its own is missing: nothing is ever mounted "
			   "in the caller's");
		(void)fail_at(err, "/linux/namespaces");
		if (error_more(p->sink, err) < 0)
			return error_code(err);
	}
	if (geteuid() != 0 && !namespaces_own(ns, CLONE_NEWUSER)) {
		(void)fail(err, EPERM, "user %u cannot create namespaces without a user namespace",
			   (unsigned)geteuid());
		return hint(err, HINT_ROOTLESS, NULL, NULL);
	}
	return 0;
}

/* Where the container's cgroup, or the caller's, is on the host. */
static const char *cgroup_directory(const struct plan *p, const struct cgroup_hierarchy *h,
				    bool ours)
{
	const char *path = ours ? h->path : h->self;
	size_t root = strlen(h->root), size;
	char *directory;

	if (!ours && root > 1 && strncmp(path, h->root, root) == 0)
		path += root; /* `self` counts from the hierarchy's top, `path` from the mount */
	size = strlen(h->mountpoint) + strlen(path) + 1;
	directory = oci_arena_get(p->arena, size);
	if (directory)
		(void)snprintf(directory, size, "%s%s", h->mountpoint, path);
	return directory;
}

/* The container's cgroups as the mount layer wants them, for mounts of type "cgroup". */
static int mount_cgroups(struct plan *p, struct mount_cgroup **ret, struct error *err)
{
	const struct cgroup *cg = &p->container.cgroup;
	struct mount_cgroup *v = oci_arena_get(p->arena, (cg->n + 1) * sizeof *v);

	for (size_t i = 0; v && i < cg->n; i++) {
		const struct cgroup_hierarchy *h = &cg->h[i];
		bool ours = *h->path != '\0', maybe = ours && cg->optional;

		v[i] = (struct mount_cgroup){ h->version, h->name, h->mountpoint,
					      cgroup_directory(p, h, ours),
					      maybe ? cgroup_directory(p, h, false) : NULL };
		if (!v[i].directory || (maybe && !v[i].instead))
			v = NULL;
	}
	*ret = v;
	return v ? 0 : fail(err, ENOMEM, "cgroup mounts");
}

static int part_mounts(struct plan *p, struct error *err)
{
	struct mounts_request r = { .config = p->config,
				    .bundle = p->bundle,
				    .n_cgroups = p->container.cgroup.n,
				    .pid_namespace = namespaces_joined_fd(&p->container.namespaces,
									  CLONE_NEWPID),
				    .sink = p->sink };
	struct mount_cgroup *cgroups;

	if (mount_cgroups(p, &cgroups, err) < 0)
		return error_code(err);
	r.cgroups = cgroups;
	return mounts_plan(&r, p->arena, &p->container.mounts, err);
}

static int part_devices(struct plan *p, struct error *err)
{
	p->container.devices.sink = p->sink;
	return devices_plan(p->config, namespaces_own(&p->container.namespaces, CLONE_NEWUSER),
			    p->arena, &p->container.devices, err);
}

static int part_host_root(struct plan *p, struct error *err)
{
	return host_root_plan(p->config, &p->container.mounts, &p->container.devices, err);
}

static int part_hierarchies(struct plan *p, struct error *err)
{
	struct cgroup *cg = &p->container.cgroup;

	cg->manager = p->request->cgroup_manager;
	cg->sink = p->sink;
	return cgroup_discover(cg, p->procfs, err);
}

static int part_cgroup(struct plan *p, struct error *err)
{
	struct cgroup *cg = &p->container.cgroup;
	const struct oci_linux *l = p->config->linux;

	return cg->manager->plan(cg, l ? l->cgroups_path : NULL, p->request->id,
				 l ? l->resources : NULL, err);
}

static int part_sysctls(struct plan *p, struct error *err)
{
	const struct namespaces *ns = &p->container.namespaces;
	const struct sysctl_scope scope = {
		.network = namespaces_own(ns, CLONE_NEWNET),
		.ipc = namespaces_own(ns, CLONE_NEWIPC),
		.uts = namespaces_own(ns, CLONE_NEWUTS),
		.user = namespaces_own(ns, CLONE_NEWUSER),
		.sink = p->sink,
	};

	return sysctls_plan(p->config, &scope, p->arena, &p->container.sysctls, err);
}

static int name_check(const char *name, const char *pointer, struct error *err)
{
	if (!name || strlen(name) <= 64)
		return 0;
	(void)fail(err, 0, "has %zu bytes, the kernel takes 64", strlen(name));
	return fail_at(err, "%s", pointer);
}

static int part_hooks(struct plan *p, struct error *err)
{
	(void)err;
	p->container.hooks = p->config->hooks;
	return 0;
}

static int part_names(struct plan *p, struct error *err)
{
	p->container.hostname = p->config->hostname;
	p->container.domainname = p->config->domainname;
	if (name_check(p->config->hostname, "/hostname", err) < 0 && error_more(p->sink, err) < 0)
		return error_code(err);
	return name_check(p->config->domainname, "/domainname", err);
}

static int part_masks(struct plan *p, struct error *err)
{
	const struct oci_linux *l = p->config->linux;

	p->container.masks = l && (l->masked_paths.n || l->readonly_paths.n);
	return l ? masks_check(&l->masked_paths, &l->readonly_paths, p->sink, err) : 0;
}

static int part_program(struct plan *p, struct error *err)
{
	if (!p->config->process)
		return 0;
	p->process.program.sink = p->sink;
	return program_plan(p->config->process, p->fds.listen, p->request->listen_names, p->arena,
			    &p->process.program, err);
}

static int part_ids(struct plan *p, struct error *err)
{
	const struct oci_process *c = p->config->process;
	const struct oci_user *u = c ? c->user : NULL;
	struct ids *ids = &p->process.ids;

	ids->umask = oci_has(user, u, umask) ? u->umask : 0022;
	ids->setgroups = !p->container.namespaces.maps.deny_setgroups;
	if (u) {
		ids->uid = u->uid;
		ids->gid = u->gid;
		ids->groups = u->additional_gids.v;
		ids->n_groups = u->additional_gids.n;
	}
	if (!ids->setgroups && ids->n_groups) {
		(void)fail(err, 0,
			   "groups can't be set where setgroups is denied (an ordinary user's "
			   "user namespace)");
		return fail_at(err, "/process/user/additionalGids");
	}
	return 0;
}

static int part_caps(struct plan *p, struct error *err)
{
	const struct oci_process *c = p->config->process;

	return caps_plan(c ? c->capabilities : NULL,
			 namespaces_own(&p->container.namespaces, CLONE_NEWUSER), p->arena,
			 &p->process.caps, err);
}

static int terminal_error(struct error *err, const char *text)
{
	(void)fail(err, 0, "%s", text);
	return fail_at(err, "/process/terminal");
}

static int part_terminal(struct plan *p, struct error *err)
{
	const struct request *r = p->request;
	bool alone = p->process.terminal && !r->console_socket && !r->plans_only;

	if (alone && !r->starts)
		return terminal_error(err, "true needs --console-socket with create");
	if (alone && r->detaches)
		return terminal_error(err, "true needs --console-socket with --detach");
	if (alone && retry_null(isatty(STDIN_FILENO)) == 0) {
		(void)terminal_error(err, "true but stdin is not a terminal");
		return hint(err, HINT_NO_TERMINAL, NULL, NULL);
	}
	if (!p->process.terminal && r->console_socket)
		return terminal_error(err, "false but --console-socket is given");
	return 0;
}

/* "_ses.ID." and a number that nobody can guess.  Joining a keyring by its name joins one that is
 * there: by the id alone that could be the keys of a container of another state directory, or of
 * one that has just ended. */
static int plan_keyring(struct plan *p, struct plan_process *ret, struct error *err)
{
	size_t size = strlen(p->request->id) + sizeof "_ses.." + 16;
	char *name = oci_arena_get(p->arena, size);
	uint64_t number;

	if (!name)
		return fail(err, ENOMEM, "keyring");
	if (retry(getrandom(&number, sizeof number, 0)) != sizeof number)
		return fail_call(err, errno, "getrandom", "name the session keyring");
	(void)snprintf(name, size, "_ses.%s.%016" PRIx64, p->request->id, number);
	ret->keyring = name;
	return 0;
}

static int part_process(struct plan *p, struct error *err)
{
	const struct oci_process *c = p->config->process;
	struct plan_process *ret = &p->process;

	ret->config = c;
	if (!c && p->request->starts) {
		(void)fail(err, 0, "is missing: run needs a program (create does not)");
		return fail_at(err, "/process");
	}
	if (!c)
		return 0;
	ret->terminal = c->terminal;
	ret->no_new_privileges = c->no_new_privileges;
	if (c->console_size) {
		ret->rows = c->console_size->height;
		ret->columns = c->console_size->width;
	}
	return p->request->no_new_keyring ? 0 : plan_keyring(p, ret, err);
}

static int part_schedule(struct plan *p, struct error *err)
{
	const struct oci_process *c = p->config->process;

	return c ? schedule_plan(c, p->config->linux, p->sink, &p->process.schedule, err) : 0;
}

static int part_attributes(struct plan *p, struct error *err)
{
	const struct oci_process *c = p->config->process;

	return c ? attributes_plan(c, p->sink, &p->process.attributes, err) : 0;
}

static int part_lsm(struct plan *p, struct error *err)
{
	return lsm_plan(p->config->process, p->arena, p->sink, &p->process.lsm, err);
}

static int part_not_yet(struct plan *p, struct error *err)
{
	return not_yet_check(p->config, p->sink, err);
}

#define IDS "/linux/namespaces /linux/uidMappings /linux/gidMappings"

/* Order matters only where a part reads what another found out (namespaces, process first).  exec
 * makes the process half alone. */
/* clang-format off */
const struct plan_part plan_parts[] = {
	{ "properties that are not applied yet", PLAN_CONTAINER, part_not_yet, "" },
	{ "pid file", PLAN_PROCESS, part_pid_file, "" },
	{ "namespaces", PLAN_CONTAINER, part_namespaces, IDS " /linux/timeOffsets" },
	{ "process", PLAN_PROCESS, part_process,
	  "/process/terminal /process/consoleSize /process/noNewPrivileges" },
	{ "schedule", PLAN_PROCESS, part_schedule,
	  "/process/scheduler /process/ioPriority /process/execCPUAffinity /linux/personality" },
	{ "attributes", PLAN_PROCESS, part_attributes, "/process/oomScoreAdj" },
	{ "terminal", PLAN_PROCESS, part_terminal, "/process/terminal" },
	{ "program", PLAN_PROCESS, part_program, "/process/args /process/env /process/cwd" },
	{ "user", PLAN_PROCESS, part_ids, "/process/user " IDS },
	{ "capabilities", PLAN_PROCESS, part_caps, "/process/capabilities " IDS },
	{ "labels", PLAN_PROCESS, part_lsm, "/process/apparmorProfile /process/selinuxLabel" },
	{ "hooks", PLAN_CONTAINER, part_hooks, "" },
	{ "names", PLAN_CONTAINER, part_names, "/hostname /domainname" },
	{ "sysctls", PLAN_CONTAINER, part_sysctls, "/hostname /domainname " IDS },
	{ "cgroup hierarchies", PLAN_CONTAINER, part_hierarchies, "" },
	{ "cgroup", PLAN_CONTAINER, part_cgroup, "/linux/cgroupsPath" },
	{ "mounts", PLAN_CONTAINER, part_mounts, "/root /linux/rootfsPropagation " IDS },
	{ "masks", PLAN_CONTAINER, part_masks, "" },
	{ "devices", PLAN_CONTAINER, part_devices, IDS },
	{ "root of the host", PLAN_CONTAINER, part_host_root, "/root /mounts /linux/devices /process/cwd" },
};
/* clang-format on */

const size_t plan_parts_count = ARRAY_SIZE(plan_parts);
