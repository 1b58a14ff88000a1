// first: how long until the first byte? Asks each port in turn, with a pause after each answer in which the machine may start what it wants
// to have ready for the next, and prints one line `port=PORT p50=… p99=… errors=…` (µs) for each.
//
// usage: first ROUNDS PAUSE_MS MESSAGE PORT...     an empty MESSAGE: the server speaks first
#include <arpa/inet.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// The time to the first byte in ns, or -1.
static int64_t ask(const char *message, unsigned port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = 20 };
    char answer[4096];
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t length = strlen(message);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int64_t began = now_ns(), took = -1;
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 && send(fd, message, length, MSG_NOSIGNAL) == (ssize_t)length &&
        recv(fd, answer, sizeof answer, 0) > 0)
        took = now_ns() - began;
    shutdown(fd, SHUT_WR);
    while (took >= 0 && recv(fd, answer, sizeof answer, 0) > 0) {
    }
    close(fd);
    return took;
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 5 || atoi(argv[1]) < 1) {
        fputs("usage: first ROUNDS PAUSE_MS MESSAGE PORT...\n", stderr);
        return 2;
    }
    // Otherwise it is the client that waits for a processor.
    struct sched_param first = { .sched_priority = 10 };
    sched_setscheduler(0, SCHED_FIFO, &first);
    int rounds = atoi(argv[1]), ports = argc - 4;
    int64_t *times = calloc((size_t)(rounds * ports), sizeof *times);
    int *errors = calloc((size_t)ports, sizeof *errors);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < ports; i++) {
            int64_t took = ask(argv[3], (unsigned)atoi(argv[4 + i]));
            errors[i] += took < 0;
            times[i * rounds + round] = took < 0 ? INT64_MAX / 2 : took;
            usleep((useconds_t)atoi(argv[2]) * 1000);
        }
    for (int i = 0; i < ports; i++) {
        int64_t *own = times + i * rounds;
        qsort(own, (size_t)rounds, sizeof *own, by_size);
        printf("port=%s p50=%.1f p99=%.1f errors=%d\n", argv[4 + i], own[rounds / 2] / 1e3, own[rounds * 99 / 100] / 1e3, errors[i]);
    }
    return 0;
}
