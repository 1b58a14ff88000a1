// The machine's limit for a built-in echo over TCP: one epoll loop, accept until there is none, read, write, close. Nothing is judged,
// counted or logged, and a peer that does not read is none of its concern.
// usage: epoll-echo PORT
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, BURST = 16384 };

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: epoll-echo PORT\n", stderr);
        return 2;
    }
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), loop = epoll_create1(0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0 ||
        epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event) < 0) {
        perror("epoll-echo");
        return 1;
    }
    static char bytes[BURST];
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(loop, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    event = (struct epoll_event){ .events = EPOLLIN, .data.fd = fd };
                    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
                }
                continue;
            }
            ssize_t got = read(fd, bytes, sizeof bytes);
            if (got <= 0 || write(fd, bytes, (size_t)got) != got)
                close(fd);
        }
    }
}
