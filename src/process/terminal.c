/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.c - the pty of the container: its master goes out, its slave becomes stdio */
#include "process/terminal.h"

#include "base/auto.h"
#include "base/retry.h"
#include "sys/socket.h"

#include <errno.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int terminal_send_master(const char *console_socket, int master, struct error *err)
{
	/* Engines want a name of at least one byte with the fd; what it says means nothing. */
	static const char name[] = "/dev/ptmx";
	auto_fd int sock = socket_connect_path(console_socket, SOCK_STREAM, err);
	int r;

	if (sock < 0)
		return within(err, "--console-socket");
	r = socket_send(sock, name, sizeof name - 1, &master, 1, err);
	return r < 0 ? within(err, "--console-socket \"%s\"", console_socket) : 0;
}

static int terminal_resize(int terminal, uint64_t rows, uint64_t columns, struct error *err)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

	if (rows > USHRT_MAX || columns > USHRT_MAX) {
		(void)fail(err, ERANGE, "terminal of %llu rows and %llu columns",
			   (unsigned long long)rows, (unsigned long long)columns);
		return fail_at(err, "/process/consoleSize");
	}
	if (retry(ioctl(terminal, TIOCSWINSZ, &size)) < 0)
		return fail_call(err, errno, "ioctl", "set the terminal's size");
	return 0;
}

int terminal_take(int slave, uint64_t rows, uint64_t columns, struct error *err)
{
	int r = rows > 0 ? terminal_resize(slave, rows, columns, err) : 0;

	if (r < 0)
		return r;
	if (retry(ioctl(slave, TIOCSCTTY, 0)) < 0)
		return fail_call(err, errno, "ioctl", "make it the controlling terminal");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (retry(dup2(slave, fd)) < 0)
			return fail_call(err, errno, "dup2", "make the terminal stdio");
	return 0;
}
