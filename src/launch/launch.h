/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.h - what the steps of a start, and of exec, share
 *
 * One struct launch a process: the runtime's before the clone, and the child's copy of it after.
 * launch.c and exec.c hold the tables; runtime.c, runtime_cgroup.c and init_child.c the runtime's
 * steps, init.c and init_process.c the child's.  want.h says which of them a launch needs.
 */
#pragma once
#include "base/error.h"
#include "launch/state_text.h"
#include "launch/steps.h"
#include "launch/sync.h"
#include "plan/plan.h"
#include "process/terminal.h"
#include "record/record.h"
#include "record/request.h"

#include <sys/types.h>

struct exec;

struct launch {
	const struct request *request;
	struct exec *exec;	  /* a process in a running container; NULL: a start */
	const struct step *inner; /* the table that the child walks */
	struct plan plan;
	struct record record;
	struct sync sync; /* this side's end */

	/* the runtime's */
	int init_end; /* the other end, until init has it */
	pid_t init;
	int pidfd;
	int console;	      /* pty master, or -1 */
	bool claimed, reaped; /* the id is ours; init was waited for */
	bool left;	      /* not all could be undone: the record stays for delete --force */
	bool hooked;	      /* hooks may have run: poststop is owed when all is undone */
	bool respawns;	      /* exec: another process will go on for the first */
	bool moved;	      /* init was cloned elsewhere and is moved into its v2 cgroup */
	bool prepared;	      /* the record is written, but for its name */
	bool killed;	      /* init (exec: its process) died of SIGKILL before it was ready */
	bool said_go;	      /* run: GO was said before init was ready */
	bool pid_file;	      /* it is written */
	struct foreground foreground; /* its signalfd serves commands in the background, too */
	struct oom_score own_score;   /* while a clone is to inherit the container's */
	struct state_text creating, created;

	/* init's */
	int listen; /* ROOT/ID/start; -1 for run */
	int rootfs, procfs;
	int null;	    /* our own null device, for masks */
	int cwd_again;	    /* PROGRAM_CWD_AGAIN: as the user */
	int slave;	    /* our side of the terminal */
	struct sync start;  /* the connection that said GO */
	uid_t creator_uid;  /* as seen from our user namespace */
	pid_t outer_pid;    /* our pid as the runtime knows it */
	char program[4096]; /* what will be executed */
};

/* The two tables. */
extern const struct step runtime_steps[], init_steps[];

/* ---- run.c: for exec, too ---- */
/* An empty launch, with all inherited descriptors but stdio close-on-exec. */
int launch_init(struct launch *l, const struct request *request, struct error *err);
void launch_done(struct launch *l);
/* The owner in its declaration; launch_init() must be the first thing that is done to it. */
#define auto_launch __attribute__((cleanup(launch_done)))
/* Waits for the process in the foreground: *ret_exit is its exit code. */
int launch_foreground(struct launch *l, int *ret_exit, struct error *err);

/* ---- claim.c ---- */
int launch_claim(struct launch *l, struct error *err);
void launch_unclaim(struct launch *l);

/* ---- init_child.c: init, or exec's process, as the runtime's child ---- */
/* Clones it, into its v2 cgroup where there is one; in the child it never returns. */
int launch_clone(struct launch *l, struct error *err);
/* Undo: ends the child and, of a start, all that it left in the cgroups we made. */
void launch_kill(struct launch *l);
/* Sends to a child that may be gone: then what it said last counts more than our broken pipe. */
int child_tell(struct launch *l, enum sync_type type, const int *fds, size_t n, struct error *err);
/* The next message of those allowed: 1 and *ret; 0: the child is gone; negative on error. */
int child_receive(struct launch *l, uint32_t allowed, struct sync_message *ret, struct error *err);
/* The error for a child that has ended where a message was due: waits for it, says what it died
 * of. */
int child_died(struct launch *l, struct error *err);
/* INIT_PID: another process goes on as the child. */
int child_adopt(struct launch *l, struct sync_message *m, struct error *err);
int launch_follow(struct launch *l, struct error *err);

/* ---- runtime_cgroup.c ---- */
int launch_cgroup_v2(struct launch *l, struct error *err);
int launch_cgroup_v1(struct launch *l, struct error *err);
void launch_cgroup_undo(struct launch *l);
int launch_limit(struct launch *l, struct error *err);
int launch_enter_cgroups(struct launch *l, struct error *err);

/* ---- runtime.c ---- */
int launch_map_ids(struct launch *l, struct error *err);
int launch_oom_score(struct launch *l, struct error *err);
int launch_own_oom_score(struct launch *l, struct error *err);
void launch_oom_score_undo(struct launch *l);
int launch_serve(struct launch *l, struct error *err);
int launch_attach(struct launch *l, struct error *err);
void launch_detach(struct launch *l);
int launch_prepare_record(struct launch *l, struct error *err);
int launch_record(struct launch *l, struct error *err);
int launch_pid_file(struct launch *l, struct error *err);
void launch_pid_file_undo(struct launch *l);
int launch_wait_inside(struct launch *l, struct error *err);
int launch_release_and_go(struct launch *l, struct error *err);
int launch_release_init(struct launch *l, struct error *err);

/* ---- init.c, init_process.c ---- */
/* The child's main: walks the table l->inner, reports a failure, never returns. */
_Noreturn void init_main(struct launch *l);
/* Clones a second time: the child (which is the runtime's, CLONE_PARENT) returns and goes on, this
 * process ends.  But for exec the child waits until the runtime knows it. */
int init_go_on_in_child(struct launch *l, uint64_t flags, struct error *err);
/* Before a path of the container is entered, and before others can see us: a working directory may
 * name whatever is open, a created container would hold the caller's pipes (CVE-2024-21626), and
 * who may trace us opens our descriptors again. */
int init_close_others(struct launch *l, struct error *err);
int init_hide(struct launch *l, struct error *err);
int init_join_user(struct launch *l, struct error *err);
int init_continue_in_child(struct launch *l, struct error *err);
int init_wait_mapped(struct launch *l, struct error *err);
int init_become_root(struct launch *l, struct error *err);
int init_join(struct launch *l, struct error *err);
int init_unshare(struct launch *l, struct error *err);
int init_loopback(struct launch *l, struct error *err);
int init_time(struct launch *l, struct error *err);
int init_enter_cgroups(struct launch *l, struct error *err);
int init_cpus(struct launch *l, struct error *err);
int init_cgroup_namespace(struct launch *l, struct error *err);
int init_names(struct launch *l, struct error *err);
int init_procfs(struct launch *l, struct error *err);
int init_rootfs(struct launch *l, struct error *err);
int init_mounts(struct launch *l, struct error *err);
int init_devices(struct launch *l, struct error *err);
int init_console(struct launch *l, struct error *err);
int init_runtime_hooks(struct launch *l, struct error *err);
int init_create_container_hooks(struct launch *l, struct error *err);
int init_sysctls(struct launch *l, struct error *err);
int init_pivot(struct launch *l, struct error *err);
int init_inside(struct launch *l, struct error *err);
int init_masks(struct launch *l, struct error *err);
int init_join_pid(struct launch *l, struct error *err);
int init_make_cwd(struct launch *l, struct error *err);
int init_keyring(struct launch *l, struct error *err);
int init_attributes(struct launch *l, struct error *err);
int init_stdio(struct launch *l, struct error *err);
int init_cwd(struct launch *l, struct error *err);
int init_bounding(struct launch *l, struct error *err);
int init_user(struct launch *l, struct error *err);
int init_caps(struct launch *l, struct error *err);
int init_no_new_privileges(struct launch *l, struct error *err);
int init_find_program(struct launch *l, struct error *err);
int init_ready(struct launch *l, struct error *err);
int init_wait_start(struct launch *l, struct error *err);
int init_start_container_hooks(struct launch *l, struct error *err);
int init_label(struct launch *l, struct error *err);
int init_execute(struct launch *l, struct error *err);
