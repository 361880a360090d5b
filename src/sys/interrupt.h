/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interrupt.h - SIGINT, SIGTERM, SIGHUP and SIGQUIT: somebody wants a command to end
 *
 * A command that makes a container must not die of them halfway: it ends what it waits for, undoes
 * what it made, and says why.  So they are blocked, and a signalfd tells each wait of them.  One
 * that our caller has ignored (nohup) stays without effect.
 */
#pragma once
#include "base/error.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

/* Blocks the four, or all signals where the caller will read the others himself, and returns a
 * signalfd of the four.  They stay blocked. */
int interrupts_open(bool block_all, struct error *err);
/* A signalfd of the four where this process has blocked them; -1 where they still end it. */
int interrupts_if_blocked(void);
/* Takes one signal from a signalfd: its number if it is one of the four and not ignored, else 0. */
int interrupt_take(int signals);
/* poll(2) for a wait that a signal shall end: fds[0] is the signalfd, or -1; fds[1] says that the
 * wait is over, and comes first: who sees the program run may send it a signal before we have seen
 * it.  Returns how many but fds[0] are ready; 0: none yet, or the time is over.  A signal is an
 * error, err->signal. */
int interrupt_poll(struct pollfd *fds, size_t n, int timeout_ms, struct error *err);
/* Forgets those that have come but were not taken: who stops a unit or closes a terminal sends more
 * than one signal, and the first is enough. */
void interrupts_forget(void);
/* Forgets them and lets the next one end this process: there is nothing more to undo. */
void interrupts_end(void);
/* Has our caller ignored this signal? */
bool signal_is_ignored(int signal);
