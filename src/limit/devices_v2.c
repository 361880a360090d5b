/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices_v2.c - device rules as a BPF program that is attached to the v2 cgroup
 *
 * The last rule that speaks of an access decides, so the program asks the rules from the last to
 * the first.  r3 holds the kinds of access that nothing was said of yet: an allowing rule takes
 * its own away, and when none is left the answer is yes; a denying rule that speaks of one that
 * is left answers no.  What is left in the end is up to the default.
 */
#include "base/auto.h"
#include "limit/device_rules.h"
#include "sys/ebpf.h"

#include <linux/bpf.h>

enum { R_TYPE = BPF_REG_2, R_ACCESS = BPF_REG_3, R_MAJOR = BPF_REG_4, R_MINOR = BPF_REG_5 };
enum { RULE_INSTRUCTIONS = 7, FRAME_INSTRUCTIONS = 8 };

struct code {
	struct bpf_insn *v;
	size_t n;
};

static void put(struct code *code, uint8_t operation, int to, int offset, int32_t value)
{
	code->v[code->n++] = (struct bpf_insn){
		.code = operation,
		.dst_reg = (uint8_t)to & 0xf,
		.off = (int16_t)offset,
		.imm = value,
	};
}

static void put_load(struct code *code, int to, size_t offset)
{
	put(code, BPF_LDX | BPF_MEM | BPF_W, to, (int)offset, 0);
	code->v[code->n - 1].src_reg = BPF_REG_1;
}

static void put_answer(struct code *code, bool allow)
{
	put(code, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, allow);
	put(code, BPF_JMP | BPF_EXIT, 0, 0, 0);
}

/* Comparisons jump over the rest of the rule, whose length is known once it is written. */
static void put_rule(struct code *code, const struct device_rule *rule)
{
	size_t first = code->n, compared;

	put(code, BPF_JMP | BPF_JNE | BPF_K, R_TYPE, 0,
	    rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rule->major >= 0)
		put(code, BPF_JMP | BPF_JNE | BPF_K, R_MAJOR, 0, (int32_t)rule->major);
	if (rule->minor >= 0)
		put(code, BPF_JMP | BPF_JNE | BPF_K, R_MINOR, 0, (int32_t)rule->minor);
	compared = code->n;
	if (rule->allow) {
		put(code, BPF_ALU64 | BPF_AND | BPF_K, R_ACCESS, 0, (int32_t)~rule->access);
		put(code, BPF_JMP | BPF_JNE | BPF_K, R_ACCESS, 2, 0);
	} else {
		put(code, BPF_JMP | BPF_JSET | BPF_K, R_ACCESS, 1, (int32_t)rule->access);
		put(code, BPF_JMP | BPF_JA, 0, 2, 0);
	}
	put_answer(code, rule->allow);
	for (size_t i = first; i < compared; i++)
		code->v[i].off = (int16_t)(code->n - i - 1);
}

static void put_program(struct code *code, const struct device_rules *rules)
{
	put_load(code, R_TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	put_load(code, R_ACCESS, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	put(code, BPF_ALU64 | BPF_AND | BPF_K, R_TYPE, 0, 0xffff);
	put(code, BPF_ALU64 | BPF_RSH | BPF_K, R_ACCESS, 0, 16);
	put_load(code, R_MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	put_load(code, R_MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	for (size_t i = rules->n; i-- > 0;)
		put_rule(code, &rules->v[i]);
	put_answer(code, rules->allow);
}

int devices_v2_attach(int dirfd, const struct device_rules *rules, struct error *err)
{
	size_t room = rules->n * RULE_INSTRUCTIONS + FRAME_INSTRUCTIONS;
	auto_free struct bpf_insn *v = calloc(room, sizeof *v);
	struct code code = { v, 0 };
	auto_fd int program = -1;

	if (!v)
		return fail(err, ENOMEM, "device program");
	put_program(&code, rules);
	program = ebpf_load_device(code.v, code.n, err);
	if (program < 0)
		return program;
	return ebpf_attach_device(dirfd, program, err);
}
