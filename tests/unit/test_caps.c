/* SPDX-License-Identifier: Apache-2.0 */
/* test_caps.c - capabilities: names by libcap, and the specification's rules */
#include "tests/unit/unit.h"

#include "base/log.h"
#include "security/caps.h"
#include "tests/unit/caps_config.h"
#include "tests/unit/caps_played.h"
#include "tests/unit/child.h"

#include <sys/prctl.h>

/* ---- names ---- */
static void names_are_the_kernels(void **state)
{
	static const struct {
		int number;
		const char *name;
	} some[] = {
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
	struct oci_arena *arena = oci_arena_new();
	struct caps_names names;
	struct error err;
	int last;
	FILE *f = fopen("/proc/sys/kernel/cap_last_cap", "re");

	(void)state;
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &last), 1);
	(void)fclose(f);
	assert_int_equal(caps_names(arena, &names, &err), 0);
	assert_true(names.n > CAP_AUDIT_READ);
	assert_int_equal(names.known, last + 1 < names.n ? last + 1 : names.n);
	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		assert_string_equal(names.v[some[i].number], some[i].name);
	for (int i = 0; i < names.n; i++)
		assert_int_equal(caps_number(&names, names.v[i]), i);
	(void)oci_arena_free(arena);
}

/* libcap itself takes most of these. */
static void only_a_whole_name_is_one(void **state)
{
	static const char *const no_names[] = {
		"",
		"0",
		"5",
		"0x5",
		"cap_chown",
		"Cap_Chown",
		"CAP_chown",
		"CAP_CHOWNe",
		"chown",
		"CHOWN",
		"CAP_",
		"CAP_0",
		"CAP_CHOWN,foo",
		"CAP_CHOWN,CAP_KILL",
		"CAP_CHOWN=ep",
		"CAP_CHOWN+ep",
		"CAP_CHOWN ",
		" CAP_CHOWN",
		"CAP_CHOWN\n",
		"CAP_CHOWN-",
		"CAP_CHOWN_",
		"CAP_CHOW",
		"CAP_CAP_CHOWN",
		"CAP_ALL",
		"all",
		"=",
	};

	struct oci_arena *arena = oci_arena_new();
	struct caps_names names;
	struct error err;

	(void)state;
	assert_int_equal(caps_names(arena, &names, &err), 0);
	assert_int_equal(caps_number(&names, "CAP_CHOWN"), CAP_CHOWN);
	assert_int_equal(caps_number(&names, "CAP_DAC_READ_SEARCH"), CAP_DAC_READ_SEARCH);
	for (size_t i = 0; i < ARRAY_SIZE(no_names); i++) {
		if (caps_number(&names, no_names[i]) != -1)
			print_error("\"%s\" is taken for one\n", no_names[i]);
		assert_int_equal(caps_number(&names, no_names[i]), -1);
	}
	(void)oci_arena_free(arena);
}

/* ---- rules: in a child each, because warnings stay ---- */
struct plan_case {
	struct caps_config config;
	struct caps want;
	const char *warning; /* the only one; NULL: none */
	bool none;
	cap_value_t named, counted;
};

static bool same(const struct caps *a, const struct caps *b)
{
	return a->bounding == b->bounding && a->permitted == b->permitted &&
	       a->effective == b->effective && a->inheritable == b->inheritable &&
	       a->ambient == b->ambient;
}

static void plan_act(void *arg)
{
	const struct plan_case *c = arg;
	struct oci_arena *arena = oci_arena_new();
	struct caps got;
	struct error err;

	played.named = c->named;
	played.counted = c->counted;
	if (caps_config_plan(c->none ? NULL : &c->config, true, arena, &got, &err) < 0 ||
	    !same(&got, &c->want))
		(void)printf("plan differs\n");
	for (size_t i = 0; i < log_warnings_count(); i++)
		(void)printf("%s\n", log_warning(i));
}

static void assert_plans(struct plan_case *cases, size_t n)
{
	char said[4096];

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(child_says(plan_act, &cases[i], said, sizeof said), 0);
		assert_string_equal(said, cases[i].warning ? cases[i].warning : "");
	}
}

#define CHOWN_BIT CAP_BIT(CAP_CHOWN)
#define KILL_BIT  CAP_BIT(CAP_KILL)

static void names_become_sets(void **state)
{
	static struct plan_case cases[] = {
		{ .none = true },
		{ .want = { 0 } },
		{ .config = { .bounding = { "CAP_CHOWN", "CAP_KILL" },
			      .permitted = { "CAP_CHOWN" } },
		  .want = { .bounding = CHOWN_BIT | KILL_BIT, .permitted = CHOWN_BIT } },
		{ .config = { .effective = { "CAP_CHOWN" } },
		  .warning = "capabilities CAP_CHOWN: not made effective: they are not in the "
			     "permitted set\n" },
		{ .config = { .inheritable = { "CAP_CHOWN", "CAP_KILL" },
			      .bounding = { "CAP_KILL" } },
		  .want = { .bounding = KILL_BIT, .inheritable = KILL_BIT },
		  .warning = "capabilities CAP_CHOWN: not made inheritable: they are not in the "
			     "bounding set\n" },
		{ .config = { .bounding = { "CAP_CHOWN" },
			      .permitted = { "CAP_CHOWN" },
			      .ambient = { "CAP_CHOWN" } },
		  .want = { .bounding = CHOWN_BIT, .permitted = CHOWN_BIT },
		  .warning = "capabilities CAP_CHOWN: not made ambient: they are not both "
			     "permitted and inheritable\n" },
		{ .config = { .bounding = { "CAP_CHOWN" },
			      .permitted = { "CAP_CHOWN" },
			      .effective = { "CAP_CHOWN" },
			      .inheritable = { "CAP_CHOWN" },
			      .ambient = { "CAP_CHOWN" } },
		  .want = { .bounding = CHOWN_BIT,
			    .permitted = CHOWN_BIT,
			    .effective = CHOWN_BIT,
			    .inheritable = CHOWN_BIT,
			    .ambient = CHOWN_BIT } },
	};

	(void)state;
	assert_plans(cases, ARRAY_SIZE(cases));
}

static void an_unknown_name_is_a_warning(void **state)
{
#define UNKNOWN(name) "unknown capability \"" name "\" is ignored"
#define MEANT(name)   ", did you mean \"" name "\"?\n"
	static struct plan_case cases[] = {
		{ .config = { .bounding = { "CAP_CHOWN", "CAP_FOO" } },
		  .want = { .bounding = CHOWN_BIT },
		  .warning = UNKNOWN("CAP_FOO") "\n" },
		{ .config = { .bounding = { "NET_ADMIN" }, .permitted = { "NET_ADMIN" } },
		  .warning = UNKNOWN("NET_ADMIN") MEANT("CAP_NET_ADMIN") },
		{ .config = { .bounding = { "net_admin" } },
		  .warning = UNKNOWN("net_admin") MEANT("CAP_NET_ADMIN") },
		{ .config = { .bounding = { "CAP_CHWON" } },
		  .warning = UNKNOWN("CAP_CHWON") MEANT("CAP_CHOWN") },
		{ .config = { .bounding = { "cap_chown" } },
		  .warning = UNKNOWN("cap_chown") MEANT("CAP_CHOWN") },
		{ .config = { .bounding = { "CAP_CHOWN,foo" } },
		  .warning = UNKNOWN("CAP_CHOWN,foo") "\n" },
		{ .config = { .permitted = { "CAP_CHOWN=ep" } },
		  .warning = UNKNOWN("CAP_CHOWN=ep") MEANT("CAP_CHOWN") },
		{ .config = { .bounding = { "0" } }, .warning = UNKNOWN("0") "\n" },
		{ .config = { .bounding = { "" } }, .warning = UNKNOWN("") "\n" },
	};

	(void)state;
	assert_plans(cases, ARRAY_SIZE(cases));
}

/* 38 and 39 are CAP_PERFMON and CAP_BPF. */
static void libcap_may_be_older_than_the_kernel_or_newer(void **state)
{
	static struct plan_case cases[] = {
		{ .named = 38,
		  .config = { .bounding = { "CAP_BPF", "CAP_AUDIT_READ" } },
		  .want = { .bounding = CAP_BIT(CAP_AUDIT_READ) },
		  .warning = UNKNOWN("CAP_BPF") "\n" },
		{ .counted = 38,
		  .config = { .bounding = { "CAP_BPF", "CAP_AUDIT_READ" } },
		  .want = { .bounding = CAP_BIT(CAP_AUDIT_READ) },
		  .warning = "capabilities CAP_BPF: can't be granted: we do not have them "
			     "ourselves\n" },
		{ .config = { .bounding = { "CAP_PERFMOM" } },
		  .warning = UNKNOWN("CAP_PERFMOM") MEANT("CAP_PERFMON") },
		{ .named = 38,
		  .config = { .bounding = { "CAP_PERFMOM" } },
		  .warning = UNKNOWN("CAP_PERFMOM") "\n" },
		{ .counted = 38,
		  .config = { .bounding = { "CAP_PERFMOM" } },
		  .warning = UNKNOWN("CAP_PERFMOM") "\n" },
	};
	struct oci_arena *arena = oci_arena_new();
	struct caps_names names;
	struct error err;

	(void)state;
	if (cap_max_bits() <= CAP_BPF)
		skip();
	assert_plans(cases, ARRAY_SIZE(cases));
	played.named = 38;
	assert_int_equal(caps_names(arena, &names, &err), 0);
	assert_int_equal(names.n, 38);
	assert_int_equal(names.known, 38);
	played.named = 0;
	played.counted = 38;
	assert_int_equal(caps_names(arena, &names, &err), 0);
	assert_true(names.n > 38);
	assert_int_equal(names.known, 38);
	played.counted = 0;
	(void)oci_arena_free(arena);
}

/* Leaves us these capabilities, and the bounding set as it is. */
static int permitted_keep(uint64_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (capget(&header, data) < 0)
		return -1;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].permitted &= (uint32_t)(keep >> 32 * i);
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	return capset(&header, data);
}

/* What we do not have is a warning that names all of it, never a failure. */
static void ungrantable_act(void *arg)
{
	static const struct caps_config config = { .bounding = { "CAP_CHOWN", "CAP_KILL" } };
	struct caps got;
	struct error err;

	if (arg ? permitted_keep(~KILL_BIT) : prctl(PR_CAPBSET_DROP, CAP_KILL, 0, 0, 0))
		_exit(2);
	child_tell(caps_config_plan(&config, false, oci_arena_new(), &got, &err), &err);
	if (got.bounding != CHOWN_BIT)
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
	/* not in the permitted set: the bounding set alone gives nothing */
	assert_int_equal(child_says(ungrantable_act, (void *)(uintptr_t) "", said, sizeof said), 0);
	assert_string_equal(said, "fine\ncapabilities CAP_KILL: can't be granted: we do not have "
				  "them ourselves\n");
}

/* A warning has room for twenty names or so, and a machine has forty. */
static void all_ungrantable_act(void *arg)
{
	struct oci_arena *arena = oci_arena_new();
	struct caps_names names;
	struct oci_capabilities config = { 0 };
	struct caps got;
	struct error err;

	(void)arg;
	if (caps_names(arena, &names, &err) < 0 || permitted_keep(0) < 0)
		_exit(2);
	config.bounding = (struct oci_strs){ (size_t)names.n, names.v };
	child_tell(caps_plan(&config, false, arena, &got, &err), &err);
	if (got.bounding || log_warnings_count() != 1)
		(void)printf("not so\n");
	(void)printf("%.24s...%s\n", log_warning(0), strrchr(log_warning(0), ':'));
}

static void a_long_warning_is_cut(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(all_ungrantable_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "fine\ncapabilities CAP_CHOWN C...: we do not "
				  "have them ourselves\n");
}

static void memory_may_run_out(void **state)
{
	static const struct caps_config config = { .bounding = { "CAP_CHOWN" },
						   .permitted = { "CAP_CHOWN" } };
	struct caps got;
	struct error err;
	int r = -1;

	(void)state;
	for (long max = 1; r < 0; max++) {
		struct oci_arena *arena;

		played.allocations = 0;
		played.allocations_max = max;
		arena = oci_arena_new();
		r = caps_config_plan(&config, true, arena, &got, &err);
		played.allocations_max = -1;
		if (r < 0)
			assert_int_equal(err.errno_value, ENOMEM);
		else
			caps_done(&got);
		(void)oci_arena_free(arena);
		assert_true(max < 1000);
	}
	assert_true(played.allocations >= 2);
	caps_done(&got); /* again: it is empty now */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_the_kernels),
		cmocka_unit_test(only_a_whole_name_is_one),
		cmocka_unit_test(names_become_sets),
		cmocka_unit_test(an_unknown_name_is_a_warning),
		cmocka_unit_test(libcap_may_be_older_than_the_kernel_or_newer),
		cmocka_unit_test(what_we_do_not_have_is_a_warning),
		cmocka_unit_test(a_long_warning_is_cut),
		cmocka_unit_test(memory_may_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
