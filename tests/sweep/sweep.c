/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.c - one system call of a command is its last, or fails
 *
 *	sweep [-p N] [-k N | -f N:ERRNO] [-t SECONDS] -o REPORT COMMAND [ARGUMENT]...
 *
 * The command runs under ptrace(2) with all its children.  Of the processes, in the order in which
 * they were made, -p picks one (0: the command itself).  Its system calls are counted from main on:
 * those of the dynamic loader do not count, nor those that can't fail, nor those after a child has
 * executed another program.
 * -k kills it as it enters its Nth call, -f makes that call return an error once (close(2) is done
 * all the same, as the kernel does it).  Without both it is only counted.
 *
 * The report, one "name=value" a line:
 *	calls=N          how many system calls were counted
 *	hit=WORDS        the call that was hit, with its first argument as a number and all that are
 *	                 text; empty: none was
 *	status=N         exit status of the command, 128 + signal if one ended it
 *	ms=N             how long it took
 *	hang=0|1         it was still running when the time was over (10 s)
 *	crashed=WORDS    processes that a signal of their own making ended
 *	left=PID...      processes of it that live on (1 s after it failed or was killed)
 *	undoing=0|1      the call that was hit removes, kills or reaps, or came after one that does
 *
 * Exit status 0; 77 on a machine whose registers it does not know, 1 if it could not do its work.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES_MAX = 256, GRACE_MS = 1000, UNSUPPORTED = 77 };

struct process {
	pid_t pid;
	bool alive, settled; /* settled: the SIGSTOP that every new tracee starts with has come */
	bool counting, in_loader, failing;
};

static struct {
	/* what is wanted */
	int victim;
	unsigned long kill_at, fail_at;
	int fail_errno, seconds;
	const char *report;
	/* what is there */
	struct process v[PROCESSES_MAX];
	int n;
	/* what came out */
	unsigned long calls;
	char hit[256], crashed[256];
	int status;
	bool ended, hang, undoing;
	long long begin, end;
} sweep = { .seconds = 10 };

static const struct {
	int number;
	const char *name;
} calls[] = {
#define CALL(name) { SYS_##name, #name },
#include "tests/sweep/calls.inc"
#undef CALL
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "ENOMEM", ENOMEM }, { "EIO", EIO },	    { "EMFILE", EMFILE }, { "EINTR", EINTR },
	{ "ENOSPC", ENOSPC }, { "EACCES", EACCES }, { "ENFILE", ENFILE }, { "EPERM", EPERM },
	{ "EAGAIN", EAGAIN }, { "ENOSYS", ENOSYS }, { "EBUSY", EBUSY },	  { "EROFS", EROFS },
};

static __attribute__((noreturn)) void give_up(const char *what)
{
	(void)fprintf(stderr, "sweep: %s (errno %d)\n", what, errno);
	exit(1);
}

static long long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static const char *call_name(uint64_t number)
{
	static char unknown[32];

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if ((uint64_t)calls[i].number == number)
			return calls[i].name;
	(void)snprintf(unknown, sizeof unknown, "call_%llu", (unsigned long long)number);
	return unknown;
}

/* Calls that never fail, or never return. */
static bool is_infallible(uint64_t number)
{
	static const int numbers[] = {
		SYS_getpid,  SYS_getppid,    SYS_gettid,      SYS_getuid,
		SYS_geteuid, SYS_getgid,     SYS_getegid,     SYS_umask,
		SYS_exit,    SYS_exit_group, SYS_sched_yield, SYS_rt_sigreturn,
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if ((uint64_t)numbers[i] == number)
			return true;
	return false;
}

/* Calls that end or remove something: the work of a clean-up. */
static bool is_cleaning(uint64_t number)
{
	static const char names[] = " rmdir unlink unlinkat kill tgkill pidfd_send_signal wait4 "
				    "waitid rt_sigtimedwait ";
	char name[40];

	(void)snprintf(name, sizeof name, " %s ", call_name(number));
	return strstr(names, name) != NULL;
}

#ifdef __x86_64__
enum { KNOWN_MACHINE = 1 };

/* The call is not made.  brk(2) says no by not moving, which is what it does when it is asked for
 * nothing; the register with the question is given back afterwards. */
static unsigned long long brk_asked;

static void call_skip(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return;
	brk_asked = regs.rdi;
	if (regs.orig_rax == SYS_brk)
		regs.rdi = 0;
	else
		regs.orig_rax = (unsigned long long)-1;
	(void)ptrace(PTRACE_SETREGS, pid, NULL, &regs);
}

static void call_result(pid_t pid, long result)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return;
	if (regs.orig_rax == SYS_brk)
		regs.rdi = brk_asked;
	else
		regs.rax = (unsigned long long)result;
	(void)ptrace(PTRACE_SETREGS, pid, NULL, &regs);
}
#else
enum { KNOWN_MACHINE = 0 };

static void call_skip(pid_t pid)
{
}

static void call_result(pid_t pid, long result)
{
}
#endif

/* ---- the processes ---- */

static struct process *process_find(pid_t pid)
{
	for (int i = 0; i < sweep.n; i++)
		if (sweep.v[i].pid == pid && sweep.v[i].alive)
			return &sweep.v[i];
	return NULL;
}

static struct process *process_add(pid_t pid)
{
	struct process *p = process_find(pid);

	if (p)
		return p;
	if (sweep.n == PROCESSES_MAX)
		give_up("too many processes");
	p = &sweep.v[sweep.n];
	*p = (struct process){ .pid = pid, .alive = true };
	p->counting = sweep.n > 0 && sweep.n == sweep.victim;
	sweep.n++;
	return p;
}

static int count_alive(void)
{
	int alive = 0;

	for (int i = 0; i < sweep.n; i++)
		alive += sweep.v[i].alive;
	return alive;
}

/* Is the address in the dynamic loader's own code? */
static bool is_loader(pid_t pid, uint64_t address)
{
	char name[64], line[1024];
	bool found = false;
	FILE *maps;

	(void)snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof line, maps)) {
		unsigned long long from, to;
		const char *file = strrchr(line, '/');

		if (sscanf(line, "%llx-%llx", &from, &to) == 2 && from <= address && address < to)
			found = file && strncmp(file, "/ld", 3) == 0;
	}
	if (maps)
		(void)fclose(maps);
	return found;
}

/* ---- what happened to them ---- */

/* Adds the text that an argument points to, if it is text. */
static void add_text(pid_t pid, uint64_t address)
{
	char text[64] = "";
	struct iovec local = { text, sizeof text - 1 };
	struct iovec remote = { (void *)(uintptr_t)address, sizeof text - 1 };
	size_t len = 0, at = strlen(sweep.hit);

	if (address < 4096 || process_vm_readv(pid, &local, 1, &remote, 1, 0) < 1)
		return;
	while (text[len] >= ' ' && text[len] < 0x7f)
		len++;
	if (len > 1 && text[len] == '\0')
		(void)snprintf(sweep.hit + at, sizeof sweep.hit - at, " \"%s\"", text);
}

static void note_hit(pid_t pid, const struct __ptrace_syscall_info *info)
{
	(void)snprintf(sweep.hit, sizeof sweep.hit, "%s(%d)", call_name(info->entry.nr),
		       (int)info->entry.args[0]);
	for (int i = 0; i < 4; i++)
		add_text(pid, info->entry.args[i]);
}

static void on_entry(struct process *p, const struct __ptrace_syscall_info *info)
{
	if (p->in_loader)
		p->in_loader = is_loader(p->pid, info->instruction_pointer);
	if (p->in_loader || !p->counting || is_infallible(info->entry.nr))
		return;
	sweep.calls++;
	sweep.undoing |= is_cleaning(info->entry.nr);
	if (sweep.calls != sweep.kill_at && sweep.calls != sweep.fail_at)
		return;
	note_hit(p->pid, info);
	p->counting = false;
	if (sweep.calls == sweep.kill_at) {
		(void)kill(p->pid, SIGKILL);
		return;
	}
	p->failing = true;
	if (info->entry.nr != SYS_close)
		call_skip(p->pid);
}

static void on_call(struct process *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof info, &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		on_entry(p, &info);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->failing) {
		p->failing = false;
		call_result(p->pid, -sweep.fail_errno);
	}
}

/* The command executes itself again and still counts; a child that executes is ours no more. */
static void on_exec(struct process *p)
{
	if (p == &sweep.v[0]) {
		p->in_loader = true;
		p->counting = sweep.victim == 0 && !*sweep.hit;
	} else {
		p->counting = false;
	}
}

static void on_event(struct process *p, int event)
{
	unsigned long child = 0;

	if (event == PTRACE_EVENT_EXEC)
		on_exec(p);
	else if (ptrace(PTRACE_GETEVENTMSG, p->pid, NULL, &child) == 0)
		(void)process_add((pid_t)child);
}

static void on_stop(struct process *p, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16, pass = 0;

	if (event)
		on_event(p, event);
	else if (signal == (SIGTRAP | 0x80))
		on_call(p);
	else if (signal == SIGSTOP && !p->settled)
		p->settled = true;
	else
		pass = signal;
	(void)ptrace(p->counting || p->failing ? PTRACE_SYSCALL : PTRACE_CONT, p->pid, NULL, pass);
}

static void on_end(struct process *p, int status)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	size_t at = strlen(sweep.crashed);

	p->alive = false;
	if (signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGILL ||
	    signal == SIGFPE || signal == SIGSYS)
		(void)snprintf(sweep.crashed + at, sizeof sweep.crashed - at,
			       "process %d: signal %d ", (int)(p - sweep.v), signal);
	if (p != &sweep.v[0])
		return;
	sweep.status = signal ? 128 + signal : WEXITSTATUS(status);
	sweep.ended = true;
	sweep.end = now_ms();
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* Kills everything that is left of a command that does not end. */
static void on_hang(void)
{
	sweep.hang = true;
	for (int i = 0; i < sweep.n; i++)
		if (sweep.v[i].alive)
			(void)kill(sweep.v[i].pid, SIGKILL);
}

/* Is there nothing more to wait for? */
static bool is_over(void)
{
	if (count_alive() == 0)
		return true;
	if (!sweep.ended)
		return false;
	return (sweep.status == 0 && !sweep.hang) || now_ms() - sweep.end > GRACE_MS;
}

/* After the end of it all, what has stopped already is let go. */
static void watch(void)
{
	int flags = __WALL, status;

	for (;;) {
		pid_t pid;

		if (is_over())
			flags = __WALL | WNOHANG;
		pid = waitpid(-1, &status, flags);
		if (pid > 0 && WIFSTOPPED(status))
			on_stop(process_add(pid), status);
		else if (pid > 0 && process_find(pid))
			on_end(process_find(pid), status);
		else if (pid == 0 || (pid < 0 && errno == ECHILD))
			return;
		if (!sweep.ended && !sweep.hang && now_ms() - sweep.begin > sweep.seconds * 1000LL)
			on_hang();
	}
}

/* ---- begin and end ---- */

static void start(char **command)
{
	int options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		      PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	pid_t pid = fork();
	int status;

	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		(void)raise(SIGSTOP);
		(void)execvp(command[0], command);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		give_up("the command did not start");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, options) < 0)
		give_up("ptrace");
	process_add(pid)->settled = true;
	sweep.begin = now_ms();
	(void)ptrace(PTRACE_CONT, pid, NULL, 0);
}

static void report(void)
{
	FILE *out = fopen(sweep.report, "we");

	if (!out)
		give_up("the report");
	(void)fprintf(out, "calls=%lu\nhit=%s\nstatus=%d\nms=%lld\nhang=%d\nundoing=%d\n",
		      sweep.calls, sweep.hit, sweep.status, sweep.end - sweep.begin, sweep.hang,
		      sweep.undoing);
	(void)fprintf(out, "crashed=%s\nleft=", sweep.crashed);
	for (int i = 0; i < sweep.n; i++)
		if (sweep.v[i].alive)
			(void)fprintf(out, "%d ", (int)sweep.v[i].pid);
	(void)fprintf(out, "\n");
	if (fclose(out) != 0)
		give_up("the report");
}

static void parse_failure(const char *word)
{
	const char *name = strchr(word, ':');

	sweep.fail_at = strtoul(word, NULL, 10);
	for (size_t i = 0; name && i < sizeof errors / sizeof *errors; i++)
		if (strcmp(errors[i].name, name + 1) == 0)
			sweep.fail_errno = errors[i].number;
	if (sweep.fail_at == 0 || sweep.fail_errno == 0)
		give_up("-f wants N:ERRNO");
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+p:k:f:t:o:")) != -1)
		switch (option) {
		case 'p':
			sweep.victim = (int)strtol(optarg, NULL, 10);
			break;
		case 'k':
			sweep.kill_at = strtoul(optarg, NULL, 10);
			break;
		case 'f':
			parse_failure(optarg);
			break;
		case 't':
			sweep.seconds = (int)strtol(optarg, NULL, 10);
			break;
		case 'o':
			sweep.report = optarg;
			break;
		default:
			exit(1);
		}
	if (!sweep.report || optind >= argc)
		give_up("usage: sweep [-p N] [-k N | -f N:ERRNO] [-t SECONDS] -o REPORT "
			"COMMAND...");
}

int main(int argc, char **argv)
{
	struct itimerval tick = { { 0, 50000 }, { 0, 50000 } };
	struct sigaction action = { .sa_handler = on_alarm };

	parse(argc, argv);
	if (!KNOWN_MACHINE && sweep.fail_at)
		return UNSUPPORTED;
	start(argv + optind);
	/* so that waitpid(2) looks at the clock now and then */
	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &tick, NULL);
	watch();
	report();
	return 0;
}
