// The machine's limit for a built-in echo over UDP: a batch in, the same batch out.
// usage: datagram-echo PORT
#define BATCH 64
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: datagram-echo PORT\n", stderr);
        return 2;
    }
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("datagram-echo");
        return 1;
    }
    static unsigned char bytes[BATCH][65536];
    static struct sockaddr_in peers[BATCH];
    static struct iovec parts[BATCH];
    static struct mmsghdr batch[BATCH];
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec){ bytes[i], sizeof bytes[i] };
            batch[i].msg_hdr = (struct msghdr){ .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &parts[i], .msg_iovlen = 1 };
        }
        int got = recvmmsg(fd, batch, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < got; i++)
            parts[i].iov_len = batch[i].msg_len;
        for (int sent = 0; sent < got;) {
            int now = sendmmsg(fd, batch + sent, (unsigned)(got - sent), 0);
            if (now <= 0)
                break;
            sent += now;
        }
    }
}
