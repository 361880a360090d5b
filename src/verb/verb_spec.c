/* SPDX-License-Identifier: Apache-2.0 */
/* verb_spec.c - writes a config.json to start from; never over one that is there */
#include "base/auto.h"
#include "base/retry.h"
#include "sys/file.h"
#include "verb/commands.h"
#include "verb/default_config.h"

#include <fcntl.h>
#include <string.h>

struct target {
	int dir;
	const char *bundle, *name;
};

static int config_create(const struct target *to, const char *json, size_t len, struct error *err)
{
	auto_fd int fd = file_open(to->dir, to->name, O_WRONLY | O_CREAT | O_EXCL, 0644, err);
	int r;

	if (fd < 0) {
		r = fail(err, err->errno_value, "%s/%s", to->bundle, to->name);
		if (err->errno_value == EEXIST)
			(void)hint(err, HINT_SPEC_FILE, NULL, NULL);
		return r;
	}
	r = file_write_fd(fd, json, len, err);
	if (r < 0) {
		(void)retry(unlinkat(to->dir, to->name, 0));
		return within(err, "%s/%s", to->bundle, to->name);
	}
	return 0;
}

int command_spec(const struct options *options, struct outcome *outcome, struct error *err)
{
	const char *name = options->file ? options->file : "config.json";
	auto_free char *json = NULL;
	auto_fd int dir = -1;
	size_t len;
	int r = default_config(options->spec_rootless, &json, &len, err);

	if (r < 0)
		return r;
	if (strcmp(name, "-") == 0) {
		(void)fprintf(outcome->out, "%s\n", json);
		return 0;
	}
	dir = file_open(AT_FDCWD, options->bundle, O_RDONLY | O_DIRECTORY, 0, err);
	if (dir < 0)
		return fail(err, err->errno_value, "bundle %s", options->bundle);
	return config_create(&(struct target){ dir, options->bundle, name }, json, len, err);
}
