// Clients of a datagram echo: each has a socket, sends one datagram, waits for the same bytes, sends the next.
// A datagram that is not answered within half a second counts as timed out.
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { PATIENCE_MS = 500, MAX_SIZE = 1024 };

static void send_next(const struct options *options, int fd, const unsigned char *message, int64_t *began)
{
    *began = now_ns();
    if (send(fd, message, options->size, 0) < 0)
        perror("load: send");
}

int run_datagrams(const struct options *options)
{
    unsigned char message[MAX_SIZE], answer[MAX_SIZE];
    struct pollfd *sockets = calloc(options->clients, sizeof *sockets);
    int64_t *began = calloc(options->clients, sizeof *began);
    struct tally tally;
    unsigned sent = 0, open = 0;
    fill_message(message, sizeof message);
    tally_begin(&tally, options->connections);
    int64_t end = tally.began + (int64_t)(options->seconds * 1e9);
    for (unsigned i = 0; i < options->clients; i++, sent++, open++) {
        sockets[i] = (struct pollfd){ .fd = socket(AF_INET, SOCK_DGRAM, 0), .events = POLLIN };
        if (connect(sockets[i].fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0)
            perror("load: connect");
        send_next(options, sockets[i].fd, message, &began[i]);
    }
    while (open > 0) {
        poll(sockets, options->clients, PATIENCE_MS / 10);
        int64_t now = now_ns();
        for (unsigned i = 0; i < options->clients; i++) {
            if (sockets[i].fd < 0)
                continue;
            ssize_t count = recv(sockets[i].fd, answer, sizeof answer, MSG_DONTWAIT);
            if (count < 0 && errno == EAGAIN && now - began[i] < PATIENCE_MS * INT64_C(1000000))
                continue;
            if (count == (ssize_t)options->size && memcmp(answer, message, options->size) == 0)
                tally_answer(&tally, now - began[i]);
            else
                tally_error(&tally, count >= 0 ? EPROTO : errno == EAGAIN ? ETIMEDOUT : errno);
            if (sent < options->connections && now < end) {
                send_next(options, sockets[i].fd, message, &began[i]);
                sent++;
            } else {
                sockets[i].fd = -1;
                open--;
            }
        }
    }
    return tally_print(&tally);
}
