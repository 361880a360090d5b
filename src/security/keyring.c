/* SPDX-License-Identifier: Apache-2.0 */
/* keyring.c - a session keyring of its own: the container does not see the caller's keys */
#include "security/security.h"

#include "base/retry.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The permissions of a new session keyring, and in addition "search" for its user: exec joins the
 * keyring by its name, and has to find it for that. */
enum { KEYRING_PERMISSIONS = 0x3f1b0000 };

int keyring_join(const char *name, struct error *err)
{
	long id = retry(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name));
	int code;

	if (id >= 0 && retry(syscall(SYS_keyctl, KEYCTL_SETPERM, id, KEYRING_PERMISSIONS)) < 0 &&
	    errno != EACCES) /* the keyring of that name is another user's */
		return fail_call(err, errno, "keyctl", "let exec find the keyring \"%s\"", name);
	if (id >= 0 || errno == ENOSYS)
		return 0;
	code = errno;
	(void)fail_call(err, code, "keyctl", "make the session keyring \"%s\"", name);
	if (code == EDQUOT)
		return hint(err, HINT_KEYS_USED_UP, NULL, NULL);
	return hint(err, HINT_NO_KEYRING, NULL, NULL);
}
