// Brings the loopback interface of a fresh network namespace up (netdevice(7)).
#include "load.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int run_loopback(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq request = { .ifr_name = "lo" };
    if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0) {
        perror("load: lo");
        return 1;
    }
    request.ifr_flags |= IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
        perror("load: lo");
        return 1;
    }
    return 0;
}
