/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self_map.c - exchanges the file of the running program, without starting it again
 *
 * The three steps of self_map.h: segments_exchange() does 1 and 2, sys_prctl_mm_map() 3.
 * PR_SET_MM_MAP sets all of the process's memory layout at once, not only the executable, so the
 * kernel has to be told again where code, data, heap, stack and arguments are, as it knew before:
 * the ..._describe() functions collect that.
 */
#include "sys/self_map.h"

#include "sys/calls.h"

#include <link.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

/* The program's own segments.  Libraries and the loader are other files and stay as they are. */
struct program {
	uintptr_t base, page;
	const ElfW(Phdr) * headers;
	size_t n;
};

/* dl_iterate_phdr(3) calls this for the program first, then for each library; 1 stops it there. */
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

/* Copies whole pages.  A build with AddressSanitizer forbids reading the gaps between variables,
 * and memcpy(3) would be caught there: so this is a loop, and the sanitizer is switched off for
 * it. */
__attribute__((no_sanitize("address", "undefined"))) static void words_copy(
	volatile uintptr_t *to, const volatile uintptr_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
}

/* Step 2 for a segment that is written to.  Its last page is copied whole: the beginning of .bss
 * may be in it. */
static bool copy_away(const struct program *p, const ElfW(Phdr) * h)
{
	uintptr_t begin = page_begin(p, p->base + h->p_vaddr);
	size_t size = page_end(p, p->base + h->p_vaddr + h->p_filesz) - begin;
	void *copy =
		mmap(NULL, size, protection(h), MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (copy == MAP_FAILED)
		return false;
	words_copy(copy, (const volatile uintptr_t *)begin, size / sizeof(uintptr_t));
	if (mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)begin) != MAP_FAILED)
		return true;
	(void)munmap(copy, size);
	return false;
}

/* The loader had made a part of the data read-only after relocation (PT_GNU_RELRO of elf(5)).  The
 * copy is writable, so it is made read-only again. */
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

/* Where code and data begin and end, computed as the kernel did when it loaded the program
 * (load_elf_binary).  ps(1) and others show these numbers. */
static void segments_describe(const struct program *p, struct prctl_mm_map *map)
{
	map->start_code = UINT64_MAX;
	for (size_t i = 0; i < p->n; i++) {
		const ElfW(Phdr) *h = &p->headers[i];
		uint64_t begin = p->base + h->p_vaddr, end = begin + h->p_filesz;

		if (h->p_type != PT_LOAD)
			continue;
		if (begin < map->start_code)
			map->start_code = begin;
		if (begin > map->start_data)
			map->start_data = begin;
		if (h->p_flags & PF_X && end > map->end_code)
			map->end_code = end;
		if (end > map->end_data)
			map->end_data = end;
	}
}

/* Where arguments and environment are.  The kernel has put argc, argv and environ on the stack one
 * after the other, and their strings behind each other, too.  False if that is no longer so,
 * because something has moved the environment: then nothing is exchanged. */
static bool words_describe(char **argv, char **environment, struct prctl_mm_map *map)
{
	char **last;

	if (!argv[0] || environment < argv || !environment[0])
		return false;
	for (last = environment; last[1]; last++)
		;
	map->start_stack = (uintptr_t)(argv - 1);
	map->arg_start = (uintptr_t)argv[0];
	map->arg_end = map->env_start = (uintptr_t)environment[0];
	map->env_end = (uintptr_t)(*last + strlen(*last) + 1);
	return map->arg_start < map->arg_end && map->env_start < map->env_end;
}

bool self_map_from(int file, char **argv)
{
	struct program p = { .page = (uintptr_t)sysconf(_SC_PAGESIZE) };
	struct prctl_mm_map map = { .exe_fd = (uint32_t)file };

	if (dl_iterate_phdr(take_program, &p) != 1 || !p.n || !words_describe(argv, environ, &map))
		return false;
	segments_describe(&p, &map);
	map.start_brk = map.brk = (uintptr_t)sbrk(0); /* the heap is still empty */
	return segments_exchange(&p, file) && sys_prctl_mm_map(&map, sizeof map) == 0;
}
