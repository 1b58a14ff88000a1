// The machine's limit: accept, posix_spawn, reap, and nothing that makes a super-server useful.
// usage: limit PORT PROGRAM
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: limit PORT PROGRAM\n", stderr);
        return 2;
    }
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
        perror("limit");
        return 1;
    }
    char *arguments[] = { argv[2], NULL }, *environment[] = { NULL };
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (int descriptor = 0; descriptor < 3; descriptor++)
            posix_spawn_file_actions_adddup2(&actions, fd, descriptor);
        pid_t child;
        if (posix_spawn(&child, argv[2], &actions, NULL, arguments, environment) != 0)
            perror("limit: posix_spawn");
        posix_spawn_file_actions_destroy(&actions);
        close(fd);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}
