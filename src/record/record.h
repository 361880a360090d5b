/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - what is remembered of a container: ROOT/ID/state.json
 *
 * The record is written (a temporary file, then rename, 0600) before the first outside effect, so
 * that `delete --force` finds all there is to undo even if the runtime was killed right after.  The
 * directory also keeps the config as it was read (config.json) and the socket `start` that a
 * created container's init listens on.
 *
 * Readers need no lock: a rename claims an id, another gives it up, and both move a whole record.
 */
#pragma once
#include "base/error.h"
#include "libocispec/ocispec.h"
#include "record/request.h"

#include <sys/types.h>

#define OCI_TABLE "record/record.def"
#include "libocispec/table_structs.h"
#undef OCI_TABLE

/* Raised when a reader of the old form would go wrong. */
enum { RECORD_FORMAT = 1 };
#define RECORD_FILE "state.json"

enum container_status {
	CONTAINER_CREATING,
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,
	CONTAINER_STOPPED,
	CONTAINER_UNKNOWN /* only in a list: the record can't be read or understood */
};
const char *container_status_name(enum container_status status);

/* An id is [a-zA-Z0-9_+-][a-zA-Z0-9_+.-]*, at most 255 bytes. */
int container_id_check(const char *id, struct error *err);

struct record {
	int root; /* directory of all containers */
	int dir;  /* the container's; -1: none */
	/* Of record_locate(): what init and the creator are called in our own pid namespace;
	 * 0: they have ended. */
	pid_t pid, creator;
	bool located;
	bool other_view; /* the paths of their cgroups are those of another cgroup namespace */
	bool unseen;	 /* they are in a pid namespace that can't be seen into from ours */
	bool loose;	 /* start times were read in another time namespace: one tick is nothing */
	long long time_offset; /* ticks by which a start time read here is too large */
	char draft[40];	       /* the directory's name below root until an id is claimed; then "" */
	struct oci_arena *arena;
	struct oci_record data;
};
#define RECORD_EMPTY                                                                               \
	{                                                                                          \
		.root = -1, .dir = -1                                                              \
	}

/* Is the id still free?  Asked before planning, which would find its cgroup in use and say that
 * instead; whoever gets the id is decided by record_claim. */
int record_unclaimed(const char *root, const char *id, struct error *err);
/* Makes ROOT (0700, must be ours and closed to others) and in it a directory that has no id yet:
 * its record is written before anybody sees it.  The caller owns *ret, after a failure, too. */
int record_begin(const char *root, struct record *ret, struct error *err);
/* The directory becomes ROOT/ID.  An error names status and pid of the container that has it. */
int record_claim(struct record *record, const char *root, const char *id, struct error *err);
/* Is it the name of a directory that has no id yet? */
bool record_is_draft(const char *name);
/* Removes such a directory unless its maker is still at work on it. */
int record_sweep_draft(int root, const char *name, struct error *err);
/* Fills in what identifies this machine's boot, pid namespace and the calling process as the
 * creator. */
int record_identify(struct record *record, int procfs, struct error *err);
/* Writes data to a new state.json, which nobody reads yet. */
int record_create(struct record *record, struct error *err);
/* Writes data to state.json. */
int record_save(struct record *record, struct error *err);
/* The two halves of record_save(): the temporary file is written; the rename makes it the
 * record. */
int record_prepare(struct record *record, struct error *err);
int record_publish(struct record *record, struct error *err);
/* Refuses a state directory that others can write to: what is in it decides what delete --force
 * kills.  root: its name, for the message. */
int record_root_check(int fd, const char *root, struct error *err);
/* Opens ROOT, which must pass that check; make: makes it (0700) where it is missing. */
int record_root_open(const char *root, bool make, struct error *err);
/* The error for an id that nobody has: "container ID does not exist" (ERROR_PHRASE_NO_CONTAINER). */
int record_missing(const char *id, struct error *err);
/* Reads ROOT/ID/state.json; a missing container is ERROR_PHRASE_NO_CONTAINER (ENOENT). *ret is
 * opened even if the record itself can't be read (dir >= 0 then), for delete --force to go on. */
int record_load(const char *root, const char *id, struct record *ret, struct error *err);
/* What a command on a container begins with: checks the id, loads the record, opens the host's
 * /proc, locates the processes.  The caller owns both, as record_done() and an fd, after a failure,
 * too. */
int record_find(const char *root, const char *id, struct record *ret, int *ret_procfs,
		struct error *err);
/* Was the record that could not be loaded made by a newer version?  What there is to undo is then
 * not known, so not even delete --force may go on without it. */
bool record_is_newer(const struct record *record);
/* Is the open directory still the one of this name below root?  Another process may have renamed or
 * removed it, and made a new one; whoever holds its lock has the answer for as long. */
bool record_is_at(int root, const char *name, int dir);
/* Gives the id up at once (the directory is renamed to a name no id can have) and keeps
 * record->dir. */
int record_release(struct record *record, const char *id, struct error *err);
/* Removes the directory that this process has released. */
int record_remove(struct record *record, const char *id, struct error *err);
/* Removes what processes that were killed left behind: released directories of this id, and those
 * that never got an id. */
int record_sweep(int root, const char *id, struct error *err);
/* Removes the directory whole, whether it has the id yet or not: undo of record_begin and
 * record_claim.  An id that is somebody else's by now is left alone. */
void record_drop(struct record *record, const char *id);
void record_done(struct record *record);
/* The owner in its declaration: auto_record struct record record = RECORD_EMPTY; */
#define auto_record __attribute__((cleanup(record_done)))

/* Was the record written since the machine was started?  1, 0, negative. */
int record_is_of_this_boot(const struct record *record, int procfs, struct error *err);
/* Finds what the record's processes are called in our pid namespace, and whether there can still be
 * any: a record may be of another boot, or have been written in another pid namespace, which may be
 * gone.  To be called before record_alive() and record_status(); record_find() has done it. */
int record_locate(struct record *record, int procfs, struct error *err);
/* The process that makes the container, as record_alive() says it of init. */
int record_creator_alive(const struct record *record, int procfs, int *ret_pidfd,
			 struct error *err);
/* Is the recorded process alive?  1 yes, with *ret_pidfd (owned by the caller) if that is not NULL;
 * 0 no; negative when it can't be known (another pid namespace). */
int record_alive(const struct record *record, int procfs, int *ret_pidfd, struct error *err);
/* The status word, with liveness and the freezer looked at. */
int record_status(const struct record *record, int procfs, enum container_status *ret,
		  struct error *err);
/* The container's state as the specification wants it for hooks, in JSON (malloc'ed). */
int record_state_json(const struct record *record, const char *status, pid_t pid, char **ret,
		      size_t *ret_len, struct error *err);
/* The config kept in the container's directory (kept_config.c), in the record's arena; NULL (with a
 * warning) when it is gone or unreadable. */
const struct oci_config *container_kept_config(struct record *record);
