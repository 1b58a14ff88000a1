// The machine's limit: accept, vfork, exec, reap, and nothing that makes a super-server useful, in a thread for each processor. vfork suspends
// only the thread that calls it. posix_spawn would be slower: glibc's looks at every signal's disposition in the child. A session for each
// child, as under a super-server, because the scheduler shares the processors between sessions (sched(7), autogroup).
// usage: limit PORT PROGRAM
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

static int listener;
static char *program;

static void *serve(void *unused)
{
    char *arguments[] = { program, NULL }, *environment[] = { NULL };
    (void)unused;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        pid_t child = vfork();
        if (child == 0) {
            setsid();
            for (int descriptor = 0; descriptor < 3; descriptor++)
                dup2(fd, descriptor);
            execve(program, arguments, environment);
            _exit(127);
        }
        if (child < 0)
            perror("limit: vfork");
        close(fd);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: limit PORT PROGRAM\n", stderr);
        return 2;
    }
    int yes = 1;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    program = argv[2];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) {
        perror("limit");
        return 1;
    }
    for (int others = get_nprocs() - 1; others > 0; others--) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, NULL) != 0) {
            perror("limit: pthread_create");
            return 1;
        }
    }
    serve(NULL);
}
