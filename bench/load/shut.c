// Clients that are turned away: connect, and wait for the end without a byte. Being reset is being turned away too.
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000 };

static void begin(const struct options *options, struct pollfd *client, int64_t *began, struct tally *tally)
{
    *began = now_ns();
    *client = (struct pollfd){ .fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLIN };
    if (connect(client->fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0) {
        tally_error(tally, errno);
        close(client->fd);
        client->fd = -1;
    }
}

static void be_shut_out(const struct options *options, struct tally *tally)
{
    struct pollfd *clients = calloc(options->clients, sizeof *clients);
    int64_t *began = calloc(options->clients, sizeof *began);
    int64_t end = tally->began + (int64_t)(options->seconds * 1e9);
    unsigned open = 1;
    for (unsigned i = 0; i < options->clients; i++)
        begin(options, &clients[i], &began[i], tally);
    while (open > 0 && tally_errors(tally) < 100) {
        int ready = poll(clients, options->clients, PATIENCE_MS);
        open = 0;
        for (unsigned i = 0; i < options->clients; i++) {
            char byte;
            if (clients[i].fd >= 0 && clients[i].revents == 0 && ready > 0) {
                open++;
                continue;
            }
            if (clients[i].fd >= 0) {
                ssize_t got = ready > 0 ? recv(clients[i].fd, &byte, 1, 0) : -1;
                if (got == 0 || (got < 0 && ready > 0 && errno == ECONNRESET))
                    tally_answer(tally, now_ns() - began[i]);
                else
                    tally_error(tally, got > 0 ? EPROTO : ETIMEDOUT);
                close(clients[i].fd);
                clients[i].fd = -1;
            }
            if (now_ns() < end)
                begin(options, &clients[i], &began[i], tally);
            open += clients[i].fd >= 0;
        }
    }
}

int run_shut(const struct options *options)
{
    return run_in_parts(options, options->processes ? options->processes : 1, be_shut_out);
}
