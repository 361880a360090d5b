/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console.c - takes one terminal over a console socket and uses it
 * usage: console SOCKET [WORDS]
 *
 * Listens on SOCKET, prints what came with the descriptor, types WORDS and a line's end into the
 * terminal and shows what comes out of it until its other side is closed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int complain(const char *what)
{
	fprintf(stderr, "%s: errno %d\n", what, errno);
	return -1;
}

static int take_connection(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(listener, 1) < 0)
		return complain(path);
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

static int take_terminal(int connection)
{
	char name[256], control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { name, sizeof name };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	int fd;

	if (!header || header->cmsg_type != SCM_RIGHTS)
		return complain("no descriptor came");
	memcpy(&fd, CMSG_DATA(header), sizeof fd);
	printf("came with \"%.*s\"%s\n", (int)n, name, isatty(fd) ? ", a terminal" : "");
	return fd;
}

static int use_terminal(int fd, const char *words)
{
	char buf[4096];
	ssize_t n;

	if (words && dprintf(fd, "%s\n", words) < 0)
		return complain("type");
	(void)fflush(stdout);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		if (write(STDOUT_FILENO, buf, (size_t)n) != n)
			return complain("show");
	return n == 0 || errno == EIO ? 0 : complain("read");
}

int main(int argc, char **argv)
{
	int connection = argc > 1 ? take_connection(argv[1]) : -1;
	int fd = connection < 0 ? -1 : take_terminal(connection);

	return fd < 0 || use_terminal(fd, argc > 2 ? argv[2] : NULL) < 0;
}
