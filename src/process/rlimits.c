/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rlimits.c - resource limits of the container's process
 *
 * Only a process with CAP_SYS_RESOURCE on the host may raise a hard limit, and in a user namespace
 * nobody has that.  So the runtime raises its own limits before the clone (attributes_make_room()),
 * the child inherits them, and init sets the exact values.
 */
#include "process/rlimits.h"

#include "base/auto.h"
#include "base/retry.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const int resources[OCI_rlimit_type_WORDS] = {
	[OCI_rlimit_type_RLIMIT_AS] = RLIMIT_AS,
	[OCI_rlimit_type_RLIMIT_CORE] = RLIMIT_CORE,
	[OCI_rlimit_type_RLIMIT_CPU] = RLIMIT_CPU,
	[OCI_rlimit_type_RLIMIT_DATA] = RLIMIT_DATA,
	[OCI_rlimit_type_RLIMIT_FSIZE] = RLIMIT_FSIZE,
	[OCI_rlimit_type_RLIMIT_LOCKS] = RLIMIT_LOCKS,
	[OCI_rlimit_type_RLIMIT_MEMLOCK] = RLIMIT_MEMLOCK,
	[OCI_rlimit_type_RLIMIT_MSGQUEUE] = RLIMIT_MSGQUEUE,
	[OCI_rlimit_type_RLIMIT_NICE] = RLIMIT_NICE,
	[OCI_rlimit_type_RLIMIT_NOFILE] = RLIMIT_NOFILE,
	[OCI_rlimit_type_RLIMIT_NPROC] = RLIMIT_NPROC,
	[OCI_rlimit_type_RLIMIT_RSS] = RLIMIT_RSS,
	[OCI_rlimit_type_RLIMIT_RTPRIO] = RLIMIT_RTPRIO,
	[OCI_rlimit_type_RLIMIT_RTTIME] = RLIMIT_RTTIME,
	[OCI_rlimit_type_RLIMIT_SIGPENDING] = RLIMIT_SIGPENDING,
	[OCI_rlimit_type_RLIMIT_STACK] = RLIMIT_STACK,
};

static const char *resource_name(int resource)
{
	for (int i = 0; i < OCI_rlimit_type_WORDS; i++)
		if (resources[i] == resource)
			return oci_rlimit_type_enum.words[i];
	return "?";
}

/* ---- planning ---- */
static bool is_planned(const struct attributes *attributes, int resource)
{
	for (size_t i = 0; i < attributes->n_rlimits; i++)
		if (attributes->rlimits[i].resource == resource)
			return true;
	return false;
}

static int rlimit_plan(const struct oci_rlimit *config, size_t index, struct attributes *plan,
		       struct error *err)
{
	int resource = resources[config->type];

	if (is_planned(plan, resource))
		return fail(err, 0, "%s is there twice", resource_name(resource));
	if (config->soft > config->hard)
		return fail(err, 0, "soft %" PRIu64 " is over hard %" PRIu64, config->soft,
			    config->hard);
	if ((rlim_t)config->hard != config->hard)
		return fail(err, ERANGE, "hard %" PRIu64, config->hard);
	plan->rlimits[plan->n_rlimits].resource = resource;
	plan->rlimits[plan->n_rlimits].index = index;
	plan->rlimits[plan->n_rlimits].limit = (struct rlimit){
		.rlim_cur = (rlim_t)config->soft,
		.rlim_max = (rlim_t)config->hard,
	};
	plan->n_rlimits++;
	return 0;
}

int attributes_plan(const struct oci_process *process, struct error_sink *sink,
		    struct attributes *ret, struct error *err)
{
	struct attributes plan = { 0 };

	_Static_assert((int)RLIMITS_MAX >= (int)OCI_rlimit_type_WORDS, "one place for each type");
	for (size_t i = 0; i < process->rlimits.n; i++) {
		if (error_known(sink, "/process/rlimits/%zu", i) ||
		    rlimit_plan(&process->rlimits.v[i], i, &plan, err) >= 0)
			continue;
		(void)fail_at(err, "/process/rlimits/%zu", i);
		if (error_more(sink, err) < 0)
			return error_code(err);
	}
	plan.has_oom_score_adj = oci_has(process, process, oom_score_adj);
	plan.oom_score_adj = process->oom_score_adj;
	if (plan.oom_score_adj < -1000 || plan.oom_score_adj > 1000) {
		(void)fail(err, 0, "%d is not within -1000 and 1000", plan.oom_score_adj);
		return fail_at(err, "/process/oomScoreAdj");
	}
	*ret = plan;
	return 0;
}

/* ---- applying ---- */
static int rlimit_refused(int resource, const struct rlimit *wanted, struct error *err)
{
	const char *name = resource_name(resource);
	struct rlimit own = { 0 };
	int code = errno;
	char limit[24];

	(void)retry(getrlimit(resource, &own));
	(void)fail_call(err, code, "prlimit", "set %s to %" PRIu64 ":%" PRIu64, name,
			(uint64_t)wanted->rlim_cur, (uint64_t)wanted->rlim_max);
	if (code != EPERM)
		return error_code(err);
	if (wanted->rlim_max <= own.rlim_max)
		return hint(err, HINT_NR_OPEN, NULL, NULL);
	(void)snprintf(limit, sizeof limit, "%" PRIu64, (uint64_t)own.rlim_max);
	return hint(err, HINT_RAISE_RLIMIT, limit, NULL);
}

void attributes_make_room(const struct attributes *attributes)
{
	for (size_t i = 0; i < attributes->n_rlimits; i++) {
		int resource = attributes->rlimits[i].resource;
		rlim_t wanted = attributes->rlimits[i].limit.rlim_max;
		struct rlimit own;

		if (retry(getrlimit(resource, &own)) < 0 || own.rlim_max >= wanted)
			continue;
		own.rlim_max = wanted;
		(void)retry(setrlimit(resource, &own));
	}
}

int attributes_apply(const struct attributes *attributes, struct error *err)
{
	for (size_t i = 0; i < attributes->n_rlimits; i++) {
		int resource = attributes->rlimits[i].resource;
		const struct rlimit *limit = &attributes->rlimits[i].limit;

		if (retry(setrlimit(resource, limit)) < 0) {
			(void)rlimit_refused(resource, limit, err);
			return fail_at(err, "/process/rlimits/%zu", attributes->rlimits[i].index);
		}
	}
	return 0;
}
