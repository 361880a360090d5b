/* SPDX-License-Identifier: Apache-2.0 */
/* test_cgroup_devices.c - device rules as a list, as v1 lines; what v1 can't say is refused */
#include "unit.h"

#include "base/auto.h"
#include "cgroup_tree.h"
#include "limit/device_rules.h"
#include "limit/limits.h"

#include <fcntl.h>
#include <string.h>

#define HAS(m) (UINT64_C(1) << OCI_device_rule_##m)
#define RULE(yes, t, maj, min, acc)                                                                \
	{                                                                                          \
		.has = HAS(allow) | HAS(major) | HAS(minor), .allow = yes, .type = t,              \
		.major = maj, .minor = min, .access = acc                                          \
	}
#define DENY_ALL  RULE(false, NULL, -1, -1, "rwm")
#define ALLOW_ALL RULE(true, "a", -1, -1, NULL)
enum { OWN = 11 }; /* rules of our own after a denial of all */

static const struct {
	const char *title;
	struct oci_device_rule rules[4];
	size_t n;
	bool allow;
	size_t length;
	struct device_rule last;
} lists[] = {
	{ "none", { { 0 } }, 0, false, OWN, { true, 'c', DEVICE_ALL, 136, -1, SIZE_MAX } },
	{ "deny all", { DENY_ALL }, 1, false, OWN, { true, 'c', DEVICE_ALL, 136, -1, SIZE_MAX } },
	{ "privileged", { ALLOW_ALL }, 1, true, 0, { 0 } },
	{ "one more",
	  { DENY_ALL, RULE(true, "c", 10, 229, "rw") },
	  2,
	  false,
	  OWN + 1,
	  { true, 'c', DEVICE_READ | DEVICE_WRITE, 10, 229, 1 } },
	{ "u is c",
	  { RULE(true, "u", 10, 229, "m") },
	  1,
	  false,
	  OWN + 1,
	  { true, 'c', DEVICE_MKNOD, 10, 229, 0 } },
	{ "a is b and c",
	  { RULE(true, "a", 10, -1, "r") },
	  1,
	  false,
	  OWN + 2,
	  { true, 'c', DEVICE_READ, 10, -1, 0 } },
	{ "moot before",
	  { RULE(true, "c", 1, 1, "r"), DENY_ALL, ALLOW_ALL, RULE(false, "b", 8, 0, "w") },
	  4,
	  true,
	  1,
	  { false, 'b', DEVICE_WRITE, 8, 0, 3 } },
};

static struct oci_resources resources_of(const struct oci_device_rule *rules, size_t n)
{
	struct oci_resources r = { 0 };

	r.devices.n = n;
	r.devices.v = (struct oci_device_rule *)rules;
	return r;
}

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct oci_resources r = resources_of(lists[i].rules, lists[i].n);
		struct device_rules rules;
		struct error err;

		print_message("%s\n", lists[i].title);
		assert_int_equal(device_rules_build(&r, NULL, &rules, &err), 0);
		assert_int_equal(rules.allow, lists[i].allow);
		assert_int_equal(rules.n, lists[i].length);
		if (rules.n) {
			const struct device_rule *last = &rules.v[rules.n - 1];

			assert_int_equal(last->allow, lists[i].last.allow);
			assert_int_equal(last->type, lists[i].last.type);
			assert_int_equal(last->access, lists[i].last.access);
			assert_int_equal(last->major, lists[i].last.major);
			assert_int_equal(last->minor, lists[i].last.minor);
			assert_true(last->index == lists[i].last.index);
		}
		free(rules.v);
	}
}

static const struct {
	struct oci_device_rule rules[3];
	size_t n;
	const char *pointer, *text;
} refused[] = {
	{ { RULE(true, "x", 1, 3, "r") },
	  1,
	  "0/type",
	  "\"x\" is not one of \"a\", \"b\", \"c\", \"u\"" },
	{ { DENY_ALL, RULE(true, "c", 1, 3, "rx") },
	  2,
	  "1/access",
	  "\"rx\" must be made of \"r\", \"w\" and \"m\"" },
	{ { RULE(true, "c", -2, 3, "r") },
	  1,
	  "0/major",
	  "-2 is no device number (-1 stands for all)" },
	{ { RULE(true, "c", 1, INT64_C(1) << 33, "r") },
	  1,
	  "0/minor",
	  "8589934592 is no device number (-1 stands for all)" },
	/* v1 would take these lines and do nothing. */
	{ { RULE(true, "c", 10, -1, "rw"), RULE(false, "c", 10, 229, "w") },
	  2,
	  "1",
	  "cgroup v1 can't take this back from a rule for more devices" },
	{ { RULE(false, "c", 136, 1, "w") },
	  1,
	  "0",
	  "cgroup v1 can't take this back from a rule for more devices" },
	{ { RULE(true, "b", 8, -1, "w"), RULE(false, "b", -1, 0, "w") },
	  2,
	  "1",
	  "cgroup v1 can't take this back from a rule for more devices" },
	{ { ALLOW_ALL, RULE(false, "c", 10, -1, "rw"), RULE(true, "c", 10, 1, "r") },
	  3,
	  "2",
	  "cgroup v1 can't take this back from a rule for more devices" },
};

static void test_refused(void **state)
{
	struct tree tree;

	(void)state;
	tree_make(&tree, TREE_V1);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct oci_resources r = resources_of(refused[i].rules, refused[i].n);
		char pointer[128];
		struct error err = { 0 };

		(void)snprintf(pointer, sizeof pointer, "/linux/resources/devices/%s",
			       refused[i].pointer);
		assert_true(limits_check(&tree.cg, &r, &err) < 0);
		assert_string_equal(err.text, refused[i].text);
		assert_string_equal(err.pointer, pointer);
	}
	tree_drop(&tree);
}

/* The lines in order: files that only grow show them all, as the kernel would see them. */
static void test_lines(void **state)
{
	static const struct oci_device_rule rules[] = {
		DENY_ALL,
		RULE(true, "b", 8, 16, "rw"),
		RULE(false, "b", 8, -1, "w"),
		RULE(true, "b", 8, 32, "rw"),
		RULE(false, "c", -1, -1, "m"),
		RULE(false, "c", 1, -1, "w"),
		RULE(false, "c", 136, -1, "rwm"),
		RULE(false, "c", 10, 229, "rwm"),
	};
	const struct tree_file files[] = {
		{ "devices/devices.deny", "a" },
		{ "devices/devices.allow",
		  "b *:* mc 1:3 rc 1:5 rc 1:7 rc 1:8 rc 1:9 rc 5:0 rwc 5:1 rwc 5:2 rwb 8:16 r"
		  "b 8:32 rw" },
	};
	struct oci_resources r = resources_of(rules, ARRAY_SIZE(rules));
	struct tree tree;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_V1);
	tree_touch(&tree, files, ARRAY_SIZE(files));
	assert_int_equal(limits_apply(&tree.cg, &r, &err), 0);
	tree_check(&tree, files, ARRAY_SIZE(files));
	tree_drop(&tree);
}

static void test_privileged(void **state)
{
	static const struct oci_device_rule rules[] = { DENY_ALL, ALLOW_ALL,
							RULE(false, "b", 8, 0, "rw"),
							RULE(true, "b", -1, -1, "r") };
	const struct tree_file files[] = {
		{ "devices/devices.deny", "b 8:0 w" },
		{ "devices/devices.allow", "a" },
	};
	struct oci_resources r = resources_of(rules, ARRAY_SIZE(rules));
	struct tree tree;
	struct error err;

	(void)state;
	tree_make(&tree, TREE_V1);
	tree_touch(&tree, files, ARRAY_SIZE(files));
	assert_int_equal(limits_apply(&tree.cg, &r, &err), 0);
	tree_check(&tree, files, ARRAY_SIZE(files));
	tree_drop(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_privileged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
