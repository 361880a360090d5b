/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init.c - the container's side of a start: namespaces, cgroups, root
 *
 * This runs in the child, while the runtime waits or makes cgroups.  It walks over memory that the
 * runtime has made, and sends an error to the runtime as it is: only the runtime's caller can show
 * it.  Whoever can look into this process (a joined namespace's processes, the container's own
 * hooks) must not find descriptors, memory or a root of the host, so it hides first.
 */
#include "launch/launch.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/network.h"
#include "sys/path.h"
#include "sys/process.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct plan_container *plan_of(const struct launch *l)
{
	return &l->plan.container;
}

/* Its end of the conversation, a session of its own, and none of the runtime's directories: a
 * working directory of the config may name whatever is open (CVE-2024-21626). */
static void init_begin(struct launch *l)
{
	close_fd(&l->sync.fd);
	l->sync = (struct sync){ .fd = take_fd(&l->init_end), .side = SYNC_INIT, .signals = -1 };
	close_fd(&l->record.dir);
	close_fd(&l->record.root);
	close_fd(&l->own_score.fd);
	close_fd(&l->foreground.signals);
	cgroup_close(&l->plan.container.cgroup);
	signals_reset();
	(void)setsid(); /* can't fail in a process that has just been cloned */
}

_Noreturn void init_main(struct launch *l)
{
	struct error err;

	init_begin(l);
	if (!l->exec) /* exec_join() enters by it, and closes it */
		close_fd(&l->plan.procfs);
	if (steps_run(l->inner, l, &err) < 0) {
		sync_send_failed(&l->sync, &err);
		if (l->start.fd >= 0 && l->start.fd != l->sync.fd)
			sync_send_failed(&l->start, &err);
	}
	_exit(1);
}

int init_hide(struct launch *l, struct error *err)
{
	return dumpable_set(false, err);
}

int init_join_user(struct launch *l, struct error *err)
{
	/* Inside the namespace setgroups(2) may be denied, and the caller's groups would stay:
	 * they are dropped before.  For an ordinary user this call fails; then ids_become() finds
	 * the groups that are left. */
	(void)retry(setgroups(0, NULL));
	return namespaces_join(&plan_of(l)->namespaces, CLONE_NEWUSER, err);
}

/* unshare(2) and setns(2) of a pid namespace count for children only.  So a child goes on in our
 * place, as the runtime's own child (CLONE_PARENT), and waits until the runtime has its pidfd.  A
 * process of exec need not wait: the runtime does nothing to it by pid. */
int init_go_on_in_child(struct launch *l, uint64_t flags, struct error *err)
{
	const struct clone_request r = { .flags = flags | CLONE_PARENT, .cgroup = -1 };
	struct sync_message m;
	int pidfd = -1;
	pid_t pid = process_clone(&r, &pidfd, err);

	if (pid < 0)
		return error_code(err);
	if (pid == 0) {
		(void)setsid();
		return l->respawns ? 0 : sync_expect(&l->sync, SYNC_FOLLOW, &m, err);
	}
	if (sync_send(&l->sync, SYNC_INIT_PID, pid, &pidfd, 1, err) < 0)
		return error_code(err);
	_exit(0);
}

int init_continue_in_child(struct launch *l, struct error *err)
{
	return init_go_on_in_child(l, CLONE_NEWPID, err);
}

int init_join_pid(struct launch *l, struct error *err)
{
	if (namespaces_join(&plan_of(l)->namespaces, CLONE_NEWPID, err) < 0 ||
	    init_close_others(l, err) < 0)
		return error_code(err);
	return init_go_on_in_child(l, 0, err);
}

int init_wait_mapped(struct launch *l, struct error *err)
{
	struct sync_message m;

	return sync_expect(&l->sync, SYNC_MAPPED, &m, err);
}

int init_become_root(struct launch *l, struct error *err)
{
	if (retry(setresgid(0, 0, 0)) < 0)
		return fail_call(err, errno, "setresgid", "become group 0");
	if (retry(setresuid(0, 0, 0)) < 0)
		return fail_call(err, errno, "setresuid", "become user 0");
	return 0;
}

int init_join(struct launch *l, struct error *err)
{
	uint64_t later = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWCGROUP;

	return namespaces_join(&plan_of(l)->namespaces, ~later, err);
}

int init_unshare(struct launch *l, struct error *err)
{
	uint64_t now = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;
	uint64_t flags = plan_of(l)->namespaces.fresh & now;

	if (flags && retry(unshare((int)flags)) < 0)
		return fail_call(err, errno, "unshare", "make namespaces (flags 0x%llx)",
				 (unsigned long long)flags);
	return 0;
}

int init_loopback(struct launch *l, struct error *err)
{
	return network_loopback_up(err);
}

int init_procfs(struct launch *l, struct error *err)
{
	l->procfs = procfs_open_private(err);
	return l->procfs < 0 ? l->procfs : 0;
}

/* The files in procfs of a process that is not dumpable belong to the host's root, so a process in
 * a new user namespace can't write its own timens_offsets.  It becomes dumpable for that write.
 * Nobody can use the moment: the user namespace holds no other process yet, and init is not in the
 * container's pid namespace for them to see. */
int init_time(struct launch *l, struct error *err)
{
	bool hidden = (plan_of(l)->namespaces.fresh & CLONE_NEWUSER) != 0;
	struct error ignored;
	int r = hidden ? dumpable_set(true, err) : 0;

	if (r >= 0)
		r = namespaces_time(&plan_of(l)->namespaces, l->procfs, err);
	if (hidden && dumpable_set(false, r < 0 ? &ignored : err) < 0 && r >= 0)
		r = error_code(err);
	return r;
}

int init_enter_cgroups(struct launch *l, struct error *err)
{
	struct sync_message m;
	int r = sync_expect(&l->sync, SYNC_CGROUPS, &m, err);

	if (r >= 0)
		r = cgroup_join(m.fds, m.n_fds, err);
	while (m.n_fds)
		close_fd(&m.fds[--m.n_fds]);
	return r;
}

/* The runtime may be confined to some CPUs (a unit's CPUAffinity=).  The container is not: it gets
 * all CPUs that its cpuset allows. */
int init_cpus(struct launch *l, struct error *err)
{
	static const struct cpus all = { 0 };

	return schedule_on_cpus(&all, "/linux/resources/cpu/cpus", err);
}

int init_cgroup_namespace(struct launch *l, struct error *err)
{
	if (plan_of(l)->namespaces.joined & CLONE_NEWCGROUP)
		return namespaces_join(&plan_of(l)->namespaces, CLONE_NEWCGROUP, err);
	if (retry(unshare(CLONE_NEWCGROUP)) < 0)
		return fail_call(err, errno, "unshare", "make a cgroup namespace");
	return 0;
}

int init_names(struct launch *l, struct error *err)
{
	const char *host = plan_of(l)->hostname, *domain = plan_of(l)->domainname;

	if (host && retry(sethostname(host, strlen(host))) < 0) {
		(void)fail_named(err, errno, "sethostname", "set", host);
		return fail_at(err, "/hostname");
	}
	if (domain && retry(setdomainname(domain, strlen(domain))) < 0) {
		(void)fail_named(err, errno, "setdomainname", "set", domain);
		return fail_at(err, "/domainname");
	}
	return 0;
}

int init_rootfs(struct launch *l, struct error *err)
{
	/* Opened while only the host's files are to be seen: a mask must not be made from a "null"
	 * that the image brought (CVE-2025-31133). */
	if (plan_of(l)->masks && (l->null = null_open(err)) < 0)
		return error_code(err);
	l->rootfs = rootfs_prepare(&l->plan.container.mounts, err);
	return l->rootfs < 0 ? l->rootfs : 0;
}

int init_mounts(struct launch *l, struct error *err)
{
	return mounts_place(&l->plan.container.mounts, l->rootfs, err);
}

int init_devices(struct launch *l, struct error *err)
{
	return devices_make(&l->plan.container.devices, l->rootfs, err);
}

int init_console(struct launch *l, struct error *err)
{
	auto_fd int master = -1;

	if (console_make(l->rootfs, &master, &l->slave, err) < 0)
		return error_code(err);
	return sync_send(&l->sync, SYNC_CONSOLE, 0, &master, 1, err);
}

int init_runtime_hooks(struct launch *l, struct error *err)
{
	struct sync_message m;

	if (sync_send(&l->sync, SYNC_HOOKS, 0, NULL, 0, err) < 0 ||
	    sync_expect(&l->sync, SYNC_HOOKS_DONE, &m, err) < 0)
		return error_code(err);
	l->outer_pid = m.pid;
	return 0;
}

int init_create_container_hooks(struct launch *l, struct error *err)
{
	struct hook_list hooks = hooks_create_container(plan_of(l)->hooks);

	return hooks_run(&hooks, state_text_with_pid(&l->creating, l->outer_pid), l->creating.len,
			 err);
}

int init_sysctls(struct launch *l, struct error *err)
{
	return sysctls_apply(&plan_of(l)->sysctls, l->procfs, err);
}

int init_pivot(struct launch *l, struct error *err)
{
	int r = rootfs_pivot(&l->plan.container.mounts, l->rootfs, l->request->no_pivot, err);

	close_fd(&l->rootfs);
	return r;
}

int init_inside(struct launch *l, struct error *err)
{
	return sync_send(&l->sync, SYNC_INSIDE, 0, NULL, 0, err);
}

int init_masks(struct launch *l, struct error *err)
{
	const struct oci_linux *c = l->plan.config->linux;

	int r = masks_apply(&c->masked_paths, &c->readonly_paths, l->rootfs, l->null, err);

	close_fd(&l->null);
	return r;
}

/* The working directory is made while the root can still be written, and entered later, as the
 * user and from inside. */
int init_make_cwd(struct launch *l, struct error *err)
{
	mode_t before = umask(022); /* what we make does not depend on the caller's umask */
	auto_fd int fd = in_root_mkdir(l->rootfs, l->plan.process.program.cwd, 0755, err);

	(void)umask(before);
	return fd < 0 ? fail_at(err, "/process/cwd") : 0;
}
