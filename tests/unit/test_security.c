/* SPDX-License-Identifier: Apache-2.0 */
/* test_security.c - capabilities by name and in the kernel, user and groups, process flags */
#include "tests/unit/unit.h"

#include "base/log.h"
#include "security/security.h"
#include "tests/unit/child.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define BIT(n) (UINT64_C(1) << (n))

static struct oci_strs strs(const char **v)
{
	struct oci_strs list = { .v = v };

	while (v && v[list.n])
		list.n++;
	return list;
}

static void names_are_the_kernels(void **state)
{
	static const struct {
		int number;
		const char *name;
	} known[] = {
		{ CAP_CHOWN, "CAP_CHOWN" },
		{ CAP_SETPCAP, "CAP_SETPCAP" },
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
		{ CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE" },
		{ CAP_MKNOD, "CAP_MKNOD" },
		{ CAP_SETFCAP, "CAP_SETFCAP" },
		{ CAP_SYSLOG, "CAP_SYSLOG" },
		{ CAP_AUDIT_READ, "CAP_AUDIT_READ" },
	};
	const char *const *names;
	size_t n;
	int last;
	FILE *f = fopen("/proc/sys/kernel/cap_last_cap", "re");

	(void)state;
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &last), 1);
	(void)fclose(f);
	names = caps_names(&n);
	assert_int_equal(n, last > 40 ? 41 : last + 1);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		assert_string_equal(names[known[i].number], known[i].name);
}

/* In a child each, because warnings stay. */
struct plan_case {
	const char *bounding[4], *permitted[4], *effective[4], *inheritable[4], *ambient[4];
	bool none;
	struct caps want;
	const char *warning; /* the only one; NULL: none */
};

static void plan_act(void *arg)
{
	const struct plan_case *c = arg;
	struct oci_capabilities config = {
		.bounding = strs((const char **)c->bounding),
		.permitted = strs((const char **)c->permitted),
		.effective = strs((const char **)c->effective),
		.inheritable = strs((const char **)c->inheritable),
		.ambient = strs((const char **)c->ambient),
	};
	struct caps got;
	struct error err;
	int r = caps_plan(c->none ? NULL : &config, true, &got, &err);

	if (r < 0 || memcmp(&got, &c->want, sizeof got) != 0)
		(void)printf("plan differs\n");
	for (size_t i = 0; i < log_warnings_count(); i++)
		(void)printf("%s\n", log_warning(i));
}

static void names_become_masks(void **state)
{
	static const uint64_t chown_bit = BIT(CAP_CHOWN), kill_bit = BIT(CAP_KILL);
	static struct plan_case cases[] = {
		{ .none = true },
		{ .want = { 0 } },
		{ .bounding = { "CAP_CHOWN", "CAP_KILL" },
		  .permitted = { "CAP_CHOWN" },
		  .want = { .bounding = chown_bit | kill_bit, .permitted = chown_bit } },
		{ .bounding = { "CAP_CHOWN", "CAP_FOO" },
		  .want = { .bounding = chown_bit },
		  .warning = "unknown capability \"CAP_FOO\" is ignored\n" },
		{ .bounding = { "NET_ADMIN" },
		  .permitted = { "NET_ADMIN" },
		  .warning = "unknown capability \"NET_ADMIN\" is ignored, did you mean "
			     "\"CAP_NET_ADMIN\"?\n" },
		{ .bounding = { "CAP_CHWON" },
		  .warning = "unknown capability \"CAP_CHWON\" is ignored, did you mean "
			     "\"CAP_CHOWN\"?\n" },
		{ .bounding = { "cap_chown" },
		  .warning = "unknown capability \"cap_chown\" is ignored, did you mean "
			     "\"CAP_CHOWN\"?\n" },
		{ .effective = { "CAP_CHOWN" },
		  .warning = "capabilities CAP_CHOWN: not made effective: they are not in the "
			     "permitted set\n" },
		{ .inheritable = { "CAP_CHOWN", "CAP_KILL" },
		  .bounding = { "CAP_KILL" },
		  .want = { .bounding = kill_bit, .inheritable = kill_bit },
		  .warning = "capabilities CAP_CHOWN: not made inheritable: they are not in the "
			     "bounding set\n" },
		{ .bounding = { "CAP_CHOWN" },
		  .permitted = { "CAP_CHOWN" },
		  .ambient = { "CAP_CHOWN" },
		  .want = { .bounding = chown_bit, .permitted = chown_bit },
		  .warning = "capabilities CAP_CHOWN: not made ambient: they are not both "
			     "permitted and inheritable\n" },
		{ .bounding = { "CAP_CHOWN" },
		  .permitted = { "CAP_CHOWN" },
		  .effective = { "CAP_CHOWN" },
		  .inheritable = { "CAP_CHOWN" },
		  .ambient = { "CAP_CHOWN" },
		  .want = { chown_bit, chown_bit, chown_bit, chown_bit, chown_bit } },
	};
	char said[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(plan_act, &cases[i], said, sizeof said), 0);
		assert_string_equal(said, cases[i].warning ? cases[i].warning : "");
	}
}

/* What we do not have is a warning that names all of it, never a failure. */
static void ungrantable_act(void *arg)
{
	struct plan_case c = { .bounding = { "CAP_CHOWN", "CAP_KILL" } };
	struct oci_capabilities config = { .bounding = strs(c.bounding) };
	struct caps got;
	struct error err;

	(void)arg;
	if (prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0) < 0)
		_exit(2);
	child_tell(caps_plan(&config, false, &got, &err), &err);
	if (got.bounding != BIT(CAP_CHOWN))
		(void)printf("granted %llx\n", (unsigned long long)got.bounding);
	if (log_warnings_count() == 1)
		(void)printf("%s\n", log_warning(0));
}

static void what_we_do_not_have_is_a_warning(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(ungrantable_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "fine\ncapabilities CAP_KILL: can't be granted: we do not have "
				  "them ourselves\n");
}

/* Everything in the order that init has, then a program that looks at itself. */
static void become(const struct caps *caps, const struct ids *ids)
{
	struct error err;
	int r = caps_limit_bounding(caps, &err);

	if (r >= 0)
		r = ids_become(ids, &err);
	if (r >= 0)
		r = caps_apply(caps, &err);
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
	static const struct caps caps = {
		.bounding = BIT(CAP_CHOWN) | BIT(CAP_KILL),
		.permitted = BIT(CAP_CHOWN) | BIT(CAP_KILL),
		.effective = BIT(CAP_CHOWN),
		.inheritable = BIT(CAP_CHOWN),
		.ambient = BIT(CAP_CHOWN),
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
	static const struct caps caps = {
		.bounding = BIT(CAP_CHOWN) | BIT(CAP_KILL),
		.permitted = BIT(CAP_CHOWN),
		.effective = BIT(CAP_CHOWN),
	};
	static const struct ids ids = { .setgroups = true, .umask = 022 };

	(void)arg;
	(void)setgroups(1, &(gid_t){ 4 });
	become(&caps, &ids);
}

static void nothing_act(void *arg)
{
	static const struct caps caps = { 0 };
	static const struct ids ids = { .setgroups = true, .umask = 022 };

	(void)arg;
	become(&caps, &ids);
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

/* The sets before execve(2), where "effective" still means what the config says. */
static void exact_act(void *arg)
{
	const struct caps caps = {
		.bounding = BIT(CAP_CHOWN) | BIT(CAP_KILL) | BIT(CAP_SETPCAP),
		.permitted = BIT(CAP_CHOWN) | BIT(CAP_KILL),
		.effective = BIT(CAP_KILL),
		.inheritable = BIT(CAP_CHOWN),
	};
	struct error err;
	char line[256];
	FILE *f;

	(void)arg;
	if (caps_limit_bounding(&caps, &err) < 0 || caps_apply(&caps, &err) < 0) {
		child_tell(-1, &err);
		return;
	}
	f = fopen("/proc/self/status", "re");
	while (f && fgets(line, sizeof line, f))
		(void)fputs(line, stdout);
}

static void each_set_is_exact(void **state)
{
	char said[16384];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(exact_act, NULL, said, sizeof said), 0);
	assert_line(said, "CapInh:", "0000000000000001");
	assert_line(said, "CapPrm:", "0000000000000021");
	assert_line(said, "CapEff:", "0000000000000020");
	assert_line(said, "CapBnd:", "0000000000000121");
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
		cmocka_unit_test(names_are_the_kernels),
		cmocka_unit_test(names_become_masks),
		cmocka_unit_test(what_we_do_not_have_is_a_warning),
		cmocka_unit_test(a_user_keeps_only_ambient_capabilities),
		cmocka_unit_test(root_has_its_bounding_set_and_no_groups),
		cmocka_unit_test(no_capabilities_are_none_in_all_sets),
		cmocka_unit_test(each_set_is_exact),
		cmocka_unit_test(an_unmapped_user_is_named),
		cmocka_unit_test(flags_are_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
