// The load generator's shared parts: options, the clock, and the tally of what happened to each connection.
#ifndef LOAD_H
#define LOAD_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct options {
    struct sockaddr_in target;
    unsigned clients;     // how many at once
    unsigned connections; // at most so many in all
    unsigned processes;   // that share the clients; 0 for the mode's own choice
    double seconds;       // and none is begun after so long
    size_t size;          // bytes of a message
    uint16_t far_port;    // where what is redirected arrives
};

// Every connection (or datagram) ends in exactly one of these. Anything but `answered` makes a measurement invalid.
struct tally {
    uint32_t *latencies; // nanoseconds, one for each answered
    unsigned capacity;
    unsigned answered, refused, reset, short_answers, timed_out, other;
    int64_t began, ended;
};

int64_t now_ns(void);
void fill_message(unsigned char *message, size_t size);
int listen_at(const struct sockaddr_in *address); // a listening socket that does not block, or -1

void tally_begin(struct tally *tally, unsigned capacity);
void tally_answer(struct tally *tally, int64_t latency_ns);
void tally_error(struct tally *tally, int error);
void tally_add(struct tally *sum, const struct tally *part);
unsigned tally_errors(const struct tally *tally);
int tally_print(struct tally *tally); // the process's exit code: 0, or 1 when anything went wrong

// Has several processes share the clients and the connections, and prints the sum.
int run_in_parts(const struct options *options, unsigned processes, void (*part)(const struct options *, struct tally *));

// The modes; each returns an exit code.
int run_echo(const struct options *options);
int run_read(const struct options *options);
int run_shut(const struct options *options);
int run_take(const struct options *options);
int run_give(const struct options *options);
int run_datagrams(const struct options *options);
int run_trips(const struct options *options);
int run_bytes(const struct options *options);
int run_far(const struct options *options);
int run_idle(const struct options *options);
int run_wait(const struct options *options);
int run_reload(const char *pid, const char *log, const char *line);
int run_footprint(const char *pid);
int run_loopback(void);
int run_catalogue(const char *directory, unsigned scripts, unsigned services);

#endif
