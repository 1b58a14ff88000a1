// Clients of a service that answers at once and closes (daytime): connect, read to end of file.
//
// Such a service costs the daemon less than an event loop would cost its clients, so these clients take their turns in a ring, each with
// nothing but the four calls that it cannot do without: socket, connect, one recv until end of file, close. While one waits for its answer
// the daemon has the others' connections to work on. Several processes share the clients, or one of them would be the slowest part and
// its speed be measured instead of the daemon's. The peer closes first, so no port of ours is left in TIME_WAIT.
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PROCESSES = 2, PATIENCE_S = 5, SHORTEST_ANSWER = 4, GIVE_UP_AFTER = 100 };

struct reader {
    int fd;
    int64_t began;
};

// Does nothing but interrupt a recv that waits too long.
static void on_alarm(int signal)
{
    (void)signal;
}

static void tick(void)
{
    struct sigaction action = { .sa_handler = on_alarm };
    struct itimerval every_second = { { 1, 0 }, { 1, 0 } };
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every_second, NULL);
}

// A connect that the alarm has interrupted goes on by itself (connect(2)): its end is waited for. False, and errno, when it failed.
static int connects(const struct reader *reader)
{
    struct pollfd writable = { .fd = reader->fd, .events = POLLOUT };
    int error = errno, ready = 0;
    socklen_t size = sizeof error;
    while (error == EINTR && ready <= 0) {
        if (now_ns() - reader->began > PATIENCE_S * INT64_C(1000000000)) {
            errno = ETIMEDOUT;
            return 0;
        }
        ready = poll(&writable, 1, 1000);
    }
    if (ready > 0)
        getsockopt(reader->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    return error == 0;
}

static void begin(const struct options *options, struct reader *reader, struct tally *tally)
{
    reader->began = now_ns();
    reader->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (reader->fd < 0) {
        perror("load: socket");
        exit(2);
    }
    if (connect(reader->fd, (const struct sockaddr *)&options->target, sizeof options->target) < 0 && !connects(reader)) {
        tally_error(tally, errno);
        close(reader->fd);
        reader->fd = -1;
    }
}

static void finish(struct reader *reader, struct tally *tally)
{
    char answer[4096];
    ssize_t count;
    do
        count = recv(reader->fd, answer, sizeof answer, MSG_WAITALL);
    while (count < 0 && errno == EINTR && now_ns() - reader->began < PATIENCE_S * INT64_C(1000000000));
    int error = errno;
    close(reader->fd);
    reader->fd = -1;
    if (count >= SHORTEST_ANSWER)
        tally_answer(tally, now_ns() - reader->began);
    else
        tally_error(tally, count >= 0 ? EPROTO : error == EINTR ? ETIMEDOUT : error);
}

static void read_in_turns(const struct options *options, struct tally *tally)
{
    struct reader *readers = calloc(options->clients, sizeof *readers);
    tick();
    int64_t end = tally->began + (int64_t)(options->seconds * 1e9);
    unsigned begun = 0;
    for (unsigned i = 0; i < options->clients; i++)
        readers[i].fd = -1;
    for (unsigned idle = 0, i = 0; idle < options->clients; i = (i + 1) % options->clients) {
        if (readers[i].fd >= 0)
            finish(&readers[i], tally);
        if (begun < options->connections && tally_errors(tally) < GIVE_UP_AFTER && now_ns() < end) {
            begin(options, &readers[i], tally);
            begun++;
            idle = 0;
        } else {
            idle++;
        }
    }
}

int run_read(const struct options *options)
{
    return run_in_parts(options, options->processes ? options->processes : PROCESSES, read_in_turns);
}
