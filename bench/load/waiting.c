// Modes that wait: hold idle connections open, wait for a port, wait for a line in a log.
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEP_US = 200 };

static int open_connection(const struct options *options)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

// Opens the connections, makes sure with one byte that each is being served, says "ready", and holds them until its input ends.
int run_idle(const struct options *options)
{
    for (unsigned i = 0; i < options->connections; i++) {
        char byte = 'i';
        int fd = open_connection(options);
        struct pollfd answer = { .fd = fd, .events = POLLIN };
        if (fd < 0 || send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || poll(&answer, 1, 5000) != 1 || recv(fd, &byte, 1, 0) != 1) {
            printf("failed at connection %u: %s\n", i + 1, strerror(errno));
            return 1;
        }
    }
    printf("ready\n");
    fflush(stdout);
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    poll(&input, 1, (int)(options->seconds * 1000));
    return 0;
}

// Waits until the port accepts a connection.
int run_wait(const struct options *options)
{
    int64_t began = now_ns();
    while (now_ns() - began < (int64_t)(options->seconds * 1e9)) {
        int fd = open_connection(options);
        if (fd >= 0) {
            close(fd);
            return 0;
        }
        usleep(STEP_US * 10);
    }
    fprintf(stderr, "load: no answer on port %u\n", ntohs(options->target.sin_port));
    return 1;
}

// Sends SIGHUP and takes the time until the daemon's log says that it is done.
int run_reload(const char *pid, const char *log, const char *line)
{
    static char text[1 << 20];
    size_t length = 0;
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || lseek(fd, 0, SEEK_END) < 0) {
        perror(log);
        return 2;
    }
    int64_t began = now_ns();
    if (kill((pid_t)atol(pid), SIGHUP) < 0) {
        perror("load: kill");
        return 2;
    }
    while (now_ns() - began < INT64_C(30000000000)) {
        ssize_t count = read(fd, text + length, sizeof text - 1 - length);
        if (count > 0) {
            length += (size_t)count;
            text[length] = 0;
            if (strstr(text, line)) {
                printf("ms=%.2f\n", (double)(now_ns() - began) / 1e6);
                return 0;
            }
            if (length > sizeof text / 2) { // keep the tail, which may hold the line's beginning
                memmove(text, text + length - 256, 256);
                length = 256;
            }
            continue;
        }
        usleep(STEP_US);
    }
    fprintf(stderr, "load: no \"%s\" in %s\n", line, log);
    return 1;
}
