/* SPDX-License-Identifier: Apache-2.0 */
/* test_program_root.c - the program in a root of our own: its file, HOME, the working folder */
#include "tests/unit/unit.h"

#include "process/program.h"
#include "tests/unit/child.h"

#include <elf.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* ---- a root of our own: a tmpfs in a mount namespace, entered by chroot ---- */
static void put(const char *path, const void *data, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n || fchmod(fd, mode) < 0 || close(fd) < 0)
		_exit(76);
}

static void put_text(const char *path, const char *text, mode_t mode)
{
	put(path, text, strlen(text), mode);
}

/* An ELF header of another machine, as big as the file wants. */
static void put_elf(const char *path, uint16_t machine, bool big_endian)
{
	Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
			     big_endian ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_version = 1,
		.e_machine = big_endian ? (uint16_t)(machine << 8 | machine >> 8) : machine,
	};

	put(path, &header, sizeof header, 0755);
}

static uint16_t own_machine(void)
{
	Elf64_Ehdr header;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &header, sizeof header) != sizeof header)
		_exit(76);
	(void)close(fd);
	return header.e_machine;
}

/* One of our own machine whose loader is missing. */
static void put_dynamic(const char *path, uint16_t machine)
{
	static const char loader[] = "/lib/ld-nope.so";
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		char loader[sizeof loader];
	} file = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = machine,
			.e_version = 1,
			.e_ehsize = sizeof file.header,
			.e_phoff = sizeof file.header,
			.e_phentsize = sizeof file.segment,
			.e_phnum = 1,
		},
		.segment = {
			.p_type = PT_INTERP,
			.p_offset = sizeof file.header + sizeof file.segment,
			.p_filesz = sizeof loader,
			.p_memsz = sizeof loader,
			.p_align = 1,
		},
	};

	memcpy(file.loader, loader, sizeof loader);
	put(path, &file, sizeof file, 0755);
}

static void root_fill(void)
{
	static const char *const folders[] = {
		"bin", "sbin", "sbin/tool", "etc", "noexec", "folder"
	};
	uint16_t machine = own_machine();

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (mkdir(folders[i], 0755) < 0)
			_exit(76);
	if (mount("none", "noexec", "tmpfs", MS_NOEXEC, NULL) < 0 || mkfifo("bin/fifo", 0755) < 0 ||
	    symlink("nowhere", "bin/dangling") < 0)
		_exit(76);
	put_text("noexec/tool", "#!/bin/ok\n", 0755);
	put_text("bin/ok", "#!/bin/nosuch-sh -e\nx\n", 0755);
	put_text("bin/tool", "x", 0755);
	put_text("bin/noexec", "x", 0644);
	put_text("bin/crlf", "#!/bin/sh\r\nexit\r\n", 0755);
	put_text("bin/nested", "#! \t/bin/ok\n", 0755);
	put_text("bin/refused", "#!/bin/noexec\n", 0755);
	put_text("bin/loop", "#!/bin/loop\n", 0755);
	put_text("bin/text", "echo hello\n", 0755);
	put_text("bin/empty", "", 0755);
	put_text("bin/evil", "#!/bin/a\nexec: \"b\"", 0755);
	put_elf("bin/arm", machine == EM_AARCH64 ? EM_RISCV : EM_AARCH64, false);
	put_elf("bin/s390x", EM_S390, true);
	put_elf("bin/odd", 9999, false);
	put_dynamic("bin/dynamic", machine);
}

static char root[] =
	"/tmp/ocirt-program-XXXXXX"; /* the mount point: empty outside of the children */

static void root_enter(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		_exit(77);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", root, "tmpfs", 0, NULL) < 0)
		_exit(77);
	(void)umask(0);
	if (chdir(root) < 0)
		_exit(77);
	root_fill();
	if (chroot(".") < 0 || chdir("/") < 0)
		_exit(77);
	(void)umask(077);
}

struct find_case {
	const char *name, *want;
};

static const char *const find_path = "/sbin:/nothing:/bin:/noexec";

static void find_act(void *arg)
{
	const struct find_case *c = arg;
	char *argv[] = { (char *)c->name, NULL };
	struct program p = { .argv = argv, .path = find_path };
	struct error err;
	char found[4096];

	root_enter();
	if (chdir("/bin") < 0)
		_exit(76);
	if (program_find(&p, found, &err) < 0)
		child_tell(-1, &err);
	else
		(void)printf("%s\n", found);
}

static void a_program_is_found_as_execvp_does(void **state)
{
	static struct find_case cases[] = {
		{ "ok", "/bin/ok\n" },
		{ "tool", "/bin/tool\n" }, /* /sbin/tool is a folder */
		{ "./ok", "./ok\n" },
		{ "../bin/ok", "../bin/ok\n" },
		{ "/bin/ok", "/bin/ok\n" },
		{ "nosuch", "exec: \"nosuch\": executable file not found in $PATH\n" },
		{ "", "exec: \"\": executable file not found in $PATH\n" },
		{ "a\nb", "exec: \"a\\x0ab\": executable file not found in $PATH\n" },
		{ "noexec", "exec: \"noexec\": permission denied\n" },
		{ "dangling", "exec: \"dangling\": executable file not found in $PATH\n" },
		{ "/bin/nosuch", "exec: \"/bin/nosuch\": no such file or directory (in the "
				 "container's rootfs)\n" },
		{ "/bin/ok/x", "exec: \"/bin/ok/x\": not a directory\n" },
		{ "/etc", "exec: \"/etc\": is a directory\n" },
		{ "/bin/noexec",
		  "exec: \"/bin/noexec\": permission denied: mode 0644 has no x bit\n" },
		{ "/noexec/tool",
		  "exec: \"/noexec/tool\": permission denied: its mount is noexec\n" },
	};
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(find_act, &cases[i], said, sizeof said), 0);
		assert_string_equal(said, cases[i].want);
	}
}

struct explain_case {
	const char *name, *want, *help;
};

/* What the kernel says of each file, explained. */
static void explain_act(void *arg)
{
	const struct explain_case *c = arg;
	char *argv[] = { (char *)c->name, NULL };
	char *envp[] = { NULL };
	struct error err;
	char path[64], advice[ERROR_HINT_MAX];

	root_enter();
	(void)snprintf(path, sizeof path, "/bin/%s", c->name);
	(void)execve(path, argv, envp);
	child_tell(program_explain(path, path, errno, &err), &err);
	(void)printf("%s\n", error_advice(&err, advice));
}

static void the_kernels_refusal_is_explained(void **state)
{
	static struct explain_case cases[] = {
		{ "crlf",
		  "exec: \"/bin/crlf\": interpreter \"/bin/sh\\r\" not found: no such file or "
		  "directory\n",
		  "the script has CRLF line ends; the kernel wants LF\n" },
		{ "ok",
		  "exec: \"/bin/ok\": interpreter \"/bin/nosuch-sh\" not found: no such file or "
		  "directory\n",
		  "the \"#!\" line is looked up inside the container's rootfs\n" },
		{ "nested",
		  "exec: \"/bin/nested\": interpreter \"/bin/nosuch-sh\" not found: no such file "
		  "or directory\n",
		  "the \"#!\" line is looked up inside the container's rootfs\n" },
		{ "evil",
		  "exec: \"/bin/evil\": interpreter \"/bin/a\" not found: no such file or "
		  "directory\n",
		  "the \"#!\" line is looked up inside the container's rootfs\n" },
		{ "dynamic",
		  "exec: \"/bin/dynamic\": ELF interpreter \"/lib/ld-nope.so\" is not in the "
		  "rootfs: no such file or directory\n",
		  "\n" },
		{ "refused",
		  "exec: \"/bin/refused\": permission denied: interpreter \"/bin/noexec\"\n",
		  "\n" },
		{ "noexec", "exec: \"/bin/noexec\": permission denied: mode 0644 has no x bit\n",
		  "\n" },
		{ "fifo", "exec: \"/bin/fifo\": permission denied: no regular file\n", "\n" },
		{ "text",
		  "exec: \"/bin/text\": exec format error: no ELF and no script with \"#!\"\n",
		  "\n" },
		{ "empty", "exec: \"/bin/empty\": exec format error: the file is empty\n", "\n" },
		{ "loop", "exec: \"/bin/loop\": a symbolic link where none may be (ELOOP)\n",
		  "\n" },
	};
	char said[4096], want[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(explain_act, &cases[i], said, sizeof said), 0);
		(void)snprintf(want, sizeof want, "%s%s", cases[i].want, cases[i].help);
		assert_string_equal(said, want);
	}
}

static void a_foreign_machine_is_named(void **state)
{
	static const struct {
		const char *file, *machine;
	} cases[] = {
#ifdef __aarch64__
		{ "arm", "riscv" },
#else
		{ "arm", "aarch64" },
#endif
		{ "s390x", "s390x" },
		{ "odd", "machine 9999" },
	};
	struct utsname host;
	char said[4096], want[512];

	(void)state;
	if (geteuid() != 0)
		skip();
	(void)uname(&host);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct explain_case c = { .name = cases[i].file };

		assert_int_equal(child_says(explain_act, &c, said, sizeof said), 0);
		(void)snprintf(want, sizeof want,
			       "exec: \"/bin/%s\": exec format error: %s ELF on an %s host\n"
			       "an image for this machine, or qemu registered with binfmt_misc\n",
			       cases[i].file, cases[i].machine, host.machine);
		assert_string_equal(said, want);
	}
}

/* ---- HOME ---- */
struct home_case {
	const char *passwd; /* NULL: none; "fifo": a fifo; "big": a home after 2 MiB */
	uid_t uid;
	const char *want;
};

static void put_big_passwd(void)
{
	FILE *f = fopen("/etc/passwd", "we");

	for (int i = 0; f && i < 100000; i++)
		(void)fputs("user:x:12345:12345:::\n", f);
	if (!f || fputs("me:x:7:7::/late:\n", f) < 0 || fclose(f) != 0)
		_exit(76);
}

static void home_act(void *arg)
{
	const struct home_case *c = arg;
	char *envp[] = { NULL, NULL, NULL, NULL };
	struct program p = { .envp = envp, .home_missing = true };
	struct error err;

	root_enter();
	(void)alarm(20);
	if (c->passwd && strcmp(c->passwd, "fifo") == 0)
		(void)!mkfifo("/etc/passwd", 0644);
	else if (c->passwd && strcmp(c->passwd, "big") == 0)
		put_big_passwd();
	else if (c->passwd)
		put_text("/etc/passwd", c->passwd, 0644);
	if (program_home(&p, c->uid, &err) < 0 || p.n_env != 1 || envp[1])
		(void)printf("wrong\n");
	(void)printf("%s\n", envp[0]);
}

static void home_is_the_users(void **state)
{
	static struct home_case cases[] = {
		{ NULL, 0, "HOME=/\n" },
		{ "fifo", 0, "HOME=/\n" },
		{ "big", 7, "HOME=/\n" },
		{ "root:x:0:0:root:/root:/bin/sh\nme:x:7:7::/home/me:/bin/sh\n", 7,
		  "HOME=/home/me\n" },
		{ "root:x:0:0:root:/root:/bin/sh\n", 0, "HOME=/root\n" },
		{ "me:x:7:7::/no-newline", 7, "HOME=/no-newline\n" },
		{ "me:x:7:7::/first:\nme:x:7:7::/second:\n", 7, "HOME=/first\n" },
		{ "me:x:7:7::relative:\nme:x:7:7::/second:\n", 7, "HOME=/second\n" },
		{ "me:x:7:7:::/bin/sh\n", 7, "HOME=/\n" },
		{ "me:x:77:7::/other:\n", 7, "HOME=/\n" },
		{ "me:x:07:7::/other:\n", 7, "HOME=/\n" },
		{ "me:x::7::/other:\n", 0, "HOME=/\n" },
		{ "me:x:4294967303:7::/other:\n", 7, "HOME=/\n" },
		{ "me:x:7x:7::/other:\n", 7, "HOME=/\n" },
		{ "7:7:7\nme:x:7", 7, "HOME=/\n" },
		{ "\n\n:::::\nme:x:7:7::/h:\n", 7, "HOME=/h\n" },
	};
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(home_act, &cases[i], said, sizeof said), 0);
		assert_string_equal(said, cases[i].want);
	}
}

/* ---- the working directory ---- */
static void cwd_act(void *arg)
{
	struct program p = { .cwd = arg };
	char where[4096];
	struct error err;
	struct stat st;
	int r;

	root_enter();
	if (symlink("nowhere", "/dangling") < 0 || symlink("/folder", "/link") < 0)
		_exit(76);
	r = program_cwd(&p, 12, 13, &err);
	if (r != 0) {
		child_tell(r, &err);
		return;
	}
	if (stat(".", &st) < 0 || !getcwd(where, sizeof where))
		_exit(76);
	(void)printf("%s %04o %u:%u\n", where, st.st_mode & 07777, st.st_uid, st.st_gid);
}

static void the_folder_is_made_when_missing(void **state)
{
	static struct find_case cases[] = {
		{ "/", "/ 1777 0:0\n" },
		{ "/folder", "/folder 0755 0:0\n" },
		{ "/new", "/new 0755 12:13\n" },
		{ "/folder/a//b/", "/folder/a/b 0755 12:13\n" },
		{ "/link/a", "/folder/a 0755 12:13\n" },
		{ "/folder/../etc/x", "/etc/x 0755 12:13\n" },
		{ "/../../up", "/up 0755 12:13\n" },
		{ "/dangling",
		  "/process/cwd: make the missing \"/dangling\": exists already (EEXIST)\n" },
		{ "/bin/ok/x",
		  "/process/cwd: change to \"/bin/ok/x\": is no directory (ENOTDIR)\n" },
		{ "/bin/ok", "/process/cwd: change to \"/bin/ok\": is no directory (ENOTDIR)\n" },
	};
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(child_says(cwd_act, (void *)cases[i].name, said, sizeof said), 0);
		assert_string_equal(said, cases[i].want);
	}
}

/* CVE-2024-21626: a folder that is reached through an open fd of the host. */
static void outside_act(void *arg)
{
	struct program p = { .cwd = "." };
	struct error err;
	int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)arg;
	root_enter();
	if (fchdir(host) < 0)
		_exit(76);
	child_tell(program_cwd(&p, 0, 0, &err), &err);
	child_tell(program_cwd_again(&p, &err), &err);
}

static void a_folder_outside_is_refused(void **state)
{
	static const char want[] = "/process/cwd: leads out of the container's root\n";
	char said[4096], twice[256];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(outside_act, NULL, said, sizeof said), 0);
	(void)snprintf(twice, sizeof twice, "%s%s", want, want);
	assert_string_equal(said, twice);
}

/* A working directory that one user may not enter, and the next one may. */
static void again_act(void *arg)
{
	struct program p = { .cwd = "/closed" };
	struct error err;

	(void)arg;
	root_enter();
	if (mkdir("/closed", 0700) < 0 || chown("/closed", 5, 5) < 0 || setresuid(6, 6, 0) < 0)
		_exit(76);
	(void)printf("%d\n", program_cwd(&p, 5, 5, &err) == PROGRAM_CWD_AGAIN);
	child_tell(program_cwd_again(&p, &err), &err);
	if (setresuid(0, 0, 0) < 0 || setresuid(5, 5, 5) < 0)
		_exit(76);
	child_tell(program_cwd_again(&p, &err), &err);
}

static void a_refused_folder_is_tried_again(void **state)
{
	char said[4096];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(child_says(again_act, NULL, said, sizeof said), 0);
	assert_string_equal(said,
			    "1\n/process/cwd: change to \"/closed\": access refused (EACCES)\n"
			    "fine\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_is_found_as_execvp_does),
		cmocka_unit_test(the_kernels_refusal_is_explained),
		cmocka_unit_test(a_foreign_machine_is_named),
		cmocka_unit_test(home_is_the_users),
		cmocka_unit_test(the_folder_is_made_when_missing),
		cmocka_unit_test(a_folder_outside_is_refused),
		cmocka_unit_test(a_refused_folder_is_tried_again),
	};
	int r;

	if (!mkdtemp(root))
		return 99;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(root);
	return r;
}
