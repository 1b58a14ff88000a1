// What happened to each connection, and how long it took: exact percentiles, because every latency is kept.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void fill_message(unsigned char *message, size_t size)
{
    for (size_t i = 0; i < size; i++)
        message[i] = (unsigned char)('a' + i % 26);
}

void tally_begin(struct tally *tally, unsigned capacity)
{
    *tally = (struct tally){ .capacity = capacity, .latencies = malloc(sizeof(uint32_t) * (capacity + 1)) };
    if (!tally->latencies) {
        perror("malloc");
        exit(2);
    }
    tally->began = tally->ended = now_ns();
}

void tally_answer(struct tally *tally, int64_t latency_ns)
{
    if (tally->answered < tally->capacity)
        tally->latencies[tally->answered] = latency_ns > UINT32_MAX ? UINT32_MAX : (uint32_t)latency_ns;
    tally->answered++;
    tally->ended = now_ns();
}

void tally_error(struct tally *tally, int error)
{
    switch (error) {
    case ECONNREFUSED: tally->refused++; break;
    case ECONNRESET:
    case EPIPE: tally->reset++; break;
    case ETIMEDOUT: tally->timed_out++; break;
    case EPROTO: tally->short_answers++; break;
    default:
        if (tally->other++ == 0) {
            errno = error;
            perror("load");
        }
    }
}

unsigned tally_errors(const struct tally *tally)
{
    return tally->refused + tally->reset + tally->short_answers + tally->timed_out + tally->other;
}

static int by_value(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static double percentile_us(const struct tally *tally, double share)
{
    unsigned count = tally->answered < tally->capacity ? tally->answered : tally->capacity;
    return count ? tally->latencies[(unsigned)((count - 1) * share)] / 1e3 : 0;
}

int tally_print(struct tally *tally)
{
    double seconds = (double)(tally->ended - tally->began) / 1e9;
    unsigned kept = tally->answered < tally->capacity ? tally->answered : tally->capacity;
    qsort(tally->latencies, kept, sizeof *tally->latencies, by_value);
    printf("answered=%u seconds=%.3f rate=%.1f p50=%.1f p99=%.1f errors=%u refused=%u reset=%u short=%u timeout=%u other=%u\n",
           tally->answered, seconds, seconds > 0 ? tally->answered / seconds : 0, percentile_us(tally, 0.50), percentile_us(tally, 0.99),
           tally_errors(tally), tally->refused, tally->reset, tally->short_answers, tally->timed_out, tally->other);
    return tally_errors(tally) ? 1 : 0;
}
