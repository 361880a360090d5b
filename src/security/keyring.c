/* SPDX-License-Identifier: Apache-2.0 */
/* keyring.c - a session keyring of its own: the container does not see the caller's keys */
#include "security/security.h"

#include "base/retry.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int keyring_join(const char *name, struct error *err)
{
	int code;

	if (retry(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name)) >= 0 || errno == ENOSYS)
		return 0;
	code = errno;
	(void)fail_call(err, code, "keyctl", "make the session keyring \"%s\"", name);
	if (code == EDQUOT)
		return hint(err, HINT_KEYS_USED_UP, NULL, NULL);
	return hint(err, HINT_NO_KEYRING, NULL, NULL);
}
