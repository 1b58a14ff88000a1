// Bytes of one connection: as many as a service sends (chargen), or as many as it takes (discard).
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BURST = 1 << 16, PATIENCE_S = 5, WARM_UP_MS = 100 };

static int run_flow(const struct options *options, ssize_t (*move)(int, void *, size_t))
{
    static unsigned char bytes[BURST];
    struct timeval patience = { PATIENCE_S, 0 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    fill_message(bytes, sizeof bytes);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0) {
        perror("load: connect");
        return 2;
    }
    double sum = 0;
    int64_t warm = now_ns() + WARM_UP_MS * INT64_C(1000000), began = warm, now = 0, end = warm + (int64_t)(options->seconds * 1e9);
    while ((now = now_ns()) < end) {
        ssize_t moved = move(fd, bytes, sizeof bytes);
        if (moved <= 0) {
            printf("megabytes=0 errors=1 the bytes stopped\n");
            return 1;
        }
        if (now >= warm)
            sum += (double)moved;
        else
            began = now_ns();
    }
    printf("megabytes=%.1f errors=0\n", sum / ((double)(now_ns() - began) / 1e9) / 1e6);
    return 0;
}

static ssize_t take(int fd, void *bytes, size_t size)
{
    return recv(fd, bytes, size, 0);
}

static ssize_t give(int fd, void *bytes, size_t size)
{
    return send(fd, bytes, size, MSG_NOSIGNAL);
}

int run_take(const struct options *options)
{
    return run_flow(options, take);
}

int run_give(const struct options *options)
{
    return run_flow(options, give);
}
