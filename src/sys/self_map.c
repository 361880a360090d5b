/* SPDX-License-Identifier: Apache-2.0 */
/* self_map.c - the running program mapped anew, from another file with the same bytes */
#include "sys/self_map.h"

#include "base/auto.h"
#include "sys/calls.h"
#include "sys/procfs.h"

#include <errno.h>
#include <link.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The program's own segments; libraries and the loader are other files. */
struct program {
	uintptr_t base, page;
	const ElfW(Phdr) * headers;
	size_t n;
};

/* The first object that dl_iterate_phdr(3) names is the program itself. */
static int take_program(struct dl_phdr_info *info, size_t size, void *data)
{
	struct program *p = data;

	p->base = info->dlpi_addr;
	p->headers = info->dlpi_phdr;
	p->n = info->dlpi_phnum;
	return 1;
}

static uintptr_t page_begin(const struct program *p, uintptr_t address)
{
	return address & ~(p->page - 1);
}

static uintptr_t page_end(const struct program *p, uintptr_t address)
{
	return page_begin(p, address + p->page - 1);
}

static int protection(const ElfW(Phdr) * h)
{
	return (h->p_flags & PF_R ? PROT_READ : 0) | (h->p_flags & PF_X ? PROT_EXEC : 0) |
	       (h->p_flags & PF_W ? PROT_WRITE : 0);
}

static bool map_again(const struct program *p, const ElfW(Phdr) * h, int file)
{
	uintptr_t begin = page_begin(p, p->base + h->p_vaddr);
	uintptr_t end = page_end(p, p->base + h->p_vaddr + h->p_filesz);
	off_t offset = (off_t)page_begin(p, h->p_offset);

	return mmap((void *)begin, end - begin, protection(h), MAP_PRIVATE | MAP_FIXED, file,
		    offset) != MAP_FAILED;
}

/* By words and without the sanitizers' eyes: between variables there is nothing they want read. */
__attribute__((no_sanitize("address", "undefined"))) static void words_copy(
	volatile uintptr_t *to, const volatile uintptr_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
}

/* The last page may hold the begin of .bss, too, and is copied whole. */
static bool copy_away(const struct program *p, const ElfW(Phdr) * h)
{
	uintptr_t begin = page_begin(p, p->base + h->p_vaddr);
	size_t size = page_end(p, p->base + h->p_vaddr + h->p_filesz) - begin;
	void *copy = mmap(NULL, size, protection(h), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return false;
	words_copy(copy, (const volatile uintptr_t *)begin, size / sizeof(uintptr_t));
	if (mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)begin) != MAP_FAILED)
		return true;
	(void)munmap(copy, size);
	return false;
}

/* What the loader made read-only after relocation is so again (elf(5), PT_GNU_RELRO). */
static bool relro_restore(const struct program *p, const ElfW(Phdr) * h)
{
	uintptr_t begin = page_begin(p, p->base + h->p_vaddr);
	uintptr_t end = page_begin(p, p->base + h->p_vaddr + h->p_memsz);

	return end <= begin || mprotect((void *)begin, end - begin, PROT_READ) == 0;
}

static bool segments_exchange(const struct program *p, int file)
{
	bool ok = true;

	for (size_t i = 0; i < p->n && ok; i++) {
		const ElfW(Phdr) *h = &p->headers[i];

		if (h->p_type != PT_LOAD || h->p_filesz == 0)
			continue;
		ok = h->p_flags & PF_W ? copy_away(p, h) : map_again(p, h, file);
	}
	for (size_t i = 0; i < p->n; i++)
		if (p->headers[i].p_type == PT_GNU_RELRO)
			ok = relro_restore(p, &p->headers[i]) && ok;
	return ok;
}

/* Field n of a stat file, proc_pid_stat(5); the second is a name in brackets, of any letters. */
static uint64_t stat_field(const char *text, int n)
{
	const char *at = strrchr(text, ')');

	for (int i = 2; at && i < n; i++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

/* The layout as it is: PR_SET_MM_MAP sets all of it or nothing. */
static bool layout_read(struct prctl_mm_map *map)
{
	struct error err;
	char text[1024];
	auto_fd int procfs = procfs_open_host(&err);

	if (procfs < 0 || procfs_read(procfs, "self/stat", text, sizeof text, &err) <= 0)
		return false;
	map->start_code = stat_field(text, 26);
	map->end_code = stat_field(text, 27);
	map->start_stack = stat_field(text, 28);
	map->start_data = stat_field(text, 45);
	map->end_data = stat_field(text, 46);
	map->start_brk = stat_field(text, 47);
	map->arg_start = stat_field(text, 48);
	map->arg_end = stat_field(text, 49);
	map->env_start = stat_field(text, 50);
	map->env_end = stat_field(text, 51);
	map->brk = (uintptr_t)sbrk(0);
	return map->start_code != 0;
}

bool self_map_from(int file)
{
	struct program p = { .page = (uintptr_t)sysconf(_SC_PAGESIZE) };
	struct prctl_mm_map map = { .exe_fd = (uint32_t)file };

	if (dl_iterate_phdr(take_program, &p) != 1 || !p.n || !layout_read(&map))
		return false;
	return segments_exchange(&p, file) && sys_prctl_mm_map(&map, sizeof map) == 0;
}
