/* SPDX-License-Identifier: Apache-2.0 */
/* test_caps_kernel.c - the capability sets that the kernel has of us once they were set */
#include "tests/unit/unit.h"

#include "base/log.h"
#include "security/caps.h"
#include "tests/unit/caps_config.h"
#include "tests/unit/caps_played.h"
#include "tests/unit/child.h"

/* Each in a child, which loses what it gives up. */
static const uint64_t kill_bit = CAP_BIT(CAP_KILL);

static const struct caps_config exact_config = {
	.bounding = { "CAP_CHOWN", "CAP_KILL", "CAP_SETPCAP", "CAP_SETUID" },
	.permitted = { "CAP_CHOWN", "CAP_KILL", "CAP_SETUID" },
	.effective = { "CAP_KILL" },
	.inheritable = { "CAP_CHOWN", "CAP_KILL" },
	.ambient = { "CAP_KILL" },
};

static struct caps planned(const struct caps_config *config)
{
	struct caps caps;
	struct error err;

	if (caps_config_plan(config, false, oci_arena_new(), &caps, &err) < 0 ||
	    log_warnings_count() > 0)
		_exit(3);
	return caps;
}

/* The sets before execve(2), where "effective" still means what the config says. */
static void tell_sets(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "Cap", 3) == 0)
			(void)fputs(line, stdout);
	if (f)
		(void)fclose(f);
}

static void apply_and_tell(const struct caps *caps)
{
	struct error err;
	long before = played.allocations;
	int r = caps_limit_bounding(caps, &err);

	if (r >= 0)
		r = caps_apply(caps, &err);
	if (played.allocations != before)
		(void)printf("%ld allocations\n", played.allocations - before);
	if (r < 0)
		child_tell(r, &err);
	else
		tell_sets();
}

/* Everything of ours, inheritable and ambient too: what an ordinary caller may have. */
static void have_ambient(int number)
{
	cap_t own = cap_get_proc();

	if (!own || cap_set_flag(own, CAP_INHERITABLE, 1, &number, CAP_SET) < 0 ||
	    cap_set_proc(own) < 0 || cap_set_ambient(number, CAP_SET) < 0 ||
	    cap_get_ambient(number) != 1)
		_exit(4);
	(void)cap_free(own);
}

static void exact_act(void *arg)
{
	struct caps caps = planned(&exact_config);

	(void)arg;
	apply_and_tell(&caps);
}

static void each_set_is_exact_and_nothing_is_allocated(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(exact_act, NULL, said, sizeof said), 0);
	assert_string_equal(said, "CapInh:\t0000000000000021\n"
				  "CapPrm:\t00000000000000a1\n"
				  "CapEff:\t0000000000000020\n"
				  "CapBnd:\t00000000000001a1\n"
				  "CapAmb:\t0000000000000020\n");
}

/* The caller's CAP_CHOWN stays permitted and inheritable, but nobody asked for it to be ambient. */
static void left_over_act(void *arg)
{
	struct caps caps = planned(arg);

	have_ambient(CAP_CHOWN);
	apply_and_tell(&caps);
}

static void the_callers_ambient_capabilities_are_cleared(void **state)
{
	static struct caps_config none = {
		.bounding = { "CAP_CHOWN" },
		.permitted = { "CAP_CHOWN" },
		.inheritable = { "CAP_CHOWN" },
	};
	static struct caps_config not_inheritable = { .bounding = { "CAP_CHOWN" },
						      .permitted = { "CAP_CHOWN" } };
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(left_over_act, &none, said, sizeof said), 0);
	assert_string_equal(said, "CapInh:\t0000000000000001\n"
				  "CapPrm:\t0000000000000001\n"
				  "CapEff:\t0000000000000000\n"
				  "CapBnd:\t0000000000000001\n"
				  "CapAmb:\t0000000000000000\n");
	assert_int_equal(child_says(left_over_act, &not_inheritable, said, sizeof said), 0);
	assert_string_equal(said, "CapInh:\t0000000000000000\n"
				  "CapPrm:\t0000000000000001\n"
				  "CapEff:\t0000000000000000\n"
				  "CapBnd:\t0000000000000001\n"
				  "CapAmb:\t0000000000000000\n");
}

/* The kernel's newest capabilities go although libcap has no name for them. */
static void unnamed_act(void *arg)
{
	struct caps caps;

	(void)arg;
	played.named = 38;
	caps = planned(&exact_config);
	apply_and_tell(&caps);
}

static void a_capability_without_a_name_is_dropped(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(unnamed_act, NULL, said, sizeof said), 0);
	assert_non_null(strstr(said, "CapBnd:\t00000000000001a1\n"));
}

/* Without CAP_SETPCAP nothing can be dropped: the first that is there and not wanted is named. */
static void may_not_drop_act(void *arg)
{
	static const cap_value_t setpcap = CAP_SETPCAP;
	struct caps caps;
	struct error err;
	cap_t own = cap_get_proc();

	played.named = *(const cap_value_t *)arg;
	caps = planned(&exact_config);
	caps.bounding = played.named ? CAP_BIT(played.named) - 1 : 0;
	if (!own || cap_set_flag(own, CAP_EFFECTIVE, 1, &setpcap, CAP_CLEAR) < 0 ||
	    cap_set_proc(own) < 0)
		_exit(4);
	child_tell(caps_limit_bounding(&caps, &err), &err);
}

static void what_can_not_be_dropped_is_an_error(void **state)
{
	static cap_value_t all = 0, few = 38;
	char said[4096];

	(void)state;
	if (geteuid() != 0 || cap_get_bound(CAP_CHOWN) != 1 || cap_get_bound(38) != 1)
		skip();
	assert_int_equal(child_says(may_not_drop_act, &all, said, sizeof said), 0);
	assert_non_null(strstr(said, "drop CAP_CHOWN from the bounding set: "));
	assert_int_equal(child_says(may_not_drop_act, &few, said, sizeof said), 0);
	assert_non_null(strstr(said, "drop capability 38 from the bounding set: "));
}

/* libcap counted more than there are: then EINVAL is not believed, neither when dropping... */
static void miscounted_act(void *arg)
{
	struct caps caps = planned(&exact_config);
	struct error err;

	played.counted = CAPS_MAX;
	if (*(const bool *)arg)
		child_tell(caps_limit_bounding(&caps, &err), &err);
	else
		child_tell(caps_apply(&caps, &err), &err);
}

static void an_answer_that_can_not_be_is_an_error(void **state)
{
	static bool limit = true, apply = false;
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(miscounted_act, &limit, said, sizeof said), 0);
	assert_non_null(strstr(said, "from the bounding set: "));
	/* ...nor when reading back */
	assert_int_equal(child_says(miscounted_act, &apply, said, sizeof said), 0);
	assert_non_null(strstr(said, "ask for "));
}

/* What is read back is compared, each of the five sets. */
static void differs_act(void *arg)
{
	struct caps caps = planned(&exact_config);
	uint64_t *const sets[] = { &caps.bounding, &caps.permitted, &caps.effective,
				   &caps.inheritable, &caps.ambient };
	struct error err;
	int r = caps_limit_bounding(&caps, &err);
	size_t which = *(const size_t *)arg;

	if (which == ARRAY_SIZE(sets))
		; /* as planned */
	else if (sets[which] == &caps.ambient)
		caps.ambient ^= CAP_BIT(CAP_SETUID) | CAP_BIT(CAP_CHOWN);
	else
		*sets[which] &= ~kill_bit;
	if (r >= 0)
		r = caps_apply(&caps, &err);
	child_tell(r, &err);
}

static void what_the_kernel_has_is_compared_with_what_was_wanted(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(child_says(differs_act, &i, said, sizeof said), 0);
		assert_string_equal(said, "the kernel's capability sets are not what was set\n");
	}
	assert_int_equal(child_says(differs_act, &(size_t){ 5 }, said, sizeof said), 0);
	assert_string_equal(said, "fine\n");
	/* the kernel itself refuses what is not inheritable */
	assert_int_equal(child_says(differs_act, &(size_t){ 4 }, said, sizeof said), 0);
	assert_non_null(strstr(said, "make CAP_SETUID ambient: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_set_is_exact_and_nothing_is_allocated),
		cmocka_unit_test(the_callers_ambient_capabilities_are_cleared),
		cmocka_unit_test(a_capability_without_a_name_is_dropped),
		cmocka_unit_test(what_can_not_be_dropped_is_an_error),
		cmocka_unit_test(an_answer_that_can_not_be_is_an_error),
		cmocka_unit_test(what_the_kernel_has_is_compared_with_what_was_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
