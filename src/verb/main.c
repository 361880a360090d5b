/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - reads the command line, calls the command, reports how it ended
 *
 * The order matters.  stdin, stdout and stderr are completed first, or a file of ours would get the
 * number of one that is closed.  Then the program protects itself (sys/self.h), before anything is
 * read that a container could change.  The log is opened even if the command line is wrong, because
 * an engine finds the error there.
 */
#include "base/auto.h"
#include "base/log.h"
#include "base/retry.h"
#include "cli/reporter.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/interrupt.h"
#include "sys/process.h"
#include "sys/self.h"
#include "verb/commands.h"

#include <fcntl.h>
#include <string.h>

static int (*const functions[COMMANDS])(const struct options *, struct outcome *,
					struct error *) = {
#define COMMAND(id, function, name, alias, arguments, least, most, flags, help) command_##function,
#define HIDDEN									COMMAND
#include "cli/commands.def"
#undef COMMAND
#undef HIDDEN
};

/* If the caller has closed one of them, the next file that we open gets its number, and messages
 * would be written into it. */
static void stdio_open(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (retry(fcntl(fd, F_GETFD)) < 0 && errno == EBADF)
			(void)retry(open("/dev/null", O_RDWR));
}

static int log_start(const struct options *options, bool people, struct error *err)
{
	int level = options->log_level;

	if (options->debug)
		level = LOG_LEVEL_DEBUG;
	else if (level == CHOICE_UNSET)
		level = people ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR;
	return log_open(options->log, (enum log_format)options->log_format, (enum log_level)level,
			err);
}

/* run and create, really called: they print nothing of their own. */
static bool enters_container(const struct options *options)
{
	return options->command && options->command->flags & PROTECT && !options->help &&
	       !options->version;
}

static int command_call(const struct options *options, struct outcome *outcome, struct error *err)
{
	if (options->help)
		help_print(outcome->out, options->command);
	else if (options->version)
		return command_version(options, outcome, err);
	else
		return functions[options->command - commands](options, outcome, err);
	return 0;
}

/* Output is gathered and written whole: stdio loses what a signal interrupts. */
static int command_run_whole(const struct options *options, struct outcome *outcome,
			     struct error *err)
{
	auto_free char *text = NULL;
	size_t len = 0;
	int r;

	if (enters_container(options))
		return command_call(options, outcome, err);
	outcome->out = open_memstream(&text, &len);
	if (!outcome->out)
		return fail(err, errno, "output");
	r = command_call(options, outcome, err);
	if (fclose(outcome->out) != 0 && r >= 0)
		r = fail(err, errno, "output");
	if (r >= 0 && len > 0 && file_write_fd(STDOUT_FILENO, text, len, err) < 0)
		r = within(err, "standard output");
	return r;
}

/* What every error of a command says, whoever found it. */
static void error_complete(struct error *err, const struct options *options)
{
	const struct command *command = options->command;

	if (command && !*err->operation)
		(void)snprintf(err->operation, sizeof err->operation, "%s", command->name);
	if (command && command->flags & TAKES_ID && options->n_arguments && !*err->id)
		(void)snprintf(err->id, sizeof err->id, "%s", options->arguments[0]);
}

static int end_failed(struct error *err, const struct options *options,
		      const struct config_text *config, struct report_style *style)
{
	struct report_source source = { options->config, config->text, config->len };

	error_complete(err, options);
	interrupts_end();
	if (style->people)
		suggest_container(err, options);
	report_error(err, &source, style);
	if (err->signal)
		return 128 + err->signal;
	if (options->command && options->command->flags & FAILS_255)
		return 255;
	return err->usage ? 2 : 1;
}

/* Who is told of warnings, and as what. */
struct teller {
	const struct options *options;
	struct report_style style;
};

static void warnings_show(void *context)
{
	struct teller *t = context;

	report_warnings_people(&t->style);
}

static void warnings_tell(void *context)
{
	struct teller *t = context;
	const struct command *command = t->options->command;

	report_warnings(command ? command->name : NULL, t->options->arguments[0], &t->style);
}

int main(int argc, char **argv)
{
	struct options options = OPTIONS_EMPTY;
	struct teller teller = { .options = &options };
	struct outcome outcome = { .before_start = warnings_show,
				   .started = warnings_tell,
				   .context = &teller };
	struct error err, log_error;
	int r, log_result;

	signals_of_writing(false);
	stdio_open();
	r = options_parse(argc, argv, &options, &err);
	if (r >= 0 && enters_container(&options))
		r = self_protect(argv, &err);
	if (r >= 0 && enters_container(&options))
		r = job_inherited_check(&options, &err);
	teller.style.people = isatty(STDERR_FILENO) == 1;
	teller.style.colour = wants_colour(&options, STDERR_FILENO);
	log_result = log_start(&options, teller.style.people, &log_error);
	if (r >= 0 && log_result < 0) {
		r = log_result;
		err = log_error;
	}
	if (r >= 0)
		r = command_run_whole(&options, &outcome, &err);
	if (r < 0)
		outcome.exit_code = end_failed(&err, &options, &outcome.config, &teller.style);
	else
		warnings_tell(&teller);
	free(outcome.config.text);
	return outcome.exit_code;
}
