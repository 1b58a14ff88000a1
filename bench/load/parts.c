// Clients in several processes, where one would be the slowest part and its speed be measured instead of the daemon's.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("load: mmap");
        exit(2);
    }
    return memory;
}

int run_in_parts(const struct options *options, unsigned processes, void (*part)(const struct options *, struct tally *))
{
    struct tally sum;
    tally_begin(&sum, options->connections);
    if (processes > options->clients)
        processes = options->clients;
    if (processes == 1) {
        part(options, &sum);
        return tally_print(&sum);
    }
    struct tally *parts = shared(sizeof *parts * processes);
    struct options share = *options;
    share.clients = options->clients / processes;
    share.connections = options->connections / processes;
    for (unsigned i = 0; i < processes; i++) {
        parts[i] = (struct tally){ .capacity = share.connections, .began = sum.began };
        parts[i].latencies = shared(sizeof(uint32_t) * (share.connections + 1));
        if (fork() == 0) {
            part(&share, &parts[i]);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    for (unsigned i = 0; i < processes; i++)
        tally_add(&sum, &parts[i]);
    return tally_print(&sum);
}
