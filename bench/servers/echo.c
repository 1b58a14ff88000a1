// The server that the spawn rows start: a static program that returns what it reads until end of file, as a server under a
// super-server does, on descriptors 0 and 1. Static, so that the dynamic linker's work does not hide the super-server's.
#include <unistd.h>

int main(void)
{
    char bytes[4096];
    for (ssize_t count; (count = read(0, bytes, sizeof bytes)) > 0;)
        if (write(1, bytes, (size_t)count) != count)
            return 1;
    return 0;
}
