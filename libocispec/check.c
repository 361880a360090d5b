/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c - runs the rules of check.def
 *
 * A row of spec.def judges one value by itself.  Rules between values (a limit below another, a
 * mapping without its namespace) are functions in check_*.c; check.def lists them, each with the
 * sentence of the specification that it comes from, which is printed as help.  `create` stops at
 * the first error; `check` hears all.
 */
#include "libocispec/check.h"

enum part { PROCESS, CONFIG };

/* clang-format off */
static const struct rule {
	enum part part;
	void (*test)(struct oci_check *c);
	const char *where, *sentence;
} rules[] = {
#define RULE(part, function, where, sentence) { part, oci_rule_##function, where, sentence },
#include "libocispec/check.def"
#undef RULE
};
/* clang-format on */

/* Nothing is told after the sink wanted to hear no more.  That is no "all is well", though. */
static bool run(struct oci_check *c, enum part part)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (rules[i].part != part)
			continue;
		c->where = rules[i].where;
		c->sentence = rules[i].sentence;
		rules[i].test(c);
	}
	return !c->failed && !c->stopped;
}

bool oci_check_process(const struct oci_process *process, const char *pointer,
		       struct oci_sink *sink)
{
	struct oci_check c = { .sink = sink, .process = process, .process_pointer = pointer };

	return run(&c, PROCESS);
}

bool oci_check_config(const struct oci_config *config, struct oci_sink *sink)
{
	struct oci_check c = {
		.sink = sink,
		.config = config,
		.process = config->process,
		.process_pointer = "/process",
	};

	if (c.process)
		(void)run(&c, PROCESS);
	return run(&c, CONFIG);
}
