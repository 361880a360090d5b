/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.h - the container's terminal, in the foreground and by --console-socket
 */
#pragma once
#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

/* Sends the master of a pty to an AF_UNIX stream socket (SCM_RIGHTS, with a name of at least one
 * byte as engines expect). */
int terminal_send_master(const char *console_socket, int master, struct error *err);
/* In init: setsid was called; makes the slave the controlling terminal and fds 0 to 2, size set
 * if rows > 0, owner uid:gid. */
int terminal_take(int slave, uint64_t rows, uint64_t columns, struct error *err);

/* The foreground loop of `run`: our own terminal in raw mode, bytes both ways, SIGWINCH, and all
 * other signals handed on to the process. Used without a terminal (master -1), too: then only
 * signals and the end of the process matter. */
struct foreground {
	int master;  /* pty master or -1 */
	int pidfd;   /* the container's init */
	int signals; /* signalfd with everything blocked, see foreground_open */
	struct termios saved;
	bool raw;
	bool subreaper; /* reap what is reparented to us */
};
/* Blocks signals and opens the signalfd: before clone, so that none is lost (init resets its
 * mask by foreground_reset_signals). */
int foreground_open(struct foreground *f, struct error *err);
/* Puts our terminal into raw mode and copies its size; only with a master. stdin must be a
 * terminal. */
int foreground_attach(struct foreground *f, int master, struct error *err);
/* Until the process has ended (and the master is drained): *ret_status as waitpid(2). */
int foreground_run(struct foreground *f, pid_t pid, int *ret_status, struct error *err);
/* Restores the terminal, closes. */
void foreground_done(struct foreground *f);
/* In a child: empty mask, default handlers for everything (what exec would inherit). */
void foreground_reset_signals(void);
