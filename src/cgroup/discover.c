/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.c - which hierarchies are there, and which controller lives where
 *
 * The kernel keeps a controller in exactly one hierarchy at a time, so binding each to its home
 * needs no notion of "v1", "hybrid" or "v2" hosts.
 */
#include "cgroup/discover.h"

#include "base/auto.h"
#include "cgroup/hierarchy.h"
#include "sys/mountinfo.h"
#include "sys/procfs.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const controller_names[CGROUP_CONTROLLERS] = {
	[CGROUP_CPU] = "cpu",		[CGROUP_CPUACCT] = "cpuacct",
	[CGROUP_CPUSET] = "cpuset",	[CGROUP_MEMORY] = "memory",
	[CGROUP_DEVICES] = "devices",	[CGROUP_FREEZER] = "freezer",
	[CGROUP_BLKIO] = "blkio",	[CGROUP_PIDS] = "pids",
	[CGROUP_HUGETLB] = "hugetlb",	[CGROUP_NET_CLS] = "net_cls",
	[CGROUP_NET_PRIO] = "net_prio", [CGROUP_PERF_EVENT] = "perf_event",
	[CGROUP_RDMA] = "rdma",		[CGROUP_MISC] = "misc",
	[CGROUP_NAMED] = "name=",
};

const char *cgroup_controller_name(enum cgroup_controller c)
{
	return controller_names[c];
}

/* The bit of a controller's name of n bytes; 0 for one that we do not know.  v2 says "io". */
static uint32_t controller_bit(const char *name, size_t n)
{
	if (n == 2 && memcmp(name, "io", 2) == 0)
		return 1u << CGROUP_BLKIO;
	if (n > 5 && memcmp(name, "name=", 5) == 0)
		return 1u << CGROUP_NAMED;
	for (size_t i = 0; i < CGROUP_NAMED; i++)
		if (strlen(controller_names[i]) == n && memcmp(controller_names[i], name, n) == 0)
			return 1u << i;
	return 0;
}

uint32_t cgroup_controller_bits(const char *list, const char *separators)
{
	uint32_t bits = 0;

	for (size_t n; *list; list += n + (list[n] != '\0')) {
		n = strcspn(list, separators);
		bits |= controller_bit(list, n);
	}
	return bits;
}

/* One line, "4:cpu,cpuacct:/user.slice": the path may hold colons. */
static int parse_self_line(struct cgroup *cg, const char *line, size_t n, struct error *err)
{
	const char *names = memchr(line, ':', n);
	const char *path = names ? memchr(names + 1, ':', n - (size_t)(names + 1 - line)) : NULL;
	struct cgroup_hierarchy *h = &cg->h[cg->n];
	int r;

	if (!path)
		return fail(err, EINVAL, "a line of self/cgroup is not understood");
	if (cg->n == CGROUP_HIERARCHIES)
		return fail(err, E2BIG, "more than %d cgroup hierarchies", CGROUP_HIERARCHIES);
	*h = (struct cgroup_hierarchy){ 0, 0, "", "", "", "", "", .fd = -1, .tasks = -1 };
	r = hierarchy_set(cg, &h->name, names + 1, (size_t)(path - names - 1), CGROUP_NAME_MAX,
			  err);
	if (r == 0)
		r = hierarchy_set(cg, &h->self, path + 1, n - (size_t)(path + 1 - line),
				  CGROUP_PLACE_MAX, err);
	if (r < 0)
		return r;
	h->version = *h->name ? 1 : 2;
	h->controllers = cgroup_controller_bits(h->name, ",");
	cg->n++;
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text += *text == '\n', n++)
		text += strcspn(text, "\n");
	return n;
}

int cgroup_parse_self(struct cgroup *cg, const char *text, struct error *err)
{
	size_t lines = count_lines(text);

	cgroup_done(cg);
	cg->h = calloc(lines < CGROUP_HIERARCHIES ? lines + 1 : CGROUP_HIERARCHIES, sizeof *cg->h);
	cg->arena = oci_arena_new();
	if (!cg->h || !cg->arena)
		return fail(err, ENOMEM, "cgroup hierarchies");
	cg->n = 0;
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		int r = parse_self_line(cg, text, n, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Is the word of n bytes one of the comma-separated options (up to the line's end)? */
static bool has_option(const char *options, const char *word, size_t n)
{
	while (*options && *options != '\n') {
		size_t len = strcspn(options, ",\n");

		if (len == n && memcmp(options, word, n) == 0)
			return true;
		options += len + (options[len] == ',');
	}
	return false;
}

/* The hierarchy that a mount with these super block options shows; NULL options: cgroup2. */
static struct cgroup_hierarchy *find_hierarchy(struct cgroup *cg, const char *options)
{
	for (size_t i = 0; i < cg->n; i++) {
		struct cgroup_hierarchy *h = &cg->h[i];

		if (h->version == (options ? 1 : 2) &&
		    (!options || has_option(options, h->name, strcspn(h->name, ","))))
			return h;
	}
	return NULL;
}

/* Does the mount show the caller's own cgroup? */
static bool shows_self(const struct cgroup_hierarchy *h, const char *root)
{
	size_t n = strlen(root);

	return strcmp(root, "/") == 0 ||
	       (strncmp(root, h->self, n) == 0 && (h->self[n] == '/' || h->self[n] == '\0'));
}

/* A hierarchy may be mounted more than once (containers' file systems show theirs, too): the first
 * mount counts, unless it shows a foreign part and a later one shows ours.  Paths that are too long
 * for us are of the former kind. */
static int parse_mount(struct cgroup *cg, const char *line, const char *type, struct error *err)
{
	bool v2 = strncmp(type, "cgroup2 ", 8) == 0;
	struct cgroup_hierarchy *h = find_hierarchy(cg, v2 ? NULL : mountinfo_field(type, 2));
	char root[CGROUP_MOUNT_MAX], mountpoint[CGROUP_MOUNT_MAX];

	if (!h || !mountinfo_copy(mountinfo_field(line, MOUNTINFO_ROOT), root, sizeof root) ||
	    !mountinfo_copy(mountinfo_field(line, MOUNTINFO_POINT), mountpoint, sizeof mountpoint))
		return 0;
	if (*h->mountpoint && (shows_self(h, h->root) || !shows_self(h, root)))
		return 0;
	if (hierarchy_set(cg, &h->root, root, strlen(root), sizeof root, err) < 0)
		return error_code(err);
	return hierarchy_set(cg, &h->mountpoint, mountpoint, strlen(mountpoint), sizeof mountpoint,
			     err);
}

static void drop_unmounted(struct cgroup *cg)
{
	size_t kept = 0;

	for (size_t i = 0; i < cg->n; i++) {
		if (!*cg->h[i].mountpoint)
			continue;
		if (kept != i)
			cg->h[kept] = cg->h[i];
		kept++;
	}
	cg->n = kept;
}

/* Lines end their optional fields with " - "; what follows is the type. */
int cgroup_parse_mounts(struct cgroup *cg, const char *text, struct error *err)
{
	static const char separator[] = " - cgroup";
	const char *line = text, *hit = text;

	while ((hit = strstr(hit, separator)) != NULL) {
		const char *before = memrchr(line, '\n', (size_t)(hit - line));

		line = before ? before + 1 : line;
		hit += 3;
		if ((hit[6] == ' ' || strncmp(hit + 6, "2 ", 2) == 0) &&
		    parse_mount(cg, line, hit, err) < 0)
			return error_code(err);
	}
	drop_unmounted(cg);
	return 0;
}

void cgroup_bind(struct cgroup *cg, const char *v2_controllers)
{
	/* v2 has these two always; devices are a program there, not a controller. */
	static const uint32_t implicit = 1u << CGROUP_FREEZER | 1u << CGROUP_DEVICES;
	uint32_t offered = cgroup_controller_bits(v2_controllers, " \n"), taken = 0;

	memset(cg->home, -1, sizeof cg->home);
	for (int version = 1; version <= 2; version++)
		for (size_t i = 0; i < cg->n; i++) {
			struct cgroup_hierarchy *h = &cg->h[i];

			if (h->version != version)
				continue;
			if (version == 2)
				h->controllers = (offered | implicit) & ~taken;
			taken |= h->controllers;
			for (int c = 0; c < CGROUP_CONTROLLERS; c++)
				if (h->controllers >> c & 1 && cg->home[c] < 0)
					cg->home[c] = (int8_t)i;
		}
}

/* What the mounted top offers ("" if there is no v2). */
static int read_v2_controllers(const struct cgroup *cg, char text[CGROUP_TEXT], struct error *err)
{
	char path[CGROUP_PATH];

	*text = '\0';
	for (size_t i = 0; i < cg->n; i++)
		if (cg->h[i].version == 2) {
			(void)snprintf(path, sizeof path, "%s/cgroup.controllers",
				       cg->h[i].mountpoint);
			return cgroup_file_read(AT_FDCWD, path, text, CGROUP_TEXT, err) < 0
				       ? error_code(err)
				       : 0;
		}
	return 0;
}

int cgroup_discover(struct cgroup *cg, int procfs, struct error *err)
{
	auto_free char *self = NULL, *mounts = NULL;
	char v2[CGROUP_TEXT];
	size_t len;

	if (procfs_read_all(procfs, "self/cgroup", &self, &len, err) < 0 ||
	    procfs_read_all(procfs, "self/mountinfo", &mounts, &len, err) < 0 ||
	    cgroup_parse_self(cg, self, err) < 0 || cgroup_parse_mounts(cg, mounts, err) < 0 ||
	    read_v2_controllers(cg, v2, err) < 0)
		return within(err, "find the cgroup hierarchies");
	cgroup_bind(cg, v2);
	cg->optional = geteuid() != 0 || !procfs_user_is_initial(procfs);
	return 0;
}
