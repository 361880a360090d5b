/* SPDX-License-Identifier: Apache-2.0 */
/* broken.h - documents that break one rule of check.def, and what must be said of them */
#pragma once
#include "tests/unit/collect.h"

#define ALL                                                                                        \
	"\"mount\"},{\"type\":\"pid\"},{\"type\":\"uts\"},{\"type\":\"ipc\"},{\"type\":"           \
	"\"network\""
#define MAPS                                                                                       \
	",\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":10}],"                      \
	"\"gidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":10}]"

/* Parts that are put into a good document; NULL: nothing, or the usual. */
struct parts {
	const char *top, *process, *linux, *namespaces, *version, *root, *cwd, *user, *args;
};

struct broken {
	struct parts parts;
	const char *pointer, *text;
	enum oci_severity severity;
};

static inline const char *or_else(const char *part, const char *usual)
{
	return part ? part : usual;
}

static inline void compose(struct json *json, const struct parts *p)
{
	json_add(json, "{\"ociVersion\":\"%s\"", or_else(p->version, "1.0.2-dev"));
	json_add(json, "%s%s", or_else(p->root, ",\"root\":{\"path\":\"rootfs\"}"),
		 or_else(p->top, ""));
	json_add(json, ",\"process\":{\"cwd\":\"%s\"", or_else(p->cwd, "/"));
	json_add(json, ",\"args\":[%s]", or_else(p->args, "\"sh\""));
	json_add(json, ",\"user\":{%s}", or_else(p->user, "\"uid\":0,\"gid\":0"));
	json_add(json, "%s},\"linux\":{\"namespaces\":[{\"type\":", or_else(p->process, ""));
	json_add(json, "%s}]%s}}", or_else(p->namespaces, ALL), or_else(p->linux, ""));
}

static inline void check(struct collect *got, const struct parts *parts)
{
	struct oci_arena *arena = oci_arena_new();
	struct json json = { 0 };
	const struct oci_config *config;
	bool good;

	collect_begin(got);
	compose(&json, parts);
	config = collect_parse_n(got, &oci_config_type, json.s, json.n, arena);
	if (got->n > 0)
		print_error("%s\n%s: %s\n", json.s, got->problems[0].pointer,
			    got->problems[0].text);
	assert_int_equal(got->n, 0);
	good = oci_check_config(config, &got->sink);
	assert_int_equal(good, !got->sink.failed);
	oci_arena_free(arena);
	free(json.s);
}

static inline void expect_all(const struct broken *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct broken *w = &table[i];
		struct collect got;

		check(&got, &w->parts);
		if (got.n == 1 && strcmp(got.problems[0].pointer, w->pointer) == 0 &&
		    strcmp(got.problems[0].text, w->text) == 0) {
			assert_int_equal(got.problems[0].severity, w->severity);
			assert_int_equal(got.problems[0].kind, OCI_PROBLEM_RULE);
			assert_true(*got.problems[0].help);
			continue;
		}
		print_error("case %zu must be: %s: %s\n", i, w->pointer, w->text);
		for (size_t j = 0; j < got.n && j < COLLECT_MAX; j++)
			print_error("is: %s: %s\n", got.problems[j].pointer, got.problems[j].text);
		assert_true(false);
	}
}

#define EXPECT(table) expect_all(table, sizeof(table) / sizeof *(table))
