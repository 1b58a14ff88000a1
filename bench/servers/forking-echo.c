// The machine's limit for a server that is copied for each connection: one loop of accept and fork, and an echo in the child. Nothing is
// executed, handed over, judged or logged. Static, as the server that is parked.
// usage: forking-echo PORT
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void echo(int fd)
{
    char bytes[4096];
    ssize_t got;
    setsid();
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        if (write(fd, bytes, (size_t)got) != got)
            break;
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: forking-echo PORT\n", stderr);
        return 2;
    }
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
        perror("forking-echo");
        return 1;
    }
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (fork() == 0)
            echo(fd);
        close(fd);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}
