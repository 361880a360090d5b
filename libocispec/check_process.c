/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_process.c - the rules for a process, of the config or of exec --process
 *
 * The kernel would refuse most of this only after the clone, when the container is half made, and
 * with one errno for many reasons (sched_setattr(2) answers EINVAL to anything).
 */
#include "libocispec/check.h"

#include <inttypes.h>
#include <string.h>

enum { NICE_MIN = -20, NICE_MAX = 19, RT_MIN = 1, RT_MAX = 99, OOM_MAX = 1000, IO_MAX = 7 };

void oci_rule_args(struct oci_check *c)
{
	const struct oci_strs *args = &c->process->args;

	oci_at_process(c, "/args/0");
	if (args->n > 0 && *args->v[0] == '\0')
		oci_wrong(c, "must not be empty");
}

void oci_rule_cwd(struct oci_check *c)
{
	oci_at_process(c, "/cwd");
	if (oci_is_relative(c->process->cwd))
		oci_wrong(c, "must be an absolute path, is %s", oci_quoted(c, c->process->cwd));
}

void oci_rule_env(struct oci_check *c)
{
	const struct oci_strs *env = &c->process->env;

	for (size_t i = 0; i < env->n; i++) {
		const char *equals = strchr(env->v[i], '=');

		if (equals && equals != env->v[i])
			continue;
		oci_at_process(c, "/env/%zu", i);
		if (!equals)
			oci_wrong(c, "must be NAME=VALUE, %s has no '='", oci_quoted(c, env->v[i]));
		else
			oci_wrong(c, "must be NAME=VALUE, %s has no name",
				  oci_quoted(c, env->v[i]));
	}
}

static void check_id(struct oci_check *c, uint32_t id)
{
	if (id == UINT32_MAX)
		oci_wrong(c, "must be below 4294967295: to the kernel that is \"no id\"");
}

void oci_rule_user(struct oci_check *c)
{
	const struct oci_user *user = c->process->user;

	if (!user)
		return;
	oci_at_process(c, "/user/uid");
	check_id(c, user->uid);
	oci_at_process(c, "/user/gid");
	check_id(c, user->gid);
	for (size_t i = 0; i < user->additional_gids.n; i++) {
		if (user->additional_gids.v[i] != UINT32_MAX)
			continue;
		oci_at_process(c, "/user/additionalGids/%zu", i);
		check_id(c, user->additional_gids.v[i]);
	}
}

void oci_rule_rlimits(struct oci_check *c)
{
	size_t n = c->process->rlimits.n;
	size_t first[OCI_rlimit_type_WORDS] = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct oci_rlimit *limit = &c->process->rlimits.v[i];

		oci_at_process(c, "/rlimits/%zu", i);
		if (limit->soft > limit->hard && oci_has(rlimit, limit, hard))
			oci_wrong(c, "soft %" PRIu64 " is over hard %" PRIu64, limit->soft,
				  limit->hard);
		if (!oci_has(rlimit, limit, type))
			continue;
		if (first[limit->type])
			oci_wrong(c, "%s is set already, by entry %zu",
				  oci_rlimit_type_enum.words[limit->type], first[limit->type] - 1);
		else
			first[limit->type] = i + 1;
	}
}

void oci_rule_oom_score(struct oci_check *c)
{
	int32_t score = c->process->oom_score_adj;

	oci_at_process(c, "/oomScoreAdj");
	if (score < -OOM_MAX || score > OOM_MAX)
		oci_wrong(c, "must be a number from -%d to %d, is %" PRId32, OOM_MAX, OOM_MAX,
			  score);
}

static void check_priority(struct oci_check *c, const struct oci_scheduler *s)
{
	bool is_realtime = s->policy == OCI_scheduler_policy_SCHED_FIFO ||
			   s->policy == OCI_scheduler_policy_SCHED_RR;

	oci_at_process(c, "/scheduler/priority");
	if (!is_realtime && s->priority != 0)
		oci_wrong(c, "is for SCHED_FIFO and SCHED_RR, not for %s",
			  oci_scheduler_policy_enum.words[s->policy]);
	if (is_realtime && (s->priority < RT_MIN || s->priority > RT_MAX))
		oci_wrong(c, "must be a number from %d to %d, is %" PRId32, RT_MIN, RT_MAX,
			  s->priority);
}

static void check_deadline(struct oci_check *c, const struct oci_scheduler *s)
{
	bool is_deadline = s->policy == OCI_scheduler_policy_SCHED_DEADLINE;

	oci_at_process(c, "/scheduler");
	if (!is_deadline && (s->runtime || s->deadline || s->period))
		oci_wrong(c, "runtime, deadline and period are for SCHED_DEADLINE, not for %s",
			  oci_scheduler_policy_enum.words[s->policy]);
	if (is_deadline && (s->runtime == 0 || s->runtime > s->deadline ||
			    (s->period != 0 && s->deadline > s->period)))
		oci_wrong(c, "SCHED_DEADLINE needs runtime <= deadline <= period, runtime above 0");
}

void oci_rule_scheduler(struct oci_check *c)
{
	const struct oci_scheduler *s = c->process->scheduler;

	if (!oci_has(scheduler, s, policy))
		return;
	oci_at_process(c, "/scheduler/nice");
	if (s->nice < NICE_MIN || s->nice > NICE_MAX)
		oci_wrong(c, "must be a number from %d to %d, is %" PRId32, NICE_MIN, NICE_MAX,
			  s->nice);
	check_priority(c, s);
	check_deadline(c, s);
}

void oci_rule_io_priority(struct oci_check *c)
{
	const struct oci_io_priority *io = c->process->io_priority;

	oci_at_process(c, "/ioPriority/priority");
	if (io && (io->priority < 0 || io->priority > IO_MAX))
		oci_wrong(c, "must be a number from 0 to %d, is %" PRId32, IO_MAX, io->priority);
}

static void check_cpus(struct oci_check *c, const char *list)
{
	if (list && list[strspn(list, "0123456789,- ")] != '\0')
		oci_wrong(c, "must be a list of CPUs (\"0-3,7\"), is %s", oci_quoted(c, list));
}

void oci_rule_cpu_affinity(struct oci_check *c)
{
	const struct oci_cpu_affinity *affinity = c->process->exec_cpu_affinity;

	if (!affinity)
		return;
	oci_at_process(c, "/execCPUAffinity/initial");
	check_cpus(c, affinity->initial);
	oci_at_process(c, "/execCPUAffinity/final");
	check_cpus(c, affinity->final);
}
