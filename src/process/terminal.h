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
/* In init: setsid was called; sets the size if rows > 0, makes the slave the controlling terminal
 * and a copy of it each of fds 0 to 2.  The slave stays the caller's. */
int terminal_take(int slave, uint64_t rows, uint64_t columns, struct error *err);

/* The foreground loop of `run`: our own terminal in raw mode, bytes both ways, SIGWINCH, and all
 * other signals handed on to the process. Used without a terminal (master -1), too: then only
 * signals and the end of the process matter. */
struct foreground {
	int master;  /* pty master or -1; owned once attached */
	int pidfd;   /* the container's init; the caller's */
	int signals; /* signalfd, see foreground_open */
	struct termios saved;
	bool raw;
	bool subreaper; /* reap what is reparented to us */
};
#define FOREGROUND_EMPTY                                                                           \
	{                                                                                          \
		.master = -1, .pidfd = -1, .signals = -1                                           \
	}
/* Blocks signals: before clone, so that none is lost (init resets its mask by signals_reset). They
 * stay blocked: the command ends with the container.  Until foreground_run() the signalfd tells
 * only of those that ask the command to end (sys/interrupt.h). */
int foreground_open(struct foreground *f, struct error *err);
/* Takes the master over (also when it fails), puts our terminal into raw mode and copies its size
 * to the master.  stdin must be a terminal. */
int foreground_attach(struct foreground *f, int master, struct error *err);
/* Until the process has ended and what it wrote is written: *ret_status as waitpid(2).  Signals
 * that come meanwhile are sent to it, but SIGCHLD, SIGWINCH (the size is copied), SIGURG, SIGPIPE,
 * the kernel's own SIGTTIN and SIGTTOU, and a SIGHUP that our caller has ignored. */
int foreground_run(struct foreground *f, pid_t pid, int *ret_status, struct error *err);
/* Restores the terminal, closes the master and the signalfd.  May be called twice. */
void foreground_done(struct foreground *f);
