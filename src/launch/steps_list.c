/* SPDX-License-Identifier: Apache-2.0 */
/* steps_list.c - the names of all steps, for tests that make each of them fail */
#include "launch/exec.h"

#include "base/auto.h"
#include "launch/container.h"

void container_print_steps(FILE *out)
{
	static const struct {
		const char *name;
		const struct step *steps;
	} tables[] = {
		{ "runtime", runtime_steps },
		{ "init", init_steps },
		{ "exec", exec_steps },
		{ "process", exec_process_steps },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct step *s = tables[i].steps; s->name; s++)
			(void)fprintf(out, "%s\t%s\n", tables[i].name, s->name);
}
