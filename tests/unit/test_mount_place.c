/* SPDX-License-Identifier: Apache-2.0 */
/* test_mount_place.c - mounts, really made: by the new calls and by the old, with the same result
 */
#include "tests/unit/mount_box.h"
#include "tests/unit/unit.h"

#include "base/auto.h"
#include "mount/kernel.h"
#include "mount/place.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static const char *const apis[] = { NULL, BOX_NO_NEW_API };

struct layout {
	const char *mounts, *want;
};

/* What is mounted, then how mountinfo tells it. */
static const struct layout layouts[] = {
	{ "[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}]",
	  "/proc rw,relatime proc proc rw\n" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"source\":\"shm\",\"options\":"
	  "[\"nosuid\",\"noexec\",\"nodev\",\"strictatime\",\"mode=1777\",\"size=65536k\"]}]",
	  "/a rw,nosuid,nodev,noexec tmpfs shm rw,size=65536k\n" },
	{ "[{\"destination\":\"a\",\"type\":\"tmpfs\",\"options\":"
	  "[\"noatime\",\"nodiratime\",\"nosymfollow\",\"sync\",\"lazytime\",\"silent\"]}]",
	  "/a rw,noatime,nodiratime,nosymfollow tmpfs none rw,sync,lazytime\n" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":"
	  "[\"rro\",\"rnosuid\",\"suid\"]},"
	  "{\"destination\":\"/a/./x/../b\",\"type\":\"tmpfs\",\"source\":\"u\"}]",
	  "/a rw,relatime tmpfs t rw\n/a/b rw,relatime tmpfs u rw\n" },
	{ "[{\"destination\":\"/m\",\"type\":\"mqueue\",\"source\":\"mqueue\",\"options\":"
	  "[\"nosuid\",\"ro\"]}]",
	  "/m ro,nosuid,relatime mqueue mqueue rw\n" },
	{ "[{\"destination\":\"/b\",\"source\":\"dir\",\"options\":[\"bind\",\"ro\",\"nosuid\"]}]",
	  "/b ro,nosuid,relatime tmpfs box rw,mode=755\n" },
	{ "[{\"destination\":\"/b\",\"source\":\"@/dir\",\"type\":\"bind\",\"options\":"
	  "[\"strictatime\",\"nodev\",\"nosymfollow\"]}]",
	  "/b rw,nodev,nosymfollow tmpfs box rw,mode=755\n" },
	{ "[{\"destination\":\"/b/f\",\"source\":\"file\",\"options\":[\"bind\",\"slave\"]}]",
	  "/b/f master rw,relatime tmpfs box rw,mode=755\n" },
	{ "[{\"destination\":\"/b\",\"source\":\"dir\",\"options\":[\"rbind\",\"ro\"]}]",
	  "/b ro,relatime tmpfs box rw,mode=755\n/b/sub rw,relatime tmpfs sub rw\n" },
	{ "[{\"destination\":\"/b\",\"source\":\"dir\",\"type\":\"bind\"},"
	  "{\"destination\":\"/b\",\"options\":[\"bind\",\"remount\",\"ro\",\"noexec\"]}]",
	  "/b ro,noexec,relatime tmpfs box rw,mode=755\n" },
	{ "[{\"destination\":\"/"
	  "a\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"mode=700\"]},"
	  "{\"destination\":\"/a\",\"options\":[\"remount\",\"noexec\",\"size=4k\"]}]",
	  "/a rw,noexec,relatime tmpfs t rw,size=4k,mode=700\n" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"shared\"]}]",
	  "/a shared rw,relatime tmpfs t rw\n" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":"
	  "[\"unbindable\"]}]",
	  "/a unbindable rw,relatime tmpfs t rw\n" },
	{ "[{\"destination\":\"/o\",\"type\":\"overlay\",\"source\":\"o\",\"options\":"
	  "[\"lowerdir=@/dir:@/other\",\"ro\"]}]",
	  "/o ro,relatime overlay o ro,lowerdir=@/dir:@/other\n" },
};

static void host_files(void)
{
	box_check(mkdir("dir", 0755) == 0 && mkdir("dir/sub", 0755) == 0 &&
		  mkdir("other", 0755) == 0);
	box_check(mount("sub", "dir/sub", "tmpfs", 0, NULL) == 0);
	box_file("file", "x");
}

/* Drops what this kernel's configuration may add, and puts @ for the box's directory. */
static const char *normal(const char *text)
{
	static char out[65536];
	char cwd[256];
	size_t n = 0, len;

	box_check(getcwd(cwd, sizeof cwd));
	len = strlen(cwd);
	while (*text) {
		if (strncmp(text, ",inode64", 8) == 0) {
			text += 8;
		} else if (strncmp(text, ",redirect_dir=", 14) == 0) {
			text += strcspn(text, "\n");
		} else if (strncmp(text, cwd, len) == 0) {
			out[n++] = '@';
			text += len;
		} else {
			out[n++] = *text++;
		}
	}
	out[n] = '\0';
	return out;
}

static void place_layout(struct box *box, void *arg)
{
	const struct layout *l = arg;

	host_files();
	box_ok(box, box_place(box, l->mounts));
	box_equal(normal(box_mounts()), l->want);
}

static void both_ways_give_the_same_mountinfo(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
		for (size_t a = 0; a < 2; a++) {
			struct box box = { .no = apis[a] };

			print_message("%s %s\n", layouts[i].mounts, apis[a] ? "(old)" : "");
			assert_true(box_run(&box, place_layout, (void *)&layouts[i]));
		}
}

/* ---- what is refused, and in which words ---- */

struct refusal {
	const char *mounts, *want;
};

static const struct refusal refusals[] = {
	{ "[{\"destination\":\"/data\",\"source\":\"/nope/src\",\"options\":[\"bind\"]}]",
	  "/mounts/0/source: /nope/src is missing (ENOENT), wanted at /data" },
	{ "[{\"destination\":\"/data\",\"options\":[\"bind\"]}]",
	  "/mounts/0/source: missing, wanted at /data" },
	{ "[{\"destination\":\"/data\",\"source\":\"/tmp\"}]",
	  "/mounts/0/type: missing: a file system, or \"bind\" among the options" },
	{ "[{\"destination\":\"/\",\"type\":\"tmpfs\"}]",
	  "/mounts/0/destination: \"/\" is the root itself: that is root.path's place" },
	{ "[{\"destination\":\"/a\",\"type\":\"proc\",\"options\":[\"tmpcopyup\"]}]",
	  "/mounts/0/options: \"tmpcopyup\" is for tmpfs, this is proc" },
	{ "[{\"destination\":\"/a\",\"type\":\"nosuchfs\"}]",
	  "/mounts/0/type: file system \"nosuchfs\": not known to this kernel (ENODEV)" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"idmap\"]}]",
	  "/mounts/0/options: \"idmap\" needs uidMappings and gidMappings, here or in a user "
	  "namespace" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"idmap\"],"
	  "\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}]",
	  "/mounts/0/gidMappings: missing: id mappings of a mount come in pairs" },
};

static void refuse(struct box *box, void *arg)
{
	const struct refusal *r = arg;

	box_check(box_place(box, r->mounts) < 0);
	box_equal(box_message(box), r->want);
}

static void what_cannot_be_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		for (size_t a = 0; a < 2; a++) {
			struct box box = { .no = apis[a] };

			print_message("%s %s\n", refusals[i].mounts, apis[a] ? "(old)" : "");
			assert_true(box_run(&box, refuse, (void *)&refusals[i]));
		}
}

static const struct refusal kernel_words[] = {
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"noexecc\"]}]",
	  "/mounts/0/options/0: the kernel's tmpfs does not know \"noexecc\"; did you mean "
	  "\"noexec\"?" },
	{ "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"ro\",\"size=foo\"]}]",
	  "/mounts/0/options/1: \"size=foo\" for \"/a\": kernel: tmpfs: Bad value for 'size': not "
	  "accepted by the kernel (EINVAL)" },
	{ "[{\"destination\":\"/a\",\"type\":\"overlay\"}]",
	  "/mounts/0: mount a \"overlay\" on \"/a\": not accepted by the kernel (EINVAL)" },
};

static void the_kernel_s_own_words_are_passed_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kernel_words / sizeof *kernel_words; i++) {
		struct box box = { 0 };

		assert_true(box_run(&box, refuse, (void *)&kernel_words[i]));
	}
}

static const struct refusal old_refusals[] = {
	{ "[{\"destination\":\"/a\",\"source\":\"rootfs\",\"options\":[\"rbind\",\"rro\"]}]",
	  "/mounts/0/options: options for a whole tree of mounts: mount_setattr(2): not offered by "
	  "this kernel (ENOSYS)" },
	{ "[{\"destination\":\"/a\",\"source\":\"rootfs\",\"options\":[\"bind\",\"rshared\"]}]",
	  "/mounts/0/options: a mount shared with the host: open_tree(2): not offered by this "
	  "kernel (ENOSYS)" },
	{ "[{\"destination\":\"/a\",\"source\":\"rootfs\",\"options\":[\"bind\"],"
	  "\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}],"
	  "\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]}]",
	  "/mounts/0/uidMappings: id-mapped mounts: mount_setattr(2): not offered by this kernel "
	  "(ENOSYS)" },
};

static void an_old_kernel_refuses_what_it_cannot_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof old_refusals / sizeof *old_refusals; i++) {
		struct box box = { .no = BOX_NO_NEW_API };

		assert_true(box_run(&box, refuse, (void *)&old_refusals[i]));
	}
}

/* ---- single behaviours ---- */

static void whole_tree(struct box *box, void *arg)
{
	(void)arg;
	host_files();
	box_ok(box, box_place(box, "[{\"destination\":\"/b\",\"source\":\"dir\",\"options\":"
				   "[\"rbind\",\"rro\",\"rnosuid\"]}]"));
	box_equal(normal(box_mounts()), "/b ro,nosuid,relatime tmpfs box rw,mode=755\n"
					"/b/sub ro,nosuid,relatime tmpfs sub rw\n");
}

static void rro_makes_a_whole_tree_read_only(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, whole_tree, NULL));
}

static void shared_with_host(struct box *box, void *arg)
{
	(void)arg;
	host_files();
	box_ok(box, box_place(box, "[{\"destination\":\"/p\",\"source\":\"dir\",\"type\":\"bind\"},"
				   "{\"destination\":\"/r\",\"source\":\"dir\",\"type\":\"rbind\"},"
				   "{\"destination\":\"/s\",\"source\":\"dir\",\"options\":"
				   "[\"bind\",\"rshared\"]},"
				   "{\"destination\":\"/m\",\"source\":\"dir\",\"options\":"
				   "[\"bind\",\"rslave\"]}]"));
	box_equal(normal(box_mounts()), "/p rw,relatime tmpfs box rw,mode=755\n"
					"/r rw,relatime tmpfs box rw,mode=755\n"
					"/r/sub rw,relatime tmpfs sub rw\n"
					"/s shared rw,relatime tmpfs box rw,mode=755\n"
					"/m master rw,relatime tmpfs box rw,mode=755\n");
}

static void a_bind_is_private_unless_told(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, shared_with_host, NULL));
}

static void copied_up(struct box *box, void *arg)
{
	char text[8] = "";
	struct stat st;

	(void)arg;
	box_check(mkdir("rootfs/a", 0750) == 0 && mkdir("rootfs/a/d", 02711) == 0);
	box_file("rootfs/a/d/f", "hello");
	box_check(chmod("rootfs/a/d/f", 04751) == 0 && chown("rootfs/a/d", 12, 34) == 0);
	box_check(chmod("rootfs/a/d", 02711) == 0);
	box_check(symlink("/etc/passwd", "rootfs/a/l") == 0 && mkfifo("rootfs/a/p", 0600) == 0);
	box_ok(box, box_place(box, "[{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":"
				   "[\"tmpcopyup\",\"ro\"]}]"));
	box_check(fstatat(box->rootfs, "a", &st, 0) == 0 && (st.st_mode & 07777) == 0750);
	box_check(fstatat(box->rootfs, "a/d", &st, 0) == 0);
	box_check((st.st_mode & 07777) == 02711 && st.st_uid == 12 && st.st_gid == 34);
	box_check(fstatat(box->rootfs, "a/d/f", &st, 0) == 0 && (st.st_mode & 07777) == 04751);
	box_check(readlinkat(box->rootfs, "a/l", text, sizeof text) == sizeof text);
	box_check(fstatat(box->rootfs, "a/p", &st, 0) < 0);
	box_check(read(openat(box->rootfs, "a/d/f", O_RDONLY), text, 5) == 5 &&
		  memcmp(text, "hello", 5) == 0);
	/* not read-only yet: targets and devices are still to be made in it */
	box_check(!box_open_fails(box->rootfs, "a/new", EROFS));
	box_ok(box, rootfs_pivot(&box->mounts, box->rootfs, false, &box->err));
	box_check(box_open_fails(AT_FDCWD, "/a/new2", EROFS));
	box_check(!box_open_fails(AT_FDCWD, "/new", EROFS));
}

static void tmpcopyup_copies_what_the_tmpfs_covers(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, copied_up, NULL));
	}
}

/* ---- two files change places while they are copied: whose words, his mode and owner ---- */

_Noreturn static void exchange_for_ever(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		(void)syscall(SYS_renameat2, AT_FDCWD, "src/plain", AT_FDCWD, "src/special", 2);
}

static void copy_is_whole(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char c = 0;

	if (fd < 0)
		return; /* the copy was given up before it */
	box_check(fstat(fd, &st) == 0);
	if (read(fd, &c, 1) == 1 && (st.st_mode & 07777) != 0600)
		box_check(c == 's' ? (st.st_mode & 07777) == 04755 && st.st_uid == 12
				   : (st.st_mode & 07777) == 0644 && st.st_uid == 0);
	(void)close(fd);
}

static void copied_while_exchanged(struct box *box, void *arg)
{
	pid_t racer;
	int from;

	(void)arg;
	box_check(mkdir("src", 0755) == 0);
	box_file("src/plain", "p");
	box_file("src/special", "s");
	box_check(chmod("src/plain", 0644) == 0 && chown("src/special", 12, 12) == 0);
	box_check(chmod("src/special", 04755) == 0);
	from = open("src", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	racer = fork();
	box_check(racer >= 0);
	if (racer == 0)
		exchange_for_ever();
	for (int i = 0; i < 2000; i++) {
		int to;

		box_check(mkdir("to", 0755) == 0);
		to = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)copy_up(from, to, &box->err);
		copy_is_whole("to/plain");
		copy_is_whole("to/special");
		(void)unlink("to/plain");
		(void)unlink("to/special");
		box_check(close(to) == 0 && rmdir("to") == 0);
	}
	box_check(kill(racer, SIGKILL) == 0);
}

static void a_copy_has_mode_and_owner_of_what_it_copies(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, copied_while_exchanged, NULL));
}

static void links(struct box *box, void *arg)
{
	char text[64] = "";
	struct stat st;

	(void)arg;
	box_check(mkdir("src", 0755) == 0 && symlink("../file", "src/link") == 0);
	box_file("file", "x");
	box_check(symlink("/elsewhere", "rootfs/link") == 0);
	box_ok(box, box_place(box, "[{\"destination\":\"/c/copy\",\"source\":\"src/link\","
				   "\"options\":[\"bind\",\"copy-symlink\"]},"
				   "{\"destination\":\"/self\",\"source\":\"src/link\",\"options\":"
				   "[\"bind\",\"src-nofollow\"]},"
				   "{\"destination\":\"/link\",\"source\":\"file\",\"options\":"
				   "[\"bind\",\"dest-nofollow\"]},"
				   "{\"destination\":\"/c/copy\",\"source\":\"src/link\","
				   "\"options\":[\"bind\",\"copy-symlink\"]}]"));
	box_check(readlinkat(box->rootfs, "c/copy", text, sizeof text) == 7);
	box_equal(text, "../file");
	box_check(readlinkat(box->rootfs, "self", text, sizeof text) == 7);
	box_check(fstatat(box->rootfs, "link", &st, AT_SYMLINK_NOFOLLOW) == 0);
	box_check(S_ISREG(st.st_mode) && st.st_size == 1);
	box_check(fstatat(box->rootfs, "elsewhere", &st, 0) < 0);
}

static void symbolic_links_can_be_copied_and_covered(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a] };

		assert_true(box_run(&box, links, NULL));
	}
}

static void idmapped(struct box *box, void *arg)
{
	struct stat st;

	(void)arg;
	host_files();
	box_check(chown("dir", 0, 1) == 0);
	box_ok(box, box_plan(box,
			     "[{\"destination\":\"/b\",\"source\":\"dir\",\"options\":"
			     "[\"bind\",\"idmap\"],"
			     "\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":10}],"
			     "\"gidMappings\":[{\"containerID\":0,\"hostID\":2000,\"size\":10}]},"
			     "{\"destination\":\"/c\",\"source\":\"dir\",\"options\":"
			     "[\"rbind\",\"ridmap\"]},"
			     "{\"destination\":\"/t\",\"type\":\"tmpfs\",\"options\":[\"idmap\"]}]",
			     "{\"namespaces\":[{\"type\":\"user\"}],"
			     "\"uidMappings\":[{\"containerID\":0,\"hostID\":3000,\"size\":10}],"
			     "\"gidMappings\":[{\"containerID\":0,\"hostID\":4000,\"size\":10}]}"));
	box_ok(box, box_enter(box));
	box_ok(box, mounts_place(&box->mounts, box->rootfs, &box->err));
	box_check(fstatat(box->rootfs, "b", &st, 0) == 0);
	box_check(st.st_uid == 1000 && st.st_gid == 2001);
	box_check(fstatat(box->rootfs, "c", &st, 0) == 0);
	box_check(st.st_uid == 3000 && st.st_gid == 4001);
	box_check(fstatat(box->rootfs, "c/sub", &st, 0) == 0 && st.st_uid == 3000);
	box_check(fstatat(box->rootfs, "t", &st, 0) == 0 && st.st_uid == 3000);
}

static void idmapped_mounts_show_mapped_owners(void **state)
{
	struct box box = { 0 };

	(void)state;
	assert_true(box_run(&box, idmapped, NULL));
}

static void sysfs_in_user_namespace(struct box *box, void *arg)
{
	(void)arg;
	box_ok(box,
	       box_place(box, "[{\"destination\":\"/sys\",\"type\":\"sysfs\",\"source\":\"sysfs\","
			      "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]}]"));
	box_check(strncmp(box_mounts(), "/sys ro,nosuid,nodev,noexec,relatime sysfs sysfs rw\n",
			  52) == 0);
	/* with all that is mounted below the host's */
	box_check(strstr(box_mounts(), "\n/sys/fs/cgroup "));
}

static void without_a_network_namespace_sys_is_bound(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a], .user_namespace = true };

		assert_true(box_run(&box, sysfs_in_user_namespace, NULL));
	}
}

static void binds_in_user_namespace(struct box *box, void *arg)
{
	(void)arg;
	host_files();
	box_ok(box,
	       box_place(box, "[{\"destination\":\"/b\",\"source\":\"dir\",\"options\":"
			      "[\"rbind\",\"ro\"]},"
			      "{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\"}]"));
	box_equal(normal(box_mounts()), "/b ro,relatime tmpfs box rw,mode=755\n"
					"/b/sub rw,relatime tmpfs sub rw\n"
					"/t rw,relatime tmpfs t rw\n");
}

static void a_user_namespace_gets_its_mounts_too(void **state)
{
	(void)state;
	for (size_t a = 0; a < 2; a++) {
		struct box box = { .no = apis[a], .user_namespace = true };

		assert_true(box_run(&box, binds_in_user_namespace, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_give_the_same_mountinfo),
		cmocka_unit_test(what_cannot_be_is_refused_with_its_place),
		cmocka_unit_test(the_kernel_s_own_words_are_passed_on),
		cmocka_unit_test(an_old_kernel_refuses_what_it_cannot_do),
		cmocka_unit_test(rro_makes_a_whole_tree_read_only),
		cmocka_unit_test(a_bind_is_private_unless_told),
		cmocka_unit_test(tmpcopyup_copies_what_the_tmpfs_covers),
		cmocka_unit_test(a_copy_has_mode_and_owner_of_what_it_copies),
		cmocka_unit_test(symbolic_links_can_be_copied_and_covered),
		cmocka_unit_test(idmapped_mounts_show_mapped_owners),
		cmocka_unit_test(without_a_network_namespace_sys_is_bound),
		cmocka_unit_test(a_user_namespace_gets_its_mounts_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
