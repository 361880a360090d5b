/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start.c - letting a created container's init execute its program
 *
 * init listens on ROOT/ID/start.  Close-on-exec ends the connection when execve(2) has succeeded,
 * so a bad ELF file, a missing interpreter or a failing startContainer hook is start's own error.
 */
#include "launch/start.h"

#include "base/auto.h"
#include "launch/container.h"
#include "life/lifecycle.h"
#include "process/hooks.h"
#include "sys/procfs.h"
#include "sys/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int start_go(struct sync *sync, struct error *err)
{
	int r = sync_send(sync, SYNC_GO, 0, NULL, 0, err);

	/* init may have sent FAILED and ended: that error says more than our broken pipe */
	if (r < 0 && err->errno_value != EPIPE && err->errno_value != ECONNRESET)
		return r;
	return start_wait(sync, err);
}

int start_wait(struct sync *sync, struct error *err)
{
	struct sync_message m;
	int r = sync_wait_end(sync, err);

	if (r < 0)
		return r;
	r = sync_receive(sync, 1u << SYNC_STARTING, &m, err);
	if (r == 0)
		return fail(err, 0, "init is gone, or was started by another start");
	if (r > 0)
		r = sync_receive(sync, 0, &m, err);
	return r < 0 ? r : 0;
}

int start_finish(struct record *record, const struct oci_hooks *hooks, struct error *err)
{
	struct hook_list list = hooks_poststart(hooks);
	auto_free char *state = NULL;
	size_t len;

	if (list.n == 0)
		return 0;
	if (record_state_json(record, "running", record->pid, &state, &len, err) < 0)
		return error_code(err);
	return hooks_run(&list, state, len, err);
}

static int not_created(const struct record *record, enum container_status status, struct error *err)
{
	return fail(err, 0, "container \"%s\" is %s, only a created one can be started",
		    record->data.id, container_status_name(status));
}

/* A start that was killed between writing "running" and GO leaves an init that still waits.  So
 * "running" in the record is no refusal: if somebody listens, the container can be started. */
static int connect_init(const struct record *record, enum container_status status,
			struct error *err)
{
	int fd;

	if (status != CONTAINER_CREATED && status != CONTAINER_RUNNING)
		return not_created(record, status, err);
	fd = socket_connect(record->dir, "start", SOCK_SEQPACKET, err);
	if (fd < 0 && (err->errno_value == ECONNREFUSED || err->errno_value == ENOENT))
		return not_created(record, CONTAINER_RUNNING, err);
	return fd;
}

/* Only after the record says "running" is init told to go. */
static int let_go(struct record *record, enum container_status status, struct error *err)
{
	auto_fd int fd = connect_init(record, status, err);
	struct sync sync = { .fd = fd, .signals = -1 };

	if (fd < 0)
		return fd;
	oci_set(record, &record->data, status, "running");
	if (record_save(record, err) < 0)
		return error_code(err);
	return start_go(&sync, err);
}

static int start(struct record *record, int procfs, struct error *err)
{
	const struct oci_config *config = container_kept_config(record);
	enum container_status status;
	struct error ignored;

	if (record_status(record, procfs, &status, err) < 0)
		return error_code(err);
	if (config && !config->process) {
		(void)fail(err, 0, "is missing: there is nothing to start");
		return fail_at(err, "/process");
	}
	if (let_go(record, status, err) < 0)
		return error_code(err);
	if (start_finish(record, config ? config->hooks : NULL, err) >= 0)
		return 0;
	(void)container_destroy(record, &ignored);
	return error_code(err);
}

int container_start(const struct request *request, struct error *err)
{
	auto_record struct record record = RECORD_EMPTY;
	auto_fd int procfs = -1;

	if (record_find(request->root, request->id, &record, &procfs, err) < 0)
		return error_code(err);
	return start(&record, procfs, err);
}
