/* SPDX-License-Identifier: Apache-2.0 */
/* test_security.c - who a program is in the end: user, groups and capabilities; process flags */
#include "tests/unit/unit.h"

#include "security/security.h"
#include "tests/unit/caps_config.h"
#include "tests/unit/child.h"

#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Everything in the order that init has, then a program that looks at itself. */
static void become(const struct caps_config *config, const struct ids *ids)
{
	struct caps caps;
	struct error err;
	int r = caps_config_plan(config, false, oci_arena_new(), &caps, &err);

	if (r >= 0)
		r = caps_limit_bounding(&caps, &err);
	if (r >= 0)
		r = ids_become(ids, &err);
	if (r >= 0)
		r = caps_apply(&caps, &err);
	if (r < 0) {
		child_tell(r, &err);
		return;
	}
	(void)fflush(NULL);
	(void)execl("/bin/grep", "grep", "-E",
		    "^(Uid|Gid|Groups|Umask|Cap.*):", "/proc/self/status", (char *)NULL);
}

static void user_act(void *arg)
{
	static const gid_t groups[] = { 7, 5 };
	static const struct caps_config caps = {
		.bounding = { "CAP_CHOWN", "CAP_KILL" },
		.permitted = { "CAP_CHOWN", "CAP_KILL" },
		.effective = { "CAP_CHOWN" },
		.inheritable = { "CAP_CHOWN" },
		.ambient = { "CAP_CHOWN" },
	};
	static const struct ids ids = {
		.uid = 1000,
		.gid = 1001,
		.groups = groups,
		.n_groups = 2,
		.setgroups = true,
		.umask = 027,
	};

	(void)arg;
	become(&caps, &ids);
}

static void root_act(void *arg)
{
	static const struct caps_config caps = {
		.bounding = { "CAP_CHOWN", "CAP_KILL" },
		.permitted = { "CAP_CHOWN" },
		.effective = { "CAP_CHOWN" },
	};
	static const struct ids ids = { .setgroups = true, .umask = 022 };

	(void)arg;
	(void)setgroups(1, &(gid_t){ 4 });
	become(&caps, &ids);
}

static void nothing_act(void *arg)
{
	static const struct ids ids = { .setgroups = true, .umask = 022 };

	(void)arg;
	become(NULL, &ids);
}

/* The line "key: value" of what a child said, blanks as one. */
static void assert_line(const char *said, const char *key, const char *want)
{
	const char *at = strstr(said, key);
	char got[128] = "";
	size_t n = 0;

	assert_non_null(at);
	for (at += strlen(key); *at && *at != '\n' && n + 1 < sizeof got; at++)
		if (*at != '\t' && *at != ' ')
			got[n++] = *at;
		else if (n > 0 && got[n - 1] != ' ')
			got[n++] = ' ';
	while (n > 0 && got[n - 1] == ' ')
		n--;
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void a_user_keeps_only_ambient_capabilities(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(user_act, NULL, said, sizeof said), 0);
	assert_line(said, "Uid:", "1000 1000 1000 1000");
	assert_line(said, "Gid:", "1001 1001 1001 1001");
	assert_line(said, "Groups:", "5 7");
	assert_line(said, "Umask:", "0027");
	assert_line(said, "CapBnd:", "0000000000000021");
	assert_line(said, "CapPrm:", "0000000000000001");
	assert_line(said, "CapEff:", "0000000000000001");
	assert_line(said, "CapInh:", "0000000000000001");
	assert_line(said, "CapAmb:", "0000000000000001");
}

static void root_has_its_bounding_set_and_no_groups(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(root_act, NULL, said, sizeof said), 0);
	assert_line(said, "Uid:", "0 0 0 0");
	assert_line(said, "Groups:", "");
	assert_line(said, "CapBnd:", "0000000000000021");
	assert_line(said,
		    "CapPrm:", "0000000000000021"); /* execve(2) gives root its bounding set */
	assert_line(said, "CapInh:", "0000000000000000");
	assert_line(said, "CapAmb:", "0000000000000000");
}

static void no_capabilities_are_none_in_all_sets(void **state)
{
	static const char *const sets[] = { "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:" };
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(nothing_act, NULL, said, sizeof said), 0);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		assert_line(said, sets[i], "0000000000000000");
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		_exit(77);
}

static void unmapped_act(void *arg)
{
	const struct ids *ids = arg;
	struct error err;

	if (unshare(CLONE_NEWUSER) < 0)
		_exit(77);
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/gid_map", "0 0 1");
	child_tell(ids_become(ids, &err), &err);
}

static void an_unmapped_user_is_named(void **state)
{
	static struct {
		struct ids ids;
		const char *want;
	} cases[] = {
		{ { .uid = 1000 },
		  "/process/user/uid: user 1000 is not mapped in the container's user "
		  "namespace\n" },
		{ { .gid = 1000 },
		  "/process/user/gid: group 1000 is not mapped in the container's user "
		  "namespace\n" },
		{ { .uid = 0 }, "fine\n" },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int r = child_says(unmapped_act, &cases[i].ids, said, sizeof said);

		if (r == 77)
			skip();
		assert_int_equal(r, 0);
		assert_string_equal(said, cases[i].want);
	}
}

static void flags_act(void *arg)
{
	struct error err;
	long before = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 0), after;

	(void)arg;
	child_tell(no_new_privileges_set(&err), &err);
	child_tell(dumpable_set(false, &err), &err);
	child_tell(keyring_join("ocirt-unit", &err), &err);
	after = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3, 0);
	(void)printf("%d %d %s\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		     prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
		     before != after || after < 0 ? "other keys" : "same keys");
}

static void flags_are_set(void **state)
{
	char said[4096];

	(void)state;
	assert_int_equal(child_says(flags_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "fine\nfine\nfine\n1 0 other keys\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_keeps_only_ambient_capabilities),
		cmocka_unit_test(root_has_its_bounding_set_and_no_groups),
		cmocka_unit_test(no_capabilities_are_none_in_all_sets),
		cmocka_unit_test(an_unmapped_user_is_named),
		cmocka_unit_test(flags_are_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
