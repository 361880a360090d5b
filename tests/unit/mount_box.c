/* SPDX-License-Identifier: Apache-2.0 */
/* mount_box.c - see mount_box.h */
#include "tests/unit/mount_box.h"

#include "base/auto.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char top[64];

void box_ok_(struct box *box, long r, const char *file, int line)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "%s:%d: %s\n", file, line, box_message(box));
	_exit(1);
}

static void child(struct box *box, void (*body)(struct box *, void *), void *arg)
{
	if (box->no)
		(void)setenv("OCIRT_NO", box->no, 1);
	box_check(unshare(CLONE_NEWNS) == 0);
	box_check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	box_check(mount("box", top, "tmpfs", 0, "mode=755") == 0);
	/* shared, as on a machine with systemd: what leaks would be seen */
	box_check(mount(NULL, top, NULL, MS_SHARED, NULL) == 0);
	box_check(chdir(top) == 0 && mkdir("rootfs", 0755) == 0);
	box->arena = oci_arena_new();
	box->rootfs = -1;
	body(box, arg);
	_exit(0);
}

bool box_run(struct box *box, void (*body)(struct box *, void *), void *arg)
{
	int status = -1;
	pid_t pid;

	(void)snprintf(top, sizeof top, "/tmp/mount-box-XXXXXX");
	if (!mkdtemp(top))
		return false;
	pid = fork();
	if (pid == 0)
		child(box, body, arg);
	if (pid > 0)
		(void)waitpid(pid, &status, 0);
	(void)rmdir(top);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool take_problem(struct oci_sink *sink, const struct oci_problem *problem)
{
	(void)sink;
	(void)fprintf(stderr, "%s: %s\n", problem->pointer, problem->text);
	return problem->severity == OCI_WARNING;
}

/* The config's text with @ replaced by the box's directory. */
static char *config_text(const char *mounts, const char *linux_part)
{
	static char raw[16384], text[32768];
	size_t n = 0;

	(void)snprintf(raw, sizeof raw,
		       "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"rootfs\"},"
		       "\"mounts\":%s,\"linux\":%s}",
		       mounts ? mounts : "[]", linux_part ? linux_part : "{}");
	for (const char *c = raw; *c; c++)
		n += (size_t)snprintf(text + n, sizeof text - n, *c == '@' ? "%s" : "%.1s",
				      *c == '@' ? top : c);
	return text;
}

int box_plan(struct box *box, const char *mounts, const char *linux_part)
{
	struct mounts_request request = { .bundle = top, .pid_namespace = -1 };
	struct oci_sink sink = { .take = take_problem };
	char *text = config_text(mounts, linux_part);

	box->config = oci_parse(&oci_config_type, text, strlen(text), box->arena, &sink);
	box_check(box->config);
	request.config = box->config;
	request.cgroups = box->mounts.cgroups;
	request.n_cgroups = box->mounts.n_cgroups;
	return mounts_plan(&request, box->arena, &box->mounts, &box->err);
}

static void write_text(const char *path, const char *text)
{
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	box_check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

void box_file(const char *name, const char *text)
{
	write_text(name, text);
}

int box_enter(struct box *box)
{
	/* the runtime's namespace lives on, as master of slaves and peer of the shared */
	box_check(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC) >= 0);
	if (box->user_namespace) {
		box_check(unshare(CLONE_NEWUSER) == 0);
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/uid_map", "0 0 1");
		write_text("/proc/self/gid_map", "0 0 1");
	}
	box_check(unshare(CLONE_NEWNS) == 0);
	box->rootfs = rootfs_prepare(&box->mounts, &box->err);
	return box->rootfs;
}

int box_place(struct box *box, const char *mounts)
{
	int r = box_plan(box, mounts, NULL);

	if (r >= 0)
		r = box_enter(box);
	return r < 0 ? r : mounts_place(&box->mounts, box->rootfs, &box->err);
}

/* One mountinfo line: id parent dev root point options [tags] - type source super */
static size_t line_add(char *line, char *out, size_t room)
{
	char *field[32], *f, root[PATH_MAX];
	const char *tag = "";
	size_t n = 0, dash, len;

	(void)snprintf(root, sizeof root, "%s/rootfs", top);
	while (n < 32 && (f = strsep(&line, " ")) != NULL)
		field[n++] = f;
	for (dash = 6; dash < n && strcmp(field[dash], "-") != 0; dash++)
		tag = strncmp(field[dash], "master", 6) == 0   ? "master "
		      : strncmp(field[dash], "shared", 6) == 0 ? "shared "
							       : "unbindable ";
	len = strlen(root);
	if (dash + 3 >= n || strncmp(field[4], root, len) != 0 || field[4][len] != '/')
		return 0;
	return (size_t)snprintf(out, room, "%s %s%s %s %s %s\n", field[4] + len, tag, field[5],
				field[dash + 1], field[dash + 2], field[dash + 3]);
}

const char *box_mounts(void)
{
	static char out[65536];
	char *line = NULL;
	size_t n = 0, size = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	box_check(f);
	out[0] = '\0';
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		n += line_add(line, out + n, sizeof out - n);
	}
	free(line);
	(void)fclose(f);
	return out;
}

const char *box_message(const struct box *box)
{
	static char text[4096];
	char words[2048];

	(void)snprintf(text, sizeof text, "%s: %s", box->err.pointer,
		       error_words(&box->err, words, sizeof words));
	return text;
}

bool box_open_fails(int rootfs, const char *name, int errno_value)
{
	auto_fd int fd = openat(rootfs, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 && errno == errno_value;
}
