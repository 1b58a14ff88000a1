// load: the clients of the comparison. One mode a run, one line of `name=value` pairs as its answer.
#include "load.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int usage(void)
{
    fputs("usage: load echo|read|shut|datagrams|trips|bytes|take|give|far|idle|wait -p PORT [-a ADDRESS] [-c CLIENTS] [-n CONNECTIONS] [-t SECONDS]\n"
          "            [-m BYTES] [-f PORT] [-P PROCESSES]\n"
          "       load reload PID LOG LINE\n"
          "       load footprint PID\n"
          "       load loopback\n"
          "       load catalogue DIRECTORY SCRIPTS SERVICES\n"
          "echo       connect, send, receive the same, shut down, read to end of file\n"
          "read       connect, read to end of file\n"
          "shut       connect, be turned away without a byte\n"
          "datagrams  send a datagram, receive the same\n"
          "trips      connect once, send and receive the same again and again\n"
          "bytes      send as much as goes to PORT; count what arrives at the port of -f\n"
          "take, give count the bytes that come, or that are taken, over one connection\n"
          "far        a server that returns what it gets\n"
          "idle       open CONNECTIONS echo connections, say \"ready\", hold them until the input ends\n"
          "wait       until the port accepts a connection\n"
          "reload     SIGHUP to PID; the time until LINE stands in LOG\n"
          "footprint  memory, processes, zombies and descriptors of PID and what it started\n"
          "loopback   bring the interface lo up\n"
          "catalogue  write init scripts with their links, and files of xinetd.d, below DIRECTORY\n",
          stderr);
    return 2;
}

static int parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){ .target = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
                                 .clients = 1, .connections = 2000000, .seconds = 5, .size = 32 };
    for (int option; (option = getopt(argc, argv, "p:a:c:n:t:m:f:P:")) != -1;) {
        switch (option) {
        case 'p': options->target.sin_port = htons((uint16_t)atoi(optarg)); break;
        case 'a':
            if (inet_pton(AF_INET, optarg, &options->target.sin_addr) != 1)
                return 0;
            break;
        case 'c': options->clients = (unsigned)atoi(optarg); break;
        case 'n': options->connections = (unsigned)atoi(optarg); break;
        case 't': options->seconds = atof(optarg); break;
        case 'f': options->far_port = (uint16_t)atoi(optarg); break;
        case 'P': options->processes = (unsigned)atoi(optarg); break;
        case 'm': options->size = (size_t)atoi(optarg); break;
        default: return 0;
        }
    }
    return options->target.sin_port && options->clients && options->size && options->size <= 1024 && optind == argc;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct options *);
    } modes[] = { { "echo", run_echo }, { "read", run_read }, { "shut", run_shut }, { "take", run_take }, { "give", run_give },
                   { "datagrams", run_datagrams }, { "trips", run_trips },
                  { "bytes", run_bytes }, { "far", run_far }, { "idle", run_idle }, { "wait", run_wait } };
    struct options options;
    if (argc == 5 && strcmp(argv[1], "reload") == 0)
        return run_reload(argv[2], argv[3], argv[4]);
    if (argc == 5 && strcmp(argv[1], "catalogue") == 0)
        return run_catalogue(argv[2], (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]));
    if (argc == 3 && strcmp(argv[1], "footprint") == 0)
        return run_footprint(argv[2]);
    if (argc == 2 && strcmp(argv[1], "loopback") == 0)
        return run_loopback();
    if (argc < 2 || !parse(&options, argc - 1, argv + 1))
        return usage();
    prctl(PR_SET_PDEATHSIG, 15);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0)
            return modes[i].run(&options);
    return usage();
}
