/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.c - process flags that execve(2) and other processes heed */
#include "security/security.h"

#include "base/retry.h"

#include <errno.h>
#include <sys/prctl.h>

int no_new_privileges_set(struct error *err)
{
	if (retry(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) < 0 ||
	    retry(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)) != 1)
		return fail_call(err, errno, "prctl", "set no_new_privs");
	return 0;
}

int dumpable_set(bool dumpable, struct error *err)
{
	if (retry(prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0, 0, 0, 0)) < 0)
		return fail_call(err, errno, "prctl", "make the process %sdumpable",
				 dumpable ? "" : "non-");
	return 0;
}
