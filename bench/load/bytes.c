// Bytes through a redirect: a source that sends as fast as it can into the redirected port, and a sink behind the redirect that counts.
// Neither touches the bytes (sendfile(2) from memory, and MSG_TRUNC, tcp(7)), so that the relay between them is what is measured.
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_SIZE = 1 << 20, SHARE = 1 << 22, WORTH_WAKING = 1 << 18, PATIENCE_MS = 5000, WARM_UP_MS = 200 };

static void send_for_ever(const struct options *options)
{
    static unsigned char bytes[FILE_SIZE];
    int fd = socket(AF_INET, SOCK_STREAM, 0), file = memfd_create("source", 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fill_message(bytes, sizeof bytes);
    if (write(file, bytes, sizeof bytes) != (ssize_t)sizeof bytes ||
        connect(fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0) {
        perror("load: source");
        _exit(1);
    }
    for (off_t at = 0;; at = 0)
        if (sendfile(fd, file, &at, FILE_SIZE) <= 0)
            _exit(1);
}

static int accept_one(int listener)
{
    struct pollfd waiting = { .fd = listener, .events = POLLIN };
    int fd = poll(&waiting, 1, PATIENCE_MS) == 1 ? accept4(listener, NULL, NULL, SOCK_NONBLOCK) : -1, enough = WORTH_WAKING;
    setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &enough, sizeof enough);
    return fd;
}

// Reads what has come until `end`; the number of bytes, or -1 when a connection ends or none moves.
static double read_until(struct pollfd *sinks, unsigned count, int64_t end)
{
    double bytes = 0;
    while (now_ns() < end) {
        if (poll(sinks, count, PATIENCE_MS) <= 0)
            return -1;
        for (unsigned i = 0; i < count; i++) {
            if (!sinks[i].revents)
                continue;
            ssize_t got = recv(sinks[i].fd, NULL, SHARE, MSG_TRUNC);
            if (got == 0 || (got < 0 && errno != EAGAIN))
                return -1;
            bytes += got > 0 ? (double)got : 0;
        }
    }
    return bytes;
}

int run_bytes(const struct options *options)
{
    struct sockaddr_in far = options->target;
    far.sin_port = htons(options->far_port);
    int listener = listen_at(&far);
    unsigned open = 0;
    struct pollfd *sinks = calloc(options->clients, sizeof *sinks);
    pid_t *sources = calloc(options->clients, sizeof *sources);
    if (listener < 0)
        return 2;
    for (; open < options->clients; open++) {
        if ((sources[open] = fork()) == 0)
            send_for_ever(options);
        sinks[open] = (struct pollfd){ .fd = accept_one(listener), .events = POLLIN };
        if (sinks[open].fd < 0)
            break;
    }
    double bytes = -1;
    int64_t began = 0;
    if (open == options->clients && read_until(sinks, open, now_ns() + WARM_UP_MS * INT64_C(1000000)) >= 0) {
        began = now_ns();
        bytes = read_until(sinks, open, began + (int64_t)(options->seconds * 1e9));
    }
    double seconds = (double)(now_ns() - began) / 1e9;
    for (unsigned i = 0; i < options->clients; i++)
        if (sources[i] > 0)
            kill(sources[i], SIGKILL);
    while (wait(NULL) > 0)
        ;
    if (bytes < 0) {
        printf("megabytes=0 errors=1 the bytes stopped, or a connection was not passed on\n");
        return 1;
    }
    printf("megabytes=%.1f errors=0\n", bytes / seconds / 1e6);
    return 0;
}
