// Round trips: connections that are held, on each a message goes out when the one before has come back.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { PATIENCE_MS = 5000, MAX_SIZE = 1024 };

struct traveller {
    int fd;
    size_t received;
    int64_t began;
};

static void depart(const struct options *options, struct traveller *traveller, const unsigned char *message, struct tally *tally)
{
    traveller->received = 0;
    traveller->began = now_ns();
    if (send(traveller->fd, message, options->size, MSG_NOSIGNAL) != (ssize_t)options->size)
        tally_error(tally, errno ? errno : EPROTO);
}

int run_trips(const struct options *options)
{
    unsigned char message[MAX_SIZE], answer[MAX_SIZE];
    struct traveller *travellers = calloc(options->clients, sizeof *travellers);
    struct epoll_event events[64];
    struct tally tally;
    int epoll = epoll_create1(0);
    fill_message(message, sizeof message);
    tally_begin(&tally, options->connections);
    int64_t end = tally.began + (int64_t)(options->seconds * 1e9);
    for (unsigned i = 0; i < options->clients; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &travellers[i] };
        travellers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(travellers[i].fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0) {
            tally_error(&tally, errno);
            continue;
        }
        epoll_ctl(epoll, EPOLL_CTL_ADD, travellers[i].fd, &event);
        depart(options, &travellers[i], message, &tally);
    }
    while (tally_errors(&tally) == 0 && now_ns() < end && tally.answered < options->connections) {
        int count = epoll_wait(epoll, events, 64, PATIENCE_MS);
        if (count == 0)
            tally_error(&tally, ETIMEDOUT);
        for (int i = 0; i < count; i++) {
            struct traveller *traveller = events[i].data.ptr;
            ssize_t got = recv(traveller->fd, answer, sizeof answer, 0);
            if (got <= 0 || memcmp(answer, message + traveller->received, (size_t)got) != 0) {
                tally_error(&tally, got < 0 ? errno : EPROTO);
                break;
            }
            traveller->received += (size_t)got;
            if (traveller->received == options->size) {
                tally_answer(&tally, now_ns() - traveller->began);
                depart(options, traveller, message, &tally);
            }
        }
    }
    return tally_print(&tally);
}
