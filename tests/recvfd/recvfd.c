/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recvfd.c - the engine's side of --console-socket and --pidfd-socket
 *
 * usage: recvfd SOCKET.  Listens there, takes one message with one descriptor and prints what came:
 * "message TEXT", then "pidfd" and "pid PID", or "terminal" and all that is written to it until its end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connection_take(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0 || strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(listener, 1) < 0)
		return -1;
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

/* Exactly one descriptor, or -1. */
static int fd_take(int connection)
{
	char text[4097];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct iovec data = { text, sizeof text - 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	ssize_t n = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd;

	if (n < 0 || !header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof fd);
	text[n] = '\0';
	printf("message %s\n", text);
	return fd;
}

/* The "Pid:" line that only a pidfd has. */
static long pidfd_pid(int fd)
{
	char path[64], line[256];
	long pid = -1;
	FILE *info;

	(void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "re");
	if (!info)
		return -1;
	while (fgets(line, sizeof line, info))
		if (sscanf(line, "Pid: %ld", &pid) == 1)
			break;
	(void)fclose(info);
	return pid;
}

int main(int argc, char **argv)
{
	int connection = argc == 2 ? connection_take(argv[1]) : -1;
	int fd = connection < 0 ? -1 : fd_take(connection);
	long pid = fd < 0 ? -1 : pidfd_pid(fd);
	char text[4096];
	ssize_t n;

	if (fd < 0) {
		(void)fputs("recvfd: no descriptor came\n", stderr);
		return 1;
	}
	puts(pid > 0 ? "pidfd" : isatty(fd) ? "terminal" : "something else");
	if (pid > 0)
		printf("pid %ld\n", pid);
	(void)fflush(stdout);
	while (pid <= 0 && (n = read(fd, text, sizeof text)) > 0)
		if (write(STDOUT_FILENO, text, (size_t)n) != n)
			return 1;
	return 0;
}
