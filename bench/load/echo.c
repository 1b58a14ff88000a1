// Clients of a stream echo, all of a process in one thread: connect, send, receive the same bytes, say "no more", read to end of file.
//
// One epoll loop drives them so that eight clients cost the machine as little as possible: what is measured is the super-server.
// On the loopback interface a connect is established when it returns, so the message follows at once without waiting.
#include "load.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_S = 5, MAX_SIZE = 65536, SOURCES = 8, GIVE_UP_AFTER = 100 };

struct client {
    int fd;
    bool sent;
    size_t received;
    int64_t began;
};

struct run {
    const struct options *options;
    int epoll;
    unsigned begun, open;
    struct tally *tally;
    unsigned char message[MAX_SIZE];
};

static void finish(struct run *run, struct client *client, int error)
{
    close(client->fd);
    client->fd = -1;
    run->open--;
    if (error)
        tally_error(run->tally, error);
    else
        tally_answer(run->tally, now_ns() - client->began);
}

static bool may_begin(const struct run *run)
{
    return run->begun < run->options->connections && tally_errors(run->tally) < GIVE_UP_AFTER &&
           now_ns() - run->tally->began < (int64_t)(run->options->seconds * 1e9);
}

// Loopback connections leave a port in TIME_WAIT for a second; several source addresses keep the ports from running out.
static void choose_source(int fd, unsigned number)
{
    int yes = 1;
    struct sockaddr_in source = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number % SOURCES) };
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0)
        perror("load: bind");
}

static bool send_message(struct run *run, struct client *client)
{
    ssize_t count = send(client->fd, run->message, run->options->size, MSG_NOSIGNAL);
    client->sent = count == (ssize_t)run->options->size;
    return client->sent || (count < 0 && (errno == EAGAIN || errno == ENOTCONN));
}

static void begin(struct run *run, struct client *client)
{
    run->begun++;
    run->open++;
    *client = (struct client){ .began = now_ns(), .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0) };
    if (client->fd < 0) {
        perror("load: socket");
        exit(2);
    }
    choose_source(client->fd, run->begun);
    if (connect(client->fd, (const struct sockaddr *)&run->options->target, sizeof run->options->target) < 0 && errno != EINPROGRESS) {
        finish(run, client, errno);
        return;
    }
    if (!send_message(run, client)) {
        finish(run, client, errno ? errno : EPROTO);
        return;
    }
    struct epoll_event event = { .events = EPOLLIN | (client->sent ? 0 : EPOLLOUT), .data.ptr = client };
    epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->fd, &event);
}

static void receive(struct run *run, struct client *client)
{
    unsigned char answer[MAX_SIZE];
    ssize_t count = recv(client->fd, answer, sizeof answer, 0);
    if (count < 0) {
        if (errno != EAGAIN)
            finish(run, client, errno);
        return;
    }
    if (count == 0) {
        finish(run, client, client->received == run->options->size ? 0 : EPROTO);
        return;
    }
    size_t before = client->received;
    client->received += (size_t)count;
    if (client->received > run->options->size || memcmp(answer, run->message + before, (size_t)count) != 0) {
        finish(run, client, EPROTO);
        return;
    }
    if (client->received == run->options->size)
        shutdown(client->fd, SHUT_WR);
}

static void ready(struct run *run, struct client *client, uint32_t events)
{
    if (!client->sent && events & EPOLLOUT) {
        if (!send_message(run, client)) {
            finish(run, client, errno ? errno : EPROTO);
            return;
        }
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
        epoll_ctl(run->epoll, EPOLL_CTL_MOD, client->fd, &event);
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive(run, client);
}

static void give_up_on_the_silent(struct run *run, struct client *clients)
{
    int64_t now = now_ns();
    for (unsigned i = 0; i < run->options->clients; i++)
        if (clients[i].fd >= 0 && now - clients[i].began > PATIENCE_S * INT64_C(1000000000))
            finish(run, &clients[i], ETIMEDOUT);
}

static void echo(const struct options *options, struct tally *tally)
{
    struct run *run = calloc(1, sizeof *run);
    struct client *clients = calloc(options->clients, sizeof *clients);
    struct epoll_event events[64];
    run->options = options;
    run->epoll = epoll_create1(0);
    run->tally = tally;
    fill_message(run->message, options->size);
    for (unsigned i = 0; i < options->clients; i++)
        clients[i].fd = -1;
    for (;;) {
        for (unsigned i = 0; i < options->clients; i++)
            if (clients[i].fd < 0 && may_begin(run))
                begin(run, &clients[i]);
        if (run->open == 0) {
            if (may_begin(run))
                continue;
            break;
        }
        int count = epoll_wait(run->epoll, events, 64, 1000);
        for (int i = 0; i < count; i++)
            ready(run, events[i].data.ptr, events[i].events);
        if (count == 0)
            give_up_on_the_silent(run, clients);
    }
}

int run_echo(const struct options *options)
{
    return run_in_parts(options, options->processes ? options->processes : 1, echo);
}
