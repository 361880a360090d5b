/* SPDX-License-Identifier: Apache-2.0 */
/* verb_exec.c - a second process: the options of exec become a request */
#include "verb/commands.h"

static int words_check(const struct options *o, struct error *err)
{
	if (o->process && o->n_rest)
		return fail_usage(err, "exec takes --process or a command, not both (\"%s\")",
				  o->rest[0]);
	if (!o->process && o->n_rest == 0)
		return fail_usage(err, "exec needs a command, or --process FILE");
	return 0;
}

int command_exec(const struct options *o, struct outcome *outcome, struct error *err)
{
	const struct exec_request exec = {
		.process = o->process,
		.args = (const char *const *)o->rest,
		.cwd = o->cwd,
		.user = o->user,
		.env = o->env.v,
		.groups = o->groups.v,
		.caps = o->caps.v,
		.n_args = o->n_rest,
		.n_env = o->env.n,
		.n_groups = o->groups.n,
		.n_caps = o->caps.n,
		.apparmor = o->apparmor,
		.label = o->process_label,
		.cgroup = o->cgroup,
		.pidfd_socket = o->pidfd_socket,
		.terminal = o->tty,
		.no_new_privileges = o->no_new_privs,
		.ignore_paused = o->ignore_paused,
	};
	struct job job;

	if (words_check(o, err) < 0 || job_init(&job, o, err) < 0)
		return error_code(err);
	job.request.before_start = outcome->before_start;
	job.request.started = outcome->started;
	job.request.context = outcome->context;
	job.request.text = &outcome->config;
	return container_exec(&job.request, &exec, &outcome->exit_code, err);
}
