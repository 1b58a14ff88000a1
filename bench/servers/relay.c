// The machine's limit for what passes connections on: one epoll loop, edge-triggered; small messages are copied, and a sender that once fills
// the buffer is spliced through a pipe from then on. No limits, no log, no time-outs, and who does not take a small message is hung up on.
// usage: relay PORT FAR-PORT
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WANTED (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)

enum { BUFFER = 16384, PIPE = 1 << 20, TURN = 2 << 20, EVENTS = 128 };

struct end {
    int fd;
    bool readable, writable, ended;
    struct end *other;
    int pipe[2];
    int in_pipe;
    bool bulk;
    bool gone;
};

static char buffer[BUFFER];
static struct end *dead[2 * EVENTS];
static int dead_count;

static int bound_socket(uint16_t port, struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
    return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void finish(struct end *end)
{
    struct end *both[] = { end, end->other };
    if (end->gone)
        return;
    for (int i = 0; i < 2; i++) {
        both[i]->gone = true;
        close(both[i]->fd);
        if (both[i]->pipe[0] >= 0) {
            close(both[i]->pipe[0]);
            close(both[i]->pipe[1]);
        }
        dead[dead_count++] = both[i];
    }
}

// Moves what there is from one end to the other; false when the connection is over. True in `more`: it had its turn, and there is more.
static bool move(struct end *from, bool *more)
{
    struct end *to = from->other;
    int moved = 0;
    *more = false;
    for (;;) {
        if (from->in_pipe > 0) {
            if (!to->writable)
                return true;
            ssize_t put = splice(from->pipe[0], NULL, to->fd, NULL, (size_t)from->in_pipe, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
            if (put < 0) {
                if (errno != EAGAIN)
                    return false;
                to->writable = false;
                return true;
            }
            from->in_pipe -= (int)put;
            continue;
        }
        if (!from->readable || !to->writable || from->ended)
            return true;
        if (moved >= TURN) {
            *more = true;
            return true;
        }
        if (from->bulk) {
            if (from->pipe[0] < 0) {
                if (pipe2(from->pipe, O_NONBLOCK | O_CLOEXEC) < 0)
                    return false;
                fcntl(from->pipe[0], F_SETPIPE_SZ, PIPE);
            }
            ssize_t got = splice(from->fd, NULL, from->pipe[1], NULL, PIPE, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
            if (got > 0) {
                from->in_pipe = (int)got;
                moved += (int)got;
                continue;
            }
            if (got < 0 && errno == EAGAIN) {
                from->readable = false;
                return true;
            }
            from->ended = true;
        } else {
            ssize_t got = recv(from->fd, buffer, sizeof buffer, 0);
            if (got > 0) {
                moved += (int)got;
                from->bulk = got == sizeof buffer;
                from->readable = from->bulk;
                if (send(to->fd, buffer, (size_t)got, MSG_NOSIGNAL) != got)
                    return false;
                continue;
            }
            if (got < 0 && errno == EAGAIN) {
                from->readable = false;
                return true;
            }
            from->ended = true;
        }
        if (to->ended)
            return false;
        shutdown(to->fd, SHUT_WR);
        return true;
    }
}

static void serve(int poll, struct end *one)
{
    struct end *other = one->other;
    bool more_one, more_other;
    if (!move(one, &more_one) || !move(other, &more_other)) {
        finish(one);
        return;
    }
    if (more_one || more_other) {
        // Behind the others: asking for its events anew brings them again.
        struct end *again = more_one ? one : other;
        struct epoll_event event = { .events = WANTED, .data.ptr = again };
        epoll_ctl(poll, EPOLL_CTL_MOD, again->fd, &event);
        return;
    }
    if (one->ended && other->ended && one->in_pipe == 0 && other->in_pipe == 0)
        finish(one);
}

static void begin(int poll, int fd, uint16_t far_port)
{
    struct sockaddr_in far;
    struct end *ends[2] = { calloc(1, sizeof **ends), calloc(1, sizeof **ends) };
    int yes = 1, fds[2] = { fd, bound_socket(far_port, &far) };
    connect(fds[1], (struct sockaddr *)&far, sizeof far);
    for (int i = 0; i < 2; i++) {
        struct epoll_event event = { .events = WANTED, .data.ptr = ends[i] };
        *ends[i] = (struct end){ .fd = fds[i], .other = ends[!i], .pipe = { -1, -1 } };
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &event);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: relay PORT FAR-PORT\n", stderr);
        return 2;
    }
    struct sockaddr_in address;
    int yes = 1, listener = bound_socket((uint16_t)atoi(argv[1]), &address), poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[EVENTS], listening = { .events = EPOLLIN, .data.ptr = NULL };
    signal(SIGPIPE, SIG_IGN);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
        perror("relay");
        return 1;
    }
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        int count = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct end *end = events[i].data.ptr;
            if (end == NULL) {
                int fd;
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
                    begin(poll, fd, (uint16_t)atoi(argv[2]));
                continue;
            }
            if (end->gone)
                continue;
            end->readable |= (events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            end->writable |= (events[i].events & (EPOLLOUT | EPOLLERR)) != 0;
            serve(poll, end);
        }
        while (dead_count > 0)
            free(dead[--dead_count]);
    }
}
