/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.c - switches on the loopback device
 *
 * In a new network namespace "lo" is down, and 127.0.0.1 can't be reached.  The ioctl works on any
 * kind of socket, for the namespace in which the socket was made.  Unix sockets are used because
 * every kernel has them; IPv4 may be missing.
 */
#include "sys/network.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int network_loopback_up(struct error *err)
{
	auto_fd int sock = retry(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct ifreq request = { .ifr_name = "lo" };

	if (sock < 0)
		return fail_call(err, errno, "socket", "make a socket for device \"lo\"");
	request.ifr_flags = IFF_UP;
	if (retry(ioctl(sock, SIOCSIFFLAGS, &request)) < 0)
		return fail_call(err, errno, "ioctl", "bring device \"lo\" up");
	return 0;
}
