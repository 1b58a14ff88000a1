// ran: which functions of a running program are called, in the order of their first call. Reads "ADDRESS SIZE NAME" (hexadecimal, as nm -S
// prints them) from its input; writes the names, until the program has ended.
//
// Each function gets a breakpoint instruction, which is taken out when it is first reached: ptrace(2). The program lets go of its pages
// when it is idle, and with them of the breakpoints, so what was not reached yet is set again every half second.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 65536, BREAKPOINT = 0xcc };

static struct function {
    uintptr_t address;
    unsigned char first_byte;
    int was_reached;
    char *name;
} functions[MOST];

static size_t count;
static int memory;

static int by_address(const void *a, const void *b)
{
    uintptr_t left = ((const struct function *)a)->address, right = ((const struct function *)b)->address;
    return (left > right) - (left < right);
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uintptr_t load_address(int pid)
{
    char path[64];
    uintptr_t address = 0;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    if (!maps || fscanf(maps, "%lx", &address) != 1)
        die(path);
    fclose(maps);
    return address;
}

static void read_functions(uintptr_t base)
{
    char line[4096], name[4096];
    unsigned long address, size;
    while (count < MOST && fgets(line, sizeof line, stdin)) {
        struct function *function = &functions[count];
        if (sscanf(line, "%lx %lx %4095s", &address, &size, name) != 3)
            continue;
        function->address = base + address;
        if (pread(memory, &function->first_byte, 1, (off_t)function->address) != 1)
            die("reading the program");
        function->name = strdup(name);
        count++;
    }
    qsort(functions, count, sizeof *functions, by_address);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || functions[i].address != functions[kept - 1].address)
            functions[kept++] = functions[i];
    count = kept;
}

static void put(uintptr_t address, unsigned char byte)
{
    (void)!pwrite(memory, &byte, 1, (off_t)address); // a program that has ended has no memory
}

static void set_breakpoints(void)
{
    for (size_t i = 0; i < count; i++)
        if (!functions[i].was_reached)
            put(functions[i].address, BREAKPOINT);
}

static void seize(int pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (!threads)
        die(path);
    for (struct dirent *entry; (entry = readdir(threads));)
        if (entry->d_name[0] != '.' && ptrace(PTRACE_SEIZE, atoi(entry->d_name), 0,
                                              PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC) != 0)
            die("ptrace");
    closedir(threads);
}

// Whether the thread had come to a breakpoint of ours.
static int pass_breakpoint(int thread)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, thread, 0, &registers) != 0)
        return 0;
    struct function key = { .address = registers.rip - 1 };
    struct function *function = bsearch(&key, functions, count, sizeof key, by_address);
    if (!function)
        return 0;
    if (!function->was_reached) {
        function->was_reached = 1;
        puts(function->name);
        fflush(stdout);
    }
    put(function->address, function->first_byte);
    registers.rip--;
    ptrace(PTRACE_SETREGS, thread, 0, &registers);
    return 1;
}

static void ignore(int number) { (void)number; }

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: ran PID < FUNCTIONS\n", stderr);
        return 2;
    }
    int pid = atoi(argv[1]), status;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    memory = open(path, O_RDWR | O_CLOEXEC);
    if (memory < 0)
        die(path);
    read_functions(load_address(pid));
    seize(pid);
    set_breakpoints();
    fputs("attached\n", stderr);
    sigaction(SIGALRM, &(struct sigaction){ .sa_handler = ignore }, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 500000 }, { 0, 500000 } }, NULL);
    for (;;) {
        int thread = waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == EINTR) {
            set_breakpoints();
            continue;
        }
        if (thread < 0)
            return 0; // all have ended
        if (!WIFSTOPPED(status))
            continue;
        int number = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_EXEC)
            ptrace(PTRACE_DETACH, thread, 0, 0); // a server: another program
        else if (event || number == SIGSTOP || (number == SIGTRAP && pass_breakpoint(thread)))
            ptrace(PTRACE_CONT, thread, 0, 0);
        else
            ptrace(PTRACE_CONT, thread, 0, (long)number);
    }
}
