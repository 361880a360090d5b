/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program_refused.c - why execve(2) refused a file
 *
 * The kernel has one errno for a missing program, a missing interpreter and a missing loader.  Runs
 * in the container's root as the container's user: the file is hostile, so only regular files are
 * read, and little of them.
 */
#include "base/auto.h"
#include "base/retry.h"
#include "process/program.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

enum {
	SCRIPT_LINE = 256, /* BINPRM_BUF_SIZE: what the kernel reads of a script */
	PROGRAM_HEADERS = 128,
	INTERPRETERS_DEPTH = 5, /* as far as the kernel goes from script to script */
};

struct subject {
	const char *name; /* what the user wrote, for the message; foreign */
	const char *path;
	int fd;
	struct stat st;
	char head[SCRIPT_LINE + 1];
	size_t n_head;
};

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{ EM_386, "i386" },	   { EM_X86_64, "x86_64" },   { EM_ARM, "arm" },
	{ EM_AARCH64, "aarch64" }, { EM_PPC, "ppc" },	      { EM_PPC64, "ppc64" },
	{ EM_S390, "s390x" },	   { EM_RISCV, "riscv" },     { EM_MIPS, "mips" },
	{ EM_SPARC, "sparc" },	   { EM_SPARCV9, "sparc64" }, { EM_68K, "m68k" },
	{ EM_IA_64, "ia64" },	   { EM_ALPHA, "alpha" },     { 258, "loongarch" },
};

static const uint16_t host_machine =
#if defined(__x86_64__)
	EM_X86_64;
#elif defined(__i386__)
	EM_386;
#elif defined(__aarch64__)
	EM_AARCH64;
#elif defined(__arm__)
	EM_ARM;
#elif defined(__powerpc64__)
	EM_PPC64;
#elif defined(__s390x__)
	EM_S390;
#elif defined(__riscv)
	EM_RISCV;
#else
	EM_NONE;
#endif

/* ---- the file ---- */
static void subject_open(struct subject *s)
{
	ssize_t n;

	if (retry(stat(s->path, &s->st)) < 0)
		return;
	if (!S_ISREG(s->st.st_mode))
		return;
	s->fd = retry(open(s->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	/* Another process may have exchanged the file since stat(2), so the open one is looked
	 * at. */
	if (s->fd < 0 || retry(fstat(s->fd, &s->st)) < 0 || !S_ISREG(s->st.st_mode))
		return;
	n = retry(pread(s->fd, s->head, SCRIPT_LINE, 0));
	s->n_head = n > 0 ? (size_t)n : 0;
}

/* ---- exec format error ---- */
static bool is_elf(const struct subject *s)
{
	return s->n_head >= sizeof(Elf32_Ehdr) && memcmp(s->head, ELFMAG, SELFMAG) == 0;
}

/* machine is at the same place in 32 and 64 bits, in the file's own byte order. */
static uint16_t elf_machine(const struct subject *s)
{
	uint16_t machine;

	memcpy(&machine, s->head + offsetof(Elf32_Ehdr, e_machine), sizeof machine);
	return s->head[EI_DATA] == ELFDATA2MSB ? be16toh(machine) : le16toh(machine);
}

static const char *machine_name(uint16_t machine, char buf[24])
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == machine)
			return machines[i].name;
	(void)snprintf(buf, 24, "machine %u", machine);
	return buf;
}

static int explain_format(const struct subject *s, struct error *err)
{
	struct utsname host = { .machine = "" };
	char buf[24];

	(void)uname(&host);
	if (is_elf(s) && elf_machine(s) != host_machine) {
		(void)fail_command(err, ENOEXEC,
				   "exec: \"%s\": exec format error: %s ELF on an %s host", s->name,
				   machine_name(elf_machine(s), buf), host.machine);
		return hint(err, HINT_OTHER_MACHINE, NULL, NULL);
	}
	if (is_elf(s))
		return fail_command(err, ENOEXEC, "exec: \"%s\": exec format error: damaged ELF",
				    s->name);
	if (s->fd >= 0 && s->st.st_size == 0)
		return fail_command(err, ENOEXEC,
				    "exec: \"%s\": exec format error: the file is empty", s->name);
	return fail_command(err, ENOEXEC,
			    "exec: \"%s\": exec format error: no ELF and no script with \"#!\"",
			    s->name);
}

/* ---- interpreters ---- */

/* The interpreter of a script as the kernel reads it: after "#!" and blanks, up to a blank or
 * the end of the line; a carriage return belongs to the name. False if it is no script. */
static bool script_interpreter(const struct subject *s, char ret_path[4096])
{
	const char *at = s->head + 2;
	size_t n;

	if (s->n_head < 3 || memcmp(s->head, "#!", 2) != 0)
		return false;
	at += strspn(at, " \t");
	n = strcspn(at, " \t\n");
	memcpy(ret_path, at, n);
	ret_path[n] = '\0';
	return n > 0;
}

/* One PT_INTERP in a file of our own class and byte order; anything else is not explained
 * further. */
static bool elf_segment(const struct subject *s, size_t i, uint64_t *ret_offset, uint64_t *ret_size)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	Elf32_Ehdr header32;
	Elf32_Phdr segment32;

	memcpy(&header, s->head, sizeof header);
	memcpy(&header32, s->head, sizeof header32);
	if (s->head[EI_CLASS] == ELFCLASS64) {
		if (i >= header.e_phnum ||
		    retry(pread(s->fd, &segment, sizeof segment,
				(off_t)(header.e_phoff + i * sizeof segment))) != sizeof segment)
			return false;
		*ret_offset = segment.p_offset;
		*ret_size = segment.p_type == PT_INTERP ? segment.p_filesz : 0;
		return true;
	}
	if (i >= header32.e_phnum ||
	    retry(pread(s->fd, &segment32, sizeof segment32,
			(off_t)(header32.e_phoff + i * sizeof segment32))) != sizeof segment32)
		return false;
	*ret_offset = segment32.p_offset;
	*ret_size = segment32.p_type == PT_INTERP ? segment32.p_filesz : 0;
	return true;
}

static bool elf_interpreter(const struct subject *s, char ret_path[4096])
{
	uint64_t offset, size;

	if (!is_elf(s) || s->n_head < sizeof(Elf64_Ehdr))
		return false;
	for (size_t i = 0; i < PROGRAM_HEADERS && elf_segment(s, i, &offset, &size); i++) {
		ssize_t n;

		if (size == 0 || size > 4095)
			continue;
		n = retry(pread(s->fd, ret_path, size, (off_t)offset));
		ret_path[n > 0 ? n : 0] = '\0';
		return n > 0;
	}
	return false;
}

/* ---- permission denied ---- */
static bool is_refused_interpreter(const struct subject *s, char ret_path[4096])
{
	if (!script_interpreter(s, ret_path) && !elf_interpreter(s, ret_path))
		return false;
	return retry(access(ret_path, X_OK)) < 0;
}

static int explain_access(const struct subject *s, struct error *err)
{
	char path[4096], quoted[FOREIGN_BUF];
	struct statvfs fs;

	if (S_ISDIR(s->st.st_mode))
		return fail_command(err, EACCES, "exec: \"%s\": is a directory", s->name);
	if (s->st.st_mode && !S_ISREG(s->st.st_mode))
		return fail_command(err, EACCES, "exec: \"%s\": permission denied: no regular file",
				    s->name);
	if (s->st.st_mode && !(s->st.st_mode & 0111))
		return fail_command(err, EACCES,
				    "exec: \"%s\": permission denied: mode %04o has no x bit",
				    s->name, s->st.st_mode & 07777);
	if (statvfs(s->path, &fs) == 0 && fs.f_flag & ST_NOEXEC)
		return fail_command(err, EACCES,
				    "exec: \"%s\": permission denied: its mount is noexec",
				    s->name);
	if (is_refused_interpreter(s, path))
		return fail_command(err, EACCES,
				    "exec: \"%s\": permission denied: interpreter \"%s\"", s->name,
				    foreign(path, quoted));
	if (s->st.st_mode)
		return fail_command(err, EACCES,
				    "exec: \"%s\": permission denied: mode %04o, owner %u:%u",
				    s->name, s->st.st_mode & 07777, s->st.st_uid, s->st.st_gid);
	return fail_command(err, EACCES, "exec: \"%s\": permission denied", s->name);
}

/* ---- no such file: it is there, what it needs is not ---- */
static int explain_missing(const struct subject *s, int depth, struct error *err);

/* The interpreter is there: the kernel's complaint was about what that one needs. */
static int explain_deeper(const struct subject *s, const char *path, int depth, struct error *err)
{
	struct subject next = { .name = s->name, .path = path, .fd = -1 };
	int r;

	subject_open(&next);
	r = explain_missing(&next, depth - 1, err);
	close_fd(&next.fd);
	return r;
}

/* A script with CRLF line ends is the most common case: its carriage return is shown as "\r". */
static int script_missing(const struct subject *s, char *path, struct error *err)
{
	char *end = path + strlen(path) - 1, quoted[FOREIGN_BUF];
	bool crlf = *end == '\r';

	if (crlf)
		*end = '\0';
	(void)fail_command(
		err, ENOENT,
		"exec: \"%s\": interpreter \"%s%s\" not found: no such file or directory", s->name,
		foreign(path, quoted), crlf ? "\\r" : "");
	if (crlf)
		return hint(err, HINT_CRLF, NULL, NULL);
	return hint(err, HINT_INTERPRETER, NULL, NULL);
}

static int explain_missing(const struct subject *s, int depth, struct error *err)
{
	char path[4096], quoted[FOREIGN_BUF];
	bool script = script_interpreter(s, path);

	if (!script && !elf_interpreter(s, path))
		return fail_command(err, ENOENT, "exec: \"%s\": no such file or directory",
				    s->name);
	if (retry(access(path, F_OK)) == 0 && depth > 0)
		return explain_deeper(s, path, depth, err);
	if (script)
		return script_missing(s, path, err);
	return fail_command(err, ENOENT,
			    "exec: \"%s\": ELF interpreter \"%s\" is not in the rootfs: "
			    "no such file or directory",
			    s->name, foreign(path, quoted));
}

int program_explain(const char *found, const char *argv0, int errno_value, struct error *err)
{
	char quoted[FOREIGN_BUF], name[ERRNO_NAME_MAX];
	struct subject s = { .name = foreign(argv0, quoted), .path = found, .fd = -1 };
	int r;

	subject_open(&s);
	if (errno_value == EACCES)
		r = explain_access(&s, err);
	else if (errno_value == ENOEXEC)
		r = explain_format(&s, err);
	else if (errno_value == ENOENT)
		r = explain_missing(&s, INTERPRETERS_DEPTH, err);
	else if (errno_value == EPERM)
		r = fail_command(err, EPERM, "exec: \"%s\": operation not permitted", s.name);
	else
		r = fail_command(err, errno_value, "exec: \"%s\": %s (%s)", s.name,
				 errno_words(errno_value), errno_name(errno_value, name));
	close_fd(&s.fd);
	return r;
}
