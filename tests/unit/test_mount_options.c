/* SPDX-License-Identifier: Apache-2.0 */
/* test_mount_options.c - every option word, alone and together */
#include "tests/unit/unit.h"

#include "mount/kernel.h"
#include "mount/mount.h"

#include <stdlib.h>
#include <string.h>

#define ATIME MOUNT_ATTR__ATIME

/* What a word does alone, in an options list of a file system. */
struct word {
	const char *word;
	struct mount_options o;
};

#define ATTR(w, set, clear)                                                                        \
	{                                                                                          \
		w,                                                                                 \
		{                                                                                  \
			.attr_set = (set), .attr_clear = (clear)                                   \
		}                                                                                  \
	}
#define TREE(w, set, clear)                                                                        \
	{                                                                                          \
		w,                                                                                 \
		{                                                                                  \
			.recursive_set = (set), .recursive_clear = (clear)                         \
		}                                                                                  \
	}
#define SUPER(w, set, clear)                                                                       \
	{                                                                                          \
		w,                                                                                 \
		{                                                                                  \
			.super_set = (set), .super_clear = (clear)                                 \
		}                                                                                  \
	}
#define PROPAGATION(w, p, r)                                                                       \
	{                                                                                          \
		w,                                                                                 \
		{                                                                                  \
			.propagation = (p), .propagation_recursive = (r)                           \
		}                                                                                  \
	}

static const struct word words[] = {
	{ "defaults", { 0 } },
	{ "norelatime", { 0 } },
	{ "rnorelatime", { 0 } },
	ATTR("ro", MOUNT_ATTR_RDONLY, 0),
	ATTR("rw", 0, MOUNT_ATTR_RDONLY),
	ATTR("suid", 0, MOUNT_ATTR_NOSUID),
	ATTR("nosuid", MOUNT_ATTR_NOSUID, 0),
	ATTR("dev", 0, MOUNT_ATTR_NODEV),
	ATTR("nodev", MOUNT_ATTR_NODEV, 0),
	ATTR("exec", 0, MOUNT_ATTR_NOEXEC),
	ATTR("noexec", MOUNT_ATTR_NOEXEC, 0),
	ATTR("atime", 0, ATIME),
	ATTR("noatime", MOUNT_ATTR_NOATIME, ATIME),
	ATTR("diratime", 0, MOUNT_ATTR_NODIRATIME),
	ATTR("nodiratime", MOUNT_ATTR_NODIRATIME, 0),
	ATTR("relatime", 0, ATIME),
	ATTR("strictatime", MOUNT_ATTR_STRICTATIME, ATIME),
	ATTR("nostrictatime", 0, ATIME),
	ATTR("symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW),
	ATTR("nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0),
	TREE("rro", MOUNT_ATTR_RDONLY, 0),
	TREE("rrw", 0, MOUNT_ATTR_RDONLY),
	TREE("rsuid", 0, MOUNT_ATTR_NOSUID),
	TREE("rnosuid", MOUNT_ATTR_NOSUID, 0),
	TREE("rdev", 0, MOUNT_ATTR_NODEV),
	TREE("rnodev", MOUNT_ATTR_NODEV, 0),
	TREE("rexec", 0, MOUNT_ATTR_NOEXEC),
	TREE("rnoexec", MOUNT_ATTR_NOEXEC, 0),
	TREE("ratime", 0, ATIME),
	TREE("rnoatime", MOUNT_ATTR_NOATIME, ATIME),
	TREE("rdiratime", 0, MOUNT_ATTR_NODIRATIME),
	TREE("rnodiratime", MOUNT_ATTR_NODIRATIME, 0),
	TREE("rrelatime", 0, ATIME),
	TREE("rstrictatime", MOUNT_ATTR_STRICTATIME, ATIME),
	TREE("rnostrictatime", 0, ATIME),
	TREE("rsymfollow", 0, MOUNT_ATTR_NOSYMFOLLOW),
	TREE("rnosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0),
	SUPER("sync", MS_SYNCHRONOUS, 0),
	SUPER("async", 0, MS_SYNCHRONOUS),
	SUPER("dirsync", MS_DIRSYNC, 0),
	SUPER("mand", MS_MANDLOCK, 0),
	SUPER("nomand", 0, MS_MANDLOCK),
	SUPER("iversion", MS_I_VERSION, 0),
	SUPER("noiversion", 0, MS_I_VERSION),
	SUPER("lazytime", MS_LAZYTIME, 0),
	SUPER("nolazytime", 0, MS_LAZYTIME),
	SUPER("silent", MS_SILENT, 0),
	SUPER("loud", 0, MS_SILENT),
	SUPER("rsync", MS_SYNCHRONOUS, 0),
	SUPER("rasync", 0, MS_SYNCHRONOUS),
	SUPER("rdirsync", MS_DIRSYNC, 0),
	SUPER("rmand", MS_MANDLOCK, 0),
	SUPER("rnomand", 0, MS_MANDLOCK),
	PROPAGATION("private", MS_PRIVATE, false),
	PROPAGATION("rprivate", MS_PRIVATE, true),
	PROPAGATION("shared", MS_SHARED, false),
	PROPAGATION("rshared", MS_SHARED, true),
	PROPAGATION("slave", MS_SLAVE, false),
	PROPAGATION("rslave", MS_SLAVE, true),
	PROPAGATION("unbindable", MS_UNBINDABLE, false),
	PROPAGATION("runbindable", MS_UNBINDABLE, true),
	{ "bind", { .bind = true } },
	{ "rbind", { .bind = true, .recursive = true } },
	{ "remount", { .remount = true } },
	{ "tmpcopyup", { .copy_up = true } },
	{ "idmap", { .idmap = true } },
	{ "ridmap", { .idmap = true, .idmap_recursive = true } },
	{ "copy-symlink", { .copy_symlink = true } },
	{ "src-nofollow", { .source_nofollow = true } },
	{ "dest-nofollow", { .destination_nofollow = true } },
};

static struct oci_arena *arena;
static struct error err;

static int parse(const char *type, const char *const *list, size_t n, struct mount_options *ret)
{
	struct oci_mount spec = { .destination = "/x", .type = type };

	spec.options.n = n;
	spec.options.v = (const char **)list;
	return mount_options_parse(&spec, 7, arena, NULL, ret, &err);
}

static void assert_same(const struct mount_options *a, const struct mount_options *b)
{
	assert_int_equal(a->attr_set, b->attr_set);
	assert_int_equal(a->attr_clear, b->attr_clear);
	assert_int_equal(a->recursive_set, b->recursive_set);
	assert_int_equal(a->recursive_clear, b->recursive_clear);
	assert_int_equal(a->super_set, b->super_set);
	assert_int_equal(a->super_clear, b->super_clear);
	assert_int_equal(a->propagation, b->propagation);
	assert_int_equal(a->propagation_recursive, b->propagation_recursive);
	assert_int_equal(a->bind, b->bind);
	assert_int_equal(a->recursive, b->recursive);
	assert_int_equal(a->remount, b->remount);
	assert_int_equal(a->copy_up, b->copy_up);
	assert_int_equal(a->idmap, b->idmap);
	assert_int_equal(a->idmap_recursive, b->idmap_recursive);
	assert_int_equal(a->copy_symlink, b->copy_symlink);
	assert_int_equal(a->source_nofollow, b->source_nofollow);
	assert_int_equal(a->destination_nofollow, b->destination_nofollow);
	assert_int_equal(a->n_parameters, b->n_parameters);
}

static void each_word_means_one_thing(void **state)
{
	struct mount_options o;

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		print_message("%s\n", words[i].word);
		assert_int_equal(parse("tmpfs", &words[i].word, 1, &o), 0);
		assert_same(&o, &words[i].o);
	}
}

static void features_lists_every_word_sorted(void **state)
{
	const char *const *list;
	size_t n;

	(void)state;
	list = mount_option_words(&n);
	assert_int_equal(n, sizeof words / sizeof *words);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(list[i - 1], list[i]) < 0);
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (strcmp(list[k], words[i].word) != 0)
			assert_true(++k < n);
	}
}

static void the_last_of_opposites_wins(void **state)
{
	static const struct {
		const char *list[3];
		size_t n;
		uint64_t set, clear;
	} rows[] = {
		{ { "ro", "rw" }, 2, 0, MOUNT_ATTR_RDONLY },
		{ { "rw", "ro" }, 2, MOUNT_ATTR_RDONLY, 0 },
		{ { "noatime", "strictatime" }, 2, MOUNT_ATTR_STRICTATIME, ATIME },
		{ { "strictatime", "noatime" }, 2, MOUNT_ATTR_NOATIME, ATIME },
		{ { "noatime", "relatime" }, 2, 0, ATIME },
		{ { "strictatime", "norelatime" }, 2, MOUNT_ATTR_STRICTATIME, ATIME },
		{ { "nosuid", "noexec", "suid" }, 3, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOSUID },
	};
	struct mount_options o;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(parse("tmpfs", rows[i].list, rows[i].n, &o), 0);
		assert_int_equal(o.attr_set, rows[i].set);
		assert_int_equal(o.attr_clear, rows[i].clear);
	}
}

static void other_words_belong_to_the_file_system(void **state)
{
	static const char *const list[] = { "nosuid",
					    "size=64k,mode=755",
					    "",
					    "huge=",
					    "mpol=bind:0,2",
					    "context=\"a:s0,c1\"",
					    "upper=/a\\,b",
					    "inode64" };
	static const struct mount_parameter want[] = {
		{ "size", "64k", 1 },
		{ "mode", "755", 1 },
		{ "huge", "", 3 },
		{ "mpol", "bind:0,2", 4 },
		{ "context", "\"a:s0,c1\"", 5 },
		{ "upper", "/a\\,b", 6 },
		{ "inode64", NULL, 7 },
	};
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("tmpfs", list, 8, &o), 0);
	assert_int_equal(o.n_parameters, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_string_equal(o.parameters[i].key, want[i].key);
		if (want[i].value)
			assert_string_equal(o.parameters[i].value, want[i].value);
		else
			assert_null(o.parameters[i].value);
		assert_int_equal(o.parameters[i].word, want[i].word);
	}
	assert_string_equal(o.data, "size=64k,mode=755,huge=,mpol=bind:0,2,context=\"a:s0,c1\","
				    "upper=/a\\,b,inode64");
}

static void a_bind_refuses_what_it_cannot_have(void **state)
{
	static const struct {
		const char *type, *list[2], *pointer, *part;
	} rows[] = {
		{ NULL, { "rbind", "noexecc" }, "/mounts/7/options/1", "did you mean \"noexec\"?" },
		{ "bind",
		  { "ro", "bogus-option" },
		  "/mounts/7/options/1",
		  "\"bogus-option\" is no" },
		{ "bind", { "mode=755", "ro" }, "/mounts/7/options/0", "\"mode=755\"" },
		{ "rbind", { "ro", "lazytime" }, "/mounts/7/options/1", "whole file system" },
		{ NULL, { "bind", "sync" }, "/mounts/7/options/1", "whole file system" },
		{ NULL, { "bind", "tmpcopyup" }, "/mounts/7/options/1", "for tmpfs" },
	};
	char text[2048];
	struct mount_options o;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(parse(rows[i].type, rows[i].list, 2, &o) < 0);
		assert_string_equal(err.pointer, rows[i].pointer);
		assert_non_null(strstr(error_words(&err, text, sizeof text), rows[i].part));
	}
}

static void types_bind_and_rbind_are_binds(void **state)
{
	static const char *const none[] = { "silent", "async" };
	struct mount_options o;

	(void)state;
	assert_int_equal(parse("bind", none, 2, &o), 0);
	assert_true(o.bind && !o.recursive);
	assert_int_equal(parse("rbind", none, 2, &o), 0);
	assert_true(o.bind && o.recursive);
	assert_int_equal(parse("tmpfs", none, 2, &o), 0);
	assert_false(o.bind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_word_means_one_thing),
		cmocka_unit_test(features_lists_every_word_sorted),
		cmocka_unit_test(the_last_of_opposites_wins),
		cmocka_unit_test(other_words_belong_to_the_file_system),
		cmocka_unit_test(a_bind_refuses_what_it_cannot_have),
		cmocka_unit_test(types_bind_and_rbind_are_binds),
	};
	int failed;

	arena = oci_arena_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	oci_arena_free(arena);
	return failed;
}
